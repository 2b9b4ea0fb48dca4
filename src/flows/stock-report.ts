import { csvLine } from "../core/csv.ts";
import type { StockHere, StockReader, StockThere, System } from "../core/system.ts";

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

type Location = StockThere["locations"][number];

/** Stock on both sides. */
export interface StockReport {
  rows: StockRow[];
  pair: string;
  /** The settings have the differences written to the ERP. */
  isWritten: boolean;
}

/** What an ERP and a shipper hold now, by location and SKU; those of which neither has anything are left out. */
export async function stockReport(erp: System, shipper: System): Promise<StockRow[]> {
  const reader = erp.stockReader?.();
  const there = await shipper.stock?.();
  if (!reader || !there) throw new Error(`${erp.name} and ${shipper.name} have no stock to compare`);
  const rows: StockRow[] = [];
  for (const location of there.locations) rows.push(...(await rowsOf(location, reader)));
  return [...rows, ...there.bundles.map(bundleRow)];
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
