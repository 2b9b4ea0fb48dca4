import { isUtf8 } from "node:buffer";
import { hash, timingSafeEqual } from "node:crypto";
import type { Named } from "../../core/ports.ts";

/** A vendor's call as it arrived. */
export interface VendorCall {
  headers: Pick<Headers, "get">;
  /** As it came over the wire: signatures cover its bytes. */
  body: Uint8Array;
  /** What stands behind the vendor's path: `<token>` of `/webhooks/fno/<token>`. */
  token?: string | undefined;
  at: Date;
}

/** An event that was proved to be the vendor's. */
export interface VendorEvent {
  /** The same on every attempt to deliver it. */
  id: string;
  /** In the vendor's words. */
  topic: string;
  /** None where nothing that mlc does depends on it. */
  records: Named[];
  /** What is kept of the body: without secrets, and without what was not proved. */
  body: string;
}

/** Why a call was not taken, for the log alone: whoever sent it learns only the status. */
export interface Refusal {
  status: 400 | 401 | 415 | 503;
  reason: string;
  /** Scheme and host of an address that a proved call would have had mlc ask. */
  elsewhere?: string;
}

/** What a call came to: an event, or one that is answered 200 and needs nothing. */
export type Verdict = { event: VendorEvent } | { ignored: string } | { refused: Refusal };

/** A refusal. Pure. */
export function refused(status: Refusal["status"], reason: string): { refused: Refusal } {
  return { refused: { status, reason } };
}

/** Whether two texts are the same; takes as long whatever they have in common. Pure. */
export function isSameSecret(given: string, wanted: string): boolean {
  // Of equal length, whatever the texts are.
  const digest = (text: string) => Buffer.from(hash("sha256", text, "hex"), "latin1");
  return timingSafeEqual(digest(given), digest(wanted)) && wanted !== "";
}

/** Bytes from base64, padded or not; undefined for what no encoder writes. Pure. */
export function bytesFrom(base64: string): Buffer | undefined {
  const bytes = Buffer.from(base64, "base64");
  const written = bytes.toString("base64");
  return base64 !== "" && [written, written.replace(/=+$/, "")].includes(base64) ? bytes : undefined;
}

/** Whether two digests are the same, in constant time. Pure. */
export function isSameDigest(given: Uint8Array, wanted: Uint8Array): boolean {
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The id of an event whose vendor gives none. Pure. */
export function bodyId(body: Uint8Array): string {
  return `sha256:${hash("sha256", body, "hex")}`;
}

/** A JSON object in UTF-8; undefined when the body is none. Pure. */
export function jsonFrom(body: Uint8Array): { text: string; value: object } | undefined {
  if (!isUtf8(body)) return undefined;
  // Some senders put a byte order mark first.
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    .toString()
    .replace(/^\ufeff/, "");
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { text, value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What stands at a path of own members. Pure. */
export function memberAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

/** An id at the first path that has one, as a text without control characters. Pure. */
export function idAt(value: unknown, ...paths: readonly (readonly string[])[]): string | undefined {
  for (const path of paths) {
    const found = memberAt(value, path);
    const text = typeof found === "number" && Number.isSafeInteger(found) ? String(found) : found;
    if (typeof text === "string" && isName(text)) return text;
  }
  return undefined;
}

/** Whether a text can name a record or a topic: short, of one line. Pure. */
export function isName(text: string): boolean {
  return /^[^\p{Cc}]{1,200}$/u.test(text);
}

/** The members of a list; none where there is no list. Pure. */
export function listAt(value: unknown, path: readonly string[]): unknown[] {
  const found = memberAt(value, path);
  return Array.isArray(found) ? found : [];
}

/** Records without those that were named before. Pure. */
export function distinct(records: readonly Named[]): Named[] {
  return [...new Map(records.map((one) => [`${one.kind} ${one.legalEntity ?? ""} ${one.id}`, one])).values()];
}
