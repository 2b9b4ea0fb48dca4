import type { Delivery } from "../ports.ts";
import { type Filed, type FiledDelivery, holds } from "./filed.ts";
import { type FlowState, fold } from "./fold.ts";
import type { LineDraft, LogLine } from "./lines.ts";

/** Filed deliveries that stay in memory after they were read. */
const mostMet = 2_000;

/** The fold of a log, with filed deliveries fetched where a line touches them. */
export class Folded {
  readonly state: FlowState;
  readonly #filed: Filed;
  readonly #natural = new Map<string, string>();
  /** Keys of deliveries by the natural key of an open intent. */
  readonly #intended = new Map<string, string>();
  readonly #met = new Map<string, Delivery>();

  constructor(state: FlowState, filed: Filed) {
    this.state = state;
    this.#filed = filed;
    for (const [key, delivery] of Object.entries(state.deliveries)) this.#index(key, delivery);
    for (const intent of Object.values(state.intents)) this.#intended.set(intent.naturalKey, intent.key);
  }

  /** Fetches filed deliveries that the lines touch; done before the lines are written, because it can fail. */
  async fetch(lines: readonly LineDraft[]): Promise<void> {
    const keys = lines.flatMap(touched).filter((key) => this.state.deliveries[key] === undefined);
    if (keys.length === 0) return;
    for (const [key, delivery] of await this.#filedOnes(keys)) this.state.deliveries[key] = delivery;
  }

  apply(line: LogLine): void {
    fold(this.state, line);
    if (line.kind === "result") this.#intended.delete(line.naturalKey);
    if (line.kind === "intent") this.#intended.set(line.naturalKey, line.key);
    for (const key of touched(line)) {
      const delivery = this.state.deliveries[key];
      if (delivery) this.#index(key, delivery);
    }
  }

  /** Files the closed deliveries when there are enough of them. */
  async file(least: number): Promise<void> {
    const closed = this.#closed();
    if (closed.length < least) return;
    await this.#filed.add(closed);
    for (const { key, delivery } of closed) {
      delete this.state.deliveries[key];
      // Filed ones are found by the index; to keep their names here would grow for as long as a watch runs.
      for (const { naturalKey } of Object.values(delivery.steps))
        if (this.#natural.get(naturalKey) === key) this.#natural.delete(naturalKey);
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
    const filed = await this.#filedOnes(keys.filter((key) => this.state.deliveries[key] === undefined));
    const found = new Map<string, Delivery>();
    for (const key of keys) {
      const delivery = this.state.deliveries[key] ?? filed.get(key);
      if (delivery) found.set(key, delivery);
    }
    return found;
  }

  async holder(naturalKey: string): Promise<string | undefined> {
    const key = this.#natural.get(naturalKey);
    const open = key === undefined ? undefined : this.state.deliveries[key];
    if (open && holds(open, naturalKey)) return key;
    const intended = this.#intended.get(naturalKey);
    if (intended !== undefined) return intended;
    for await (const filing of this.#filed.withNaturalKey(naturalKey)) {
      const newest = this.state.deliveries[filing.key] ?? (await this.#filed.delivery(filing.key));
      if (newest && holds(newest, naturalKey)) return filing.key;
    }
    return undefined;
  }

  /** The delivery, open or not filed yet, that has a step with this target. */
  holderOfTarget(target: string): string | undefined {
    const found = Object.entries(this.state.deliveries).find(([, { steps }]) =>
      Object.values(steps).some((step) => step.target === target),
    );
    return found?.[0];
  }

  /** Closed deliveries that no open intent speaks of. */
  #closed(): FiledDelivery[] {
    const intended = new Set(Object.values(this.state.intents).map((intent) => intent.key));
    return Object.entries(this.state.deliveries)
      .filter(([key, delivery]) => delivery.closed && !intended.has(key))
      .map(([key, delivery]) => ({ key, delivery }));
  }

  #index(key: string, delivery: Delivery): void {
    for (const step of Object.values(delivery.steps)) this.#natural.set(step.naturalKey, key);
  }
}

function touched(line: LineDraft): string[] {
  if (line.kind === "result") return [line.key];
  return line.kind === "seen" ? [...line.versions.map((version) => version.key), ...line.closed] : [];
}
