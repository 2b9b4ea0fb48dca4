import { join } from "node:path";
import type { Failpoint } from "../failpoint.ts";
import { type FlowFiles, logBegin, writeLogBegin } from "./anchor.ts";
import { blocksOf, damagedLog, logFileAt, logFiles } from "./log-files.ts";
import { checkedMac, checkFrom, type LogPosition, linesIn } from "./log-lines.ts";
import { Snapshots } from "./snapshot.ts";

/** Every place of a removal where a crash must be harmless. */
export const pruneFailpoints = ["retention.anchor.after", "retention.remove.before"] as const;

/**
 * Removes the months of a log that ended before an instant, oldest first, and returns their names. A month stays while
 * a snapshot or something open needs it. What goes must be whole, and the log that stays begins at a sealed note of it.
 */
export async function pruneLogs(flow: FlowFiles & { failpoint: Failpoint }, before: Date): Promise<string[]> {
  const begin = await logBegin(flow);
  const files = await logFiles(flow.disk, flow.dir);
  // A crash left these after the log's new beginning was noted.
  const left = files.filter((file) => file < begin.file);
  const old = files.filter((file) => file >= begin.file && endOf(file) <= before);
  const needed = old.length === 0 ? undefined : await firstNeeded(flow);
  const going = old.filter((file) => needed !== undefined && file < needed);
  const kept = files.find((file) => file >= begin.file && !going.includes(file));
  if (going.length > 0 && kept !== undefined) await writeLogBegin(flow, await behind(flow, begin, kept));
  flow.failpoint("retention.anchor.after");
  await removeAll(flow, [...left, ...going]);
  return going;
}

/** The end of a file's month. */
function endOf(file: string): Date {
  const [, year, month] = /(\d{4})-(\d{2})/.exec(file) ?? [];
  return new Date(Date.UTC(Number(year), Number(month), 1));
}

/** The oldest month that the snapshots or what is open in them need; undefined when a snapshot is missing and all of the log may be needed. */
async function firstNeeded(flow: FlowFiles & { failpoint: Failpoint }): Promise<string | undefined> {
  const snapshots = await new Snapshots({ ...flow, readOnly: true }).both();
  const needed = snapshots.flatMap(({ position, state }) => [
    position.file,
    ...[...Object.values(state.intents), ...Object.values(state.asides)].map(({ at }) => logFileAt(at)),
  ]);
  return needed.sort()[0];
}

/** The beginning of a month, after all before it was found whole and joined to it. Throws StateError. */
async function behind(flow: FlowFiles, begin: LogPosition, file: string): Promise<LogPosition> {
  const { disk, dir, key } = flow;
  let last = begin;
  const torn = await checkFrom({ ...flow, until: file }, begin, (position) => {
    last = position;
  });
  const place = `line number ${last.seq + 1}`;
  if (torn) throw damagedLog(join(dir, torn.file), place, "its last line is cut although later files exist");
  const path = join(dir, file);
  for await (const block of blocksOf(disk, path, 0)) {
    const first = block.torn ? undefined : linesIn(block, path).next().value;
    if (!first) break;
    checkedMac(key, last, first);
    return { file, offset: 0, seq: last.seq, mac: last.mac };
  }
  throw damagedLog(path, place, "it has no whole line");
}

async function removeAll({ disk, dir, failpoint }: FlowFiles & { failpoint: Failpoint }, names: readonly string[]) {
  for (const name of names) {
    failpoint("retention.remove.before");
    await disk.remove(join(dir, name));
  }
  if (names.length > 0) await disk.syncDirectory(dir);
}
