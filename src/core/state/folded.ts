import type { Delivery, StepState } from "../delivery.ts";
import type { Deliveries } from "./deliveries.ts";
import { type Filed, type FiledDelivery, holds } from "./filed.ts";
import { type FlowState, fold } from "./fold.ts";
import type { LineDraft, LogLine } from "./lines.ts";
import { shortHash } from "./parts.ts";

/** Filed deliveries that stay in memory after they were read. */
const mostMet = 2_000;

/** The fold of a log, with filed deliveries fetched where a line touches them. */
export class Folded {
  readonly state: FlowState;
  readonly #filed: Filed;
  readonly #naturals: StepIndex;
  readonly #targets: StepIndex;
  /** Keys of deliveries by the natural key of an open intent. */
  readonly #intended = new Map<string, string>();
  readonly #met = new Map<string, Delivery>();

  constructor(state: FlowState, filed: Filed) {
    this.state = state;
    this.#filed = filed;
    this.#naturals = new StepIndex(state.deliveries, ({ naturalKey }) => naturalKey);
    this.#targets = new StepIndex(state.deliveries, ({ target }) => target);
    for (const intent of Object.values(state.intents)) this.#intended.set(intent.naturalKey, intent.key);
  }

  /** Fetches filed deliveries that the lines touch; done before the lines are written, because it can fail. */
  async fetch(lines: readonly LineDraft[]): Promise<void> {
    const keys = lines.flatMap(touched).filter((key) => !this.state.deliveries.has(key));
    if (keys.length === 0) return;
    for (const [key, delivery] of await this.#filedOnes(keys)) this.state.deliveries.set(key, delivery);
  }

  apply(line: LogLine): void {
    fold(this.state, line);
    if (line.kind === "result") this.#intended.delete(line.naturalKey);
    if (line.kind === "intent") this.#intended.set(line.naturalKey, line.key);
    for (const key of touched(line)) {
      const delivery = this.state.deliveries.get(key);
      if (!delivery) continue;
      this.#naturals.add(key, delivery);
      this.#targets.add(key, delivery);
    }
  }

  /** Files the closed deliveries when there are enough of them. */
  async file(least: number): Promise<void> {
    const closed = this.#closed();
    if (closed.length < least) return;
    await this.#filed.add(closed);
    for (const { key, delivery } of closed) {
      this.state.deliveries.delete(key);
      // Filed ones are found by the index; to keep their names here would grow for as long as a watch runs.
      this.#naturals.remove(key, delivery);
      this.#targets.remove(key, delivery);
    }
    this.#met.clear();
  }

  /** Filed deliveries, those met lately from memory: what is loaded is about to be changed, and fetched once more. */
  async #filedOnes(keys: readonly string[]): Promise<Map<string, Delivery>> {
    if (this.#met.size > mostMet) this.#met.clear();
    const unmet = keys.filter((key) => !this.#met.has(key));
    for (const [key, delivery] of await this.#filed.deliveries(unmet)) this.#met.set(key, delivery);
    return new Map(
      keys.flatMap((key): [string, Delivery][] => {
        const delivery = this.#met.get(key);
        return delivery ? [[key, delivery]] : [];
      }),
    );
  }

  /** Deliveries, open or filed, in the order of the keys. */
  async deliveries(keys: readonly string[]): Promise<Map<string, Delivery>> {
    const filed = await this.#filedOnes(keys.filter((key) => !this.state.deliveries.has(key)));
    const found = new Map<string, Delivery>();
    for (const key of keys) {
      const delivery = this.state.deliveries.get(key) ?? filed.get(key);
      if (delivery) found.set(key, delivery);
    }
    return found;
  }

  async holder(naturalKey: string): Promise<string | undefined> {
    const open = this.#naturals.key(naturalKey);
    if (open !== undefined) return open;
    const intended = this.#intended.get(naturalKey);
    if (intended !== undefined) return intended;
    for await (const filing of this.#filed.withNaturalKey(naturalKey)) {
      const newest = this.state.deliveries.get(filing.key) ?? (await this.#filed.delivery(filing.key));
      if (newest && holds(newest, naturalKey)) return filing.key;
    }
    return undefined;
  }

  /** The delivery, open or not filed yet, that has a step with this target. */
  holderOfTarget(target: string): string | undefined {
    return this.#targets.key(target);
  }

  /** Closed deliveries that no open intent speaks of. */
  #closed(): FiledDelivery[] {
    const intended = new Set(Object.values(this.state.intents).map((intent) => intent.key));
    return [...this.state.deliveries.closed()]
      .filter(([key]) => !intended.has(key))
      .map(([key, delivery]) => ({ key, delivery }));
  }
}

/** Keys of deliveries that are not filed by what their steps are called; made when first asked for. */
class StepIndex {
  readonly #deliveries: Deliveries;
  readonly #nameOf: (step: StepState) => string | undefined;
  /** By a short hash of the name, since the names of a hundred thousand steps are a lot to keep. */
  #keys: Map<number, string> | undefined;
  /** Further keys of the few hashes that have several. */
  readonly #more = new Map<number, string[]>();

  constructor(deliveries: Deliveries, nameOf: (step: StepState) => string | undefined) {
    this.#deliveries = deliveries;
    this.#nameOf = nameOf;
  }

  /** The key of the delivery that has a step of this name now. */
  key(name: string): string | undefined {
    if (!this.#keys) {
      this.#keys = new Map();
      for (const [key, delivery] of this.#deliveries.entries()) this.add(key, delivery);
    }
    return this.#keysAt(shortHash(name)).find((key) => {
      const steps = Object.values(this.#deliveries.get(key)?.steps ?? {});
      return steps.some((step) => this.#nameOf(step) === name);
    });
  }

  add(key: string, delivery: Delivery): void {
    if (!this.#keys) return;
    for (const hash of this.#hashesOf(delivery)) {
      const keys = this.#keysAt(hash);
      if (!keys.includes(key)) this.#put(hash, [...keys, key]);
    }
  }

  remove(key: string, delivery: Delivery): void {
    for (const hash of this.#hashesOf(delivery))
      this.#put(
        hash,
        this.#keysAt(hash).filter((other) => other !== key),
      );
  }

  #keysAt(hash: number): string[] {
    const first = this.#keys?.get(hash);
    return first === undefined ? [] : [first, ...(this.#more.get(hash) ?? [])];
  }

  #put(hash: number, [first, ...more]: string[]): void {
    if (first === undefined) this.#keys?.delete(hash);
    else this.#keys?.set(hash, first);
    if (more.length === 0) this.#more.delete(hash);
    else this.#more.set(hash, more);
  }

  #hashesOf({ steps }: Delivery): number[] {
    return Object.values(steps).flatMap((step) => {
      const name = this.#nameOf(step);
      return name === undefined ? [] : [shortHash(name)];
    });
  }
}

function touched(line: LineDraft): string[] {
  if (line.kind === "result") return [line.key];
  return line.kind === "seen" ? [...line.versions.map((version) => version.key), ...line.closed] : [];
}
