import { StateError } from "../errors.ts";
import type { Disk } from "./disk.ts";

/** Whole lines of a file, newlines included, good until the next are asked for; a torn block is what follows the last newline. */
export interface Block {
  bytes: Buffer;
  /** Where in the file it begins. */
  start: number;
  torn: boolean;
}

/** The name of the file for an instant's month. Pure. */
export function logFileAt(instant: string): string {
  return `log-${instant.slice(0, 7)}.jsonl`;
}

/** Names of a directory's log files, oldest first. */
export async function logFiles(disk: Disk, dir: string): Promise<string[]> {
  return (await disk.list(dir)).filter((name) => /^log-\d{4}-\d{2}\.jsonl$/.test(name));
}

/** The lines of one file from an offset on, as many at once as a read brings. */
export async function* blocksOf(disk: Disk, path: string, from: number): AsyncGenerator<Block> {
  let rest: Buffer = Buffer.alloc(0);
  let start = from;
  for await (const chunk of disk.chunks(path, from)) {
    const first = chunk.indexOf(10) + 1;
    const begin = rest.length > 0 ? first : 0;
    if (begin > 0) {
      const bytes = Buffer.concat([rest, chunk.subarray(0, first)]);
      yield { bytes, start, torn: false };
      start += bytes.length;
      rest = Buffer.alloc(0);
    }
    const end = chunk.lastIndexOf(10) + 1;
    if (end > begin) yield { bytes: chunk.subarray(begin, end), start, torn: false };
    start += end - begin;
    // What the chunk holds is good only until the next one comes.
    rest = Buffer.concat([rest, chunk.subarray(end)]);
  }
  if (rest.length > 0) yield { bytes: rest, start, torn: true };
}

/** The error of a log that is not what mlc wrote. */
export function damagedLog(path: string, place: string, what: string): StateError {
  return new StateError(`The log ${path} is damaged at ${place}: ${what}.`, {
    code: "LOG_DAMAGED",
    hint: `Restore ${path} from a backup (or the profile's "mac" secret, if that was changed), then run again.`,
  });
}
