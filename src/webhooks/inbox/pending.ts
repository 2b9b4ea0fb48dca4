import type { Named } from "../../core/ports.ts";
import type { Route } from "../receive/receiver.ts";
import { type DoneLine, type EventLine, recordKey } from "./lines.ts";

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

/** The records that wait, each once however many events told of it. */
export class Pending {
  readonly #records = new Map<string, PendingRecord>();

  get size(): number {
    return this.#records.size;
  }

  /** Adds what an event names. */
  add({ route, records, topic, seq, at }: EventLine): void {
    for (const record of records) {
      const key = recordKey(route, record);
      const { first, firstAt } = this.#records.get(key) ?? { first: seq, firstAt: at };
      this.#records.set(key, { key, route, record, topic, first, last: seq, firstAt, lastAt: at });
    }
  }

  /** A record is done with, unless an event came since. */
  settle({ key, seq }: Omit<DoneLine, "kind">): void {
    const held = this.#records.get(key);
    if (!held) return;
    if (held.last <= seq) this.#records.delete(key);
    else this.#records.set(key, { ...held, first: Math.max(held.first, seq + 1), firstAt: held.lastAt });
  }

  /** Those that wait, the longest first. */
  oldest(most: number): PendingRecord[] {
    const found: PendingRecord[] = [];
    for (const record of this.#records.values()) {
      if (found.length === most) break;
      found.push(record);
    }
    return found;
  }

  /** How many wait of each path, and since when. */
  byRoute(): Map<Route, { waiting: number; waitingSince: string }> {
    const found = new Map<Route, { waiting: number; waitingSince: string }>();
    for (const { route, firstAt } of this.#records.values()) {
      const held = found.get(route);
      const waitingSince = held && held.waitingSince < firstAt ? held.waitingSince : firstAt;
      found.set(route, { waiting: (held?.waiting ?? 0) + 1, waitingSince });
    }
    return found;
  }

  /** The number of the oldest event that is not done with. */
  oldestEvent(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { first } of this.#records.values()) oldest = Math.min(oldest, first);
    return oldest;
  }
}
