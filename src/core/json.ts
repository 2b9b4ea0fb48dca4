import { hash } from "node:crypto";

/** What can stand in a JSON file. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** A short SHA-256, 16 hex digits, of a value's canonical JSON. */
export type Hash = string;

/** JSON with sorted member names, so that equal values give equal text; undefined members are left out. Pure. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  let text = "";
  if (Array.isArray(value)) {
    for (const element of value) text += (text === "" ? "" : ",") + canonicalJson(element);
    return `[${text}]`;
  }
  for (const name of sortedNames(value)) {
    const member: unknown = Reflect.get(value, name);
    if (member !== undefined) text += `${(text === "" ? "" : ",") + quoted(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** By code units. In place, since a run sorts millions of names and `sort` copies them there and back. */
function sortedNames(value: object): string[] {
  const names = Object.keys(value);
  if (names.length > 64) return names.sort();
  for (let at = 1; at < names.length; at += 1) {
    const name = names[at] ?? "";
    let before = at - 1;
    for (; before >= 0 && (names[before] ?? "") > name; before -= 1) names[before + 1] = names[before] ?? "";
    names[before + 1] = name;
  }
  return names;
}

function quoted(name: string): string {
  return /^[\w.@/-]*$/.test(name) ? `"${name}"` : JSON.stringify(name);
}

/** A value as JSON has it: without what is undefined. Pure. */
export function plainJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}

/** The short hash of a value. Pure. */
export function hashOf(value: unknown): Hash {
  return hashOfText(canonicalJson(value));
}

const mostKnown = 10_000;
const longestKnown = 500;

/** Hashes of values of which many are alike, as documents of one customer have them: looked up is quicker than made. */
export class KnownHashes {
  readonly #known = new Map<string, Hash>();

  /** What `hashOf` gives. */
  of(value: unknown): Hash {
    const text = canonicalJson(value);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const made = hashOfText(text);
    if (this.#known.size >= mostKnown) this.#known.clear();
    if (text.length <= longestKnown) this.#known.set(text, made);
    return made;
  }
}

/** The short hash of a value whose canonical JSON is at hand. Pure. */
export function hashOfText(text: string): Hash {
  // Cut out of the bytes and not of the text: a piece of a text keeps all of it in memory.
  return hash("sha256", text, "buffer").toString("hex", 0, 8);
}
