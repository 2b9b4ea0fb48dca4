import { z } from "zod";
import type { ShipBobStock } from "../../connectors/shipbob/stock/calls.ts";
import type { Ref } from "../../core/delivery.ts";
import { hashOf } from "../../core/json.ts";
import type { StockCount } from "../../core/model.ts";
import type { ListRequest, Page, Source, SourceRecord } from "../../core/ports.ts";
import type { StockThere } from "../../core/system.ts";
import { stockByLocation } from "../../mappings/shipbob/stock.ts";

/** ShipBob's location id → the ERP's warehouse. */
type Centres = Readonly<Record<string, string>>;

const levels = z.array(
  z.object({ sku: z.string(), name: z.string(), onHand: z.number(), committed: z.number(), available: z.number() }),
);
const counted = z.object({
  id: z.string(),
  location: z.string(),
  warehouse: z.string(),
  countedAt: z.string(),
  levels,
  isOver: z.literal(true).optional(),
});

/** What ShipBob holds now, and which SKUs are bundles. */
export async function shipBobStock(calls: ShipBobStock, centres: Centres): Promise<StockThere> {
  const locations = stockByLocation(await calls.levels(), centres);
  const bundles = (await calls.items()).filter(({ sku, variant }) => sku !== "" && variant?.is_bundle === true);
  return { locations, bundles: bundles.map(({ sku }) => sku).sort() };
}

/** ShipBob as the giver of counts: one for each warehouse that the settings name, a new one each day and with each change. */
export class ShipBobStockSource implements Source<StockCount> {
  readonly system = "shipbob";
  readonly reads = "snapshot";
  readonly #calls: ShipBobStock;
  readonly #centres: Centres;
  readonly #now: () => Date;

  constructor(calls: ShipBobStock, centres: Centres, now: () => Date) {
    this.#calls = calls;
    this.#centres = centres;
    this.#now = now;
  }

  async *list({ now }: Pick<ListRequest, "now">): AsyncGenerator<Page> {
    yield { records: await this.#counts(now) };
  }

  /** A count that is over is not told again, but for its name: what was begun for it has to end. */
  async get(refs: readonly Ref[]): Promise<Map<string, SourceRecord>> {
    const counts = new Map((await this.#counts(this.#now())).map((record) => [record.id, record]));
    return new Map(refs.map((ref) => [this.idOf(ref), counts.get(this.idOf(ref)) ?? overRecord(this.idOf(ref))]));
  }

  idOf(ref: Ref): string {
    return z.object({ count: z.string() }).parse(ref).count;
  }

  read({ payload }: SourceRecord): StockCount[] {
    const count = counted.parse(payload);
    const { isOver, ...told } = count;
    return [{ ...told, ...(isOver ? { isOver } : {}), number: count.location, final: true, personal: [] }];
  }

  async #counts(now: Date): Promise<SourceRecord[]> {
    const rows = await this.#calls.levels();
    return stockByLocation(rows, this.#centres).flatMap((location) => recordOf(location, now));
  }
}

/** Its version is another one, so that nothing takes it for the count itself. */
function overRecord(id: string): SourceRecord {
  const [location = "", countedAt = ""] = id.split("/");
  const payload = { id, location, warehouse: "", countedAt, levels: [], isOver: true };
  return { id, version: "over", ref: { count: id }, payload };
}

function recordOf(location: StockThere["locations"][number], now: Date): SourceRecord[] {
  const { id: at, name, warehouse, levels } = location;
  if (warehouse === undefined) return [];
  const countedAt = now.toISOString();
  const id = `${at}/${countedAt.slice(0, 10)}/${hashOf(levels.map(({ sku, onHand, available }) => [sku, onHand, available]))}`;
  const payload = { id, location: name, warehouse, countedAt, levels };
  return [{ id, version: id, ref: { count: id }, payload }];
}
