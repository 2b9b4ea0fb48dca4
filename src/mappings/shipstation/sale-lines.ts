import type { ShipStationItem, ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import { decimalOf, productOf } from "../../core/decimal.ts";
import type { SaleLine, Shipment } from "../../core/model.ts";
import { amountIn, goodsIn, nameOf, quantityOf, unreadable } from "./sale-amounts.ts";

/** A line of goods with the key that ShipStation's labels name it by. */
interface Line {
  sale: SaleLine;
  itemKey: string | undefined;
}

/** The lines of an order's goods, with what left of each in parcels that are not voided. Throws MappingError. Pure. */
export function saleLines(order: ShipStationOrder, hasLineTax: boolean, parcels: readonly Shipment[]): SaleLine[] {
  const taken = new Set<string>();
  const lines = goodsIn(order).map((item, index): Line => {
    const key = keyOf(item, index, taken);
    taken.add(key);
    return { sale: lineOf(order, item, key, hasLineTax), itemKey: item.lineItemKey || undefined };
  });
  const live = parcels.filter(({ isVoided, isReturn }) => !isVoided && !isReturn);
  const isTold = live.length > 0 && live.map((parcel) => isCounted(order, parcel, lines)).every(Boolean);
  // What ShipStation calls shipped has left, whatever its parcels say of their lines (V1, 4.2 and 4.3).
  const isWhole = order.orderStatus === "shipped" && !isTold;
  return lines.map(({ sale }) => (isWhole ? { ...sale, shipped: sale.quantity } : sale));
}

/** Orders that were combined may bring lines of one key: the first one keeps it. */
function keyOf({ lineItemKey, orderItemId, sku }: ShipStationItem, index: number, taken: ReadonlySet<string>): string {
  const id = orderItemId ? String(orderItemId) : `${sku ?? ""}#${index + 1}`;
  const key = lineItemKey || id;
  return taken.has(key) ? `${key}#${id}` : key;
}

function lineOf(order: ShipStationOrder, item: ShipStationItem, key: string, hasLineTax: boolean): SaleLine {
  const quantity = quantityOf(order, item);
  if (!item.sku) throw unreadable(order, "sku", `has a line without a SKU: ${nameOf(item)}`);
  const tax = hasLineTax ? amountIn(order, "taxAmount", item.taxAmount) : "0";
  return {
    key,
    sku: item.sku,
    name: item.name || item.sku,
    quantity,
    shipped: 0,
    unitPrice: amountIn(order, "unitPrice", item.unitPrice),
    tax: productOf(tax, decimalOf(quantity)),
  };
}

/** Adds what is in a parcel to the lines; whether it says its lines, and all of them are the order's. */
function isCounted({ items }: ShipStationOrder, { lines: packed }: Shipment, lines: readonly Line[]): boolean {
  let isTold = packed.length > 0;
  for (const { key, sku, quantity } of packed) {
    const isDiscount = (items ?? []).some(
      (item) => item.adjustment && (key === undefined ? item.sku === sku : item.lineItemKey === key),
    );
    const found = candidates(lines, key, sku);
    if (found.length === 0 && !isDiscount) isTold = false;
    fill(found, quantity);
  }
  return isTold;
}

/** By the line's key, among several of one key by SKU; by SKU alone where that names no line (V1, 4.1). */
function candidates(lines: readonly Line[], key: string | undefined, sku: string | undefined): SaleLine[] {
  const bySku = (line: Line) => sku !== undefined && line.sale.sku === sku;
  const keyed = key === undefined ? [] : lines.filter(({ itemKey }) => itemKey === key);
  const both = keyed.filter(bySku);
  const found = both.length > 0 ? both : keyed.length > 0 ? keyed : lines.filter(bySku);
  return found.map(({ sale }) => sale);
}

/** What was sent once more in place of what got lost is not sold once more. */
function fill(lines: readonly SaleLine[], quantity: number): void {
  let left = quantity;
  for (const line of lines) {
    const taken = Math.min(left, line.quantity - line.shipped);
    line.shipped += taken;
    left -= taken;
  }
}
