import { join } from "node:path";
import { MlcError } from "../errors.ts";
import { noFailpoint } from "../failpoint.ts";
import type { Disk } from "./disk.ts";
import type { LogLine } from "./lines.ts";
import {
  type Block,
  blocksOf,
  damagedLog,
  type LogPosition,
  linesIn,
  logFileAt,
  logFiles,
  logStart,
  positionsFrom,
  type RawLine,
} from "./log-lines.ts";
import { refuseNewer, stateSchema } from "./schema.ts";
import { Snapshots } from "./snapshot.ts";

/** Which lines of a log are wanted; what is not wanted is left unread where its bytes tell. */
export interface LogQuery {
  since?: Date | undefined;
  until?: Date | undefined;
  kinds?: readonly LogLine["kind"][] | undefined;
  /** JSON texts of which a wanted line has at least one; others may come all the same. */
  containing?: readonly string[] | undefined;
}

/** Lines of a flow's log from `since` on and before `until`, oldest first; the chain is not checked. */
export async function* readLog(disk: Disk, dir: string, query: LogQuery = {}): AsyncGenerator<LogLine> {
  for await (const lines of logPieces(disk, dir, query)) yield* lines;
}

/** The same, as many at once as a read brings. */
export async function* logPieces(disk: Disk, dir: string, query: LogQuery): AsyncGenerator<LogLine[]> {
  const { since, until, kinds } = query;
  const [from, to] = [since?.toISOString() ?? "", until?.toISOString() ?? "\uffff"];
  const isWanted = ({ at, kind }: Pick<LogLine, "at" | "kind">) =>
    at >= from && at < to && (kinds === undefined || kinds.includes(kind));
  const files = (await logFiles(disk, dir)).filter((file) => file >= logFileAt(from) || from === "");
  for (const file of files) {
    if (until !== undefined && file > logFileAt(to)) return;
    const path = join(dir, file);
    for await (const block of blocksOf(disk, path, 0)) {
      if (block.torn) return;
      const found: LogLine[] = [];
      for (const raw of query.containing ? linesWith(block, path, query.containing) : linesIn(block, path)) {
        const head = query.containing ? undefined : headOf(raw.bytes);
        if (head && !isWanted(head)) continue;
        const line = parsed(raw);
        refuseNewer(line.schema ?? 0, stateSchema, path);
        if (isWanted(line)) found.push(line);
      }
      if (found.length > 0) yield found;
    }
  }
}

/** The lines of a block that hold one of the texts, or say their schema. */
function* linesWith(block: Block, path: string, texts: readonly string[]): Generator<RawLine> {
  const { bytes, start } = block;
  const begins = new Set<number>();
  for (const text of [...texts, ',"schema":']) {
    const wanted = Buffer.from(text);
    for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, bytes.indexOf(10, at))) {
      begins.add(bytes.lastIndexOf(10, at) + 1);
    }
  }
  for (const begin of [...begins].sort((left, right) => left - right)) {
    const end = bytes.indexOf(10, begin);
    yield { bytes: bytes.subarray(begin, end), path, start: start + begin, end: start + end + 1 };
  }
}

/** Time and kind of a line as `Log` writes it, without reading all of it; undefined where it says its schema or is other. Pure. */
function headOf(bytes: Buffer): Pick<LogLine, "at" | "kind"> | undefined {
  const head = /^\{"id":"\w*","at":"([\w:.-]*)","seq":\d+,"prev":"[0-9a-f]*","kind":"(\w+)"/;
  const [, at, kind] = head.exec(bytes.toString("latin1", 0, 240)) ?? [];
  return at === undefined ? undefined : { at, kind: kind as LogLine["kind"] };
}

function parsed({ bytes, path, start }: RawLine): LogLine {
  try {
    return JSON.parse(bytes.toString("utf8")) as LogLine;
  } catch {
    // The parser's own message would quote the line.
    throw damagedLog(path, `byte ${start}`, "it is not JSON");
  }
}

/** What a check of a flow's log found. */
export interface LogVerdict {
  /** Lines that are whole and in their place. */
  lines: number;
  last: LogPosition;
  /** The first thing that is wrong: a changed, missing or foreign line, or an end that was cut off. */
  problem?: MlcError;
  /** Bytes behind the last line that a crash left; they are no problem. */
  torn: boolean;
}

/** Checks every seal, number and link of a flow's log, and that it reaches as far as the snapshot knows. */
export async function verifyLog(disk: Disk, dir: string, key: Uint8Array): Promise<LogVerdict> {
  let last: LogPosition = logStart;
  try {
    const known = await new Snapshots({ disk, dir, key, failpoint: noFailpoint, readOnly: true }).read();
    const pieces = positionsFrom({ disk, dir, key }, logStart);
    let next = await pieces.next();
    for (; !next.done; next = await pieces.next()) {
      for (const { position } of next.value) {
        last = position;
        if (last.seq === known.position.seq && last.mac !== known.position.mac) {
          throw damagedLog(join(dir, last.file), `line number ${last.seq}`, "the snapshot knows another line there");
        }
      }
    }
    const torn = next.value !== undefined;
    if (last.seq >= known.position.seq) return { lines: last.seq, last, torn };
    const what = `its end is cut off: the snapshot knows lines up to number ${known.position.seq}`;
    const problem = damagedLog(join(dir, known.position.file), `line number ${last.seq + 1}`, what);
    return { lines: last.seq, last, torn, problem };
  } catch (error) {
    if (!(error instanceof MlcError)) throw error;
    return { lines: last.seq, last, torn: false, problem: error };
  }
}
