import { join } from "node:path";
import type { Failpoint } from "../failpoint.ts";
import type { StoredDeliveries } from "./deliveries.ts";
import type { Disk } from "./disk.ts";
import { stateSchema } from "./schema.ts";
import { sealed, sealOf } from "./seal.ts";

/** Open deliveries are split over so many files when they are many. */
export const partCount = 16;

/** One file of a split snapshot, as `state.json` names it; a part without deliveries has no file. */
export interface PartName {
  part: number;
  file: string;
  /** The mac at its end, so that no other whole file can stand in its place. */
  mac: string;
}

/** Keys and deliveries of one part, side by side: objects with so many members are slow to build. */
interface Part {
  keys: string[];
  texts: string[];
}

interface WrittenPart {
  name: PartName;
  held: Part;
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
  const hash = shortHash(key);
  return ((hash >>> 16) ^ hash) & (partCount - 1);
}

/** 32-bit FNV-1a of a text, as a signed integer: to find things by, not to tell them apart. Pure. */
export function shortHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
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
  async read(names: readonly PartName[]): Promise<StoredDeliveries | undefined> {
    const { disk, dir, key } = this.#options;
    const all: StoredDeliveries = Object.create(null);
    const written = new Map<number, WrittenPart>();
    for (const name of names) {
      const bytes = await disk.read(join(dir, name.file));
      if (bytes === undefined || sealOf(key, bytes) !== name.mac) return undefined;
      const { deliveries } = JSON.parse(bytes.toString("utf8")) as { deliveries: StoredDeliveries };
      // What version 2 wrote is no text, and differs from every text.
      const texts = Object.values(deliveries).map((delivery) => (typeof delivery === "string" ? delivery : ""));
      written.set(name.part, { name, held: { keys: Object.keys(deliveries), texts } });
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
  async write(generation: number, all: ReadonlyMap<string, string>): Promise<PartName[]> {
    const changed: WrittenPart[] = [];
    const now = new Map<number, WrittenPart>();
    for (const [part, held] of split(all)) {
      const before = this.#written.get(part);
      const written = before && isSame(before.held, held) ? before : await this.#put(generation, part, held);
      if (written !== before) changed.push(written);
      now.set(part, written);
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

  async #put(generation: number, part: number, held: Part): Promise<WrittenPart> {
    const { disk, dir, key, failpoint } = this.#options;
    const file = `state-${generation}-${String(part).padStart(2, "0")}.json`;
    const path = join(dir, file);
    const deliveries: StoredDeliveries = Object.create(null);
    for (const [at, of] of held.keys.entries()) deliveries[of] = held.texts[at] ?? "";
    const { bytes, mac } = sealed(key, { schema: stateSchema, deliveries });
    failpoint("parts.write.before");
    await disk.write(`${path}.tmp`, bytes);
    failpoint("parts.rename.before");
    await disk.rename(`${path}.tmp`, path);
    failpoint("parts.rename.after");
    return { name: { part, file, mac }, held };
  }
}

function split(all: ReadonlyMap<string, string>): [number, Part][] {
  const parts = new Map<number, Part>();
  for (const [key, text] of all) {
    const number = partOf(key);
    const part = parts.get(number) ?? { keys: [], texts: [] };
    part.keys.push(key);
    part.texts.push(text);
    parts.set(number, part);
  }
  return [...parts].sort(([left], [right]) => left - right);
}

function isSame(before: Part, now: Part): boolean {
  return (
    before.keys.length === now.keys.length &&
    now.keys.every((key, at) => key === before.keys[at] && now.texts[at] === before.texts[at])
  );
}
