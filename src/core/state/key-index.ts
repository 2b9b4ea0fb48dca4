import { createHash } from "node:crypto";
import { macOf } from "./seal.ts";

const magic = Buffer.from("mlcidx01");
const entrySize = 10;
const macSize = 32;

/** Which look-up a hash belongs to. */
export type KeyKind = "delivery" | "natural";

/** The 48-bit hash of a key. Pure. */
export function keyHash(kind: KeyKind, key: string): number {
  return createHash("sha256").update(`${kind}\0${key}`).digest().readUIntBE(0, 6);
}

/** Which segments may hold a key: sorted 48-bit hashes with segment numbers, 10 bytes each; may name too many, never too few. */
export class KeyIndex {
  #entries: Buffer;
  #recent = new Map<number, number[]>();

  constructor(entries: Buffer = Buffer.alloc(0)) {
    this.#entries = entries;
  }

  /** The index that a file holds, or undefined when the file is damaged. */
  static parse(key: Uint8Array, bytes: Buffer): KeyIndex | undefined {
    const body = bytes.subarray(0, -macSize);
    if (bytes.length < magic.length + macSize || !body.subarray(0, magic.length).equals(magic)) return undefined;
    if (macOf(key, body) !== bytes.subarray(-macSize).toString("hex")) return undefined;
    return new KeyIndex(body.subarray(magic.length));
  }

  get size(): number {
    return this.#entries.length / entrySize + this.#recent.size;
  }

  add(hash: number, segment: number): void {
    const segments = this.#recent.get(hash);
    if (segments === undefined) this.#recent.set(hash, [segment]);
    else if (!segments.includes(segment)) segments.push(segment);
    if (this.#recent.size >= 100_000) this.#merge();
  }

  /** Segments that may hold the key, newest first. */
  segments(hash: number): number[] {
    const found = [...(this.#recent.get(hash) ?? [])];
    for (let at = this.#lowerBound(hash); at < this.#entries.length; at += entrySize) {
      if (this.#entries.readUIntBE(at, 6) !== hash) break;
      found.push(this.#entries.readUInt32BE(at + 6));
    }
    return found.sort((left, right) => right - left);
  }

  /** The index as a file. */
  bytes(key: Uint8Array): Buffer {
    this.#merge();
    const body = Buffer.concat([magic, this.#entries]);
    return Buffer.concat([body, Buffer.from(macOf(key, body), "hex")]);
  }

  #lowerBound(hash: number): number {
    let [low, high] = [0, this.#entries.length / entrySize];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries.readUIntBE(middle * entrySize, 6) < hash) low = middle + 1;
      else high = middle;
    }
    return low * entrySize;
  }

  #merge(): void {
    if (this.#recent.size === 0) return;
    const added = [...this.#recent].sort(([left], [right]) => left - right);
    const count = added.reduce((sum, [, segments]) => sum + segments.length, 0);
    const merged = Buffer.allocUnsafe(this.#entries.length + count * entrySize);
    let [from, to] = [0, 0];
    for (const [hash, segments] of added) {
      const until = this.#lowerBound(hash);
      to += this.#entries.copy(merged, to, from, until);
      from = until;
      for (const segment of segments) {
        merged.writeUIntBE(hash, to, 6);
        merged.writeUInt32BE(segment, to + 6);
        to += entrySize;
      }
    }
    this.#entries.copy(merged, to, from);
    this.#entries = merged;
    this.#recent = new Map();
  }
}
