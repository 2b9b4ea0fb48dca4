import type { OrderRecord, SalesOrderLine } from "../../connectors/fno/schema.ts";
import { decimalOf, productOf, quotientOf } from "../../core/decimal.ts";
import { MappingError } from "../../core/errors.ts";
import type { OrderLine } from "../../core/model.ts";

/** What a line says in a unit: how many, and the price of one. */
export interface InUnit extends Pick<OrderLine, "quantity" | "unitPrice"> {
  unit: string;
}

/** Decimals of a unit price, as for one in the sales unit. */
const priceDecimals = 6;

/** Whether two symbols are one unit; F&O knows no case in its keys. Pure. */
export function isSameUnit(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && right !== undefined && left.toLowerCase() === right.toLowerCase();
}

/**
 * A line in the unit that stock is kept in. F&O publishes no conversions, but what remains of a line in both units (F&O, 3.3).
 * Throws MappingError where it does not say that either. Pure.
 */
export function inStockUnit(line: SalesOrderLine, sold: InUnit, { header, products, stock }: OrderRecord): InUnit {
  const label = `F&O order ${header.SalesOrderNumber} line ${line.LineNumber} (${line.ItemNumber})`;
  const about = { system: "fno", document: header.SalesOrderNumber };
  const unit = products.get(line.ItemNumber)?.InventoryUnitSymbol ?? "";
  if (unit === "") {
    const message = `${label}: F&O does not say in which unit its stock is kept: InventoryUnitSymbol is missing`;
    const hint = "Publish the entity set ReleasedProductsV2, and release the product in the order's company.";
    throw new MappingError(message, { ...about, field: "InventoryUnitSymbol", hint });
  }
  if (isSameUnit(sold.unit, unit)) return sold;
  const quantity = stock?.get(line.InventoryLotId);
  if (quantity === undefined) {
    const sells = `${label} is sold in ${sold.unit || "no unit"} and kept in ${unit}`;
    const message = `${sells}, and F&O does not say how many that are: RemainInventPhysical is missing`;
    const hint = `Publish the entity set SalesLineBiEntities, or sell the item in ${unit}.`;
    throw new MappingError(message, { ...about, field: "RemainInventPhysical", hint });
  }
  const total = productOf(sold.unitPrice, decimalOf(sold.quantity));
  const unitPrice = quantity > 0 ? quotientOf(total, decimalOf(quantity), priceDecimals) : sold.unitPrice;
  return { quantity, unit, unitPrice };
}
