import type { Call } from "../../core/delivery.ts";
import { ContractError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import { odata, odataKey } from "../odata/text.ts";
import type { FnoCalls } from "./calls.ts";
import { fieldsOf } from "./fields.ts";
import { readPath } from "./query.ts";
import * as schema from "./schema.ts";
import type { OrderName } from "./write-back.ts";

/** The set of order lines; only mode `orderLine` may write to it. */
export const orderLineSet = "SalesOrderLines";

const hint = "Mend what F&O names, or enter the charge by hand and run `mlc replay --drop`.";

/** What was charged for an order, as a line of it: F&O takes charges in no set of its own (F&O, 4.1). */
export class FnoCharges {
  readonly #calls: FnoCalls;
  readonly #headerSet: () => Promise<string>;

  constructor(calls: FnoCalls, headerSet: () => Promise<string>) {
    this.#calls = calls;
    this.#headerSet = headerSet;
  }

  /** An order's currency and status, and its line of an item, if it has one. */
  async order({ legalEntity, number }: OrderName, item: string): Promise<schema.ChargedOrder | undefined> {
    const key = odataKey({ dataAreaId: legalEntity, SalesOrderNumber: number });
    const about = { what: "read the order", document: number };
    const select = fieldsOf(schema.chargedOrder);
    const header = await this.#calls.one(readPath(`${await this.#headerSet()}${key}`, { select }), about);
    if (!header) return undefined;
    const filter = odata`dataAreaId eq ${legalEntity} and SalesOrderNumber eq ${number} and ItemNumber eq ${item}`;
    const path = readPath(orderLineSet, { filter, select: fieldsOf(schema.chargeLine) });
    const lines = (await this.#calls.rows([path], schema.chargeLine))?.rows ?? [];
    const { CurrencyCode, SalesOrderStatus } = schema.chargedOrder.parse(header.body);
    const line = lines[0]?.InventoryLotId;
    return { CurrencyCode, SalesOrderStatus, ...(line === undefined ? {} : { line }) };
  }

  /** Adds a line of one piece to an order; answers its lot id. */
  async addLine(
    { legalEntity, number }: OrderName,
    item: string,
    price: number,
  ): Promise<{ id: string; calls: Call[] }> {
    const json = {
      dataAreaId: legalEntity,
      SalesOrderNumber: number,
      ItemNumber: item,
      OrderedSalesQuantity: 1,
      SalesPrice: price,
    };
    const about = { what: `add a line of ${item}`, document: number, hint };
    const { body, calls } = await this.#calls.write({ method: "POST", set: orderLineSet, json, about });
    const { data } = schema.chargeLine.safeParse(body);
    if (data) return { id: data.InventoryLotId, calls };
    const made = (await this.order({ legalEntity, number }, item))?.line;
    if (made !== undefined) return { id: made, calls };
    throw new ContractError(`F&O did not say which line of order ${number} it made`, { system: "fno", calls });
  }

  /** Sets what a line costs. Repeatable. */
  async setPrice(legalEntity: string, lot: string, price: number, document: string): Promise<Call[]> {
    const key = odataKey({ dataAreaId: legalEntity, InventoryLotId: lot });
    const json: Record<string, Json> = { SalesPrice: price };
    const about = { what: "set the price of its line of freight", document, hint };
    return (await this.#calls.write({ method: "PATCH", set: orderLineSet, key, json, about })).calls;
  }
}
