import { spawn } from "node:child_process";
import { ConfigError } from "./errors.ts";

/** Runs a program with a text on its stdin; throws ConfigError when it cannot be run or fails. */
export type RunProgram = (program: readonly string[], stdin: string) => Promise<void>;

const programMs = 30_000;

/** Runs programs that a setting names, without a shell; one that does not end in half a minute is killed. */
export function programOf(setting: string): RunProgram {
  return ([name = "", ...args], stdin) =>
    new Promise((resolve, reject) => {
      const child = spawn(name, args, { stdio: ["pipe", "ignore", "ignore"] });
      // Node's own timeout keeps the process for its whole length when the program is not there.
      const timer = setTimeout(() => child.kill("SIGKILL"), programMs);
      const fail = (what: string) => {
        clearTimeout(timer);
        reject(new ConfigError(`${setting}: ${name} ${what}.`, { hint: "Mend it, or set another program." }));
      };
      child.on("error", (error) => fail(`cannot be run (${error.message})`));
      child.on("close", (code, signal) => {
        clearTimeout(timer);
        if (code === 0) resolve();
        else fail(`ended with ${signal ?? `code ${code}`}`);
      });
      // A program that does not read is none of our business.
      child.stdin.on("error", () => {});
      child.stdin.end(stdin);
    });
}
