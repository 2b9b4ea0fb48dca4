import type { NavClient } from "../../connectors/nav/client.ts";
import type { NavPairSettings } from "../../connectors/nav/config.ts";
import type { Delivery, Found, Lookup, Step, StepResult } from "../../core/delivery.ts";
import { MlcError } from "../../core/errors.ts";
import { type Json, plainJson } from "../../core/json.ts";
import type { Shipment } from "../../core/model.ts";
import type { KnownOrder, Located, OwnDeliveries, Target } from "../../core/ports.ts";
import { sendInGroups } from "../in-groups.ts";
import { findWrites } from "./find.ts";
import { locateShipments } from "./locate.ts";
import { lookAt } from "./look.ts";
import { orderNamesOf } from "./order-names.ts";
import { type Payload, payloads } from "./payloads.ts";
import { postedSince } from "./posted.ts";
import { navSteps } from "./steps.ts";
import { OrderWrites } from "./write.ts";

/** At once so many orders are written to: every row runs the page's own code (NAV, 6). */
const concurrency = 3;

/** Dynamics NAV as the taker of shipments: what left is written onto its sales order, and onto the posted shipment later. */
export class NavShipmentTarget implements Target<Shipment> {
  readonly system = "nav";
  readonly batch = 40;
  readonly settleMs = 2 * 60_000;
  readonly #client: NavClient;
  readonly #pair: NavPairSettings;
  readonly #now: () => Date;

  constructor(client: NavClient, pair: NavPairSettings, now: () => Date) {
    this.#client = client;
    this.#pair = pair;
    this.#now = now;
  }

  /** Only for shipments that `locate` did not place: all others are kept by company and order number. */
  key(shipment: Shipment): string {
    return orderNamesOf(shipment)[0] ?? shipment.id;
  }

  locate(shipments: readonly Shipment[], _: KnownOrder, own: OwnDeliveries): Promise<Map<Shipment, Located>> {
    return locateShipments(shipments, { client: this.#client, pair: this.#pair, own, now: this.#now() });
  }

  next(shipment: Shipment, delivery: Delivery, seen: Record<string, Json>): Step[] {
    const { company, statuses } = this.#client;
    return navSteps({ shipment, delivery, pair: this.#pair, statuses }, seen, company);
  }

  async send(steps: readonly Step[]): Promise<StepResult[]> {
    const given = steps.map((step) => payloads.parse(step.payload));
    const orders = given.flatMap((payload) => (payload.kind === "look" ? [payload.order] : []));
    const read = orders.length === 0 ? new Map<string, StepResult>() : await this.#look(orders);
    return sendInGroups(given, {
      system: "nav",
      title: "Dynamics NAV",
      atOnce: concurrency,
      groupOf: ({ order }) => order,
      sender: () => {
        const writes = new OrderWrites(this.#client, this.#now);
        return async (payload) => (payload.kind === "look" ? lookedAt(read, payload.order) : attempt(writes, payload));
      },
    });
  }

  arrived(keys: readonly string[], own: OwnDeliveries): Promise<ReadonlySet<string>> {
    return postedSince(this.#client, keys, own);
  }

  find(steps: readonly Lookup[]): Promise<Found[]> {
    return findWrites(this.#client, steps);
  }

  async #look(orders: readonly string[]): Promise<Map<string, StepResult>> {
    const { looks, calls } = await lookAt(this.#client, orders);
    return new Map([...looks].map(([number, look]) => [number, { outcome: "done", calls, seen: plainJson(look) }]));
  }
}

function lookedAt(read: ReadonlyMap<string, StepResult>, order: string): StepResult {
  const found = read.get(order);
  if (!found) throw new Error(`nobody looked at ${order}`);
  return found;
}

async function attempt(writes: OrderWrites, payload: Exclude<Payload, { kind: "look" }>): Promise<StepResult> {
  try {
    return await writes.do(payload);
  } catch (error) {
    if (!(error instanceof MlcError)) throw error;
    return { outcome: "failed", error, calls: error.context.calls ?? [] };
  }
}
