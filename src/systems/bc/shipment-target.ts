import type { BcClient } from "../../connectors/bc/client.ts";
import { type BcPairSettings, rulesOf } from "../../connectors/bc/config.ts";
import type { Delivery, Found, Lookup, Step, StepResult } from "../../core/delivery.ts";
import { MlcError } from "../../core/errors.ts";
import { type Json, plainJson } from "../../core/json.ts";
import type { Shipment } from "../../core/model.ts";
import type { KnownOrder, Located, Target } from "../../core/ports.ts";
import { sendInGroups } from "../in-groups.ts";
import type { PublishedPages } from "./published.ts";
import { saleMemo } from "./sale-memo.ts";
import { findTracking } from "./tracking-find.ts";
import { TrackingLook } from "./tracking-look.ts";
import { type Payload, payloads } from "./tracking-payloads.ts";
import { routeNameOf, trackingSteps } from "./tracking-steps.ts";
import { writeTracking } from "./tracking-write.ts";

/** What the pair has at the shipper: which stores are read, and in which mlc makes the orders itself. */
export interface ShipperStores {
  read?: readonly number[] | undefined;
  fed: readonly number[];
}

/** At once so many documents are written to: BC answers five (BC, 3.3). */
const concurrency = 4;

/** Business Central as the taker of shipments: tracking goes onto what the sale was booked as. */
export class BcShipmentTarget implements Target<Shipment> {
  readonly system = "bc";
  readonly batch = 40;
  /** The server may still be working when the gateway has given up (BC, 6). */
  readonly settleMs = 10 * 60_000;
  readonly #client: BcClient;
  readonly #settings: BcPairSettings;
  readonly #stores: ShipperStores;
  readonly #pages: PublishedPages = new Map();

  constructor(client: BcClient, settings: BcPairSettings, stores: ShipperStores = { fed: [] }) {
    this.#client = client;
    this.#settings = settings;
    this.#stores = stores;
  }

  /** Only for shipments that `locate` did not place. */
  key(shipment: Shipment): string {
    return shipment.orderId ?? shipment.id;
  }

  async locate(shipments: readonly Shipment[], known: KnownOrder): Promise<Map<Shipment, Located>> {
    const places = new Map<Shipment, Located>();
    for (const shipment of shipments) places.set(shipment, await this.#place(shipment, known));
    return places;
  }

  async #place(shipment: Shipment, known: KnownOrder): Promise<Located> {
    const sale = shipment.orderId === undefined ? undefined : await known({ id: shipment.orderId });
    if (!sale) return this.#isExpected(shipment) ? notBooked : { at: "notOurs" };
    const memo = saleMemo.parse(sale.delivery.memo);
    const { documents } = memo;
    // One without an id is being made, and it may be the one that the shipment belongs to.
    if (documents.some(({ id, deleted }) => id === "" && !deleted)) return notBooked;
    if (documents.length > 0) return { at: "found", key: sale.key, ref: plainJson(memo) };
    const steps = Object.values(sale.delivery.steps);
    // Why it is not booked was written down, and so it never will be.
    if (steps.length > 0 && steps.every(({ recorded }) => recorded)) return { at: "notOurs" };
    return shipment.isVoided || shipment.isReturn ? { at: "notOurs" } : notBooked;
  }

  /** Whether the sales flow will book the order that a shipment is of. */
  #isExpected({ orderId, isVoided, isReturn, storeId, shipDate }: Shipment): boolean {
    const { enabled, startDate } = this.#settings.flows.sales;
    const { read, fed } = this.#stores;
    const store = storeId === undefined ? undefined : Number(storeId);
    if (orderId === undefined || isVoided || isReturn || !enabled) return false;
    if (store !== undefined && (fed.includes(store) || (read && !read.includes(store)))) return false;
    return startDate === undefined || shipDate === undefined || shipDate >= startDate;
  }

  next(shipment: Shipment, delivery: Delivery, seen: Record<string, Json>): Step[] {
    return trackingSteps(shipment, { delivery, seen, rules: rulesOf(this.#settings, shipment.storeId) });
  }

  async send(steps: readonly Step[]): Promise<StepResult[]> {
    const given = steps.map((step) => payloads.parse(step.payload));
    // One document's writes go one after the other: its lines lock each other (BC, 4.2).
    return sendInGroups(given, {
      system: "bc",
      title: "Business Central",
      atOnce: concurrency,
      groupOf: ({ document }) => document.id,
      sender: () => (payload) => this.#attempt(payload),
    });
  }

  find(steps: readonly Lookup[]): Promise<Found[]> {
    return findTracking(this.#client, steps);
  }

  async #attempt(payload: Payload): Promise<StepResult> {
    try {
      if (payload.kind === "look") {
        const look = new TrackingLook(this.#client, payload.document, this.#pages);
        const seen = plainJson(await look.first(payload.where));
        return { outcome: "done", calls: look.calls, seen };
      }
      const { route, number, calls, remark } = await writeTracking(this.#client, payload, this.#pages);
      const memo = { [routeNameOf(payload.shipment)]: route };
      return { outcome: "done", target: number, memo, calls, ...(remark === undefined ? {} : { remark }) };
    } catch (error) {
      if (!(error instanceof MlcError)) throw error;
      return { outcome: "failed", error, calls: error.context.calls ?? [] };
    }
  }
}

const notBooked: Located = { at: "notYet", message: "the order is not booked yet" };
