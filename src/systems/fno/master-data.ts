import type { FnoClient } from "../../connectors/fno/client.ts";
import type { ReleasedProduct } from "../../connectors/fno/goods/schema.ts";
import type { MasterSet } from "../../connectors/fno/master-data.ts";
import type { Customer } from "../../connectors/fno/schema.ts";
import type { Clock } from "../../core/clock.ts";

const dayMs = 86_400_000;
/** Keys that one call asks for, roughly: addresses are short. */
const keysPerCall = 40;
/** So few keys are asked for by name without a thought. */
const fewKeys = 2 * keysPerCall;
/** A larger set is not kept in memory whole. */
const mostPages = 25;

/** Rows of a set by key: read by name, or the whole set as soon as that takes no more calls. */
export class KeptSet<T> {
  readonly #set: MasterSet<T>;
  readonly #keyOf: (row: T) => string;
  readonly #rows = new Map<string, T>();
  readonly #absent = new Set<string>();
  #asked = 0;
  #pages: number | undefined;
  #isWhole = false;

  constructor(set: MasterSet<T>, keyOf: (row: T) => string) {
    this.#set = set;
    this.#keyOf = keyOf;
  }

  /** Reads what is missing of these keys. */
  async fill(keys: readonly string[]): Promise<void> {
    const isMissing = (key: string) => key !== "" && !this.#rows.has(key) && !this.#absent.has(key);
    const missing = [...new Set(keys)].filter(isMissing);
    if (missing.length === 0) return;
    for (const row of await this.#read(missing)) this.#rows.set(this.#keyOf(row), row);
    for (const key of missing) if (!this.#rows.has(key)) this.#absent.add(key);
  }

  get(key: string): T | undefined {
    return this.#rows.get(key);
  }

  /** What was not there may be there now. */
  forgetAbsent(): void {
    this.#absent.clear();
  }

  async #read(missing: readonly string[]): Promise<T[]> {
    this.#asked += missing.length;
    if (this.#isWhole || this.#asked <= fewKeys) return this.#set.some(missing);
    this.#pages ??= (await this.#set.pages()) ?? Number.POSITIVE_INFINITY;
    if (this.#pages > Math.min(mostPages, this.#asked / keysPerCall)) return this.#set.some(missing);
    this.#isWhole = true;
    return this.#set.all();
  }
}

/** Two-letter codes by country key, and the units that weights and sizes are in. */
export interface Codes {
  countries: ReadonlyMap<string, string>;
  massUnit: string | undefined;
  lengthUnit: string | undefined;
}

/** What orders need from other sets, kept for a day in memory; it holds people's data and never goes to a disk. */
export class MasterData {
  readonly #client: FnoClient;
  readonly #clock: Clock;
  readonly #customers = new Map<string, KeptSet<Customer>>();
  readonly #products = new Map<string, KeptSet<ReleasedProduct>>();
  #codes: Codes | undefined;
  #since = 0;

  constructor(client: FnoClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** A run begins: what is a day old is read again, and so is what was not there. */
  begin(): void {
    const now = this.#clock.now().getTime();
    const isOld = Math.abs(now - this.#since) >= dayMs;
    if (isOld) this.forget();
    for (const set of [...this.#customers.values(), ...this.#products.values()]) set.forgetAbsent();
  }

  /** All is read again. */
  forget(): void {
    this.#since = this.#clock.now().getTime();
    this.#customers.clear();
    this.#products.clear();
    this.#codes = undefined;
  }

  customers(legalEntity: string): KeptSet<Customer> {
    const make = () =>
      new KeptSet(this.#client.masterData.customers(legalEntity), ({ CustomerAccount }) => CustomerAccount);
    return keptIn(this.#customers, legalEntity, make);
  }

  products(legalEntity: string): KeptSet<ReleasedProduct> {
    const make = () =>
      new KeptSet(this.#client.masterData.releasedProducts(legalEntity), ({ ItemNumber }) => ItemNumber);
    return keptIn(this.#products, legalEntity, make);
  }

  async codes(): Promise<Codes> {
    if (!this.#codes) {
      const { masterData } = this.#client;
      const [countries, { mass, length }] = await Promise.all([masterData.countryCodes(), masterData.systemUnits()]);
      this.#codes = { countries, massUnit: mass, lengthUnit: length };
    }
    return this.#codes;
  }
}

function keptIn<T>(sets: Map<string, KeptSet<T>>, legalEntity: string, make: () => KeptSet<T>): KeptSet<T> {
  const kept = sets.get(legalEntity) ?? make();
  sets.set(legalEntity, kept);
  return kept;
}
