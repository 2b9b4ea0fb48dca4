import { type FileHandle, open, rm } from "node:fs/promises";
import { ConfigError, UsageError } from "../../core/errors.ts";
import type { Disk } from "../../core/state/disk.ts";

/**
 * Makes a file that its owner alone can read and fills it; when that fails it is taken away again. Throws UsageError where
 * something is at its path already, ConfigError where the directory lets others read it.
 */
export async function writePrivateFile(disk: Disk, path: string, content: () => Promise<string>): Promise<void> {
  const file = await opened(path);
  try {
    // Before there is anything to read: not every file system keeps a mode, and Windows has a directory's list instead.
    const facts = await disk.facts(path);
    if (facts && (facts.mode & 0o077) !== 0) {
      throw new ConfigError(`${path} would be readable by others`, {
        hint: "Name a file in a directory that only you can read.",
      });
    }
    await file.writeFile(await content());
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx", 0o600);
  } catch (cause) {
    const isTaken = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    throw new UsageError(`${path} ${isTaken ? "is there already" : "cannot be made"}`, {
      cause,
      hint: "Name a file that is not there yet, in a directory of your own.",
    });
  }
}
