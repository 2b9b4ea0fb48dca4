import { join } from "node:path";
import type { Disk } from "./disk.ts";
import type { LogLine } from "./lines.ts";
import { type Block, blocksOf, damagedLog, logFiles } from "./log-files.ts";
import { refuseNewer, stateSchema } from "./schema.ts";
import { type SealKey, sealKey, sealOf } from "./seal.ts";

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

/** A line's bytes without its newline, and where it is. */
export interface RawLine {
  bytes: Buffer;
  path: string;
  start: number;
  /** Behind the newline. */
  end: number;
}

/** The lines of a block. Pure. */
export function* linesIn({ bytes, start }: Block, path: string): Generator<RawLine> {
  let begin = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, begin)) {
    yield { bytes: bytes.subarray(begin, at), path, start: start + begin, end: start + at + 1 };
    begin = at + 1;
  }
}

/** The line behind a position, when seal, number and chain are right; throws StateError. */
export function checkedLine(key: SealKey, before: LogPosition, { bytes, path, start }: RawLine): LogLine {
  const place = placeOf(before, start);
  if (sealOf(key, bytes) === undefined) throw damagedLog(path, place, "its text does not match its mac");
  const line = JSON.parse(bytes.toString("utf8")) as LogLine;
  refuseNewer(line.schema ?? 0, stateSchema, path);
  if (line.seq !== before.seq + 1) {
    throw damagedLog(path, place, `its number is ${line.seq} where ${before.seq + 1} must stand`);
  }
  if (line.prev !== before.mac) throw damagedLog(path, place, "it does not continue the line before it");
  return line;
}

/** The mac of the line behind a position, checked like `checkedLine` but read only where it is not as `Log` writes it. */
export function checkedMac(key: SealKey, before: LogPosition, raw: RawLine): string {
  const mac = sealOf(key, raw.bytes);
  // Behind `{"id":"<ULID>","at":"<instant>",` stand number and link, then a kind or, where it is said, the schema.
  const link = `","seq":${before.seq + 1},"prev":"${before.mac}","kind":`;
  const begin = raw.bytes.toString("latin1", 0, 65 + link.length);
  const isPlain = begin.startsWith('{"id":"') && begin.startsWith('","at":"', 33) && begin.endsWith(link);
  return mac !== undefined && isPlain ? mac : checkedLine(key, before, raw).mac;
}

function placeOf(before: LogPosition, start: number): string {
  return `byte ${start}, line number ${before.seq + 1}`;
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

/** Where a log is and what seals it. */
export interface SealedLog {
  disk: Disk;
  dir: string;
  key: SealKey;
  /** The first file that is not read. */
  until?: string;
}

/** The checked lines behind a position, as many at once as a read brings; returns the torn end, if the last write was cut. Throws StateError. */
export async function* linesFrom(
  log: SealedLog,
  start: LogPosition,
): AsyncGenerator<PlacedLine[], TornEnd | undefined> {
  let position = start;
  const blocks = blocksFrom(log, start, () => position);
  let next = await blocks.next();
  for (; !next.done; next = await blocks.next()) {
    const { file, path, block } = next.value;
    const placed: PlacedLine[] = [];
    for (const raw of linesIn(block, path)) {
      const line = checkedLine(log.key, position, raw);
      position = { file, offset: raw.end, seq: line.seq, mac: line.mac };
      placed.push({ line, position });
    }
    yield placed;
  }
  return next.value;
}

/** Checks the lines behind a position without reading them, and tells the position behind each; returns as `linesFrom` does. */
export async function checkFrom(
  log: SealedLog,
  start: LogPosition,
  each: (position: LogPosition) => void,
): Promise<TornEnd | undefined> {
  const key = sealKey(log.key);
  let position = start;
  const blocks = blocksFrom(log, start, () => position);
  let next = await blocks.next();
  for (; !next.done; next = await blocks.next()) {
    const { file, path, block } = next.value;
    for (const raw of linesIn(block, path)) {
      const mac = checkedMac(key, position, raw);
      position = { file, offset: raw.end, seq: position.seq + 1, mac };
      each(position);
    }
  }
  return next.value;
}

/** The blocks behind a position; `reached` tells how far their reader came. */
async function* blocksFrom(
  { disk, dir, key, until = "\uffff" }: SealedLog,
  start: LogPosition,
  reached: () => LogPosition,
): AsyncGenerator<{ file: string; path: string; block: Block }, TornEnd | undefined> {
  const files = (await logFiles(disk, dir)).filter((file) => file >= start.file && file < until);
  await checkStart(disk, dir, start);
  for (const [index, file] of files.entries()) {
    const path = join(dir, file);
    for await (const block of blocksOf(disk, path, file === start.file ? start.offset : 0)) {
      if (!block.torn) {
        yield { file, path, block };
        continue;
      }
      const place = placeOf(reached(), block.start);
      if (index < files.length - 1) throw damagedLog(path, place, "its last line is cut although later files exist");
      if (sealOf(key, block.bytes.subarray(0, -1)) !== undefined)
        throw damagedLog(path, place, "its newline was changed");
      return { file, size: block.start };
    }
  }
  return undefined;
}

/** Refuses a log that is shorter than the position or other than it was. */
async function checkStart(disk: Disk, dir: string, start: LogPosition): Promise<void> {
  // The beginning of a file stands for nothing in it.
  if (start.offset === 0) return;
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
