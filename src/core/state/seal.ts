import { createHmac, createSecretKey, KeyObject, timingSafeEqual } from "node:crypto";

const marker = ',"mac":"';
const sealLength = marker.length + 64 + '"}'.length;

/** What seals: the key's bytes, or the same made ready for many seals. */
export type SealKey = Uint8Array | KeyObject;

/** A key made ready for many seals. */
export function sealKey(key: SealKey): KeyObject {
  return key instanceof KeyObject ? key : createSecretKey(key);
}

/** The HMAC-SHA256 of a text, in hex. Pure. */
export function macOf(key: SealKey, text: string | Uint8Array): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

/** A JSON object's text with its mac as the last member. Pure. */
export function sealed(key: Uint8Array, value: object): { text: string; mac: string } {
  const open = JSON.stringify(value).slice(0, -1);
  const mac = macOf(key, open);
  return { text: `${open},"mac":"${mac}"}`, mac };
}

/** The mac that a sealed text carries, when the text before it is what was sealed. Pure. */
export function sealOf(key: SealKey, raw: Uint8Array): string | undefined {
  const bytes = Buffer.isBuffer(raw) ? raw : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const at = bytes.length - sealLength;
  if (at < 1) return undefined;
  const seal = bytes.toString("latin1", at);
  if (!seal.startsWith(marker) || !seal.endsWith('"}')) return undefined;
  const found = bytes.subarray(at + marker.length, -2);
  const mac = macOf(key, bytes.subarray(0, at));
  return timingSafeEqual(found, Buffer.from(mac, "latin1")) ? mac : undefined;
}

/** Not secret: with it a seal tells damage, not intent. */
const sumKey = Buffer.from("mlc");

/** An object as a file's bytes with a checksum, for what is written where no key is at hand. Pure. */
export function summed(value: object): Buffer {
  return Buffer.from(sealed(sumKey, value).text);
}

/** The object in bytes that `summed` made, undefined when they are not what it made. Pure. */
export function fromSummed<T extends object>(bytes: Uint8Array): T | undefined {
  if (sealOf(sumKey, bytes) === undefined) return undefined;
  const { mac: _, ...value } = JSON.parse(Buffer.from(bytes).toString("utf8"));
  return value as T;
}
