/** What every company has before anyone sells: codes that documents lead to. */

import type { Books } from "./books.ts";
import type { Values } from "./types.ts";

const named: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  unitsOfMeasure: [
    ["PCS", "Piece"],
    ["BOX", "Box"],
  ],
  shipmentMethods: [
    ["EXW", "Ex Warehouse"],
    ["CIF", "Cost Insurance and Freight"],
  ],
  paymentTerms: [
    ["30 DAYS", "Net 30 days"],
    ["COD", "Cash on delivery"],
  ],
  currencies: [
    ["EUR", "Euro"],
    ["CAD", "Canadian dollar"],
  ],
  shippingAgents: [
    ["FEDEX", "Federal Express Corporation"],
    ["UPS", "United Parcel Service of America, Inc."],
    ["USPS", "United States Postal Service"],
  ],
  countries: [
    ["US", "USA"],
    ["CA", "Canada"],
    ["MX", "Mexico"],
    ["GB", "Great Britain"],
    ["DE", "Germany"],
  ],
};

const services = [
  ["FEDEX", "GROUND"],
  ["FEDEX", "EXPRESS"],
  ["UPS", "GROUND"],
  ["USPS", "PRIORITY"],
] as const;

/** Sets up an empty company. */
export function setUp(books: Books): void {
  for (const [table, rows] of Object.entries(named))
    for (const [code, displayName] of rows) books.insert(table, { code, displayName });
  for (const [shippingAgentCode, code] of services)
    books.insert("shippingAgentServices", { shippingAgentCode, code, displayName: `${shippingAgentCode} ${code}` });
  for (const [number, displayName] of [
    ["40200", "Freight charged to customers"],
    ["40300", "Discounts granted"],
  ] as const)
    books.insert("accounts", { number, displayName });
  const address: Values = {
    addressLine1: "12 Depot Rd",
    city: "Nashville",
    state: "TN",
    country: "US",
    postalCode: "37210",
  };
  books.insert("locations", { code: "MAIN", displayName: "Main warehouse", ...address });
  books.insert("locations", { code: "EAST", displayName: "East warehouse", ...address });
}
