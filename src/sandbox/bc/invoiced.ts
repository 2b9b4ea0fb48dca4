/** What of an order is invoiced, when it is posted in parts. */

import { cents, lineAmounts, totalsOf } from "./money.ts";
import type { Values } from "./types.ts";

const amount = (values: Values, name: string): number => Number(values[name] ?? 0);

/** The amounts of a line if so much of it were invoiced: its discount in proportion. */
function amountsUpTo(line: Values, invoiced: number, pricesIncludeTax: boolean) {
  const whole = amount(line, "quantity");
  const discountAmount = whole === 0 ? 0 : cents((amount(line, "discountAmount") * invoiced) / whole);
  const [unitPrice, taxPercent] = [amount(line, "unitPrice"), amount(line, "taxPercent")];
  return {
    discountAmount,
    ...lineAmounts({ quantity: invoiced, unitPrice, discountAmount, taxPercent, pricesIncludeTax }),
  };
}

type Amounts = Readonly<Record<string, number>>;

const difference = (after: Amounts, before: Amounts): Record<string, number> =>
  Object.fromEntries(Object.entries(after).map(([name, value]) => [name, cents(value - (before[name] ?? 0))]));

/** The totals of an order if so much of its lines were invoiced: the invoice discount in proportion. */
function totalsUpTo(order: Values, lines: readonly Values[], parts: readonly Amounts[]) {
  const whole = totalsOf(lines, 0).totalAmountExcludingTax;
  const share = whole === 0 ? 0 : totalsOf(parts, 0).totalAmountExcludingTax / whole;
  const discountAmount = cents(amount(order, "discountAmount") * share);
  return { discountAmount, ...totalsOf(parts, discountAmount) };
}

/** What an invoice of the quantities to invoice comes to: by difference, so that all parts add up to the cent. */
export function invoiced(order: Values, lines: readonly Values[]) {
  const upTo = (quantityOf: (line: Values) => number) => {
    const parts = lines.map((line) => amountsUpTo(line, quantityOf(line), order.pricesIncludeTax === true));
    return { parts, totals: totalsUpTo(order, lines, parts) };
  };
  const before = upTo((line) => amount(line, "invoicedQuantity"));
  const after = upTo((line) => amount(line, "invoicedQuantity") + amount(line, "invoiceQuantity"));
  return {
    parts: lines.map(
      (line, index): Values => ({
        ...line,
        quantity: amount(line, "invoiceQuantity"),
        ...difference(after.parts[index] ?? {}, before.parts[index] ?? {}),
      }),
    ),
    totals: difference(after.totals, before.totals),
  };
}
