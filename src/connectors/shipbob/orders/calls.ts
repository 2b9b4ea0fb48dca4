import { personalValues } from "../../../core/model.ts";
import type { Given, ShipBobCalls } from "../calls.ts";
import { isNotFound } from "../errors.ts";
import { type CancelAnswer, type CreateOrder, cancelAnswer, type Order, order } from "./schema.ts";

/** Addresses have an end, and references may be long. */
const longestList = 1_500;
const mostReferences = 100;

/** Where orders are looked for: a reference is unique in the channel, or in the whole account (5.2). */
export type Scope = "channel" | "account";

/** The orders of an account at ShipBob. */
export class ShipBobOrders {
  readonly #calls: ShipBobCalls;

  constructor(calls: ShipBobCalls) {
    this.#calls = calls;
  }

  /** Makes an order; only the server's word that it did not take it makes the call repeatable. */
  create(body: CreateOrder): Promise<Given<Order>> {
    return this.#calls.call({
      method: "POST",
      path: "/order",
      json: body,
      inChannel: true,
      repeatable: false,
      schema: order,
      what: "create the order",
      document: body.reference_id,
      personal: personalIn(body),
    });
  }

  /** Orders by their exact reference; a new one may be missing for some seconds (5.2). */
  async byReferences(references: readonly string[], scope: Scope = "channel"): Promise<Map<string, Order>> {
    const wanted = new Set(references);
    const found = new Map<string, Order>();
    for (const list of listsOf([...wanted])) {
      const pages = this.#calls.pages({
        path: "/order",
        rawQuery: `ReferenceIds=${list}`,
        inChannel: scope === "channel",
        item: order,
        style: "page",
        idOf: ({ id }) => id,
        what: "look up orders",
      });
      for await (const rows of pages)
        for (const row of rows) {
          const { reference_id } = row;
          if (wanted.has(reference_id) && isBefore(row, found.get(reference_id))) found.set(reference_id, row);
        }
    }
    return found;
  }

  /** One order; undefined when it is not there. */
  async get(id: number): Promise<Given<Order> | undefined> {
    try {
      return await this.#calls.call({
        method: "GET",
        path: `/order/${id}`,
        inChannel: true,
        repeatable: true,
        schema: order,
        what: "read the order",
        document: String(id),
      });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Cancels an order; the answer's status says whether, not the 200. A cancelled one stays cancelled, so it may be repeated. */
  cancel(id: number, reference: string): Promise<Given<CancelAnswer>> {
    return this.#calls.call({
      method: "POST",
      path: `/order/${id}:cancel`,
      inChannel: true,
      repeatable: true,
      schema: cancelAnswer,
      what: "cancel the order",
      document: reference,
    });
  }
}

/** A reference may be free again once its order is cancelled (17): the one that is not counts. */
function isBefore(row: Order, other: Order | undefined): boolean {
  if (!other) return true;
  const [isOver, isOtherOver] = [row, other].map(({ status }) => status === "Cancelled");
  return isOver === isOtherOver ? row.id > other.id : isOtherOver === true;
}

/** References as lists that fit an address, their commas as they are (5.3). */
function listsOf(references: readonly string[]): string[] {
  const lists: string[][] = [[]];
  let length = 0;
  for (const text of references.map(encodeURIComponent)) {
    const last = lists.at(-1);
    const isFull = last && last.length > 0 && (last.length >= mostReferences || length + text.length > longestList);
    if (last && !isFull) last.push(text);
    else lists.push([text]);
    length = isFull ? text.length : length + text.length + 1;
  }
  return lists.filter((list) => list.length > 0).map((list) => list.join(","));
}

/** What people are called in an order, as ShipBob gets it and may say it again. */
function personalIn({ recipient: { name, email, phone_number, address } }: CreateOrder): string[] {
  const { address1, address2, company_name, country } = address;
  const street = [address1, ...(address2 === undefined ? [] : [address2])];
  const company = company_name === undefined ? {} : { company: company_name };
  return personalValues([{ name, ...company, street, country }], [email, phone_number]);
}
