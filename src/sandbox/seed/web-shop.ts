/** Fills a web shop of the simulated ShipStation with orders, each special case of booking them among them once. */

import type { PrintOptions } from "../shipstation/person.ts";
import type { OrderRow } from "../shipstation/rows.ts";
import type { ShipStationSandbox } from "../shipstation.ts";
import { type SeedCustomer, seedCustomers, seedProducts } from "./master-data.ts";

/** Which order of the web shop shows which special case. */
export const webOrders = {
  withShipping: "WEB-1001",
  withTax: "WEB-1002",
  withDiscount: "WEB-1003",
  inTwoParcels: "WEB-1004",
  /** Two of its three speakers have left. */
  partlyShipped: "WEB-1005",
  /** Business Central has no item of this SKU. */
  unknownSku: "WEB-1006",
  /** By hand, without a label. */
  withoutLabel: "WEB-1007",
  cancelled: "WEB-1008",
  open: "WEB-1009",
  /** It waits for the same item. */
  openUnknownSku: "WEB-1010",
} as const;

/** What a person has to add to the items of Business Central before every order can be booked. */
export const missingItem = { number: "LAMP-01", displayName: "Desk lamp", unitPrice: 64.5 } as const;

interface WebOrder {
  number: string;
  /** Which of the seeded customers bought. */
  buyer: number;
  lines: readonly WebLine[];
  shipping?: number;
  tax?: number;
  discount?: number;
}

interface WebLine {
  sku: string;
  quantity: number;
}

const orders: readonly WebOrder[] = [
  { number: webOrders.withShipping, buyer: 0, lines: [line("D0001", 2), line("T0001", 3)], shipping: 9.95 },
  { number: webOrders.withTax, buyer: 1, lines: [line("D0003", 1)], shipping: 12.5, tax: 18.15 },
  { number: webOrders.withDiscount, buyer: 2, lines: [line("D0004", 1), line("M0010", 2)], discount: 53.1 },
  { number: webOrders.inTwoParcels, buyer: 3, lines: [line("T0003", 1), line("D0002", 1)], shipping: 24 },
  { number: webOrders.partlyShipped, buyer: 4, lines: [line("D0003", 3), line("T0001", 6)], shipping: 15.25 },
  { number: webOrders.unknownSku, buyer: 5, lines: [line("D0001", 1), line(missingItem.number, 1)], shipping: 9.95 },
  { number: webOrders.withoutLabel, buyer: 6, lines: [line("T0002", 1)] },
  { number: webOrders.cancelled, buyer: 7, lines: [line("D0002", 1)], shipping: 31 },
  { number: webOrders.open, buyer: 0, lines: [line("D0004", 1)], shipping: 9.95 },
  { number: webOrders.openUnknownSku, buyer: 3, lines: [line("M0010", 4), line(missingItem.number, 1)], tax: 6.9 },
];

/** Labels that were bought: the rest of what is there is open, cancelled or left without one. */
const labels: readonly (readonly [number: string, PrintOptions])[] = [
  [webOrders.withShipping, { carrierCode: "ups", serviceCode: "ups_ground" }],
  [webOrders.withTax, { carrierCode: "fedex", serviceCode: "fedex_ground" }],
  [webOrders.withDiscount, { carrierCode: "stamps_com", serviceCode: "usps_priority_mail" }],
  [webOrders.inTwoParcels, { carrierCode: "ups", serviceCode: "ups_ground", items: [line("T0003", 1)] }],
  [webOrders.inTwoParcels, { carrierCode: "ups", serviceCode: "ups_ground" }],
  [
    webOrders.partlyShipped,
    { carrierCode: "ups", serviceCode: "ups_ground", items: [line("D0003", 2), line("T0001", 6)] },
  ],
  [webOrders.unknownSku, { carrierCode: "ups", serviceCode: "ups_ground" }],
];

/** Adds ten orders of today to the connected store, seven of them shipped or partly shipped. */
export function seedWebShop(shipstation: ShipStationSandbox): void {
  const ids = new Map(orders.map((order) => [order.number, addOrder(shipstation, order).orderId]));
  const idOf = (number: string) => ids.get(number) ?? number;
  for (const [number, options] of labels) shipstation.print(idOf(number), options);
  const byHand = { carrierName: "USPS", trackingNumber: "9400111202555500001007" };
  shipstation.markShipped(idOf(webOrders.withoutLabel), byHand);
  shipstation.cancel(idOf(webOrders.cancelled));
}

function addOrder(shipstation: ShipStationSandbox, order: WebOrder): OrderRow {
  const { number, buyer, lines, shipping = 0, tax = 0, discount = 0 } = order;
  const customer = seedCustomers.usmf[buyer];
  const address = addressOf(customer);
  const coupon = { lineItemKey: "coupon", sku: "COUPON", name: "Coupon", quantity: 1, adjustment: true };
  return shipstation.addOrder({
    orderNumber: number,
    orderKey: `web-shop-${number}`,
    customerEmail: customer?.email ?? "",
    billTo: address,
    shipTo: address,
    shippingAmount: shipping,
    taxAmount: tax,
    items: [
      ...lines.map(({ sku, quantity }, index) => ({ lineItemKey: String(index + 1), sku, quantity, ...sold(sku) })),
      ...(discount > 0 ? [{ ...coupon, unitPrice: -discount }] : []),
    ],
  });
}

function line(sku: string, quantity: number): WebLine {
  return { sku, quantity };
}

function sold(sku: string): { name: string; unitPrice: number } {
  const product = seedProducts.find(({ item }) => item === sku);
  return product
    ? { name: product.name, unitPrice: product.price }
    : { name: missingItem.displayName, unitPrice: missingItem.unitPrice };
}

function addressOf(customer: SeedCustomer | undefined) {
  const { name, street, city, state, zip, country } = customer?.shipTo ?? {};
  return {
    name,
    street1: street,
    city,
    state,
    postalCode: zip,
    country: country === "CAN" ? "CA" : "US",
    phone: customer?.phone ?? "",
  };
}
