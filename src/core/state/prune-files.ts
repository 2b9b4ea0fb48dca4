import { join } from "node:path";
import type { Disk } from "./disk.ts";

/** Removes the files under a directory that were last changed before an instant, and directories left empty by that; how many files it was. */
export async function pruneFiles(disk: Disk, dir: string, before: Date): Promise<number> {
  let removed = 0;
  for (const { name, isDirectory, changedAt } of await disk.entries(dir)) {
    const path = join(dir, name);
    if (isDirectory) {
      removed += await pruneFiles(disk, path, before);
      if ((await disk.list(path)).length === 0) await disk.removeDirectory(path);
    } else if (changedAt < before) {
      await disk.remove(path);
      removed += 1;
    }
  }
  return removed;
}
