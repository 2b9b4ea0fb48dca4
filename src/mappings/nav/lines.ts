import type { SalesOrderLine } from "../../connectors/nav/schema.ts";

/** So much of a thing left. */
export interface Goods {
  sku: string;
  quantity: number;
}

/** What of an order's line left in all, and what of it is not posted yet. */
export interface LineQuantity {
  line: SalesOrderLine;
  quantity: number;
  toShip: number;
}

/** An order's lines with what left of them. */
export interface Allocation {
  lines: LineQuantity[];
  /** What no line has room for. */
  left: Goods[];
}

/** Spreads all that left of an order over its lines, the first line of a thing first. Pure. */
export function allocated(lines: readonly SalesOrderLine[], goods: readonly Goods[]): Allocation {
  const sorted = lines.filter(isOfThing).sort((a, b) => a.Line_No - b.Line_No);
  const taken = new Map<SalesOrderLine, number>();
  const left: Goods[] = [];
  for (const { sku, quantity } of goods) {
    let rest = quantity;
    for (const line of sorted) {
      if (rest <= 0 || !isOf(line, sku)) continue;
      const before = taken.get(line) ?? 0;
      const part = Math.min(rest, rounded(line.Quantity - before));
      taken.set(line, rounded(before + part));
      rest = rounded(rest - part);
    }
    if (rest > 0) left.push({ sku, quantity: rest });
  }
  return {
    lines: sorted.map((line) => {
      const quantity = taken.get(line) ?? 0;
      return { line, quantity, toShip: Math.max(0, rounded(quantity - line.Quantity_Shipped)) };
    }),
    left,
  };
}

/** Text lines and lines of nothing are left alone. */
function isOfThing({ No, Quantity }: SalesOrderLine): boolean {
  return No !== "" && Quantity > 0;
}

/** A shop may know a thing by item number, item and variant, or the customer's own number of it. */
function isOf({ No, Variant_Code, Cross_Reference_No }: SalesOrderLine, sku: string): boolean {
  const names = [Variant_Code === "" ? No : `${No}-${Variant_Code}`, Cross_Reference_No];
  return names.some((name) => name !== "" && name.trim().toUpperCase() === sku.trim().toUpperCase());
}

/** NAV keeps five decimals of a quantity. */
function rounded(quantity: number): number {
  return Math.round(quantity * 1e5) / 1e5;
}
