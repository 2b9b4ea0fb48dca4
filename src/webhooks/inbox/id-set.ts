import type { Hash } from "../../core/json.ts";

/** A hash as a table has it. */
export interface Halves {
  high: number;
  low: number;
}

/** Parts of the table that may be taken: beyond it, to look for an id takes many steps. */
const mostTaken = 0.75;

/** Hashes in 11 to 22 bytes each, where a Set of texts takes 80. */
export class IdSet {
  /** Both halves of each id, at its first place or the next one that was free; zeros are free. */
  #slots = new Uint32Array(2 * 64);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has({ high, low }: Halves): boolean {
    return this.#slots[this.#place(high, low) + 1] !== 0;
  }

  add({ high, low }: Halves): void {
    if (!this.#put(high, low)) return;
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length * mostTaken) this.#grow();
  }

  /** Whether it was not there yet. */
  #put(high: number, low: number): boolean {
    const at = this.#place(high, low);
    if (this.#slots[at + 1] !== 0) return false;
    this.#slots[at] = high;
    this.#slots[at + 1] = low;
    return true;
  }

  /** Where an id is, or would be. */
  #place(high: number, low: number): number {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    let at = high & mask;
    while (slots[2 * at + 1] !== 0 && (slots[2 * at] !== high || slots[2 * at + 1] !== low)) at = (at + 1) & mask;
    return 2 * at;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      const low = old[at + 1] ?? 0;
      if (low !== 0) this.#put(old[at] ?? 0, low);
    }
  }
}

/** The halves of a hash; the lower one is never 0, which says that a place is free. Pure. */
export function halvesOf(id: Hash): Halves {
  return { high: Number.parseInt(id.slice(0, 8), 16), low: Number.parseInt(id.slice(8), 16) || 1 };
}
