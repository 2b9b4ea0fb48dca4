import { describe, expect, it } from "vitest";
import { sumOf } from "../../src/core/decimal.ts";
import { seedCompany, webShopBooking } from "../../src/sandbox/seed/company.ts";
import { type Bench, openBench } from "./fixture.ts";
import { killAt, runAgain } from "./kill.ts";

type Booking = "invoice" | "order" | "orderPosted";

const { customer, shippingAccount, taxAccount } = webShopBooking;
const off = { enabled: false };

const settings = (booking: Booking) => ({
  booking,
  customers: { account: customer },
  lines: { shippingAccount, tax: "account", taxAccount },
  flows: { products: off, customers: off },
});

/** Two orders that left, one of them in two parcels, and one whose second speaker leaves later. */
function fill({ bc, shipstation }: Bench): void {
  seedCompany(bc.desk());
  const sold = (orderNumber: string, items: [sku: string, quantity: number, unitPrice: number][], more = {}) =>
    shipstation.addOrder({
      orderNumber,
      orderKey: orderNumber,
      items: items.map(([sku, quantity, unitPrice], index) => ({
        lineItemKey: String(index + 1),
        sku,
        name: sku,
        quantity,
        unitPrice,
      })),
      ...more,
    }).orderId;
  shipstation.print(sold("WEB-1", [["D0001", 3, 13.37]], { shippingAmount: 7.95, taxAmount: 3.31 }));
  const inTwo = sold("WEB-2", [
    ["D0002", 1, 129],
    ["T0001", 2, 9.9],
  ]);
  shipstation.print(inTwo, { items: [{ sku: "D0002", quantity: 1 }] });
  shipstation.print(inTwo);
  const later = sold("WEB-3", [["D0003", 2, 220]], { shippingAmount: 12.5 });
  shipstation.print(later, { items: [{ sku: "D0003", quantity: 1 }] });
}

/** The rest leaves. */
function shipTheRest({ shipstation }: Bench): void {
  const later = shipstation.orders.find(({ orderNumber }) => orderNumber === "WEB-3");
  if (later) shipstation.print(later.orderId);
}

/** What stands in Business Central for good: each order's documents with their sum, and each parcel's number. */
function booked({ bc, shipstation }: Bench, booking: Booking) {
  const desk = bc.desk();
  const documents = booking === "order" ? desk.orders : desk.invoices;
  const others = booking === "order" ? desk.invoices : desk.orders;
  const notPosted = booking === "order" ? [] : documents.filter(({ header }) => header.status !== "Open");
  const sums = shipstation.orders.map(({ orderNumber, orderTotal }) => {
    const own = documents.filter(({ header }) => String(header.externalDocumentNumber).startsWith(orderNumber));
    const sum = sumOf(own.map(({ header }) => String(header.totalAmountIncludingTax)));
    return { orderNumber, documents: own.length, rest: sumOf([String(orderTotal), `-${sum}`]) };
  });
  const comments = documents.flatMap(({ lines }) => lines).map(({ description }) => String(description));
  const tracking = shipstation.shipments.map(
    ({ trackingNumbers: [number = ""] }) => comments.filter((text) => text.includes(number)).length,
  );
  return { sums, tracking, drafts: notPosted.length + others.length };
}

const once = {
  sums: [
    { orderNumber: "WEB-1", documents: 1, rest: "0" },
    { orderNumber: "WEB-2", documents: 1, rest: "0" },
    { orderNumber: "WEB-3", documents: 2, rest: "0" },
  ],
  tracking: [1, 1, 1, 1, 1],
  drafts: 0,
};

/** How many times each place is met while three orders are booked and their tracking is written. */
const met: Readonly<Record<Booking, number>> = { invoice: 3, order: 4, orderPosted: 4 };

const places = ["intent.before", "intent.after", "send.before", "send.after", "result.before"];

describe.each(["invoice", "order", "orderPosted"] as const)("booking as %s", (booking) => {
  const hits = Array.from({ length: met[booking] }, (_, index) => index + 1);
  const atWrites = places.flatMap((name) => hits.map((hit) => `${name}:${hit}`));
  const failpoints = [...atWrites, "cursor.before:1", "cursor.after:1"];

  it.each(failpoints)("killed at %s, sync books each order once, to the cent, with its tracking", async (name) => {
    const bench = await openBench({ seeded: false, bc: settings(booking) });
    fill(bench);
    await killAt(bench, ["sync"], name);
    // A document may stay invisible for ten minutes after it was sent; cron comes again in fifteen.
    await runAgain(bench, [], 1);
    shipTheRest(bench);
    await runAgain(bench, [], 2);
    expect(booked(bench, booking)).toEqual(once);
    await bench.close();
  });
});
