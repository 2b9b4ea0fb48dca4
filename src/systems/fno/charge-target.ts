import { z } from "zod";
import type { ChargeSettings } from "../../connectors/fno/charge-config.ts";
import type { FnoClient } from "../../connectors/fno/client.ts";
import type { Delivery, Found, Lookup, Step, StepResult } from "../../core/delivery.ts";
import { MlcError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Charge } from "../../core/model.ts";
import type { KnownOrder, Located, Target } from "../../core/ports.ts";
import { sendInGroups } from "../in-groups.ts";
import { type ChargePayload, chargePayload, chargeSteps } from "./charge-steps.ts";
import { ofNaturalKey, orderNameOf } from "./write-back.ts";

/** F&O as the taker of charges: the sum of all parcels of an order, or a row for each of them. */
export class FnoChargeTarget implements Target<Charge> {
  readonly system = "fno";
  readonly batch = 40;
  readonly settleMs = 2 * 60_000;
  readonly #client: FnoClient;
  readonly #settings: ChargeSettings;

  constructor(client: FnoClient, settings: ChargeSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  /** Only for charges that `locate` did not place. */
  key(charge: Charge): string {
    return charge.orderKey ?? charge.id;
  }

  /** Only orders that mlc made are charged: those of other integrations are none of its business. */
  async locate(charges: readonly Charge[], known: KnownOrder): Promise<Map<Charge, Located>> {
    const located = new Map<Charge, Located>();
    for (const charge of charges) {
      const order = await known({ naturalKey: charge.orderKey, id: charge.orderId });
      located.set(charge, order ? { at: "found", key: order.key, ref: order.key } : { at: "notOurs" });
    }
    return located;
  }

  next(charge: Charge, delivery: Delivery, seen: Record<string, Json>): Step[] {
    return chargeSteps(charge, delivery, { order: z.string().parse(seen.located), seen, settings: this.#settings });
  }

  send(steps: readonly Step[]): Promise<StepResult[]> {
    const given = steps.map((step) => chargePayload.parse(step.payload));
    return sendInGroups(given, {
      system: "fno",
      title: "F&O",
      atOnce: 4,
      groupOf: ({ order }) => order,
      sender: () => (payload) => this.#attempt(payload),
    });
  }

  /** Lines and rows by the order and shipment they are for; a header field is set again. */
  async find(steps: readonly Lookup[]): Promise<Found[]> {
    const found: Found[] = [];
    for (const step of steps) found.push(await this.#find(step));
    return found;
  }

  async #find({ naturalKey, name }: Lookup): Promise<Found> {
    const { order } = ofNaturalKey(naturalKey, name);
    const { legalEntity, number } = orderNameOf(order);
    const { orderLine, customEntity } = this.#settings;
    if (name === "line" && orderLine.item !== undefined) {
      const line = (await this.#client.charges.order({ legalEntity, number }, orderLine.item))?.line;
      return line === undefined ? { state: "absent" } : { state: "present", target: line };
    }
    const { entity, map } = customEntity;
    if (!name.startsWith("row:") || entity === undefined || !map.document || !map.shipment) return { state: "absent" };
    const where = { dataAreaId: legalEntity, [map.document]: number, [map.shipment]: name.slice("row:".length) };
    const { rows } = await this.#client.stock.ownRows(entity, where, [map.shipment]);
    return rows.length > 0 ? { state: "present", target: number } : { state: "absent" };
  }

  async #attempt(payload: ChargePayload): Promise<StepResult> {
    try {
      return await this.#write(payload);
    } catch (error) {
      if (!(error instanceof MlcError)) throw error;
      return { outcome: "failed", error, calls: error.context.calls ?? [] };
    }
  }

  async #write(payload: ChargePayload): Promise<StepResult> {
    const { charges, writeBack, stock } = this.#client;
    const order = orderNameOf(payload.order);
    switch (payload.kind) {
      case "read": {
        const seen = await charges.order(order, this.#settings.orderLine.item ?? "");
        return { outcome: "done", calls: [], seen: seen ? z.json().parse(seen) : { isGone: true } };
      }
      case "header": {
        const calls = await writeBack.patchOrder(order, payload.fields);
        return { outcome: "done", target: payload.order, calls };
      }
      case "addLine": {
        const { id, calls } = await charges.addLine(order, payload.item, payload.price);
        return { outcome: "done", target: id, calls };
      }
      case "setPrice": {
        const calls = await charges.setPrice(order.legalEntity, payload.line, payload.price, order.number);
        return { outcome: "done", target: payload.line, calls };
      }
      case "row": {
        const { set, fields, isThere } = payload;
        const key = { dataAreaId: order.legalEntity, ...payload.key };
        return { outcome: "done", target: order.number, calls: await stock.putOwnRow(set, { key, fields, isThere }) };
      }
    }
  }
}
