import { spawn } from "node:child_process";
import { ConfigError } from "../../core/errors.ts";

/** The program that opens a file as if somebody had clicked on it, as an argument list. Pure. */
export function openerOf(platform: NodeJS.Platform, file: string): [program: string, ...args: string[]] {
  if (platform === "darwin") return ["open", file];
  // `start` is a word of the shell, which would read what a file's name says.
  if (platform === "win32") return ["explorer.exe", file];
  return ["xdg-open", file];
}

/** Opens files and leaves them open when this process ends. Throws ConfigError when there is no such program. */
export async function openFiles(files: readonly string[], platform: NodeJS.Platform): Promise<void> {
  for (const file of files) {
    const [program, ...args] = openerOf(platform, file);
    await new Promise<void>((resolve, reject) => {
      const child = spawn(program, args, { stdio: "ignore", detached: true });
      child.once("spawn", () => {
        child.unref();
        resolve();
      });
      child.once("error", (cause) => {
        const hint = "Open the files that `mlc labels path` prints with a program of your own.";
        reject(new ConfigError(`${program} cannot be run (${cause.message})`, { hint, cause }));
      });
    });
  }
}
