import type { Named } from "../../core/ports.ts";
import type { Route } from "../receive/receiver.ts";
import { type DoneLine, type EventLine, type RefusedLine, recordKey, recordOfKey } from "./lines.ts";

/** A record that events told of since it was last done with. */
export interface PendingRecord {
  key: string;
  route: Route;
  record: Named;
  /** Of the newest event, in the vendor's words. */
  topic: string;
  /** Numbers of its oldest and its newest event. */
  first: number;
  last: number;
  /** When these came. */
  firstAt: string;
  lastAt: string;
}

/** How one path stands. */
export interface RouteStanding {
  /** When its last event came. */
  lastAt?: string;
  /** Records that events named and that are not done with, and since when. */
  waiting: number;
  waitingSince?: string;
  /** The last proved call that would have led mlc elsewhere. */
  refused?: Pick<RefusedLine, "at" | "elsewhere">;
}

/** What the key does not say, instants in milliseconds. */
interface Held extends Pick<PendingRecord, "route" | "topic" | "first" | "last"> {
  firstAt: number;
  lastAt: number;
}

/** The records that wait, each once however many events told of it. A million may wait: their ids are in their keys alone. */
export class Pending {
  readonly #records = new Map<string, Held>();
  /** There are few of both, and each line that is read has texts of its own. */
  readonly #routes = new Map<Route, Route>();
  readonly #topics = new Map<string, string>();

  get size(): number {
    return this.#records.size;
  }

  /** Adds what an event names. */
  add({ route: from, records, topic: told, seq, at }: EventLine): void {
    const route = this.#routes.get(from) ?? from;
    this.#routes.set(route, route);
    const lastAt = Date.parse(at);
    const topic = this.#topics.get(told) ?? told;
    if (this.#topics.size < mostTopics) this.#topics.set(topic, topic);
    for (const record of records) {
      const key = recordKey(route, record);
      const held = this.#records.get(key);
      if (held) Object.assign(held, { topic, last: seq, lastAt });
      else this.#records.set(key, { route, topic, first: seq, last: seq, firstAt: lastAt, lastAt });
    }
  }

  /** A record is done with, unless an event came since. */
  settle({ key, seq }: Omit<DoneLine, "kind">): void {
    const held = this.#records.get(key);
    if (!held) return;
    if (held.last <= seq) this.#records.delete(key);
    else Object.assign(held, { first: Math.max(held.first, seq + 1), firstAt: held.lastAt });
  }

  /** Those that wait, the longest first, of each path so many at most: what one path is stuck with hides nothing of another. */
  oldest(most: number): PendingRecord[] {
    const found: PendingRecord[] = [];
    const ofRoute = new Map<Route, number>();
    for (const [key, held] of this.#records) {
      const before = ofRoute.get(held.route) ?? 0;
      if (before === most) continue;
      ofRoute.set(held.route, before + 1);
      const [firstAt, lastAt] = [isoOf(held.firstAt), isoOf(held.lastAt)];
      found.push({ key, record: recordOfKey(key), ...held, firstAt, lastAt });
    }
    return found;
  }

  /** How many wait of each path, and since when. */
  byRoute(): Map<Route, { waiting: number; waitingSince: string }> {
    const found = new Map<Route, { waiting: number; since: number }>();
    for (const { route, firstAt } of this.#records.values()) {
      const { waiting, since } = found.get(route) ?? { waiting: 0, since: firstAt };
      found.set(route, { waiting: waiting + 1, since: Math.min(since, firstAt) });
    }
    return new Map(
      [...found].map(([route, { waiting, since }]) => [route, { waiting, waitingSince: isoOf(since) }] as const),
    );
  }

  /** The number of the oldest event that is not done with. */
  oldestEvent(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { first } of this.#records.values()) oldest = Math.min(oldest, first);
    return oldest;
  }
}

const mostTopics = 1_000;

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
