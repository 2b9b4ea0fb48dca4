import { extname } from "node:path";
import { type Disk, replaceFile } from "./disk.ts";

/** Keeps a file's content of an older version beside it, as `<name>.v<version>.<ext>`, before a newer one takes its place. */
export async function keepBackup(disk: Disk, path: string, bytes: Uint8Array, version: number): Promise<void> {
  const end = extname(path);
  await replaceFile(disk, `${path.slice(0, path.length - end.length)}.v${version}${end}`, bytes);
}

/** Writes a JSON file of the `current` version in one piece; one of an older version that it replaces stays beside it. */
export async function replaceVersioned(disk: Disk, path: string, bytes: Uint8Array, current: number): Promise<void> {
  const before = await disk.read(path);
  const version = before && versionIn(before);
  if (before && version !== undefined && version < current) await keepBackup(disk, path, before, version);
  await replaceFile(disk, path, bytes);
}

/** The version that a JSON file says it has; undefined when it says none. Pure. */
function versionIn(bytes: Buffer): number | undefined {
  try {
    const { schema } = JSON.parse(bytes.toString("utf8")) as { schema?: unknown };
    return typeof schema === "number" ? schema : undefined;
  } catch {
    // Who replaces a damaged file was told so when it was read.
    return undefined;
  }
}
