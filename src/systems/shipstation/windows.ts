import type { Json } from "../../core/json.ts";
import type { ListRequest } from "../../core/ports.ts";

const hour = 3_600_000;
const overlapMs = 2 * hour;
const wideMs = 7 * 24 * hour;
const wideEveryMs = 24 * hour;

/** How far each stream was read, as instants of its own rows, and where it stood when it was last read widely. */
interface Cursor {
  at: Record<string, string>;
  wide: Record<string, string>;
}

/** The windows of one run over several streams of rows, and the cursor that moves with them. */
export class Windows {
  readonly #request: ListRequest;
  readonly #lookBackMs: number;
  readonly #cursor: Cursor;

  constructor(request: ListRequest, lookBackDays: number) {
    this.#request = request;
    this.#lookBackMs = lookBackDays * 24 * hour;
    this.#cursor = cursorOf(request.cursor);
  }

  /**
   * Where a stream is read from: 2 h before its last row, once a day 7 days, at first as far back as is looked. What can
   * be voided and has no list by void date is looked for that far back once a day.
   */
  start(stream: string, hasVoids = true): Date {
    const { since, now } = this.#request;
    if (since) return since;
    const at = this.#cursor.at[stream];
    if (at === undefined) return new Date(now.getTime() - this.#lookBackMs);
    const wide = hasVoids ? wideMs : Math.max(wideMs, this.#lookBackMs);
    return new Date(Date.parse(at) - (this.#isWide(stream) ? wide : overlapMs));
  }

  /** Whether a row lies before the end of the run's window. */
  includes(rowTime: Date | undefined): boolean {
    return this.#request.until === undefined || rowTime === undefined || rowTime <= this.#request.until;
  }

  /** Moves a stream to its latest row, never back. */
  reach(stream: string, rowTimes: readonly (Date | undefined)[]): void {
    for (const time of rowTimes) {
      const text = time?.toISOString();
      if (text !== undefined && text > (this.#cursor.at[stream] ?? "")) this.#cursor.at[stream] = text;
    }
  }

  /** A stream was read to its end. */
  finish(stream: string): void {
    const before = cursorOf(this.#request.cursor).at[stream];
    const at = this.#cursor.at[stream];
    if (at !== undefined && (before === undefined || this.#isWide(stream))) this.#cursor.wide[stream] = at;
  }

  get cursor(): Json {
    return { ...this.#cursor.at, wide: { ...this.#cursor.wide } };
  }

  #isWide(stream: string): boolean {
    const wide = cursorOf(this.#request.cursor).wide[stream];
    return wide === undefined || this.#request.now.getTime() - Date.parse(wide) >= wideEveryMs;
  }
}

function cursorOf(cursor: Json | undefined): Cursor {
  const { wide, ...at } = membersOf(cursor);
  return { at: texts(at), wide: texts(membersOf(wide)) };
}

function membersOf(value: Json | undefined): { [name: string]: Json } {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}

function texts(members: { [name: string]: Json }): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
