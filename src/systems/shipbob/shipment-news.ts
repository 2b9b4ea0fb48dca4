import type { Location } from "../../connectors/shipbob/account/schema.ts";
import type { ShipBobClient } from "../../connectors/shipbob/client.ts";
import type { Shipment as Row } from "../../connectors/shipbob/orders/schema.ts";
import { mostTracked } from "../../connectors/shipbob/shipments/calls.ts";
import type { TrackedShipment } from "../../connectors/shipbob/shipments/schema.ts";
import { AuthError, ContractError, type MlcError, UnavailableError } from "../../core/errors.ts";
import { progressOf, type ShipmentNews } from "../../mappings/shipbob/progress.ts";
import { followedDays, hasLeft, type OrderNews, packedAt } from "../../mappings/shipbob/shipment.ts";
import { zoneOf } from "../../mappings/shipbob/zones.ts";

const dayMs = 24 * 3_600_000;

/** What the orders themselves do not say of their shipments. */
export type About = Pick<OrderNews, "news" | "zones">;

/** What is asked. */
export type NewsClient = Pick<ShipBobClient, "shipments" | "account" | "serverTime">;

interface Clock {
  /** By location id. */
  zones: Record<string, string>;
  serverTime?: Date | undefined;
}

/** Asks for what is known of shipments beside their orders: carriers' news, timelines, the centres' clocks. */
export class ShipmentNewsReader {
  readonly #client: NewsClient;
  #clocks: Promise<Clock> | undefined;
  /** The token may not read tracking, as older ones; `doctor` says so. */
  #isBarred = false;
  #failure: MlcError | undefined;

  constructor(client: NewsClient) {
    this.#client = client;
  }

  /** Why carriers could not be asked, where that may pass; then they are asked no more. */
  get failure(): MlcError | undefined {
    return this.#failure;
  }

  /** Asks anew for what was kept or given up; returns ShipBob's clock where it says it. */
  async begin(): Promise<Date | undefined> {
    this.#clocks = undefined;
    this.#isBarred = false;
    this.#failure = undefined;
    return (await this.#clock()).serverTime;
  }

  async read(rows: readonly Row[], now: Date): Promise<About> {
    const live = rows.filter(hasLeft);
    if (live.length === 0) return { news: {}, zones: {} };
    const { zones } = await this.#clock();
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
    return { tracked, ...(isTold ? {} : { timeline: await this.#client.shipments.timeline(row.id) }) };
  }

  async #track(ids: readonly number[]): Promise<TrackedShipment[]> {
    if (this.#isBarred || this.#failure) return [];
    const calls: number[][] = [];
    for (let start = 0; start < ids.length; start += mostTracked) calls.push(ids.slice(start, start + mostTracked));
    try {
      return (await Promise.all(calls.map((call) => this.#client.shipments.tracking(call)))).flat();
    } catch (error) {
      if (error instanceof AuthError) this.#isBarred = true;
      else if (error instanceof UnavailableError || error instanceof ContractError) this.#failure = error;
      else throw error;
      return [];
    }
  }

  /** Without the right to read them ship dates are UTC's. */
  #clock(): Promise<Clock> {
    this.#clocks ??= this.#client.account.locations().then(
      (places) => ({ zones: zonesOf(places), serverTime: this.#client.serverTime }),
      (error: unknown) => {
        if (error instanceof AuthError || error instanceof ContractError)
          return { zones: {}, serverTime: this.#client.serverTime };
        throw error;
      },
    );
    return this.#clocks;
  }
}

/** Zones by location id; a centre whose zone has no name that is known is left out. */
function zonesOf(places: readonly Location[]): Record<string, string> {
  const known = places.flatMap(({ id, timezone }): [string, string][] => {
    const zone = zoneOf(timezone);
    return zone === undefined ? [] : [[String(id), zone]];
  });
  return Object.fromEntries(known);
}

/** Nothing more is awaited of it. */
function isOld(row: Row, now: Date): boolean {
  return now.getTime() - Date.parse(packedAt(row) || row.created_date) > followedDays * dayMs;
}
