/** Fills the simulated F&O with believable orders, every special case among them once. */

import type { FnoSandbox, LineSpec, OrderSpec, ProcessingStatus } from "./fno.ts";
import { productValues, type SeedCustomer, type SeedProduct, seedCustomers, seedProducts } from "./seed/master-data.ts";

type Company = "usmf" | "demf";

/** Which seeded order shows which special case. */
export const specialOrders = {
  /** The bad address that a person mends: `DeliveryAddressStreet` is empty. */
  missingStreet: { legalEntity: "usmf", number: "SO-1007" },
  missingCountry: { legalEntity: "usmf", number: "SO-1008" },
  /** The country is known by its F&O key only, the two-letter code is empty. */
  missingIsoCode: { legalEntity: "demf", number: "SO-3003" },
  /** Mode `Pallet`, for which one would not expect a carrier service. */
  deliveryModeWithoutRow: { legalEntity: "usmf", number: "SO-1009" },
  twoWarehouses: { legalEntity: "usmf", number: "SO-1010" },
  twoAddresses: { legalEntity: "usmf", number: "SO-1011" },
  streetWithLineFeed: { legalEntity: "usmf", number: "SO-1012" },
  streetWithCarriageReturn: { legalEntity: "usmf", number: "SO-1013" },
  zeroQuantityLine: { legalEntity: "usmf", number: "SO-1014" },
  stoppedLine: { legalEntity: "usmf", number: "SO-1015" },
  stoppedOrder: { legalEntity: "usmf", number: "SO-1016" },
  serviceLine: { legalEntity: "usmf", number: "SO-1017" },
  fractionalQuantity: { legalEntity: "usmf", number: "SO-1018" },
  /** 10 ordered of line 1, 4 delivered; line 2 delivered in full. */
  partiallyDelivered: { legalEntity: "usmf", number: "SO-1019" },
  /** Processing status Active: not confirmed yet. */
  notEligible: { legalEntity: "usmf", number: "SO-1020" },
  canceled: { legalEntity: "usmf", number: "SO-1021" },
  picked: { legalEntity: "usmf", number: "SO-1022" },
  /** An apostrophe in the number and in the names. */
  apostrophe: { legalEntity: "usmf", number: "SO-O'B-1023" },
  nonAsciiAddress: { legalEntity: "demf", number: "SO-3004" },
  variantItem: { legalEntity: "usmf", number: "SO-1024" },
  itemWithLeadingBlank: { legalEntity: "usmf", number: "SO-1025" },
  customerWithoutPhone: { legalEntity: "usmf", number: "SO-1026" },
  /** Its number is the beginning of `SO-10270`. */
  prefixOfAnotherNumber: { legalEntity: "usmf", number: "SO-1027" },
  longerNumber: { legalEntity: "usmf", number: "SO-10270" },
  /** usmf has an order of the same number. */
  sameNumberInOtherCompany: { legalEntity: "demf", number: "SO-1001" },
} as const satisfies Readonly<Record<string, { legalEntity: Company; number: string }>>;

/** A special case by name. */
export type SpecialCase = keyof typeof specialOrders;

const warsaw = {
  name: "Zażółć Sp. z o.o.",
  street: "ul. Świętokrzyska 31",
  city: "Łódź",
  zip: "90-001",
  country: "POL",
};
const branch = {
  name: "Harbor Tools Branch",
  street: "5 Pier Road",
  city: "Bangor",
  state: "ME",
  zip: "04401",
  country: "USA",
};
const obrien = {
  name: 'O\'Brien "Pat" Ltd',
  street: "1 O'Connell Street",
  city: "Butte",
  state: "MT",
  zip: "59701",
  country: "USA",
};

interface Change extends Partial<Omit<OrderSpec, "legalEntity" | "number">> {
  /** Address fields laid over the customer's. */
  address?: OrderSpec["shipTo"];
}

const one = (item: string, quantity: number, more: Partial<LineSpec> = {}): LineSpec => {
  const product = seedProducts.find((candidate) => candidate.item === item);
  return { ...lineOf(product ?? { item, name: item, price: 10, weight: 0 }, quantity), ...more };
};

/** What makes each special order special; the rest is like any other order. */
const changes: Readonly<Record<SpecialCase, Change>> = {
  missingStreet: { address: { street: "" } },
  missingCountry: { address: { country: "" } },
  missingIsoCode: { address: { iso: "" } },
  deliveryModeWithoutRow: { header: { DeliveryModeCode: "Pallet" } },
  twoWarehouses: { lines: [one("D0001", 2, { warehouse: "24" }), one("D0003", 1, { warehouse: "51" })] },
  twoAddresses: { lines: [one("D0001", 2), one("T0001", 6, { shipTo: branch })] },
  streetWithLineFeed: { address: { street: "18 Quay Street\nBuilding C, Unit 4\nRing twice" } },
  streetWithCarriageReturn: { address: { street: "18 Quay Street\r\nUnit 4" } },
  zeroQuantityLine: { lines: [one("D0001", 0), one("D0002", 1)] },
  stoppedLine: { lines: [one("D0001", 2, { fields: { IsLineStopped: "Yes" } }), one("D0004", 1)] },
  stoppedOrder: { header: { IsSalesProcessingStopped: "Yes" } },
  serviceLine: { lines: [one("T0002", 1), one("S0001", 2)] },
  fractionalQuantity: { lines: [one("R0050", 2.5)] },
  partiallyDelivered: {
    processingStatus: "PartiallyDelivered",
    lines: [one("D0001", 10, { delivered: 4 }), one("T0001", 3, { delivered: 3 })],
  },
  notEligible: { processingStatus: "Active" },
  canceled: { processingStatus: "Canceled" },
  picked: { processingStatus: "Picked" },
  apostrophe: { customer: "O'BRIEN", shipTo: obrien },
  nonAsciiAddress: { shipTo: warsaw },
  variantItem: {
    lines: [one("M0010", 2, { fields: { ProductColorId: "Blue", ProductSizeId: "XL", ProductStyleId: "Slim" } })],
  },
  itemWithLeadingBlank: { lines: [one(" RFI-TEST-001", 12)] },
  customerWithoutPhone: { customer: "C-2900", shipTo: branch },
  prefixOfAnotherNumber: {},
  longerNumber: {},
  sameNumberInOtherCompany: {},
};

/** How many orders each company has, specials included. */
const sizes: Readonly<Record<Company, number>> = { usmf: 48, demf: 24 };

/** Adds master data and 72 orders of the last ten days to an empty environment; the same `random` gives the same orders. */
export function seedOrders(fno: FnoSandbox, random: () => number): void {
  addMasterData(fno);
  for (const legalEntity of ["usmf", "demf"] as const) {
    const specials = specialsOf(legalEntity);
    const first = legalEntity === "usmf" ? 1001 : 3001;
    const taken = new Set(specials.map(({ number }) => number));
    const plain: string[] = [];
    for (let next = first; plain.length < sizes[legalEntity] - specials.length; next += 1)
      if (!taken.has(`SO-${next}`)) plain.push(`SO-${next}`);
    for (const number of plain) fno.addOrder(ordinaryOrder(fno, legalEntity, number, random));
    for (const { number, name } of specials) {
      const { address, ...change } = changes[name];
      const order = ordinaryOrder(fno, legalEntity, number, random);
      fno.addOrder({
        ...order,
        processingStatus: "Confirmed",
        ...change,
        ...shipToOf(order, change, address),
        ...headerOf(order, change),
      });
    }
  }
}

function shipToOf(order: OrderSpec, change: Change, address: OrderSpec["shipTo"]): Pick<OrderSpec, "shipTo"> {
  return { shipTo: { ...(change.shipTo ?? order.shipTo), ...address } };
}

function headerOf(order: OrderSpec, change: Change): Pick<OrderSpec, "header"> {
  return { header: { ...order.header, ...change.header } };
}

function specialsOf(company: Company): { name: SpecialCase; number: string }[] {
  const names = Object.keys(changes).filter((name): name is SpecialCase => name in specialOrders);
  return names
    .filter((name) => specialOrders[name].legalEntity === company)
    .map((name) => ({ name, number: specialOrders[name].number }));
}

function addMasterData(fno: FnoSandbox): void {
  for (const legalEntity of ["usmf", "demf"] as const) {
    for (const product of seedProducts) fno.addProduct(legalEntity, productValues(product));
    for (const customer of seedCustomers[legalEntity]) addCustomer(fno, legalEntity, customer);
  }
  addCustomer(fno, "usmf", {
    account: "O'BRIEN",
    shipTo: obrien,
    phone: "+1 406 555 0123",
    email: "pat@obrien.example",
  });
  addCustomer(fno, "usmf", { account: "C-2900", shipTo: branch, phone: "", email: "branch@harbortools.example" });
}

function addCustomer(fno: FnoSandbox, legalEntity: Company, { account, shipTo, phone, email }: SeedCustomer): void {
  const country = shipTo.country ?? "";
  fno.addCustomer(legalEntity, {
    CustomerAccount: account,
    OrganizationName: shipTo.name ?? "",
    NameAlias: shipTo.name ?? "",
    PrimaryContactPhone: phone,
    PrimaryContactEmail: email,
    AddressStreet: shipTo.street ?? "",
    AddressCity: shipTo.city ?? "",
    AddressState: shipTo.state ?? "",
    AddressZipCode: shipTo.zip ?? "",
    AddressCountryRegionId: country,
    DeliveryMode: "Ground",
    SalesCurrencyCode: legalEntity === "usmf" ? "USD" : "EUR",
    LanguageId: legalEntity === "usmf" ? "en-US" : "de",
  });
}

function lineOf(product: SeedProduct, quantity: number): LineSpec {
  return {
    item: product.item,
    description: product.name,
    quantity,
    price: product.price,
    unit: product.unit ?? "ea",
  };
}

const goods = seedProducts.filter(({ item, isService }) => !isService && !item.startsWith(" ") && item !== "R0050");
const modes = ["Ground", "Ground", "Ground", "Express", "2Day"] as const;
const statuses: readonly ProcessingStatus[] = ["Confirmed", "Confirmed", "Confirmed", "Confirmed", "Picked"];

/** An order without anything special: one to four different goods to one address, two to ten days old. */
function ordinaryOrder(fno: FnoSandbox, legalEntity: Company, number: string, random: () => number): OrderSpec {
  const pick = <T>(choices: readonly T[], otherwise: T): T =>
    choices[Math.floor(random() * choices.length)] ?? otherwise;
  const [first] = seedCustomers[legalEntity];
  const customer = pick<SeedCustomer | undefined>(seedCustomers[legalEntity], first);
  const start = Math.floor(random() * goods.length);
  const lines = Array.from(
    { length: 1 + Math.floor(random() * 4) },
    (_, index) => goods[(start + index) % goods.length],
  );
  const ageMs = Math.floor((2 + random() * 8) * 86_400_000);
  return {
    legalEntity,
    number,
    customer: customer?.account ?? "",
    shipTo: customer?.shipTo ?? {},
    processingStatus: pick(statuses, "Confirmed"),
    orderedAt: `${new Date(fno.clock.now().getTime() - ageMs).toISOString().slice(0, 19)}Z`,
    lines: lines.flatMap((product) => (product ? [lineOf(product, 1 + Math.floor(random() * 5))] : [])),
    header: {
      DeliveryModeCode: pick(modes, "Ground"),
      CustomerRequisitionNumber: random() < 0.7 ? `PO ${1000 + Math.floor(random() * 9000)}` : "",
      Email: customer?.email ?? "",
      CurrencyCode: legalEntity === "usmf" ? "USD" : "EUR",
      SalesOrderPoolId: random() < 0.3 ? "WEB" : "",
    },
  };
}
