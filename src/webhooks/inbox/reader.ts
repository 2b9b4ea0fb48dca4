import type { Disk } from "../../core/state/disk.ts";
import { type EventLine, linesIn, recordKey, segmentNames } from "./lines.ts";

/** An event as it stands in the inbox. */
export interface ListedEvent extends Omit<EventLine, "kind" | "body"> {
  /** All records that it names were done with since. */
  isDone: boolean;
}

/** Which events are wanted. */
export interface EventFilter {
  since?: Date;
  until?: Date;
  /** Only the newest so many. */
  limit: number;
  isWanted?(event: Pick<EventLine, "route" | "topic">): boolean;
}

/** The name by which a person calls an event of the inbox: `ev12`. Pure. */
export function eventName({ seq }: Pick<EventLine, "seq">): string {
  return `ev${seq}`;
}

/**
 * The newest events, oldest first. It reads files that a receiver writes and removes meanwhile, from the newest one back, and
 * keeps no more than it gives.
 */
export async function newestEvents(disk: Disk, dir: string, filter: EventFilter): Promise<ListedEvent[]> {
  let found: ListedEvent[] = [];
  const read: string[] = [];
  for (const name of (await segmentNames(disk, dir)).reverse()) {
    const { events, isBefore } = await newestIn(disk, { dir, name }, { ...filter, limit: filter.limit - found.length });
    read.unshift(name);
    found = [...events, ...found];
    if (found.length >= filter.limit || isBefore) break;
  }
  await markDone(disk, dir, read, found);
  return found;
}

/** The newest event with a name, which is the vendor's id or mlc's own, whole; undefined when there is none. */
export async function eventNamed(
  disk: Disk,
  dir: string,
  name: string,
): Promise<(ListedEvent & { body: string }) | undefined> {
  const read: string[] = [];
  for (const file of (await segmentNames(disk, dir)).reverse()) {
    read.unshift(file);
    let found: EventLine | undefined;
    for await (const line of linesIn(disk, dir, file))
      if (line?.kind === "event" && (line.id === name || eventName(line) === name)) found = line;
    if (!found) continue;
    const { kind: _, ...event } = found;
    const listed = { ...event, isDone: false };
    await markDone(disk, dir, read, [listed]);
    return listed;
  }
  return undefined;
}

async function newestIn(
  disk: Disk,
  { dir, name }: { dir: string; name: string },
  { since, until, limit, isWanted = () => true }: EventFilter,
): Promise<{ events: ListedEvent[]; isBefore: boolean }> {
  const [from, to] = [since?.toISOString() ?? "", until?.toISOString()];
  let events: ListedEvent[] = [];
  let newest: string | undefined;
  for await (const line of linesIn(disk, dir, name)) {
    if (line?.kind !== "event") continue;
    newest = newest === undefined || line.at > newest ? line.at : newest;
    if (line.at < from || (to !== undefined && line.at >= to) || !isWanted(line)) continue;
    const { kind: _, body: __, ...event } = line;
    events.push({ ...event, isDone: false });
    if (events.length >= 2 * limit) events = events.slice(-limit);
  }
  return { events: events.slice(-limit), isBefore: newest !== undefined && newest < from };
}

/** Finds out which events are done with: that stands behind them, in their own file or a later one. */
async function markDone(
  disk: Disk,
  dir: string,
  names: readonly string[],
  events: readonly ListedEvent[],
): Promise<void> {
  const wanted = new Map(events.map((event) => [event.seq, event]));
  /** Events that still wait for a record, by its key. */
  const open = new Map<string, ListedEvent[]>();
  const left = new Map<ListedEvent, number>();
  for (const event of events) event.isDone = event.records.length === 0;
  for (const name of events.length === 0 ? [] : names)
    for await (const line of linesIn(disk, dir, name)) {
      const event = line?.kind === "event" ? wanted.get(line.seq) : undefined;
      if (event) {
        const keys = new Set(event.records.map((record) => recordKey(event.route, record)));
        left.set(event, keys.size);
        for (const key of keys) open.set(key, [...(open.get(key) ?? []), event]);
      }
      if (line?.kind !== "done") continue;
      const waiting = open.get(line.key) ?? [];
      for (const one of waiting.filter(({ seq }) => seq <= line.seq)) {
        left.set(one, (left.get(one) ?? 0) - 1);
        one.isDone = left.get(one) === 0;
      }
      open.set(
        line.key,
        waiting.filter(({ seq }) => seq > line.seq),
      );
    }
}
