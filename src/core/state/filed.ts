import { join } from "node:path";
import { Low } from "lowdb";
import type { Delivery } from "../delivery.ts";
import { StateError } from "../errors.ts";
import type { Failpoint } from "../failpoint.ts";
import type { Disk } from "./disk.ts";
import { KeyIndex, keyHash } from "./key-index.ts";
import { type Migrations, migrated, type Versioned } from "./schema.ts";
import { sealedFile } from "./sealed-file.ts";
import { deliveriesIn } from "./segment-text.ts";

/** At most so many deliveries stand in one file. */
export const segmentSize = 2_048;
const keptSegments = 4;
/** Above so many of one file it is parsed whole. */
const fewInSegment = 32;
const segmentSchema = 1;
/** Nothing grew yet. A file of an older version is read in today's shape and stays as it is: none is ever rewritten. */
const segmentMigrations: Migrations = {};

interface Segment extends Versioned {
  deliveries: Record<string, Delivery>;
}

/** How the text of a file of today's shape begins. */
const segmentHead = JSON.stringify({ schema: segmentSchema, deliveries: {} }).slice(0, -2);

/** A filed delivery with its key. */
export interface FiledDelivery {
  key: string;
  delivery: Delivery;
}

/** What the filed deliveries need of their surroundings. */
export interface FiledOptions {
  disk: Disk;
  /** The `closed` directory. */
  dir: string;
  key: Uint8Array;
  failpoint: Failpoint;
  segmentMigrations?: Migrations;
}

/** Closed deliveries in immutable files, found by an index that is read at the first look-up. */
export class Filed {
  readonly #options: FiledOptions;
  #last: number;
  #index: KeyIndex | undefined;
  #indexed: number;
  #cache = new Map<number, Record<string, Delivery>>();

  /** @param last the number of the last file that the snapshot knows; later ones are left-overs of a crash. */
  constructor(options: FiledOptions, last: number) {
    this.#options = options;
    this.#last = last;
    this.#indexed = last;
  }

  get last(): number {
    return this.#last;
  }

  /** The newest filings of deliveries; each file is read once. */
  async deliveries(keys: readonly string[]): Promise<Map<string, Delivery>> {
    const bySegment = new Map<number, string[]>();
    for (const key of keys) {
      const [newest] = await this.#candidates("delivery", key);
      if (newest !== undefined) bySegment.set(newest, [...(bySegment.get(newest) ?? []), key]);
    }
    const found = new Map<string, Delivery>();
    for (const [number, wanted] of bySegment) {
      const some = await this.#some(number, wanted);
      for (const key of wanted) {
        const delivery = some?.get(key) ?? (await this.delivery(key));
        if (delivery) found.set(key, delivery);
      }
    }
    return found;
  }

  /** The newest filing of a delivery. */
  async delivery(key: string): Promise<Delivery | undefined> {
    for (const number of await this.#candidates("delivery", key)) {
      const found = (await this.#segment(number))[key];
      if (found) return found;
    }
    return undefined;
  }

  /** Filings that have a step under the natural key, newest first; an older one may have been filed anew since. */
  async *withNaturalKey(naturalKey: string): AsyncGenerator<FiledDelivery> {
    for (const number of await this.#candidates("natural", naturalKey)) {
      for (const [key, delivery] of Object.entries(await this.#segment(number))) {
        if (holds(delivery, naturalKey)) yield { key, delivery };
      }
    }
  }

  /** Writes deliveries into new files; they count only once a snapshot names the new `last`. */
  async add(deliveries: readonly FiledDelivery[]): Promise<void> {
    const index = await this.#loadedIndex();
    await this.#options.disk.makeDirectory(this.#options.dir);
    for (let at = 0; at < deliveries.length; at += segmentSize) {
      const number = this.#last + 1;
      const segment = deliveries.slice(at, at + segmentSize);
      const held: Record<string, Delivery> = Object.create(null);
      for (const { key, delivery } of segment) held[key] = delivery;
      this.#options.failpoint("closed.write.before");
      await new Low<Segment>(this.#file(number), { schema: segmentSchema, deliveries: held }).write();
      this.#options.failpoint("closed.write.after");
      for (const { key, delivery } of segment) addKeys(index, number, key, delivery);
      this.#cache.delete(number);
      this.#last = number;
    }
  }

  /** Writes the index when files were added, under a name of its own, so that an older snapshot keeps its own. */
  async saveIndex(): Promise<void> {
    const { disk, dir, key, failpoint } = this.#options;
    if (this.#indexed === this.#last) return;
    const path = join(dir, indexName(this.#last));
    const index = await this.#loadedIndex();
    failpoint("closed.index.before");
    await disk.write(`${path}.tmp`, index.bytes(key));
    failpoint("closed.index.written");
    await disk.rename(`${path}.tmp`, path);
    await disk.syncDirectory(dir);
    this.#indexed = this.#last;
    failpoint("closed.index.after");
  }

  /** Removes the indexes that no kept snapshot names. */
  async prune(kept: readonly number[]): Promise<void> {
    const { disk, dir, failpoint } = this.#options;
    const names = new Set(kept.map(indexName));
    const old = (await disk.list(dir)).filter((name) => /^index-\d+\.bin$/.test(name) && !names.has(name));
    for (const name of old) {
      failpoint("closed.prune.before");
      await disk.remove(join(dir, name));
    }
  }

  async #candidates(kind: "delivery" | "natural", key: string): Promise<number[]> {
    return this.#last === 0 ? [] : (await this.#loadedIndex()).segments(keyHash(kind, key));
  }

  async #loadedIndex(): Promise<KeyIndex> {
    this.#index ??= await this.#readIndex();
    return this.#index;
  }

  async #readIndex(): Promise<KeyIndex> {
    if (this.#last === 0) return new KeyIndex();
    const { disk, dir, key } = this.#options;
    const bytes = await disk.read(join(dir, indexName(this.#last)));
    return (bytes && KeyIndex.parse(key, bytes)) ?? this.#rebuiltIndex();
  }

  /** The index again, from the files themselves. */
  async #rebuiltIndex(): Promise<KeyIndex> {
    const index = new KeyIndex();
    for (let number = 1; number <= this.#last; number += 1) {
      for (const [key, delivery] of Object.entries(await this.#segment(number))) {
        addKeys(index, number, key, delivery);
      }
    }
    return index;
  }

  /** A few deliveries of a file; undefined where reading it whole is better, or says what is wrong with it. */
  async #some(number: number, wanted: readonly string[]): Promise<Map<string, Delivery> | undefined> {
    if (wanted.length > fewInSegment || this.#cache.has(number)) return undefined;
    const { disk, dir, key } = this.#options;
    const bytes = await disk.read(join(dir, segmentName(number)));
    return bytes && deliveriesIn(bytes, { key, head: segmentHead, wanted });
  }

  async #segment(number: number): Promise<Record<string, Delivery>> {
    const cached = this.#cache.get(number);
    if (cached) return cached;
    const held: Record<string, Delivery> = Object.assign(Object.create(null), await this.#readSegment(number));
    const oldest = this.#cache.keys().next();
    if (this.#cache.size >= keptSegments && !oldest.done) this.#cache.delete(oldest.value);
    this.#cache.set(number, held);
    return held;
  }

  async #readSegment(number: number): Promise<Record<string, Delivery>> {
    const path = join(this.#options.dir, segmentName(number));
    try {
      const segment = await this.#file(number).read();
      if (segment !== null) {
        const migrations = this.#options.segmentMigrations ?? segmentMigrations;
        return (migrated(segment, segmentSchema, migrations, path) as Segment).deliveries;
      }
    } catch (cause) {
      if (!(cause instanceof StateError) || cause.context.code !== "FILE_DAMAGED") throw cause;
    }
    throw new StateError(`${path}, which holds finished deliveries, is missing or damaged.`, {
      code: "FILE_DAMAGED",
      hint: "Restore it from a backup; or, while no month of the log was removed, move state.json and state.1.json away: the next run rebuilds all.",
    });
  }

  #file(number: number) {
    const { disk, dir, key } = this.#options;
    return sealedFile<Segment>({ disk, key, path: join(dir, segmentName(number)) });
  }
}

/** Whether a delivery has a step under the natural key. Pure. */
export function holds(delivery: Delivery, naturalKey: string): boolean {
  return Object.values(delivery.steps).some((step) => step.naturalKey === naturalKey);
}

function addKeys(index: KeyIndex, segment: number, key: string, delivery: Delivery): void {
  index.add(keyHash("delivery", key), segment);
  for (const step of Object.values(delivery.steps)) index.add(keyHash("natural", step.naturalKey), segment);
}

function segmentName(number: number): string {
  return `${String(number).padStart(5, "0")}.json`;
}

function indexName(last: number): string {
  return `index-${String(last).padStart(5, "0")}.bin`;
}
