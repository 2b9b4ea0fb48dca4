import { array, assert, integer, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { compareDecimals, decimalOf, productOf, quotientOf, sumOf } from "../../src/core/decimal.ts";
import type { Sale } from "../../src/core/model.ts";
import { beyond, leftOf, salePart } from "../../src/mappings/bc/parts.ts";
import { invoiceFromSale } from "../../src/mappings/bc/sales.ts";

const euro = (cents: number) => quotientOf(decimalOf(cents), "100", 2);

const cents = integer({ min: 0, max: 50_000 });
const line = record({
  quantity: integer({ min: 0, max: 12 }),
  price: cents,
  tax: integer({ min: 0, max: 3_000 }),
  leaves: array(integer({ min: 0, max: 5 }), { maxLength: 6 }),
});
const order = record({
  lines: array(line, { minLength: 1, maxLength: 5 }),
  shipping: cents,
  otherTax: integer({ min: 0, max: 500 }),
  discount: integer({ min: 0, max: 100 }),
});

/** The sale when so many times something left; at the end all has left. */
function saleAfter({ lines, shipping, otherTax, discount }: ReturnType<typeof sampled>, times: number): Sale {
  const goods = lines.map(({ quantity, price, tax, leaves }, index) => ({
    key: String(index),
    sku: `S${index}`,
    name: "",
    quantity,
    shipped:
      times > 6
        ? quantity
        : Math.min(
            quantity,
            leaves.slice(0, times).reduce((sum, one) => sum + one, 0),
          ),
    unitPrice: euro(price),
    tax: euro(tax),
  }));
  const sum = sumOf([
    ...goods.flatMap(({ unitPrice, quantity, tax }) => [productOf(unitPrice, decimalOf(quantity)), tax]),
    euro(shipping),
    euro(otherTax),
  ]);
  // No order is discounted by more than its goods and freight come to.
  const most = sumOf([euro(shipping), ...goods.map((one) => productOf(one.unitPrice, decimalOf(one.quantity)))]);
  const off = compareDecimals(euro(discount), most) > 0 ? most : euro(discount);
  return {
    id: "1",
    number: "1",
    final: false,
    personal: [],
    naturalKey: "1",
    orderKey: "1",
    status: "shipped",
    shipTo: { name: "", street: [], country: "US" },
    orderDate: "2026-11-20",
    currency: "USD",
    lines: goods,
    shipments: [],
    shipping: euro(shipping),
    otherTax: euro(otherTax),
    discount: off,
    total: sumOf([sum, productOf(off, "-1")]),
  };
}

const sampled = (one: {
  lines: { quantity: number; price: number; tax: number; leaves: number[] }[];
  shipping: number;
  otherTax: number;
  discount: number;
}) => one;

const options = {
  customerNumber: "C1",
  items: new Map(["S0", "S1", "S2", "S3", "S4"].map((sku) => [sku, { number: sku }])),
  shippingAccount: "1",
  discountAccount: "2",
  taxAccount: "3",
  tax: "account" as const,
};

describe("the parts of a sale", () => {
  it("make its quantities and its total to the cent, each of them bookable and none of them negative", () => {
    assert(
      property(order, (one) => {
        const booked: Record<string, number>[] = [];
        const totals: string[] = [];
        for (let times = 1; times <= 7; times += 1) {
          const sale = saleAfter(sampled(one), times);
          const part = salePart(sale, booked);
          if (!part) continue;
          booked.push(beyond(leftOf(sale), booked));
          totals.push(part.total);
          expect(compareDecimals(part.total, "0")).toBeGreaterThanOrEqual(0);
          expect(() => invoiceFromSale(part, options)).not.toThrow();
        }
        const whole = saleAfter(sampled(one), 7);
        expect(beyond(leftOf(whole), booked)).toEqual({});
        if (booked.length > 0) expect(compareDecimals(sumOf(totals), whole.total)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it("share a price in fractions of a cent so that nothing is lost", () => {
    const sale: Sale = {
      ...saleAfter(
        { lines: [{ quantity: 3, price: 0, tax: 100, leaves: [1, 1, 1] }], shipping: 0, otherTax: 0, discount: 0 },
        7,
      ),
      total: "2",
    };
    const [line] = sale.lines;
    if (!line) throw new Error("no line");
    const leaving = (shipped: number) => ({ ...sale, lines: [{ ...line, unitPrice: "0.333", shipped }] });
    const parts = [
      salePart(leaving(1), []),
      salePart(leaving(2), [{ 0: 1 }]),
      salePart(leaving(3), [{ 0: 1 }, { 0: 1 }]),
    ];
    expect(parts.map((part) => [part?.lines[0]?.unitPrice, part?.lines[0]?.tax, part?.total])).toEqual([
      ["0.33", "0.33", "0.66"],
      ["0.34", "0.34", "0.68"],
      ["0.33", "0.33", "0.66"],
    ]);
  });

  it("is nothing while nothing more has left", () => {
    const sale = saleAfter(
      { lines: [{ quantity: 3, price: 1, tax: 0, leaves: [2] }], shipping: 0, otherTax: 0, discount: 0 },
      1,
    );
    expect(salePart(sale, [{ 0: 2 }])).toBeUndefined();
  });
});
