import { hash } from "node:crypto";

/** What can stand in a JSON file. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** A short SHA-256, 16 hex digits, of a value's canonical JSON. */
export type Hash = string;

/** JSON with sorted member names, so that equal values give equal text; undefined members are left out. Pure. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  let text = "";
  for (const name of Object.keys(value).sort()) {
    const member: unknown = Reflect.get(value, name);
    if (member !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** The short hash of a value. Pure. */
export function hashOf(value: unknown): Hash {
  return hashOfText(canonicalJson(value));
}

/** The short hash of a value whose canonical JSON is at hand. Pure. */
export function hashOfText(text: string): Hash {
  return hash("sha256", text, "hex").slice(0, 16);
}
