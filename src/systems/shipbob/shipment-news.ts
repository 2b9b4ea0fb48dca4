import type { Shipment as Row } from "../../connectors/shipbob/orders/schema.ts";
import { mostTracked, type ShipBobShipments } from "../../connectors/shipbob/shipments/calls.ts";
import type { TrackedShipment } from "../../connectors/shipbob/shipments/schema.ts";
import { AuthError, ContractError, type MlcError, UnavailableError } from "../../core/errors.ts";
import { progressOf, type ShipmentNews } from "../../mappings/shipbob/progress.ts";
import { followedDays, hasLeft, type OrderNews, packedAt } from "../../mappings/shipbob/shipment.ts";
import { zoneOf } from "../../mappings/shipbob/zones.ts";

const dayMs = 24 * 3_600_000;

/** What the orders themselves do not say of their shipments. */
export type About = Pick<OrderNews, "news" | "zones">;

/** Asks for what is known of shipments beside their orders: carriers' news, timelines, the centres' clocks. */
export class ShipmentNewsReader {
  readonly #client: ShipBobShipments;
  #zones: Promise<Record<string, string>> | undefined;
  /** The token may not read tracking, as older ones; `doctor` says so. */
  #isBarred = false;
  #failure: MlcError | undefined;

  constructor(client: ShipBobShipments) {
    this.#client = client;
  }

  /** Why carriers could not be asked, where that may pass; then they are asked no more. */
  get failure(): MlcError | undefined {
    return this.#failure;
  }

  /** Asks anew for what was kept or given up. */
  forget(): void {
    this.#zones = undefined;
    this.#isBarred = false;
    this.#failure = undefined;
  }

  async read(rows: readonly Row[], now: Date): Promise<About> {
    const live = rows.filter(hasLeft);
    if (live.length === 0) return { news: {}, zones: {} };
    const zones = await this.#placeZones();
    const awaited = live.filter((row) => row.delivery_date === "" && !isOld(row, now)).map(({ id }) => id);
    const tracked = new Map((await this.#track(awaited)).map((one) => [one.shipment_id, one]));
    const news: Record<string, ShipmentNews> = {};
    for (const row of live) {
      const isUntracked = this.#failure !== undefined || isOld(row, now);
      news[row.id] = { ...(await this.#newsOf(row, tracked.get(row.id))), ...(isUntracked ? { isUntracked } : {}) };
    }
    return { news, zones };
  }

  /** The timeline is asked for only where nothing else tells when it left or arrived. */
  async #newsOf(row: Row, tracked: TrackedShipment | undefined): Promise<ShipmentNews> {
    const { status, deliveredAt } = progressOf(row, { tracked });
    const isTold = packedAt(row) !== "" && (status !== "delivered" || deliveredAt !== undefined);
    return { tracked, ...(isTold ? {} : { timeline: await this.#client.timeline(row.id) }) };
  }

  async #track(ids: readonly number[]): Promise<TrackedShipment[]> {
    if (this.#isBarred || this.#failure) return [];
    const calls: number[][] = [];
    for (let start = 0; start < ids.length; start += mostTracked) calls.push(ids.slice(start, start + mostTracked));
    try {
      return (await Promise.all(calls.map((call) => this.#client.tracking(call)))).flat();
    } catch (error) {
      if (error instanceof AuthError) this.#isBarred = true;
      else if (error instanceof UnavailableError || error instanceof ContractError) this.#failure = error;
      else throw error;
      return [];
    }
  }

  /** Without the right to read them ship dates are UTC's. */
  #placeZones(): Promise<Record<string, string>> {
    this.#zones ??= this.#client.clockPlaces().then(
      (places) =>
        Object.fromEntries(
          places.flatMap(({ id, timezone }) => {
            const zone = zoneOf(timezone);
            return zone === undefined ? [] : [[String(id), zone]];
          }),
        ),
      (error: unknown) => {
        if (error instanceof AuthError || error instanceof ContractError) return {};
        this.#zones = undefined;
        throw error;
      },
    );
    return this.#zones;
  }
}

/** Nothing more is awaited of it. */
function isOld(row: Row, now: Date): boolean {
  return now.getTime() - Date.parse(packedAt(row) || row.created_date) > followedDays * dayMs;
}
