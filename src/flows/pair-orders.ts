import { z } from "zod";
import type { Json } from "../core/json.ts";
import type { OrderDone, OrdersDone, OrderThere } from "../core/ports.ts";
import type { ProfileState } from "../core/profile-state.ts";
import type { OpenFlowStore } from "../core/state/flow-store.ts";
import { pairKinds } from "../systems/index.ts";
import type { FlowName } from "./names.ts";
import type { ChosenFlow } from "./open.ts";

/** A place in the log: the last line that told of a write. */
const placeSchema = z.object({ at: z.string(), seq: z.number() });
type Place = z.infer<typeof placeSchema>;

const start: Place = { at: "", seq: 0 };
/** A clock that was set back writes lines that are older than those before them. */
const setBackMs = 86_400_000;

/** The orders flow of a pair, or its sales flow, as its other flows read it: its deliveries, and what it did. */
export class PairOrders implements OrdersDone {
  readonly #state: ProfileState;
  readonly #pair: string;
  readonly #flow: FlowName;
  #store: OpenFlowStore;

  private constructor(state: ProfileState, { pair, flow }: ChosenFlow, store: OpenFlowStore) {
    this.#state = state;
    this.#pair = pair;
    this.#flow = flow;
    this.#store = store;
  }

  static async open(state: ProfileState, pair: string): Promise<PairOrders> {
    const flow = ordersFlowOf(pair);
    return new PairOrders(state, { pair, flow }, await state.open(pair, flow, "read"));
  }

  async since(place: Json | undefined): Promise<{ orders: OrderDone[]; place: Json }> {
    const read = await this.#writtenSince(placeSchema.safeParse(place).data ?? start);
    // The log goes on while the orders flow of a watch runs: what it told must be in the deliveries.
    if (read.keys.size > 0) await this.#reopen();
    return { orders: await this.load([...read.keys]), place: { ...read.place } };
  }

  async load(keys: readonly string[]): Promise<OrderDone[]> {
    return ordersOf(this.#store, keys);
  }

  find(order: OrderThere): Promise<OrderDone | undefined> {
    return this.#flow === "sales" ? this.#sale(order) : orderThere(this.#store, order);
  }

  /** A sale is kept by the id that its order has at the shipper. */
  async #sale({ id }: OrderThere): Promise<OrderDone | undefined> {
    return id === undefined ? undefined : (await ordersOf(this.#store, [id]))[0];
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #reopen(): Promise<void> {
    const before = this.#store;
    this.#store = await this.#state.open(this.#pair, this.#flow, "read");
    await before.close();
  }

  /** A log that does not have the place was begun anew, or lost its begin by age: all of it is news then. */
  async #writtenSince(place: Place): Promise<{ keys: Set<string>; place: Place }> {
    if (place.seq === 0) return this.#written(place);
    const since = new Date(Date.parse(place.at) - setBackMs);
    const found = await this.#written(place, since);
    return found.hasPlace ? found : this.#written(start);
  }

  async #written(place: Place, since?: Date): Promise<{ keys: Set<string>; place: Place; hasPlace: boolean }> {
    const keys = new Set<string>();
    let last = place;
    let hasPlace = false;
    for await (const line of this.#state.log(this.#pair, this.#flow, { since, kinds: ["result"] })) {
      if (line.kind !== "result" || line.outcome === undefined) continue;
      const { at, seq, key } = line;
      hasPlace ||= seq === place.seq && at === place.at;
      if (seq <= place.seq) continue;
      keys.add(key);
      last = { at, seq };
    }
    return { keys, place: last, hasPlace };
  }
}

/** The flow that moves a pair's orders: a pair has orders or sales, never both. Pure. */
export function ordersFlowOf(pair: string): "orders" | "sales" {
  return pairKinds[pair]?.flows.includes("sales") ? "sales" : "orders";
}

/** The delivery that holds a natural key, or has the id that its order has at the shipper. */
export async function orderThere(store: OpenFlowStore, { naturalKey, id }: OrderThere): Promise<OrderDone | undefined> {
  const key = naturalKey === undefined ? store.holderOfTarget(id ?? "") : await store.holder(naturalKey);
  return key === undefined ? undefined : (await ordersOf(store, [key]))[0];
}

async function ordersOf(store: OpenFlowStore, keys: readonly string[]): Promise<OrderDone[]> {
  return [...(await store.load(keys))].map(([key, delivery]) => ({ key, delivery }));
}
