/** Rounds to cents, halves away from zero, without the errors of binary fractions. */
export function cents(amount: number): number {
  const exact = Number(`${Math.abs(amount).toFixed(8)}e2`);
  return (Math.sign(amount) * Math.round(exact)) / 100;
}

/** What the amounts of a line are made from. */
export interface LineTerms {
  quantity: number;
  unitPrice: number;
  discountAmount: number;
  taxPercent: number;
  pricesIncludeTax: boolean;
}

/** The amounts of a line: without tax, the tax, with tax. */
export function lineAmounts({ quantity, unitPrice, discountAmount, taxPercent, pricesIncludeTax }: LineTerms) {
  const amount = cents(quantity * unitPrice - discountAmount);
  if (pricesIncludeTax) {
    const excluding = cents(amount / (1 + taxPercent / 100));
    return { amountExcludingTax: excluding, totalTaxAmount: cents(amount - excluding), amountIncludingTax: amount };
  }
  const tax = cents((amount * taxPercent) / 100);
  return { amountExcludingTax: amount, totalTaxAmount: tax, amountIncludingTax: cents(amount + tax) };
}

/** The totals of a document: its lines less the invoice discount, which lessens the tax in proportion. */
export function totalsOf(lines: readonly Readonly<Record<string, unknown>>[], discount: number) {
  const sum = (name: string) => cents(lines.reduce((total, line) => total + Number(line[name] ?? 0), 0));
  const before = sum("amountExcludingTax");
  const excluding = cents(before - discount);
  const tax = before === 0 ? 0 : cents((sum("totalTaxAmount") * excluding) / before);
  return { totalAmountExcludingTax: excluding, totalTaxAmount: tax, totalAmountIncludingTax: cents(excluding + tax) };
}
