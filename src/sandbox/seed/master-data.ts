/** The customers and products that the seeded orders are about. */

import type { ShipTo, Values } from "../fno.ts";

/** A customer with the address to ship to. */
export interface SeedCustomer {
  account: string;
  shipTo: ShipTo;
  /** Empty for the one without a phone. */
  phone: string;
  email: string;
}

/** A product and what it sells for. */
export interface SeedProduct {
  item: string;
  name: string;
  price: number;
  /** Net weight in kg, the system unit; 0 = not maintained (F&O, 5.1). */
  weight: number;
  /** Packaging in kg, which gross weight adds to `weight`. */
  tare?: number;
  /** Gross depth, width and height in cm, the system unit; left out = not maintained. */
  size?: readonly [depth: number, width: number, height: number];
  /** F&O's key of the country of origin and the commodity code; left out = not maintained. */
  customs?: readonly [origin: string, commodityCode: string];
  unit?: string;
  isService?: boolean;
}

type Line = readonly [name: string, street: string, city: string, state: string, zip: string, country: string];

function customers(prefix: string, domain: string, phonePrefix: string, lines: readonly Line[]): SeedCustomer[] {
  return lines.map(([name, street, city, state, zip, country], index) => ({
    account: `${prefix}-${2001 + index}`,
    shipTo: { name, street, city, state, zip, country },
    phone: `${phonePrefix}${String(index + 101)}`,
    email: `dock${index + 1}@${domain}`,
  }));
}

/** Customers by legal entity. */
export const seedCustomers: Readonly<Record<"usmf" | "demf", readonly SeedCustomer[]>> = {
  usmf: customers("C", "customers-us.example", "+1 207 555 0", [
    ["Harbor Tools", "18 Quay Street", "Portland", "ME", "04101", "USA"],
    ["Blue Ridge Outfitters", "402 Patton Avenue", "Asheville", "NC", "28801", "USA"],
    ["Lone Star Hardware", "7710 Burnet Road", "Austin", "TX", "78757", "USA"],
    ["Cascade Audio", "1525 Pine Street", "Seattle", "WA", "98101", "USA"],
    ["Mesa Garden Supply", "230 Main Street", "Mesa", "AZ", "85201", "USA"],
    ["Prairie Home Goods", "91 Farnam Street", "Omaha", "NE", "68102", "USA"],
    ["Golden Gate Cycles", "655 Valencia Street", "San Francisco", "CA", "94110", "USA"],
    ["Maple & Sons", "44 Queen Street West", "Toronto", "ON", "M5H 2M5", "CAN"],
  ]),
  demf: customers("D", "kunden-de.example", "+49 30 5550", [
    ["Werkzeug Nord GmbH", "Hafenstraße 12", "Hamburg", "", "20359", "DEU"],
    ["Müller & Söhne", "Königsallee 60", "Düsseldorf", "", "40212", "DEU"],
    ["Alpenshop", "Getreidegasse 9", "Salzburg", "", "5020", "AUT"],
    ["Rhein Audio", "Schildergasse 84", "Köln", "", "50667", "DEU"],
    ["Zürich Velo", "Langstrasse 150", "Zürich", "", "8004", "CHE"],
  ]),
};

/** Products of both legal entities; the T-shirt has no weight, and it and the foam neither size nor origin. */
export const seedProducts: readonly SeedProduct[] = [
  {
    item: "D0001",
    name: "Mid-range speaker",
    price: 41.5,
    weight: 1.2,
    tare: 0.3,
    size: [30, 20.5, 24],
    customs: ["CHN", "85182100"],
  },
  {
    item: "D0002",
    name: "Cabinet",
    price: 129,
    weight: 8.4,
    tare: 1.1,
    size: [62, 48, 75],
    customs: ["USA", "94036030"],
  },
  {
    item: "D0003",
    name: "Standard speaker",
    price: 220,
    weight: 3.75,
    tare: 0.45,
    size: [40, 28, 33],
    customs: ["CHN", "85182200"],
  },
  {
    item: "D0004",
    name: "High-end speaker",
    price: 495,
    weight: 5.1,
    tare: 0.6,
    size: [48.5, 31, 37.5],
    customs: ["DEU", "85182200"],
  },
  {
    item: "T0001",
    name: "Speaker cable 10",
    price: 9.9,
    weight: 0.15,
    size: [18, 18, 4],
    customs: ["CHN", "85444290"],
  },
  {
    item: "T0002",
    name: "Projector television",
    price: 899,
    weight: 21,
    tare: 3.5,
    size: [110, 25, 72],
    customs: ["JPN", "85287200"],
  },
  {
    item: "T0003",
    name: "Surround receiver",
    price: 349.95,
    weight: 6.3,
    tare: 0.8,
    size: [44, 39.5, 18],
    customs: ["JPN", "85273900"],
  },
  { item: "M0010", name: "T-shirt", price: 18, weight: 0 },
  { item: "R0050", name: "Acoustic foam", price: 6.4, weight: 0.6, unit: "m" },
  {
    item: " RFI-TEST-001",
    name: "Ferrite core",
    price: 2.75,
    weight: 0.05,
    size: [6, 4.5, 4],
    customs: ["JPN", "85059090"],
  },
  { item: "S0001", name: "Installation service", price: 75, weight: 0, unit: "hr", isService: true },
];

/** A product as `ReleasedProductsV2` holds it. */
export function productValues(product: SeedProduct): Values {
  const [depth = 0, width = 0, height = 0] = product.size ?? [];
  const [origin = "", commodityCode = ""] = product.customs ?? [];
  return {
    ItemNumber: product.item,
    ProductNumber: product.item,
    SearchName: product.name,
    ProductSearchName: product.name,
    ProductType: product.isService ? "Service" : "Item",
    NetProductWeight: product.weight,
    TareProductWeight: product.tare ?? 0,
    GrossDepth: depth,
    GrossProductWidth: width,
    GrossProductHeight: height,
    SalesPrice: product.price,
    SalesPriceQuantity: 1,
    SalesUnitSymbol: product.unit ?? "ea",
    InventoryUnitSymbol: product.unit ?? "ea",
    PurchaseUnitSymbol: product.unit ?? "ea",
    OriginCountryRegionId: origin,
    IntrastatCommodityCode: commodityCode,
  };
}
