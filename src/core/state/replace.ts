import { join } from "node:path";
import type { Disk } from "./disk.ts";

/** Puts a flow's state away under `replaced`, where nothing reads it any more but a person can. */
export async function setAsideFlow(disk: Disk, stateDir: string, name: string, id: string): Promise<void> {
  const away = join(stateDir, "replaced");
  await disk.makeDirectory(away);
  await disk.rename(join(stateDir, name), join(away, `${name}.${id}`));
  await disk.syncDirectory(stateDir);
  await disk.syncDirectory(away);
}
