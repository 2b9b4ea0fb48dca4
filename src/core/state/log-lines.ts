import { join } from "node:path";
import { StateError } from "../errors.ts";
import type { Disk } from "./disk.ts";
import type { LogLine } from "./lines.ts";
import { refuseNewer, stateSchema } from "./schema.ts";
import { sealOf } from "./seal.ts";

/** A place in a log, just behind the line numbered `seq`. */
export interface LogPosition {
  /** Name of the month's file; empty before the first line. */
  file: string;
  offset: number;
  seq: number;
  mac: string;
}

/** Where a log begins. */
export const logStart: Readonly<LogPosition> = { file: "", offset: 0, seq: 0, mac: "" };

/** One line as bytes, with the offset behind its newline; a torn one has no newline. */
export interface RawLine {
  bytes: Buffer;
  end: number;
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

/** The lines of one file from an offset, one chunk in memory. */
export async function* rawLines(disk: Disk, path: string, from: number): AsyncGenerator<RawLine> {
  let rest: Buffer = Buffer.alloc(0);
  let end = from;
  for await (const chunk of disk.chunks(path, from)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, start)) {
      end += at + 1 - start;
      yield { bytes: bytes.subarray(start, at), end, torn: false };
      start = at + 1;
    }
    rest = bytes.subarray(start);
  }
  if (rest.length > 0) yield { bytes: rest, end: end + rest.length, torn: true };
}

/** The error of a log that is not what mlc wrote. */
export function damagedLog(path: string, place: string, what: string): StateError {
  return new StateError(`The log ${path} is damaged at ${place}: ${what}.`, {
    code: "LOG_DAMAGED",
    hint: `Restore ${path} from a backup (or the profile's "mac" secret, if that was changed), then run again.`,
  });
}

/** The line behind a position, when seal, number and chain are right; throws StateError. */
export function checkedLine(key: Uint8Array, before: LogPosition, raw: Buffer, path: string, place: string): LogLine {
  if (sealOf(key, raw) === undefined) throw damagedLog(path, place, "its text does not match its mac");
  const line = JSON.parse(raw.toString("utf8")) as LogLine;
  refuseNewer(line.schema ?? 0, stateSchema, path);
  if (line.seq !== before.seq + 1) {
    throw damagedLog(path, place, `its number is ${line.seq} where ${before.seq + 1} must stand`);
  }
  if (line.prev !== before.mac) throw damagedLog(path, place, "it does not continue the line before it");
  return line;
}

/** A line with the position behind it. */
export interface PlacedLine {
  line: LogLine;
  position: LogPosition;
}

/** A torn end of the log: the file's good length. */
export interface TornEnd {
  file: string;
  size: number;
}

/** The checked lines behind a position; returns the torn end, if the last write was cut. Throws StateError. */
export async function* linesFrom(
  log: { disk: Disk; dir: string; key: Uint8Array },
  start: LogPosition,
): AsyncGenerator<PlacedLine, TornEnd | undefined> {
  const { disk, dir, key } = log;
  const files = (await logFiles(disk, dir)).filter((file) => file >= start.file);
  await checkStart(disk, dir, start);
  let position = start;
  for (const [index, file] of files.entries()) {
    const path = join(dir, file);
    const from = file === start.file ? start.offset : 0;
    let good = from;
    for await (const { bytes, end, torn } of rawLines(disk, path, from)) {
      const place = `byte ${good}, line number ${position.seq + 1}`;
      if (torn) {
        if (index < files.length - 1) throw damagedLog(path, place, "its last line is cut although later files exist");
        if (sealOf(key, bytes.subarray(0, -1)) !== undefined) throw damagedLog(path, place, "its newline was changed");
        return { file, size: good };
      }
      const line = checkedLine(key, position, bytes, path, place);
      position = { file, offset: end, seq: line.seq, mac: line.mac };
      good = end;
      yield { line, position };
    }
  }
  return undefined;
}

/** Refuses a log that is shorter than the position or other than it was. */
async function checkStart(disk: Disk, dir: string, start: LogPosition): Promise<void> {
  if (start.seq === 0) return;
  const path = join(dir, start.file);
  const ending = Buffer.from(`${start.mac}"}\n`);
  let found: Buffer = Buffer.alloc(0);
  for await (const chunk of disk.chunks(path, Math.max(0, start.offset - ending.length))) {
    found = Buffer.concat([found, chunk.subarray(0, ending.length)]);
    if (found.length >= ending.length) break;
  }
  if (found.subarray(0, ending.length).equals(ending)) return;
  throw damagedLog(
    path,
    `byte ${start.offset}`,
    `the line numbered ${start.seq}, which the snapshot knows, is missing`,
  );
}
