import type { Named } from "../../core/ports.ts";
import type { Route } from "../receive/receiver.ts";
import { type DoneLine, type EventLine, recordKey, recordOfKey } from "./lines.ts";

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
}

/** The records that wait, each once however many events told of it. A million may wait: all else is in their keys. */
export class Pending {
  readonly #records = new Map<string, Pick<PendingRecord, "topic" | "first" | "last">>();
  /** There are few, and each event has a text of its own. */
  readonly #topics = new Map<string, string>();

  get size(): number {
    return this.#records.size;
  }

  /** Adds what an event names. */
  add({ route, records, topic: told, seq }: EventLine): void {
    const topic = this.#topics.get(told) ?? told;
    if (this.#topics.size < mostTopics) this.#topics.set(topic, topic);
    for (const record of records) {
      const key = recordKey(route, record);
      const held = this.#records.get(key);
      if (held) Object.assign(held, { topic, last: seq });
      else this.#records.set(key, { topic, first: seq, last: seq });
    }
  }

  /** A record is done with, unless an event came since. */
  settle({ key, seq }: Omit<DoneLine, "kind">): void {
    const held = this.#records.get(key);
    if (!held) return;
    if (held.last <= seq) this.#records.delete(key);
    else held.first = Math.max(held.first, seq + 1);
  }

  /** Those that wait, the longest first. */
  oldest(most: number): PendingRecord[] {
    const found: PendingRecord[] = [];
    for (const [key, held] of this.#records) {
      if (found.length === most) break;
      found.push({ key, ...recordOfKey(key), ...held });
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

const mostTopics = 1_000;
