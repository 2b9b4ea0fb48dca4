import type { ConfigFile } from "../core/config.ts";
import { csvLine } from "../core/csv.ts";
import { UsageError } from "../core/errors.ts";
import type { StockHere, StockReader, StockThere, System } from "../core/system.ts";
import { pairKinds } from "../systems/index.ts";
import { connectedPairs, moves } from "./open.ts";

/** One SKU at one location of the shipper, beside the ERP's warehouse that it is; null where a side has nothing to tell. */
export interface StockRow {
  sku: string;
  /** The location's name at the shipper. */
  fulfillmentCenter: string;
  warehouse: string | null;
  shipperOnHand: number | null;
  shipperAvailable: number | null;
  erpOnHand: number | null;
  erpAvailable: number | null;
  /** On hand at the shipper less that in the ERP. */
  difference: number | null;
  /** Why it cannot be compared, or what a person should know. */
  remark: string;
}

/** What it is made from. */
export interface StockReportRequest {
  config: ConfigFile;
  pair?: string | undefined;
  system(name: string, pair: string): Promise<System>;
}

type Location = StockThere["locations"][number];

/** Stock on both sides. */
export interface StockReport {
  /** By location and SKU; those of which neither side has anything are left out. */
  rows: StockRow[];
  pair: string;
  /** The settings have the differences written to the ERP. */
  isWritten: boolean;
}

/** Compares what both sides of a pair hold now; nothing is written. Throws UsageError where no pair, or more than one, has stock to compare. */
export async function stockReport({ config, pair, system }: StockReportRequest): Promise<StockReport> {
  const [chosen, ...others] = connectedPairs(config).filter(
    (name) => pairKinds[name]?.flows.includes("inventory") && (pair === undefined || name === pair),
  );
  const kind = chosen === undefined ? undefined : pairKinds[chosen];
  if (chosen === undefined || !kind)
    throw new UsageError(pair === undefined ? "No connected pair compares stock" : `${pair} compares no stock`, {
      hint: "Run `mlc connect fno-shipbob`.",
    });
  if (others.length > 0) throw new UsageError("More than one pair compares stock.", { hint: "Name one with --pair." });
  const [erp, shipper] = [await system(kind.erp, chosen), await system(kind.shipper, chosen)];
  const reader = erp.stockReader?.();
  const there = await shipper.stock?.();
  if (!reader || !there) throw new Error(`${chosen} has no stock to compare`);
  const rows: StockRow[] = [];
  for (const location of there.locations) rows.push(...(await rowsOf(location, reader)));
  rows.push(...there.bundles.map(bundleRow));
  return { rows, pair: chosen, isWritten: moves(config, { pair: chosen, flow: "inventory" }) };
}

async function rowsOf(location: Location, reader: StockReader): Promise<StockRow[]> {
  const { warehouse } = location;
  const here = warehouse === undefined ? new Map<string, StockHere>() : await reader.stockIn(warehouse);
  const known = warehouse === undefined ? new Set<string>() : await reader.skusFor(warehouse);
  const levels = new Map(location.levels.map((level) => [level.sku, level]));
  return [...new Set([...levels.keys(), ...here.keys()])].sort().flatMap((sku) => {
    const level = levels.get(sku);
    const isItem = warehouse !== undefined && (known.has(sku) || here.has(sku));
    const erp = isItem ? (here.get(sku) ?? { onHand: 0, available: 0 }) : undefined;
    if (isEmpty(level?.onHand) && isEmpty(level?.available) && isEmpty(erp?.onHand) && isEmpty(erp?.available))
      return [];
    return [
      {
        sku,
        fulfillmentCenter: location.name,
        warehouse: warehouse ?? null,
        shipperOnHand: level?.onHand ?? null,
        shipperAvailable: level?.available ?? null,
        erpOnHand: erp?.onHand ?? null,
        erpAvailable: erp?.available ?? null,
        difference: erp ? rounded((level?.onHand ?? 0) - erp.onHand) : null,
        remark: remarkOf(location, { isItem, isThere: level !== undefined }),
      },
    ];
  });
}

const isEmpty = (quantity: number | undefined) => quantity === undefined || quantity === 0;

/** The ERP's quantities may have decimals, whose difference in binary has more. */
function rounded(quantity: number): number {
  return Number(quantity.toFixed(6));
}

function remarkOf({ id, warehouse }: Location, { isItem, isThere }: { isItem: boolean; isThere: boolean }): string {
  if (warehouse === undefined) return `no warehouse: set fulfillmentCenters.${id}`;
  if (!isItem) return "the ERP has no item of this SKU";
  return isThere ? "" : "the shipper has no stock record of it there";
}

function bundleRow(sku: string): StockRow {
  const nothing = {
    shipperOnHand: null,
    shipperAvailable: null,
    erpOnHand: null,
    erpAvailable: null,
    difference: null,
  };
  return { sku, fulfillmentCenter: "", warehouse: null, ...nothing, remark: "a bundle; its components hold the stock" };
}

const columns = [
  "sku",
  "fulfillmentCenter",
  "warehouse",
  "shipperOnHand",
  "shipperAvailable",
  "erpOnHand",
  "erpAvailable",
  "difference",
  "remark",
] as const satisfies (keyof StockRow)[];

/** The report as CSV, with a line of names. Pure. */
export function stockCsv(rows: readonly StockRow[]): string {
  const lines = rows.map((row) => columns.map((column) => String(row[column] ?? "")));
  return [columns, ...lines].map((cells) => csvLine(cells)).join("");
}
