import { join } from "node:path";
import { type Hash, hashOfText } from "../../core/json.ts";
import type { Named } from "../../core/ports.ts";
import type { Disk } from "../../core/state/disk.ts";
import { fromSummed, summed } from "../../core/state/seal.ts";
import type { VendorEvent } from "../receive/call.ts";
import type { Route } from "../receive/receiver.ts";

/** An event as it came in. */
export interface InboxEvent extends VendorEvent {
  route: Route;
  at: string;
}

/** An event in its file. */
export interface EventLine extends InboxEvent {
  kind: "event";
  /** Grows by one with each event. */
  seq: number;
}

/** A record of which all events up to a number are done with. */
export interface DoneLine {
  kind: "done";
  key: string;
  seq: number;
}

/** A proved call that was refused since it would have had mlc ask somebody else with the account's credentials. */
export interface RefusedLine {
  kind: "refused";
  route: Route;
  at: string;
  /** Scheme and host. */
  elsewhere: string;
}

/** What stands in the inbox's files, one JSON object with a checksum a line. */
export type InboxLine = EventLine | DoneLine | RefusedLine;

/** What stands before the ids of events that mlc makes itself. */
const own = "mlc: ";

/** An event of mlc's own: a topic that was not told for a while, so that only a poll finds what changed. Pure. */
export function missedEvent(route: Route, topic: string, now: Date): InboxEvent {
  const at = now.toISOString();
  return { route, id: `${own}missed ${topic} ${at}`, topic, records: [{ kind: "changes", id: topic }], body: "{}", at };
}

/** Whether no system sent an event. Pure. */
export function isOwn({ id }: Pick<InboxEvent, "id">): boolean {
  return id.startsWith(own);
}

/** What events of one record fold by. Pure. */
export function recordKey(route: Route, { kind, id, legalEntity }: Named): string {
  return JSON.stringify([route, kind, id, ...(legalEntity === undefined ? [] : [legalEntity])]);
}

/** The record that `recordKey` made a key of. Pure. */
export function recordOfKey(key: string): Named {
  const [, kind, id, legalEntity] = JSON.parse(key) as [Route, Named["kind"], string, string?];
  return { kind, id, ...(legalEntity === undefined ? {} : { legalEntity }) };
}

/** What an event is known again by. */
export interface EventHashes {
  id: Hash;
  /** Of id and body, where whoever has the token can put any id before any body. */
  whole?: Hash;
}

/** The hashes of an event. Pure. */
export function hashesOf({ route, id, body }: Pick<InboxEvent, "route" | "id" | "body">): EventHashes {
  const name = `${route} ${id}`;
  return { id: hashOfText(name), ...(route === "fno" ? { whole: hashOfText(`${name} ${body}`) } : {}) };
}

/** A line's bytes. Pure. */
export function lineBytes(line: InboxLine): Buffer {
  return Buffer.concat([summed(line), newLine]);
}

const newLine = Buffer.from("\n");

/** Names of the files, oldest first. */
export async function segmentNames(disk: Disk, dir: string): Promise<string[]> {
  return (await disk.list(dir)).filter((name) => /^\d{10}\.jsonl$/.test(name));
}

/** The name of the file with a number. Pure. */
export function segmentName(number: number): string {
  return `${String(number).padStart(10, "0")}.jsonl`;
}

/**
 * The lines of a file in their order; undefined for one that is damaged. What stands behind the last line end was never
 * confirmed to anybody and is no line.
 */
export async function* linesIn(disk: Disk, dir: string, name: string): AsyncGenerator<InboxLine | undefined> {
  let rest: Buffer[] = [];
  for await (const chunk of disk.chunks(join(dir, name), 0)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      yield fromSummed<InboxLine>(Buffer.concat([...rest, chunk.subarray(from, end)]));
      rest = [];
      from = end + 1;
    }
    // The chunk is used again for the next one.
    if (from < chunk.length) rest.push(Buffer.from(chunk.subarray(from)));
  }
}

/** The refused calls that an inbox has noted, oldest first. */
export async function* refusedIn(disk: Disk, dir: string): AsyncGenerator<RefusedLine> {
  for (const name of await segmentNames(disk, dir))
    for await (const line of linesIn(disk, dir, name)) if (line?.kind === "refused") yield line;
}
