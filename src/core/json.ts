import { hash } from "node:crypto";

/** What can stand in a JSON file. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** A short SHA-256, 16 hex digits, of a value's canonical JSON. */
export type Hash = string;

/** JSON with sorted member names, so that equal values give equal text; undefined members are left out. Pure. */
export function canonicalJson(value: unknown): string {
  return new CanonicalText().of(value);
}

/** Texts that JSON takes as they are. */
const plain = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** Names in the order of the text, each as the text has it. */
interface NameList {
  /** As the object has them. */
  given: readonly string[];
  sorted: readonly string[];
  quoted: readonly string[];
}

/** Lists of one length that are kept: rows of a few kinds come by, and now and then one that has a member more or less. */
const mostLists = 8;

/** Makes the canonical JSON of many values that are alike, as rows of a table are: their names are sorted once. */
export class CanonicalText {
  /** By the number of names. */
  readonly #lists = new Map<number, NameList[]>();

  /** What `canonicalJson` gives. */
  of(value: unknown): string {
    if (typeof value === "string" && plain.test(value)) return `"${value}"`;
    if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
    let text = "";
    if (Array.isArray(value)) {
      for (const element of value) text += (text === "" ? "" : ",") + this.of(element);
      return `[${text}]`;
    }
    const { sorted, quoted } = this.#listOf(Object.keys(value));
    for (let at = 0; at < sorted.length; at += 1) {
      const member: unknown = Reflect.get(value, sorted[at] ?? "");
      if (member !== undefined) text += `${(text === "" ? "" : ",") + quoted[at]}:${this.of(member)}`;
    }
    return `{${text}}`;
  }

  /**
   * What `hashOf` gives, for hashes that are soon forgotten: each keeps in memory the digest that it is a piece of. Many values
   * are alike, and yet to look their hashes up takes longer than to make them.
   */
  hashOf(value: unknown): Hash {
    return hash("sha256", this.of(value), "hex").slice(0, 16);
  }

  #listOf(given: string[]): NameList {
    const lists = this.#lists.get(given.length) ?? [];
    for (const list of lists) if (isSame(list.given, given)) return list;
    const sorted = given.toSorted();
    const list = { given, sorted, quoted: sorted.map((name) => JSON.stringify(name)) };
    if (lists.length === 0) this.#lists.set(given.length, lists);
    if (lists.length === mostLists) lists.shift();
    lists.push(list);
    return list;
  }
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}

/** A value as JSON has it: without what is undefined. Pure. */
export function plainJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}

/** The short hash of a value. Pure. */
export function hashOf(value: unknown): Hash {
  return hashOfText(canonicalJson(value));
}

/** The short hash of a value whose canonical JSON is at hand. Pure. */
export function hashOfText(text: string): Hash {
  // By way of bytes, since a piece of a text keeps all of it in memory; a digest as bytes takes twice the time.
  return Buffer.from(hash("sha256", text, "hex").slice(0, 16), "latin1").toString("latin1");
}
