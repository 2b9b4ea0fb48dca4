import { join } from "node:path";
import type { Failpoint } from "../failpoint.ts";
import type { Delivery } from "../ports.ts";
import type { Disk } from "./disk.ts";
import { stateSchema } from "./schema.ts";
import { sealed, sealOf } from "./seal.ts";

/** Open deliveries are split over so many files when they are many. */
export const partCount = 16;

type Deliveries = Record<string, Delivery>;

/** One file of a split snapshot, as `state.json` names it; a part without deliveries has no file. */
export interface PartName {
  part: number;
  file: string;
  /** The mac at its end, so that no other whole file can stand in its place. */
  mac: string;
}

interface WrittenPart {
  name: PartName;
  deliveries: Deliveries;
}

/** What the parts need of their surroundings. */
export interface PartsOptions {
  disk: Disk;
  dir: string;
  key: Uint8Array;
  failpoint: Failpoint;
}

/** The part that a delivery belongs to: 32-bit FNV-1a of its key, folded to four bits. Pure. */
export function partOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return ((hash >>> 16) ^ hash) & (partCount - 1);
}

/** The deliveries of a split snapshot, in immutable files of which a save writes only those that changed. */
export class Parts {
  readonly #options: PartsOptions;
  /** What the files hold that are safe on the disk, by part. */
  #written = new Map<number, WrittenPart>();

  constructor(options: PartsOptions) {
    this.#options = options;
  }

  /** The deliveries in the named files, or undefined when one of these is not whole. */
  async read(names: readonly PartName[]): Promise<Deliveries | undefined> {
    const { disk, dir, key } = this.#options;
    const all: Deliveries = Object.create(null);
    const written = new Map<number, WrittenPart>();
    for (const name of names) {
      const bytes = await disk.read(join(dir, name.file));
      if (bytes === undefined || sealOf(key, bytes) !== name.mac) return undefined;
      const held = (JSON.parse(bytes.toString("utf8")) as { deliveries: Deliveries }).deliveries;
      const deliveries: Deliveries = Object.assign(Object.create(null), held);
      written.set(name.part, { name, deliveries });
      Object.assign(all, deliveries);
    }
    this.#written = written;
    return all;
  }

  /** Forgets what is written, so that the next save writes every part. */
  forget(): void {
    this.#written = new Map();
  }

  /** Makes the deliveries safe in files that count once a `state.json` names them. */
  async write(generation: number, all: Deliveries): Promise<PartName[]> {
    const changed: WrittenPart[] = [];
    const now = new Map<number, WrittenPart>();
    for (const [part, deliveries] of split(all)) {
      const before = this.#written.get(part);
      const held =
        before && isSame(before.deliveries, deliveries) ? before : await this.#put(generation, part, deliveries);
      if (held !== before) changed.push(held);
      now.set(part, held);
    }
    if (changed.length > 0) await this.#options.disk.syncDirectory(this.#options.dir);
    this.#options.failpoint("parts.sync.after");
    this.#written = now;
    return [...now.values()].map(({ name }) => name);
  }

  /** Removes the files that no kept snapshot names. */
  async prune(kept: readonly PartName[]): Promise<void> {
    const { disk, dir, failpoint } = this.#options;
    const names = new Set(kept.map(({ file }) => file));
    const old = (await disk.list(dir)).filter(
      (name) => /^state-\d+-\d\d\.json(\.tmp)?$/.test(name) && !names.has(name),
    );
    for (const name of old) {
      failpoint("parts.prune.before");
      await disk.remove(join(dir, name));
    }
  }

  async #put(generation: number, part: number, deliveries: Deliveries): Promise<WrittenPart> {
    const { disk, dir, key, failpoint } = this.#options;
    const file = `state-${generation}-${String(part).padStart(2, "0")}.json`;
    const path = join(dir, file);
    const { text, mac } = sealed(key, { schema: stateSchema, deliveries });
    failpoint("parts.write.before");
    await disk.write(`${path}.tmp`, Buffer.from(text));
    failpoint("parts.rename.before");
    await disk.rename(`${path}.tmp`, path);
    failpoint("parts.rename.after");
    return { name: { part, file, mac }, deliveries };
  }
}

function split(all: Deliveries): [number, Deliveries][] {
  const parts = new Map<number, Deliveries>();
  for (const key in all) {
    const delivery = all[key];
    if (delivery === undefined) continue;
    const part = partOf(key);
    const held: Deliveries = parts.get(part) ?? Object.create(null);
    held[key] = delivery;
    parts.set(part, held);
  }
  return [...parts].sort(([left], [right]) => left - right);
}

/** Whether both hold the very same deliveries; a fold replaces what it changes and never writes into it. */
function isSame(before: Deliveries, now: Deliveries): boolean {
  let left = Object.keys(before).length;
  for (const key in now) {
    if (before[key] !== now[key]) return false;
    left -= 1;
  }
  return left === 0;
}
