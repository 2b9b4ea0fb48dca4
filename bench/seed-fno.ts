import type { FnoSandbox } from "../src/sandbox/fno.ts";
import { productValues, type SeedCustomer, seedCustomers } from "../src/sandbox/seed/master-data.ts";

const products = Array.from({ length: 1_000 }, (_, index) => ({
  item: `I${String(index).padStart(5, "0")}`,
  name: `Article number ${index}`,
  price: 5 + (index % 400) / 4,
  weight: 0.1 + (index % 70) / 10,
}));

/** Adds what orders are about: 1,000 products and as many customers as are wanted. */
export function addMasterData(fno: FnoSandbox, customers: number): void {
  for (const product of products) fno.addProduct("usmf", productValues(product));
  for (let index = 0; index < customers; index += 1) addCustomer(fno, customerOf(index));
}

function addCustomer(fno: FnoSandbox, { account, shipTo, phone, email }: SeedCustomer): void {
  fno.addCustomer("usmf", {
    CustomerAccount: account,
    OrganizationName: shipTo.name ?? "",
    PrimaryContactPhone: phone,
    PrimaryContactEmail: email,
    AddressStreet: shipTo.street ?? "",
    AddressCity: shipTo.city ?? "",
    AddressState: shipTo.state ?? "",
    AddressZipCode: shipTo.zip ?? "",
    AddressCountryRegionId: shipTo.country ?? "",
  });
}

function customerOf(index: number): SeedCustomer {
  const like = seedCustomers.usmf[index % seedCustomers.usmf.length];
  const number = String(index).padStart(6, "0");
  return {
    account: `C-${number}`,
    shipTo: { ...like?.shipTo, name: `${like?.shipTo.name} ${number}`, street: `${1 + (index % 900)} Quay Street` },
    phone: `+1 207 555 ${number}`,
    email: `dock${number}@customers.example`,
  };
}

/** Adds an ordinary order of one to four lines; the same number is always the same order. */
export function addOrder(fno: FnoSandbox, index: number, customers: number): void {
  const { account, shipTo, email } = customerOf((index * 7_919) % customers);
  const lines = Array.from({ length: 1 + (index % 4) }, (_, line) => products[(index * 31 + line) % products.length]);
  fno.addOrder({
    legalEntity: "usmf",
    number: `SO-${String(index).padStart(7, "0")}`,
    customer: account,
    shipTo,
    lines: lines.map((product, line) => ({
      item: product?.item ?? "",
      description: product?.name ?? "",
      price: product?.price ?? 0,
      unit: "ea",
      quantity: 1 + ((index + line) % 5),
    })),
    header: {
      DeliveryModeCode: "Ground",
      CustomerRequisitionNumber: `PO ${index}`,
      Email: email,
      CurrencyCode: "USD",
    },
  });
}
