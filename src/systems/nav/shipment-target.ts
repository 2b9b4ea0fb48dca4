import type { NavClient } from "../../connectors/nav/client.ts";
import type { NavPairSettings } from "../../connectors/nav/config.ts";
import { MlcError, NotSentError } from "../../core/errors.ts";
import { type Json, plainJson } from "../../core/json.ts";
import type { Shipment } from "../../core/model.ts";
import type {
  Delivery,
  Found,
  KnownOrder,
  Located,
  Lookup,
  OwnDeliveries,
  Step,
  StepResult,
  Target,
} from "../../core/ports.ts";
import { findWrites } from "./find.ts";
import { locateShipments } from "./locate.ts";
import { lookAt } from "./look.ts";
import { orderNamesOf } from "./order-names.ts";
import { type Payload, payloads } from "./payloads.ts";
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
    const results = new Map<Payload, StepResult>();
    const groups = groupsOf(given.filter(({ kind }) => kind !== "look"));
    let stop: MlcError | undefined;
    const work = async () => {
      for (let group = groups.shift(); group; group = groups.shift()) {
        const writes = new OrderWrites(this.#client, this.#now);
        for (const payload of group) {
          const result = stop ? notSent(stop) : await attempt(writes, payload);
          if (result.outcome === "failed" && result.error instanceof MlcError && stops(result.error))
            stop ??= result.error;
          results.set(payload, result);
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return given.map(
      (payload) => read.get(payload.kind === "look" ? payload.order : "") ?? results.get(payload) ?? notSent(stop),
    );
  }

  find(steps: readonly Lookup[]): Promise<Found[]> {
    return findWrites(this.#client, steps);
  }

  async #look(orders: readonly string[]): Promise<Map<string, StepResult>> {
    const { looks, calls } = await lookAt(this.#client, orders);
    return new Map([...looks].map(([number, look]) => [number, { outcome: "done", calls, seen: plainJson(look) }]));
  }
}

async function attempt(writes: OrderWrites, payload: Payload): Promise<StepResult> {
  if (payload.kind === "look") return notSent(undefined);
  try {
    return await writes.do(payload);
  } catch (error) {
    if (!(error instanceof MlcError)) throw error;
    return { outcome: "failed", error, calls: error.context.calls ?? [] };
  }
}

function groupsOf(given: readonly Payload[]): Payload[][] {
  const groups = new Map<string, Payload[]>();
  for (const payload of given) groups.set(payload.order, [...(groups.get(payload.order) ?? []), payload]);
  return [...groups.values()];
}

const stops = (error: MlcError) => !["setAside", "wait", "unknown"].includes(error.disposition);

function notSent(reason: MlcError | undefined): StepResult {
  const message = `Dynamics NAV was not asked any more: ${reason?.message ?? "an earlier write stopped"}`;
  return { outcome: "failed", error: new NotSentError(message, { system: "nav", cause: reason }), calls: [] };
}
