import { z } from "zod";
import type { ShipBobOrders } from "../../connectors/shipbob/orders/calls.ts";
import type { CreateOrder, Order as ShipBobOrder } from "../../connectors/shipbob/orders/schema.ts";
import type { Call, Delivery, Found, Lookup, Step, StepResult } from "../../core/delivery.ts";
import { RejectedError, UnknownOutcomeError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Order } from "../../core/model.ts";
import type { Target } from "../../core/ports.ts";
import type { ShippingMethods } from "../../mappings/shipbob/shipping-method.ts";
import { cancelRefusal, heldFrom, isCancelledThere } from "./held-order.ts";
import { methodsRead, orderSteps } from "./order-steps.ts";
import type { OrderStepOptions } from "./part-case.ts";
import { disagreement, hashDisagreement, remarksOn } from "./same-order.ts";

/** What the order target works with. */
export interface OrderTargetParts {
  orders: ShipBobOrders;
  /** The account's methods, kept for as long as a run takes. */
  shippingMethods(): Promise<ShippingMethods>;
  options: OrderStepOptions;
}

const createBody = z.custom<CreateOrder>(
  (value) => z.looseObject({ reference_id: z.string(), products: z.array(z.unknown()) }).safeParse(value).success,
);
const named = z.object({ orderId: z.number().nullable() });

/** ShipBob as the taker of orders: one order a part, made once under a reference of its own (5.1). */
export class ShipBobOrderTarget implements Target<Order> {
  readonly system = "shipbob";
  readonly batch = 1;
  /** A new order may not be listed for some seconds (5.2). */
  readonly settleMs = 60_000;
  readonly #parts: OrderTargetParts;
  /** What ShipBob said against a cancel, by the order's reference, so that it is told and not tried for ever. */
  readonly #refused = new Map<string, string>();

  constructor(parts: OrderTargetParts) {
    this.#parts = parts;
  }

  key(order: Order): string {
    return order.id;
  }

  next(order: Order, delivery: Delivery, seen: Record<string, Json>): Step[] {
    return orderSteps(order, delivery, seen, this.#parts.options);
  }

  async send(steps: readonly Step[]): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (const step of steps) results.push(await this.#sendOne(step));
    return results;
  }

  async find(steps: readonly Lookup[]): Promise<Found[]> {
    const held = await this.#parts.orders.byReferences(steps.map(({ naturalKey }) => naturalKey));
    return steps.map((step) => conclusion(step, held.get(step.naturalKey)));
  }

  #sendOne(step: Step): Promise<StepResult> {
    if (step.name === methodsRead) return this.#readMethods();
    if (step.action === "read") return this.#read(step);
    return step.action === "cancel" ? this.#cancel(step) : this.#create(step);
  }

  async #readMethods(): Promise<StepResult> {
    const { active, default: usual } = await this.#parts.shippingMethods();
    const seen = { active: [...active], ...(usual === undefined ? {} : { default: usual }) };
    return { outcome: "done", calls: [], seen };
  }

  async #read({ naturalKey, payload }: Step): Promise<StepResult> {
    const { orderId } = named.parse(payload);
    const byId = orderId === null ? undefined : await this.#parts.orders.get(orderId);
    const held = byId?.body ?? (await this.#parts.orders.byReferences([naturalKey])).get(naturalKey);
    const seen = held ? heldFrom(held, this.#refused.get(naturalKey)) : null;
    this.#refused.delete(naturalKey);
    return { outcome: "done", calls: byId?.calls ?? [], seen };
  }

  async #create(step: Step): Promise<StepResult> {
    try {
      const { body, calls } = await this.#parts.orders.create(createBody.parse(step.payload));
      return made(step, body, calls);
    } catch (error) {
      if (!(error instanceof RejectedError) || !mayBeTaken(error)) throw error;
      return this.#takenBefore(step, error);
    }
  }

  /** A 422 is a reference that is taken, or values that ShipBob does not like: its text is not to be relied on (5.2). */
  async #takenBefore(step: Step, refused: RejectedError): Promise<StepResult> {
    const { naturalKey } = step;
    const { orders } = this.#parts;
    const calls = refused.context.calls ?? [];
    const held = (await orders.byReferences([naturalKey])).get(naturalKey);
    if (held) {
      const difference = disagreement(held, createBody.parse(step.payload));
      if (difference === undefined) return made(step, held, calls, "was there already");
      throw notOurs(naturalKey, difference, refused);
    }
    const elsewhere = (await orders.byReferences([naturalKey], "account")).get(naturalKey);
    if (elsewhere) throw notOurs(naturalKey, `it is in channel ${elsewhere.channel?.name ?? "unknown"}`, refused);
    if (!saysDuplicate(refused)) throw refused;
    const message = `ShipBob says that ${naturalKey} is taken, and shows no such order yet.`;
    throw new UnknownOutcomeError(message, { system: "shipbob", document: naturalKey, calls });
  }

  async #cancel(step: Step): Promise<StepResult> {
    const { naturalKey, payload } = step;
    const { orderId } = named.parse(payload);
    if (orderId === null) throw new Error(`${naturalKey} has no order id`);
    try {
      const { body, calls } = await this.#parts.orders.cancel(orderId, naturalKey);
      const refusal = cancelRefusal(body);
      if (refusal === undefined) return { outcome: "done", calls, target: String(orderId) };
      this.#refused.set(naturalKey, refusal);
      throw new RejectedError(`ShipBob did not cancel order ${naturalKey}: ${refusal}`, { system: "shipbob", calls });
    } catch (error) {
      if (!(error instanceof RejectedError)) throw error;
      if (!this.#refused.has(naturalKey)) this.#refused.set(naturalKey, error.message);
      return { outcome: "failed", calls: error.context.calls ?? [], error: mayBeCancelled(error) };
    }
  }
}

/** An earlier try may have cancelled it: the order is looked at again before the refusal is believed and told. */
function mayBeCancelled(refused: RejectedError): UnknownOutcomeError {
  const { calls, ...about } = refused.context;
  return new UnknownOutcomeError(refused.message, { ...about, ...(calls ? { calls } : {}), cause: refused });
}

function made(step: Step, held: ShipBobOrder, calls: readonly Call[], how?: string): StepResult {
  const told = [step.remark, how, ...remarksOn(held)].filter((text) => text !== undefined);
  const remark = told.length === 0 ? {} : { remark: told.join("; ") };
  return { outcome: "done", calls, target: String(held.id), memo: { [`orderId:${step.name}`]: held.id }, ...remark };
}

function mayBeTaken({ context }: RejectedError): boolean {
  const status = context.calls?.at(-1)?.status;
  return status === 422 || status === 409;
}

function saysDuplicate({ message }: RejectedError): boolean {
  return /existing\s+reference|already\s+exist|duplicate/i.test(message);
}

function notOurs(reference: string, difference: string, cause: RejectedError): RejectedError {
  const message = `ShipBob has an order with our reference ${reference} that is not ours: ${difference}.`;
  const hint = "Look at that order in ShipBob; rename the one in the ERP, or drop it here with `mlc replay --drop`.";
  const { calls } = cause.context;
  return new RejectedError(message, { system: "shipbob", document: reference, hint, ...(calls ? { calls } : {}) });
}

/** What a look-up proves: an order that is there must agree with what was sent, a cancel must show. */
function conclusion(step: Lookup, held: ShipBobOrder | undefined): Found {
  if (!held) return { state: "absent" };
  const memo = { [`orderId:${step.name}`]: held.id };
  if (step.action === "cancel")
    return isCancelledThere(held) ? { state: "present", target: String(held.id) } : { state: "absent" };
  const sent = createBody.safeParse(step.payload).data;
  const difference = sent ? disagreement(held, sent) : hashDisagreement(held, step.hashes ?? {});
  if (difference !== undefined) return { state: "foreign", message: difference };
  const remarks = remarksOn(held);
  const remark =
    remarks.length === 0 ? {} : { remark: ["found there after its answer was lost", ...remarks].join("; ") };
  return { state: "present", target: String(held.id), memo, ...remark };
}
