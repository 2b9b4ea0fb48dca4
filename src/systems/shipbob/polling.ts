import { createHash } from "node:crypto";
import type { Json } from "../../core/json.ts";
import type { ListRequest } from "../../core/ports.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const overlapMs = 15 * minuteMs;
/** Once a day: ShipBob was seen not to move `last_update_at` with what happened (ShipBob, 5.4). */
const wideMs = 7 * dayMs;
/** The last run is told by its end, and what fell due while it ran is still due. */
const runMs = 5 * minuteMs;

/** How far updates were read, as the latest instant of ShipBob's own in what was read; it never moves back. */
export class UpdateCursor {
  #at: string | undefined;

  constructor(cursor: Json | undefined) {
    const { at } = cursor !== null && typeof cursor === "object" && !Array.isArray(cursor) ? cursor : {};
    if (typeof at === "string") this.#at = at;
  }

  /** Where updates are read from: 15 min before the cursor, once a day 7 days, at first as far back as is looked. */
  start({ since, now, lastRunAt }: ListRequest, lookBackDays: number): Date {
    if (since) return since;
    if (this.#at === undefined) return new Date(now.getTime() - lookBackDays * dayMs);
    return new Date(Date.parse(this.#at) - (isDaily("orders", lastRunAt, now) ? wideMs : overlapMs));
  }

  /** Moves to the latest of these instants. */
  reach(instants: readonly (string | undefined)[]): void {
    for (const instant of instants) if (instant !== undefined && instant > (this.#at ?? "")) this.#at = instant;
  }

  get json(): Json | undefined {
    return this.#at === undefined ? undefined : { at: this.#at };
  }
}

/** Whether the daily hour of an id has come since the last run; ids have theirs at different times. Pure. */
export function isDaily(id: string, lastRunAt: Date | undefined, now: Date): boolean {
  if (lastRunAt === undefined) return true;
  const offset = createHash("sha256").update(id).digest().readUInt32BE() % dayMs;
  const days = (at: number) => Math.floor((at - offset) / dayMs);
  return days(now.getTime()) > days(lastRunAt.getTime() - runMs);
}
