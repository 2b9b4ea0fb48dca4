import { z } from "zod";
import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import { addressSchema, orderSchema, type ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import type { Delivery, Found, Lookup, Step, StepResult } from "../../core/delivery.ts";
import { MlcError, RejectedError, UnknownOutcomeError } from "../../core/errors.ts";
import { canonicalJson, type Json } from "../../core/json.ts";
import type { Customer } from "../../core/model.ts";
import type { Target } from "../../core/ports.ts";
import { isDone, recorded } from "../../core/steps.ts";
import { mergedOrder } from "../../mappings/shipstation/merge.ts";
import {
  alignedShipTo,
  type ContactHashes,
  contactHashes,
  contactOf,
  isWhole,
  placeOf,
  valuesIn,
} from "../../mappings/shipstation/ship-to.ts";
import { isOpen } from "../../mappings/shipstation.ts";
import type { OpenOrder, OpenOrders } from "./open-orders.ts";
import type { OrderCopies } from "./order-copies.ts";

const listedOrder = z.object({
  orderId: z.number(),
  orderNumber: z.string(),
  orderKey: z.string(),
  shipTo: addressSchema.nullish(),
});

/** A customer whose address changed, with what it was. */
interface Move {
  customer: Customer;
  delivery: Delivery;
  former: ContactHashes;
  now: ContactHashes;
  seen: Record<string, Json>;
}

/** ShipStation as the taker of customers' addresses: it has no customers to write (V1, 5.4), but open orders that go to them. */
export class ShipStationCustomerTarget implements Target<Customer> {
  readonly system = "shipstation";
  readonly batch = 1;
  readonly settleMs = 0;
  readonly #client: ShipStationClient;
  readonly #openOrders: OpenOrders;
  readonly #copies: Pick<OrderCopies, "forget">;

  constructor(client: ShipStationClient, openOrders: OpenOrders, copies: Pick<OrderCopies, "forget">) {
    this.#client = client;
    this.#openOrders = openOrders;
    this.#copies = copies;
  }

  key(customer: Customer): string {
    return customer.account;
  }

  next(customer: Customer, delivery: Delivery, seen: Record<string, Json>): Step[] {
    const now = contactOf(customer.address);
    const former = contactHashes.safeParse(delivery.memo.contact).data;
    if (!former) return [remember(customer, now, "its address is remembered; open orders will follow when it changes")];
    // An address that somebody is still typing is waited for.
    if (canonicalJson(former) === canonicalJson(now) || !isWhole(customer.address)) return [];
    if (seen.orders === undefined) return [readOrders(customer)];
    const move = { customer, delivery, former, now, seen };
    const steps = listedOrder
      .array()
      .parse(seen.orders)
      .flatMap((order) => stepsOf(order, move));
    const isLast = steps.every(({ action }) => action === "skip" || action === "notice");
    return isLast
      ? [...steps, remember(customer, now, "open orders that went to its former address have the new one")]
      : steps;
  }

  async send([step]: readonly Step[]): Promise<StepResult[]> {
    if (!step) return [];
    try {
      return [await this.#sendOne(step)];
    } catch (error) {
      if (!(error instanceof MlcError)) throw error;
      return [{ outcome: "failed", calls: error.context.calls ?? [], error: mayBeLocked(step, error) }];
    }
  }

  async find(steps: readonly Lookup[]): Promise<Found[]> {
    const found: Found[] = [];
    for (const { name, action, payload } of steps) {
      const { value: held } = await this.#client.order(orderIdIn(name));
      const sent = orderSchema.pick({ shipTo: true }).safeParse(payload).data?.shipTo;
      const isThere = held && (action === "create" || (sent && shows(held, sent)));
      found.push(isThere ? { state: "present", target: String(held.orderId) } : { state: "absent" });
    }
    return found;
  }

  async #sendOne(step: Step): Promise<StepResult> {
    if (step.name === "orders") return { outcome: "done", calls: [], seen: plain(await this.#ordersOf(step.payload)) };
    if (step.action === "read") {
      const { value, calls } = await this.#client.order(orderIdIn(step.name));
      return { outcome: "done", calls, seen: value ? plain(value) : null };
    }
    this.#copies.forget(orderIdIn(step.name));
    const { value, calls } = await this.#client.createOrder(step.payload);
    return { outcome: "done", calls, target: String(value.orderId) };
  }

  /** Open orders that name the customer, by account or e-mail address. */
  async #ordersOf(payload: Json): Promise<z.infer<typeof listedOrder>[]> {
    const { account, email } = z.object({ account: z.string(), email: z.string() }).parse(payload);
    const isTheirs = ({ customerUsername, customerEmail }: OpenOrder) =>
      isSame(customerUsername, account) || isSame(customerEmail, email);
    return (await this.#openOrders.all()).filter(isTheirs).map(({ orderId, orderNumber, orderKey, shipTo }) => ({
      orderId,
      orderNumber: orderNumber || String(orderId),
      orderKey: orderKey ?? "",
      shipTo,
    }));
  }
}

function isSame(text: string | null | undefined, wanted: string): boolean {
  return wanted !== "" && (text ?? "").trim().toLowerCase() === wanted.trim().toLowerCase();
}

function readOrders({ account, address }: Customer): Step {
  const payload = { account, email: address.email ?? "" };
  return { name: "orders", action: "read", naturalKey: account, payload, repeatable: true };
}

/** What is still to do for an open order of a customer whose address changed. */
function stepsOf(listed: z.infer<typeof listedOrder>, move: Move): Step[] {
  const { orderId, orderNumber, orderKey } = listed;
  const { customer, delivery, former, now, seen } = move;
  const name = `shipTo:${orderId}`;
  if (placeOf(listed.shipTo) !== former.place) return elsewhere(listed, move);
  const there = seen[`order:${orderId}`];
  if (there === undefined)
    return [{ name: `order:${orderId}`, action: "read", naturalKey: orderKey, payload: { orderId }, repeatable: true }];
  const held = orderSchema.safeParse(there).data;
  if (!held?.shipTo) return [];
  if (!isOpen(held)) {
    const remark = `order ${orderNumber} is ${held.orderStatus} by now and goes where it went`;
    return [recorded("skip", `locked:${orderId}`, orderKey, { place: now.place }, remark)];
  }
  if (placeOf(held.shipTo) !== former.place) return elsewhere({ ...listed, shipTo: held.shipTo }, move);
  const shipTo = alignedShipTo(held.shipTo, customer.address, former);
  if (!shipTo || isDone({ name, payload: null, owned: { shipTo } }, delivery)) return [];
  const payload = mergedOrder(held, { shipTo });
  return [{ name, action: "update", naturalKey: orderKey, payload, owned: { shipTo }, repeatable: true }];
}

/** An order that goes to another place than the customer's: that is told once, for a person to look. */
function elsewhere(
  { orderId, orderNumber, orderKey, shipTo }: z.infer<typeof listedOrder>,
  { former, now }: Move,
): Step[] {
  if (former.place === now.place || placeOf(shipTo) === now.place) return [];
  const remark = `order ${orderNumber} goes neither to its former nor to its new address and is left as it is`;
  return [recorded("notice", `elsewhere:${orderId}`, orderKey, { orderId }, remark)];
}

function remember({ account }: Customer, now: ContactHashes, remark: string): Step {
  const contact = { ...now };
  return { ...recorded("notice", "address", account, { contact }, remark), memo: { contact } };
}

/** Somebody may have shipped the order since it was read: it is looked at again before the refusal is believed. */
function mayBeLocked({ action }: Step, error: MlcError): MlcError {
  if (action !== "update" || !(error instanceof RejectedError)) return error;
  return new UnknownOutcomeError(error.message, { ...error.context, cause: error });
}

function shows(held: ShipStationOrder, sent: z.infer<typeof addressSchema>): boolean {
  return (
    held.shipTo !== null &&
    held.shipTo !== undefined &&
    canonicalJson(valuesIn(held.shipTo)) === canonicalJson(valuesIn(sent))
  );
}

/** Steps of an order have its id after a colon. */
function orderIdIn(name: string): number {
  return Number(name.split(":")[1]);
}

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
