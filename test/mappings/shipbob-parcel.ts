import type { OrderNews } from "../../src/mappings/shipbob/shipment.ts";

type Members = Record<string, unknown>;

/** A shipment as ShipBob gives it once it left, with changes. */
export const shipmentRow = (change: Members = {}): Members => ({
  id: 320263454,
  order_id: 240765630,
  reference_id: "usmf-SO-1",
  status: "Completed",
  status_details: [{ id: 201, name: "InTransit", description: "In transit" }],
  tracking: {
    tracking_number: "9400100000000000000001",
    carrier: "USPS",
    carrier_service: "Priority Mail",
    tracking_url: "https://track.example/9400100000000000000001",
  },
  created_date: "2026-11-20T15:00:00Z",
  last_update_at: "2026-11-21T02:30:00Z",
  actual_fulfillment_date: "2026-11-21T02:00:00Z",
  invoice_amount: 8.3,
  invoice_currency_code: "USD",
  location: { id: 8, name: "Cicero (IL)" },
  products: [{ reference_id: "1896-S", sku: "1896-S", inventory_items: [{ id: 1, quantity: 2 }] }],
  ...change,
});

/** An order of mlc's as ShipBob gives it, with changes. */
export const orderRow = (shipments: Members[] = [shipmentRow()], change: Members = {}): Members => ({
  id: 240765630,
  reference_id: "usmf-SO-1",
  order_number: "SO-1",
  status: "Fulfilled",
  created_date: "2026-11-20T15:00:00Z",
  recipient: {
    name: "Ana Silva",
    email: "ana@example.com",
    phone_number: "+1 312 555 0142",
    address: { address1: "12 Lake St", city: "Chicago", state: "IL", zip_code: "60601", country: "US" },
  },
  products: [{ reference_id: "1896-S", sku: "1896-S", quantity: 2 }],
  shipments,
  ...change,
});

/** Such an order with nothing asked beside it. */
export const orderNews = (row: unknown = orderRow(), change: Partial<OrderNews> = {}): OrderNews => ({
  row,
  news: {},
  zones: {},
  asOf: new Date("2026-11-22T12:00:00Z"),
  ...change,
});

/** An instant so many days after the day it left on. */
export const daysLater = (days: number) => new Date(Date.parse("2026-11-21T12:00:00Z") + days * 86_400_000);
