import type { Disk } from "../../core/state/disk.ts";
import { type EventLine, linesIn, type RefusedLine, recordKey, segmentNames } from "./lines.ts";

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
  /** A refused call has no topic. */
  isWanted?(event: Pick<EventLine, "route"> & Partial<Pick<EventLine, "topic">>): boolean;
}

/** What stands in the inbox of one call. */
export type ListedCall = ListedEvent | RefusedLine;

/** Whether a call was taken; one that was refused is no event. Pure. */
export function isEvent(call: ListedCall): call is ListedEvent {
  return "seq" in call;
}

/** The name by which a person calls an event of the inbox: `ev12`. Pure. */
export function eventName({ seq }: Pick<EventLine, "seq">): string {
  return `ev${seq}`;
}

/** The newest events, oldest first. */
export async function newestEvents(disk: Disk, dir: string, filter: EventFilter): Promise<ListedEvent[]> {
  const { isWanted = () => true } = filter;
  const hasTopic = (one: Parameters<typeof isWanted>[0]) => one.topic !== undefined && isWanted(one);
  return (await newestCalls(disk, dir, { ...filter, isWanted: hasTopic })).filter(isEvent);
}

/**
 * The newest events and refused calls, oldest first. It reads files that a receiver writes and removes meanwhile, from the newest one back, and
 * keeps no more than it gives.
 */
export async function newestCalls(disk: Disk, dir: string, filter: EventFilter): Promise<ListedCall[]> {
  let found: ListedCall[] = [];
  const read: string[] = [];
  for (const name of (await segmentNames(disk, dir)).reverse()) {
    const { calls, isBefore } = await newestIn(disk, { dir, name }, { ...filter, limit: filter.limit - found.length });
    read.unshift(name);
    found = [...calls, ...found];
    if (found.length >= filter.limit || isBefore) break;
  }
  await markDone(disk, dir, read, found.filter(isEvent));
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
): Promise<{ calls: ListedCall[]; isBefore: boolean }> {
  const [from, to] = [since?.toISOString() ?? "", until?.toISOString()];
  let calls: ListedCall[] = [];
  let newest: string | undefined;
  for await (const line of linesIn(disk, dir, name)) {
    if (line === undefined || line.kind === "done") continue;
    newest = newest === undefined || line.at > newest ? line.at : newest;
    if (line.at < from || (to !== undefined && line.at >= to) || !isWanted(line)) continue;
    calls.push(line.kind === "refused" ? line : listed(line));
    if (calls.length >= 2 * limit) calls = calls.slice(-limit);
  }
  return { calls: calls.slice(-limit), isBefore: newest !== undefined && newest < from };
}

function listed({ kind: _, body: __, ...event }: EventLine): ListedEvent {
  return { ...event, isDone: false };
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
