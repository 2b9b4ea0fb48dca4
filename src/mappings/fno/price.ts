import type { SalesOrderLine } from "../../connectors/fno/schema.ts";
import { type Decimal, decimalOf, quotientOf } from "../../core/decimal.ts";

/** Decimals of a unit price; F&O prices may be given for a hundred or a thousand. */
const priceDecimals = 6;

/** The price of one, of an order's line or a product. Pure. */
export function pricePerUnit({
  SalesPrice,
  SalesPriceQuantity,
}: Pick<SalesOrderLine, "SalesPrice" | "SalesPriceQuantity">): Decimal {
  const per = SalesPriceQuantity === 0 ? 1 : SalesPriceQuantity;
  const price = decimalOf(SalesPrice);
  // Most prices are for one, and need no rounding.
  if (per === 1 && (price.split(".")[1] ?? "").length <= priceDecimals) return price;
  return quotientOf(price, decimalOf(per), priceDecimals);
}
