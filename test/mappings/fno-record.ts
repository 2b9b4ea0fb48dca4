import { readFileSync } from "node:fs";
import { join } from "node:path";

const header = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/fno/order-confirmed.json"), "utf8"));
const product = { ItemNumber: "D0001", ProductType: "Item", NetProductWeight: 1.1, TareProductWeight: 0.2 };

/** The customer card of the fixture's order. */
export const harborTools = {
  CustomerAccount: "C-2041",
  OrganizationName: "Harbor Tools Inc.",
  PersonFirstName: "",
  PersonLastName: "",
  PrimaryContactEmail: "buyer@harbortools.example",
  PrimaryContactPhone: "+1 207 555 0101",
  AddressStreet: "1 Bank Street",
  AddressCity: "Portland",
  AddressState: "ME",
  AddressZipCode: "04101",
  AddressCountryRegionId: "USA",
  AddressCountryRegionISOCode: "US",
};

/** What a row of the table changes in the fixture's record. */
export interface RecordChange {
  header?: Record<string, unknown>;
  line?: Record<string, unknown>;
  more?: Record<string, unknown>[];
  record?: Record<string, unknown>;
}

/** The fixture's order as its source hands it over, with changes; `more` adds lines like the first. */
export function fnoRecord({ header: changed, line, more = [], record }: RecordChange = {}): unknown {
  const { SalesOrderLines, ...plain } = header;
  const first = { ...SalesOrderLines[0], ...line };
  const others = more.map((change, index) => ({
    ...SalesOrderLines[0],
    InventoryLotId: `USMF-00482${index + 2}`,
    LineNumber: index + 2,
    ...change,
  }));
  return {
    header: { ...plain, ...changed },
    lines: [first, ...others],
    orderingCustomer: harborTools,
    invoiceCustomer: harborTools,
    products: new Map([["D0001", product]]),
    massUnit: "kg",
    countries: new Map([
      ["USA", "US"],
      ["DEU", "DE"],
    ]),
    ...record,
  };
}
