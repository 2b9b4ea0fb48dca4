/** Query strings as ShipBob reads them. */

import { fields } from "./refusals.ts";
import { readStamp } from "./stamp.ts";

/** The parameters of a call; names in their documented capitals, commas and colons as they stand on the wire. */
export class Query {
  readonly #pairs: { name: string; raw: string }[];

  constructor(search: string) {
    this.#pairs = search
      .replace(/^\?/, "")
      .split("&")
      .filter((pair) => pair !== "")
      .map((pair) => {
        const [name = "", ...value] = pair.split("=");
        return { name: decoded(name), raw: value.join("=") };
      });
  }

  /** The first value, decoded. */
  text(name: string): string | undefined {
    const raw = this.raw(name);
    return raw === undefined || raw === "" ? undefined : decoded(raw);
  }

  /** The first value as it stands on the wire. */
  raw(name: string): string | undefined {
    return this.#pairs.find((pair) => pair.name === name)?.raw;
  }

  /** Every value of a parameter that is repeated, decoded. */
  all(name: string): string[] {
    return this.#pairs.filter((pair) => pair.name === name).map(({ raw }) => decoded(raw));
  }

  /** The same parameters with another cursor, and the size of the page. */
  withCursor(name: string, cursor: string, size: number): string {
    const kept = this.#pairs.filter((pair) => pair.name !== name && pair.name !== "PageSize");
    const parts = [...kept.map((pair) => `${pair.name}=${pair.raw}`), `${name}=${cursor}`, `PageSize=${size}`];
    return parts.join("&");
  }

  /** The parts of a list: an escaped comma separates nothing (5.3). */
  list(name: string): string[] | undefined {
    const raw = this.raw(name);
    return raw === undefined || raw === "" ? undefined : raw.split(",").map(decoded);
  }

  integer(name: string, { least, most, absent }: { least: number; most: number; absent: number }): number {
    const text = this.text(name);
    if (text === undefined) return absent;
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw fields(400, { [name]: [`The field ${name} must be between ${least} and ${most}.`] });
    return value;
  }

  flag(name: string): boolean | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^(true|false)$/i.test(text)) throw fields(400, { [name]: [`The value '${text}' is not valid.`] });
    return text.toLowerCase() === "true";
  }

  /** An instant in the form of a stamp. */
  instant(name: string): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const stamp = readStamp(text);
    if (stamp === undefined) throw fields(400, { [name]: [`The value '${text}' is not valid for ${name}.`] });
    return stamp;
  }
}

function decoded(raw: string): string {
  try {
    return decodeURIComponent(raw.replaceAll("+", " "));
  } catch (error) {
    if (error instanceof URIError) return raw;
    throw error;
  }
}
