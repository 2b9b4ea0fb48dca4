import { createHash } from "node:crypto";

/** What can stand in a JSON file. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** A short SHA-256, 16 hex digits, of a value's canonical JSON. */
export type Hash = string;

/** JSON with sorted member names, so that equal values give equal text; undefined members are left out. Pure. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(",")}}`;
}

/** The short hash of a value. Pure. */
export function hashOf(value: unknown): Hash {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}
