import { join } from "node:path";
import { MlcError } from "../errors.ts";
import { noFailpoint } from "../failpoint.ts";
import { logBegin } from "./anchor.ts";
import type { Disk } from "./disk.ts";
import { damagedLog } from "./log-files.ts";
import { checkFrom, type LogPosition, logStart } from "./log-lines.ts";
import { Snapshots } from "./snapshot.ts";

/** What a check of a flow's log found. */
export interface LogVerdict {
  /** Lines that are whole and in their place. */
  lines: number;
  /** Lines before these that were removed by age. */
  removed: number;
  last: LogPosition;
  /** The first thing that is wrong: a changed, missing or foreign line, or an end that was cut off. */
  problem?: MlcError;
  /** Bytes behind the last line that a crash left; they are no problem. */
  torn: boolean;
}

/** Checks every seal, number and link of a flow's log, and that it reaches as far as the snapshot knows. */
export async function verifyLog(disk: Disk, dir: string, key: Uint8Array): Promise<LogVerdict> {
  const flow = { disk, dir, key };
  const verdict: LogVerdict = { lines: 0, removed: 0, last: logStart, torn: false };
  try {
    const known = await new Snapshots({ ...flow, failpoint: noFailpoint, readOnly: true }).read();
    const begin = await logBegin(flow);
    verdict.last = begin;
    verdict.removed = begin.seq;
    const end = await checkFrom(flow, begin, (position) => {
      verdict.last = position;
      if (position.seq === known.position.seq && position.mac !== known.position.mac) {
        const path = join(dir, position.file);
        throw damagedLog(path, `line number ${position.seq}`, "the snapshot knows another line there");
      }
    });
    verdict.torn = end !== undefined;
    if (verdict.last.seq < known.position.seq) {
      const what = `its end is cut off: the snapshot knows lines up to number ${known.position.seq}`;
      throw damagedLog(join(dir, known.position.file), `line number ${verdict.last.seq + 1}`, what);
    }
  } catch (error) {
    if (!(error instanceof MlcError)) throw error;
    verdict.problem = error;
  }
  return { ...verdict, lines: verdict.last.seq - verdict.removed };
}
