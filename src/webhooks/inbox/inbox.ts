import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import { type Failpoint, noFailpoint } from "../../core/failpoint.ts";
import type { Hash } from "../../core/json.ts";
import type { Disk } from "../../core/state/disk.ts";
import type { Route } from "../receive/receiver.ts";
import { GroupCommit } from "./group-commit.ts";
import { halvesOf, IdSet } from "./id-set.ts";
import {
  type EventHashes,
  type EventLine,
  hashesOf,
  type InboxEvent,
  isOwn,
  lineBytes,
  linesIn,
  type RefusedLine,
  segmentNames,
} from "./lines.ts";
import { Pending, type PendingRecord, type RouteStanding } from "./pending.ts";

/** What an inbox stands on. */
export interface InboxOptions {
  disk: Disk;
  /** The inbox's own directory. */
  dir: string;
  clock: Clock;
  limits?: Partial<InboxLimits>;
  failpoint?: Failpoint;
}

/** Where a crash must be harmless, in the order in which an event meets them. */
export const inboxFailpoints = ["event.stored", "settle.before", "settle.half", "settle.after"] as const;

/** How much an inbox holds. */
export interface InboxLimits {
  events: number;
  bytes: number;
  /** Of one file; files are removed whole. */
  segmentBytes: number;
}

const usualLimits: InboxLimits = { events: 1_000_000, bytes: 1024 ** 3, segmentBytes: 16 * 1024 ** 2 };

/** What became of an event; one is `changed` whose id came before with another body. */
export type Taken = "stored" | "duplicate" | "changed" | "full";

/** Noted refusals an hour: whoever has a token could send as many as they like. */
const mostRefused = 100;
const hourMs = 3_600_000;

interface Segment {
  /** Hashes of its events: they go with it. */
  ids: IdSet;
  events: number;
  bytes: number;
  /** Number of its newest event. */
  last: number;
}

/** The events that came in: appended, safe before they are confirmed, each once, folded by the records they name. */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #limits: InboxLimits;
  readonly #writer: GroupCommit;
  readonly #segments = new Map<string, Segment>();
  /** Events on their way to the disk. */
  readonly #writing = new Map<Hash, Promise<void>>();
  readonly #pending = new Pending();
  readonly #lastAt = new Map<Route, string>();
  readonly #lastRefused = new Map<Route, Pick<RefusedLine, "at" | "elsewhere">>();
  #seq = 0;
  #events = 0;
  #bytes = 0;
  #damaged = 0;
  #refused = { hour: 0, count: 0 };
  #removing: Promise<boolean> | undefined;
  /** Nothing was done with since room was last looked for in vain. */
  #isCrowded = false;

  private constructor(options: InboxOptions, next: number) {
    const { disk, dir, clock } = options;
    this.#options = options;
    this.#limits = { ...usualLimits, ...options.limits };
    this.#writer = new GroupCommit({ disk, dir, clock, next, segmentBytes: this.#limits.segmentBytes });
  }

  /** Reads what is there; only one process may have it open. Throws StateError. */
  static async open(options: InboxOptions): Promise<Inbox> {
    const { disk, dir } = options;
    await disk.makeDirectory(dir);
    const names = await segmentNames(disk, dir);
    const inbox = new Inbox(options, Number.parseInt(names.at(-1) ?? "0", 10) + 1);
    for (const name of names) await inbox.#load(name);
    // Or it would seem to take more until the first event is refused.
    if (inbox.#isFull) await inbox.#hasMadeRoom();
    return inbox;
  }

  get counts(): { events: number; bytes: number; waiting: number; damaged: number } {
    return { events: this.#events, bytes: this.#bytes, waiting: this.#pending.size, damaged: this.#damaged };
  }

  /** How each path stands of which anything is here. */
  standing(): Map<Route, RouteStanding> {
    const waiting = this.#pending.byRoute();
    const seen = new Set([...this.#lastAt.keys(), ...this.#lastRefused.keys()]);
    return new Map([...seen].map((route) => [route, this.#standingOf(route, waiting.get(route))] as const));
  }

  #standingOf(route: Route, waiting: Pick<RouteStanding, "waiting" | "waitingSince"> = { waiting: 0 }): RouteStanding {
    const [lastAt, refused] = [this.#lastAt.get(route), this.#lastRefused.get(route)];
    return { ...waiting, ...(lastAt === undefined ? {} : { lastAt }), ...(refused ? { refused } : {}) };
  }

  /** Whether the last event that came found room. */
  get takesMore(): boolean {
    return !(this.#isCrowded && this.#isFull);
  }

  /** Keeps an event; resolves once it is safe. Throws StateError where it cannot be written. */
  async add(event: InboxEvent): Promise<Taken> {
    const hashes = hashesOf(event);
    const { id, whole } = hashes;
    await this.#writing.get(id);
    if (this.#isHeld(id)) return whole === undefined || this.#isHeld(whole) ? "duplicate" : "changed";
    if (this.#isFull && !(await this.#hasMadeRoom())) return "full";
    // Another of the same may have come meanwhile.
    return this.#writing.has(id) || this.#isHeld(id) ? this.add(event) : this.#keep(event, hashes);
  }

  /** Notes a refused call, of many in one hour the first ones alone. Throws StateError. */
  async note({ route, at, elsewhere }: Omit<RefusedLine, "kind">): Promise<void> {
    const hour = Math.floor(this.#options.clock.now().getTime() / hourMs);
    if (this.#refused.hour !== hour) this.#refused = { hour, count: 0 };
    this.#refused.count += 1;
    this.#lastRefused.set(route, { at, elsewhere });
    if (this.#refused.count <= mostRefused) await this.#append(lineBytes({ kind: "refused", route, at, elsewhere }));
  }

  /** The records that wait, the longest first, so many of each path. */
  waiting(most: number): PendingRecord[] {
    return this.#pending.oldest(most);
  }

  /** Notes that records are done with, as they were told; events that came since stay. */
  async settle(records: readonly PendingRecord[]): Promise<void> {
    const { failpoint = noFailpoint } = this.#options;
    failpoint("settle.before");
    await Promise.all(
      records.map(async ({ key, last }) => {
        await this.#append(lineBytes({ kind: "done", key, seq: last }));
        failpoint("settle.half");
        this.#pending.settle({ key, seq: last });
      }),
    );
    failpoint("settle.after");
    this.#isCrowded = false;
  }

  /** Waits for what is being written. */
  close(): Promise<void> {
    return this.#writer.close();
  }

  get #isFull(): boolean {
    const { events, bytes } = this.#limits;
    return this.#events + this.#writing.size >= events || this.#bytes >= bytes;
  }

  #isHeld(id: Hash): boolean {
    const halves = halvesOf(id);
    for (const { ids } of this.#segments.values()) if (ids.has(halves)) return true;
    return false;
  }

  async #keep(event: InboxEvent, hashes: EventHashes): Promise<"stored"> {
    this.#seq += 1;
    const { id: own, topic, records, body, route, at } = event;
    const line: EventLine = { kind: "event", seq: this.#seq, route, at, id: own, topic, records, body };
    const kept = this.#append(lineBytes(line)).then((name) => this.#count(name, line, hashes));
    this.#writing.set(hashes.id, kept);
    try {
      await kept;
      this.#options.failpoint?.("event.stored");
      return "stored";
    } finally {
      this.#writing.delete(hashes.id);
    }
  }

  async #append(bytes: Buffer): Promise<string> {
    // Counted before it is there, or many at once would overrun the limit.
    this.#bytes += bytes.length;
    try {
      const name = await this.#writer.append(bytes);
      this.#segment(name).bytes += bytes.length;
      return name;
    } catch (error) {
      this.#bytes -= bytes.length;
      throw error;
    }
  }

  #count(name: string, line: EventLine, { id, whole } = hashesOf(line)): void {
    const segment = this.#segment(name);
    segment.ids.add(halvesOf(id));
    if (whole !== undefined) segment.ids.add(halvesOf(whole));
    segment.events += 1;
    segment.last = Math.max(segment.last, line.seq);
    this.#events += 1;
    if (!isOwn(line)) this.#lastAt.set(line.route, line.at);
    this.#pending.add(line);
  }

  #segment(name: string): Segment {
    const held = this.#segments.get(name) ?? { ids: new IdSet(), events: 0, bytes: 0, last: 0 };
    this.#segments.set(name, held);
    return held;
  }

  async #load(name: string): Promise<void> {
    const { disk, dir } = this.#options;
    const size = (await disk.facts(join(dir, name)))?.size ?? 0;
    this.#segment(name).bytes = size;
    this.#bytes += size;
    for await (const line of linesIn(disk, dir, name)) {
      if (line === undefined) this.#damaged += 1;
      else if (line.kind === "done") this.#pending.settle(line);
      else if (line.kind === "refused") this.#lastRefused.set(line.route, { at: line.at, elsewhere: line.elsewhere });
      else if (line.kind === "event") {
        this.#seq = Math.max(this.#seq, line.seq);
        if (!this.#isHeld(hashesOf(line).id)) this.#count(name, line);
      }
    }
  }

  /** Whether old files could be removed, of which nothing waits any more. */
  #hasMadeRoom(): Promise<boolean> {
    this.#removing ??= this.#removeDone().finally(() => {
      this.#removing = undefined;
    });
    return this.#removing;
  }

  async #removeDone(): Promise<boolean> {
    if (this.#isCrowded) return false;
    const oldest = this.#pending.oldestEvent();
    const names = [...this.#segments.keys()];
    // The last one is being written to.
    for (const name of names.slice(0, -1)) {
      const segment = this.#segment(name);
      if (segment.last >= oldest || !this.#isFull) break;
      await this.#options.disk.remove(join(this.#options.dir, name));
      this.#segments.delete(name);
      this.#bytes -= segment.bytes;
      this.#events -= segment.events;
    }
    this.#isCrowded = this.#isFull;
    return !this.#isFull;
  }
}
