import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import { orderSchema, pacific, type ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import type { Call, Delivery, Found, Lookup, Step, StepResult } from "../../core/delivery.ts";
import type { Product } from "../../core/model.ts";
import { readingAt } from "../../core/time.ts";
import { seedKeyOf, seedOrder } from "../../mappings/shipstation/seed.ts";

const names = { begin: "seed", end: "unseed" } as const;

/** Whether a step is about the order that a product comes from. */
export function isSeedStep({ name }: Pick<Step, "name">): boolean {
  return name === names.begin || name === names.end;
}

/** Orders of one thing each, made so that ShipStation makes its product, and cancelled when it has (V1, 5.2). */
export class SeedOrders {
  readonly #client: ShipStationClient;
  /** Where orders are made; undefined: the account's first manual store. */
  readonly #storeId: number | undefined;
  readonly #now: () => Date;

  constructor(client: ShipStationClient, storeId: number | undefined, now: () => Date) {
    this.#client = client;
    this.#storeId = storeId;
    this.#now = now;
  }

  /** Makes the order; the same key makes no second one. Pure. */
  begin(product: Product): Step {
    const payload = seedOrder(product, "on_hold", this.#storeId);
    const owned = { seeded: true };
    const remark = "an order of it, on hold, has ShipStation make the product";
    return {
      name: names.begin,
      action: "create",
      naturalKey: seedKeyOf(product.sku),
      payload,
      owned,
      remark,
      repeatable: true,
    };
  }

  /** Cancels the order of a product that is there now. Pure. */
  end(product: Product, { steps }: Delivery): Step[] {
    if (!steps[names.begin] || steps[names.end]) return [];
    const payload = seedOrder(product, "cancelled", this.#storeId);
    const owned = { cancelled: true };
    return [
      { name: names.end, action: "cancel", naturalKey: seedKeyOf(product.sku), payload, owned, repeatable: false },
    ];
  }

  async send({ name, naturalKey, payload }: Step): Promise<StepResult> {
    const order = orderSchema.partial().parse(payload);
    const body = { ...order, orderDate: readingAt(this.#now(), pacific) };
    if (name === names.begin) return this.#write(body, []);
    const { value: there, calls } = await this.#there(naturalKey);
    // A person was quicker; a cancelled or shipped order is locked (V1, 2.1).
    if (!there || isOver(there)) return { outcome: "done", calls, remark: "its order is open no more" };
    return this.#write({ ...body, orderId: there.orderId }, calls);
  }

  async find({ name, naturalKey }: Lookup): Promise<Found> {
    const { value: there } = await this.#there(naturalKey);
    const isDone = name === names.begin ? there !== undefined : !there || isOver(there);
    return isDone ? { state: "present", target: String(there?.orderId ?? naturalKey) } : { state: "absent" };
  }

  async #write(body: object, before: readonly Call[]): Promise<StepResult> {
    const { value, calls } = await this.#client.createOrder(JSON.parse(JSON.stringify(body)));
    return { outcome: "done", calls: [...before, ...calls], target: String(value.orderId) };
  }

  async #there(orderKey: string): Promise<{ value: ShipStationOrder | undefined; calls: readonly Call[] }> {
    const made: Call[] = [];
    for await (const { value: rows, calls } of this.#client.ordersByNumber(orderKey.toUpperCase())) {
      made.push(...calls);
      const row = rows.find((one) => one.orderKey === orderKey);
      if (row) return { value: orderSchema.safeParse(row).data, calls: made };
    }
    return { value: undefined, calls: made };
  }
}

function isOver({ orderStatus }: ShipStationOrder): boolean {
  return orderStatus === "cancelled" || orderStatus === "shipped";
}
