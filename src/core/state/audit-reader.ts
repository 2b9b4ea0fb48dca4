import { join } from "node:path";
import { MlcError } from "../errors.ts";
import { noFailpoint } from "../failpoint.ts";
import type { Disk } from "./disk.ts";
import type { LogLine } from "./lines.ts";
import { damagedLog, type LogPosition, linesFrom, logFileAt, logFiles, logStart, rawLines } from "./log-lines.ts";
import { refuseNewer, stateSchema } from "./schema.ts";
import { Snapshots } from "./snapshot.ts";

/** A log line with its text as it stands in the file. */
export type RawLogLine = LogLine & { raw: string };

/** Lines of a flow's log from `since` on and before `until`, oldest first, one chunk in memory; the chain is not checked. */
export async function* readLog(
  disk: Disk,
  dir: string,
  { since, until }: { since?: Date; until?: Date } = {},
): AsyncGenerator<RawLogLine> {
  const [from, to] = [since?.toISOString() ?? "", until?.toISOString() ?? "\uffff"];
  const files = (await logFiles(disk, dir)).filter((file) => file >= logFileAt(from) || from === "");
  for (const file of files) {
    if (until !== undefined && file > logFileAt(to)) return;
    const path = join(dir, file);
    for await (const { bytes, end, torn } of rawLines(disk, path, 0)) {
      if (torn) return;
      const raw = bytes.toString("utf8");
      const line = parsed(raw, path, end - bytes.length - 1);
      refuseNewer(line.schema ?? 0, stateSchema, path);
      if (line.at >= from && line.at < to) yield { ...line, raw };
    }
  }
}

function parsed(raw: string, path: string, at: number): LogLine {
  try {
    return JSON.parse(raw) as LogLine;
  } catch {
    // The parser's own message would quote the line.
    throw damagedLog(path, `byte ${at}`, "it is not JSON");
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
    const lines = linesFrom({ disk, dir, key }, logStart);
    let next = await lines.next();
    for (; !next.done; next = await lines.next()) {
      last = next.value.position;
      if (last.seq === known.position.seq && last.mac !== known.position.mac) {
        throw damagedLog(join(dir, last.file), `line number ${last.seq}`, "the snapshot knows another line there");
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
