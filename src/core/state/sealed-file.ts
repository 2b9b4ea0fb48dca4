import { dirname } from "node:path";
import type { Adapter } from "lowdb";
import { StateError } from "../errors.ts";
import type { Disk } from "./disk.ts";
import { sealed, sealOf } from "./seal.ts";

/** How a sealed file gets to its place. */
export interface SealedFileOptions {
  disk: Disk;
  path: string;
  key: Uint8Array;
  /** Runs when the new text is safe under its temporary name. */
  beforeRename?: () => Promise<void>;
}

/** The error of a file that is not what mlc wrote. */
export function damagedFile(path: string, hint: string): StateError {
  return new StateError(`${path} is damaged: its text does not match its mac.`, { code: "FILE_DAMAGED", hint });
}

/**
 * lowdb's adapter for a file that must be whole after any crash: temporary file, fsync, rename, fsync of the directory.
 * It reads null only when the file is absent, and throws a StateError coded FILE_DAMAGED for anything that is not whole.
 */
export function sealedFile<T extends object>(options: SealedFileOptions): Adapter<T> {
  const { disk, path, key, beforeRename } = options;
  return {
    read: async () => {
      const bytes = await disk.read(path);
      if (bytes === undefined) return null;
      if (sealOf(key, bytes) === undefined) throw damagedFile(path, `Restore ${path} from a backup, then run again.`);
      const { mac: _, ...data } = JSON.parse(bytes.toString("utf8"));
      return data as T;
    },
    write: async (data) => {
      await disk.write(`${path}.tmp`, sealed(key, data).bytes);
      await beforeRename?.();
      await disk.rename(`${path}.tmp`, path);
      await disk.syncDirectory(dirname(path));
    },
  };
}
