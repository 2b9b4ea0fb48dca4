import { z } from "zod";
import type { FnoClient } from "../../connectors/fno/client.ts";
import type { Delivery, Found, Lookup, Step, StepResult } from "../../core/delivery.ts";
import { MlcError, NotYetError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Shipment } from "../../core/model.ts";
import type { KnownOrder, Located, Target } from "../../core/ports.ts";
import { grouped, sendInGroups } from "../in-groups.ts";
import { findWrites } from "./find.ts";
import { type Claims, locateOrders } from "./locate.ts";
import { type SlipsSeen, slipPlace } from "./slips.ts";
import { writeBackSteps } from "./steps.ts";
import { noteDescription, orderNameOf, type WriteBackSettings } from "./write-back.ts";

const memo = z.record(z.string(), z.json());
const place = z.object({ id: z.string(), date: z.string() });
const payloads = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("readSlips"), order: z.string() }),
  z.object({
    kind: z.literal("note"),
    order: z.string(),
    marker: z.string(),
    text: z.string(),
    typeCode: z.string(),
    restriction: z.enum(["Internal", "External"]),
    memo,
  }),
  z.object({
    kind: z.literal("patch"),
    order: z.string(),
    entity: z.string().optional(),
    fields: z.record(z.string(), z.json()),
    memo,
  }),
  z.object({
    kind: z.literal("addRow"),
    order: z.string(),
    slip: place,
    trackingNumber: z.string(),
    url: z.string(),
    replaces: place.nullable(),
    memo,
  }),
  z.object({ kind: z.literal("removeRow"), order: z.string(), slip: place, trackingNumber: z.string(), memo }),
]);
type Payload = z.infer<typeof payloads>;

/** At once so many orders are written to. */
const concurrency = 4;

/** F&O as the taker of shipments: what left is written onto the sales order it belongs to. */
export class FnoShipmentTarget implements Target<Shipment> {
  readonly system = "fno";
  readonly batch = 40;
  readonly settleMs = 2 * 60_000;
  readonly #client: FnoClient;
  readonly #settings: WriteBackSettings;
  readonly #claims: Claims;
  #hasSlips = true;

  constructor(client: FnoClient, settings: WriteBackSettings, claims: Claims) {
    this.#client = client;
    this.#settings = settings;
    this.#claims = claims;
  }

  /** Only for shipments that `locate` did not place. */
  key(shipment: Shipment): string {
    return shipment.orderKey ?? shipment.id;
  }

  locate(shipments: readonly Shipment[], known: KnownOrder): Promise<Map<Shipment, Located>> {
    return locateOrders(shipments, known, this.#claims, (legalEntity, numbers) =>
      this.#client.orders.orderNumbers(legalEntity, numbers),
    );
  }

  next(shipment: Shipment, delivery: Delivery, seen: Record<string, Json>): Step[] {
    return writeBackSteps(shipment, delivery, seen, this.#settings);
  }

  async send(steps: readonly Step[]): Promise<StepResult[]> {
    const given = steps.map((step) => payloads.parse(step.payload));
    if (given.every((payload) => payload.kind === "readSlips")) return this.#readSlips(given);
    // One order's writes go one after the other: F&O answers two at a time with an update conflict.
    return sendInGroups(given, {
      system: "fno",
      title: "F&O",
      atOnce: concurrency,
      groupOf: ({ order }) => order,
      sender: () => (payload) => this.#attempt(payload),
    });
  }

  find(steps: readonly Lookup[]): Promise<Found[]> {
    return findWrites(this.#client, steps);
  }

  async #attempt(payload: Payload): Promise<StepResult> {
    try {
      return await this.#write(payload);
    } catch (error) {
      if (!(error instanceof MlcError)) throw error;
      const calls = error.context.calls ?? [];
      if (error.disposition !== "setAside" || (await this.#isThere(payload.order)))
        return { outcome: "failed", error, calls };
      const about = { system: "fno", document: orderNameOf(payload.order).number, cause: error };
      return { outcome: "failed", error: new NotYetError(`order ${payload.order} is not in F&O`, about), calls };
    }
  }

  /** F&O refuses what belongs to an order that is not there in words of its own. */
  async #isThere(order: string): Promise<boolean> {
    const { legalEntity, number } = orderNameOf(order);
    return (await this.#client.orders.orderNumbers(legalEntity, [number])).has(number);
  }

  async #write(payload: Payload): Promise<StepResult> {
    const { writeBack } = this.#client;
    const order = orderNameOf(payload.order);
    switch (payload.kind) {
      case "readSlips": {
        const [read] = await this.#readSlips([payload]);
        if (!read) throw new Error("no answer for the packing slips");
        return read;
      }
      case "note": {
        const { text, typeCode, restriction } = payload;
        const description = noteDescription(payload.marker);
        const { id, calls } = await writeBack.addNote(order, { description, text, typeCode, restriction });
        return { outcome: "done", target: id, memo: payload.memo, calls };
      }
      case "patch": {
        const calls = await writeBack.patchOrder(order, payload.fields, payload.entity);
        return { outcome: "done", target: payload.order, memo: payload.memo, calls };
      }
      case "addRow": {
        const { slip, trackingNumber, url, replaces } = payload;
        const removed = replaces
          ? await writeBack.removeTrackingRow(order, { ...rowOf(replaces), trackingNumber })
          : [];
        const added = await writeBack.addTrackingRow(order, { ...rowOf(slip), trackingNumber }, url);
        return { outcome: "done", target: slipPlace(slip), memo: payload.memo, calls: [...removed, ...added] };
      }
      case "removeRow": {
        const { slip, trackingNumber } = payload;
        const calls = await writeBack.removeTrackingRow(order, { ...rowOf(slip), trackingNumber });
        return { outcome: "done", memo: payload.memo, calls };
      }
    }
  }

  /** Slips and tracking rows of many orders in few calls. */
  async #readSlips(payloads: readonly { order: string }[]): Promise<StepResult[]> {
    const seen = new Map<string, SlipsSeen>();
    const calls: StepResult["calls"][number][] = [];
    const byCompany = grouped(
      payloads.map(({ order }) => orderNameOf(order)),
      (order) => order.legalEntity,
    );
    for (const [legalEntity, orders] of this.#hasSlips ? byCompany : []) {
      const numbers = orders.map((order) => order.number);
      const slips = await this.#client.writeBack.packingSlips(legalEntity, numbers);
      const rows = slips && (await this.#client.writeBack.trackingRows(legalEntity, numbers));
      this.#hasSlips &&= rows !== undefined;
      if (!slips || !rows) continue;
      calls.push(...slips.calls, ...rows.calls);
      for (const number of numbers)
        seen.set(`${legalEntity}/${number}`, {
          isPublished: true,
          slips: slips.rows
            .filter((slip) => slip.SalesId === number)
            .map((slip) => ({ id: slip.PackingSlipId, date: slip.DeliveryDate })),
          rows: rows.rows
            .filter((row) => row.SalesOrderNumber === number)
            .map((row) => ({
              slip: row.PackingSlipNumber,
              date: row.DeliveryDate,
              trackingNumber: row.TrackingNumber,
              url: row.TrackingURL,
            })),
        });
    }
    const none: SlipsSeen = { isPublished: false, slips: [], rows: [] };
    return payloads.map(({ order }) => ({ outcome: "done", calls, seen: seen.get(order) ?? none }));
  }
}

const rowOf = (slip: { id: string; date: string }) => ({ slip: slip.id, date: slip.date });
