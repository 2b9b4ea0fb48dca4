import { fedexPairSettings, fedexSettings } from "../../src/connectors/fedex/config.ts";
import type { Address, Order, OrderLine } from "../../src/core/model.ts";
import type { Part } from "../../src/core/parts.ts";
import type { ShipmentOptions } from "../../src/mappings/fedex.ts";

/** Where the order of these tests goes. */
export const shipTo: Address = {
  name: "Ana Lopez",
  street: ["88 Cedar St", "Apt 4"],
  city: "Austin",
  state: "TX",
  postalCode: "78701",
  country: "US",
  phone: "+1 512 555 0123",
};

/** A recipient abroad. */
export const inGermany: Address = {
  name: "Jörg Müller",
  company: "Werkzeug Nord GmbH",
  street: ["Hafenstraße 12"],
  city: "Hamburg",
  postalCode: "20359",
  country: "DE",
  phone: "+49 30 5550101",
};

/** A line, with changes. */
export function lineOf(change: Partial<OrderLine> = {}): OrderLine {
  return {
    key: "L-1",
    sku: "D0001",
    name: "Mid-range speaker",
    quantity: 2,
    unit: "ea",
    unitPrice: "41.5",
    weight: { value: 1.2, unit: "kg" },
    warehouse: "24",
    shipTo,
    ...change,
  };
}

/** An order of these lines, all to one address, and its only part. */
export function orderOf(lines: OrderLine[], to: Address = shipTo, change: Partial<Order> = {}): [Order, Part] {
  const sent = lines.map((line, index) => ({ ...line, key: `L-${index + 1}`, shipTo: to }));
  const order: Order = {
    id: "usmf/SO-100482",
    number: "SO-100482",
    final: false,
    personal: [],
    legalEntity: "usmf",
    status: "open",
    customerAccount: "C-2041",
    customerName: "Harbor Tools",
    billTo: to,
    orderedAt: "2026-11-18T16:20:11Z",
    deliveryMode: "Ground",
    currency: "USD",
    lines: sent,
    leftOut: [],
    ...change,
  };
  return [order, { number: 1, generation: 1, warehouse: "24", shipTo: to, lines: sent }];
}

/** The settings' own defaults with a ship-from, with changes. */
export function optionsOf(change: Partial<ShipmentOptions> = {}): ShipmentOptions {
  const shipFrom = {
    name: "Shipping Desk",
    company: "Northwind Parts",
    phone: "615 555 0100",
    street1: "12 Depot Rd",
    city: "Nashville",
    state: "TN",
    postalCode: "37210",
    country: "US",
  };
  return {
    ...fedexSettings.parse({ accountNumber: "700000000", shipFrom: { "24": shipFrom } }),
    ...fedexPairSettings.parse({}),
    shipFrom,
    reference: "usmf-SO-100482",
    shipDate: "2026-11-23",
    ...change,
  };
}
