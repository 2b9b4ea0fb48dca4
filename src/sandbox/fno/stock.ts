/** Stock: what warehouses hold, the journals in which it is counted, and a set of the customer's own (F&O, 5.3, 5.4). */

import { of } from "../odata/columns.ts";
import type { Books } from "./books.ts";
import { infolog } from "./errors.ts";
import { date, decimal, type EntitySet, integer, moment, noYes, readOnly, text, type Values } from "./types.ts";

const company = of(text, "dataAreaId");
const variant = of(text, "ProductConfigurationId ProductSizeId ProductColorId ProductStyleId ProductVersionId");
const journals = "InventoryCountingJournalHeaders";
const lines = "InventoryCountingJournalLines";
const onHand = "WarehousesOnHandV2";

/** The set that an extension of the simulated customer adds. */
export const ownStockSet = "ContosoCentreStocks";

/** The set of what parcels cost, of the same extension. */
export const ownChargeSet = "ContosoParcelCharges";

/** The entity sets of stock, and the sets of the customer's own. */
export const stockSets: EntitySet[] = [
  {
    name: onHand,
    type: "WarehouseOnHandV2",
    key: ["dataAreaId", "ItemNumber", ...Object.keys(variant), "InventorySiteId", "InventoryWarehouseId"],
    properties: {
      ...company,
      ...of(text, "ItemNumber"),
      ...variant,
      ...of(text, "InventorySiteId InventoryWarehouseId"),
      ...of(
        decimal,
        `OnHandQuantity ReservedOnHandQuantity AvailableOnHandQuantity OrderedQuantity OnOrderQuantity
         TotalAvailableQuantity`,
      ),
      ...of(noYes, "AreWarehouseManagementProcessesUsed"),
    },
  },
  {
    name: journals,
    type: "InventoryCountingJournalHeader",
    key: ["dataAreaId", "JournalNumber"],
    properties: {
      ...company,
      ...of(readOnly(text), "JournalNumber"),
      ...of(text, "JournalNameId Description DefaultInventorySiteId DefaultWarehouseId"),
      ...of(readOnly(noYes), "IsPosted"),
    },
    insertable: true,
  },
  {
    name: lines,
    type: "InventoryCountingJournalLine",
    key: ["dataAreaId", "JournalNumber", "LineNumber"],
    properties: {
      ...company,
      ...of(text, "JournalNumber"),
      ...of(decimal, "LineNumber"),
      ...of(date, "CountingDate"),
      ...of(text, "ItemNumber"),
      ...variant,
      ...of(text, "InventorySiteId WarehouseId"),
      ...of(decimal, "CountedQuantity"),
      ...of(readOnly(decimal), "OnHandQuantity AdjustmentQuantity"),
      ...of(noYes, "IsCountedQuantityZero"),
      ...of(text, "CountingReasonCode"),
    },
    insertable: true,
  },
  {
    name: ownStockSet,
    type: "ContosoCentreStock",
    key: ["dataAreaId", "ContosoSku", "ContosoWarehouseId"],
    properties: {
      ...company,
      ...of(text, "ContosoSku ContosoWarehouseId ContosoCentre"),
      ...of(decimal, "ContosoOnHand ContosoAvailable"),
      ...of(integer, "ContosoCommitted"),
      ...of(moment, "ContosoCountedAt"),
    },
    insertable: true,
    editable: true,
  },
  {
    name: ownChargeSet,
    type: "ContosoParcelCharge",
    key: ["dataAreaId", "ContosoOrder", "ContosoShipment"],
    properties: {
      ...company,
      ...of(text, "ContosoOrder ContosoShipment ContosoCurrency ContosoInvoice"),
      ...of(decimal, "ContosoAmount ContosoTax"),
      ...of(moment, "ContosoChargedAt"),
    },
    insertable: true,
    editable: true,
  },
];

const isStock = new Set(stockSets.map(({ name }) => name));

/** Takes a new row of stock, with what F&O itself gives it; false where the set is none of these. */
export function takeStockRow(books: Books, set: EntitySet, values: Values): boolean {
  if (!isStock.has(set.name)) return false;
  if (set.name === journals) takeJournal(books, set, values);
  if (set.name === lines) takeLine(books, set, values);
  const isDouble = books
    .rows(set.name)
    .some(({ values: other }) => set.key.every((name) => (other[name] ?? "") === (values[name] ?? "")));
  if (isDouble) refuse(set, "Cannot create a record. The record already exists.");
  return true;
}

function takeJournal(books: Books, set: EntitySet, values: Values): void {
  for (const name of ["JournalNameId", "DefaultWarehouseId"])
    if ((values[name] ?? "") === "") refuse(set, `Field '${name}' must be filled in.`);
  values.JournalNumber = `USMF-${String(books.rows(journals).length + 1).padStart(6, "0")}`;
  values.IsPosted = "No";
}

/** A journal of the company that is not posted, an item of it, and a quantity that is either more than nothing or said to be nothing. */
function takeLine(books: Books, set: EntitySet, values: Values): void {
  const ofCompany = (table: string, field: string, value: unknown) =>
    books.rows(table).find((row) => row.values.dataAreaId === values.dataAreaId && row.values[field] === value);
  const journal = ofCompany(journals, "JournalNumber", values.JournalNumber);
  if (!journal) refuse(set, `The value '${values.JournalNumber ?? ""}' in field 'Journal' is not found.`);
  if (journal?.values.IsPosted === "Yes") refuse(set, `Journal ${values.JournalNumber} is posted.`);
  if (!ofCompany("ReleasedProductsV2", "ItemNumber", values.ItemNumber))
    refuse(
      set,
      `The value '${values.ItemNumber ?? ""}' in field 'Item number' is not found in the related table 'Items'.`,
    );
  if ((values.InventorySiteId ?? "") === "")
    refuse(set, "Inventory dimension Site is mandatory and must consequently be specified.");
  if ((values.CountedQuantity ?? 0) === 0 && values.IsCountedQuantityZero !== "Yes")
    refuse(set, "Counted must be filled in.");
}

function refuse(set: EntitySet, sentence: string): never {
  throw infolog(set.type, [`Error: ${sentence}`, "Error: Update has been canceled."]);
}

/** Sets what a warehouse holds of an item. */
export function setOnHand(books: Books, values: Values): void {
  const held = books
    .rows(onHand)
    .find(({ values: row }) =>
      ["dataAreaId", "ItemNumber", "InventoryWarehouseId", ...Object.keys(variant)].every(
        (name) => (row[name] ?? "") === (values[name] ?? ""),
      ),
    );
  if (held) books.touch(held, values);
  else books.insert(onHand, { InventorySiteId: "2", ...values });
}

/** Posts a counting journal, as a person does: what was counted is on hand from then on. */
export function postCounting(books: Books, legalEntity: string, number: string): void {
  const isOf = ({ dataAreaId, JournalNumber }: Values) => dataAreaId === legalEntity && JournalNumber === number;
  const journal = books.rows(journals).find(({ values }) => isOf(values));
  if (!journal) throw new Error(`there is no journal ${number}`);
  for (const { values } of books.rows(lines).filter((row) => isOf(row.values)))
    setOnHand(books, {
      dataAreaId: legalEntity,
      ItemNumber: values.ItemNumber ?? "",
      ...Object.fromEntries(Object.keys(variant).map((name) => [name, values[name] ?? ""])),
      InventoryWarehouseId: values.WarehouseId ?? "",
      OnHandQuantity: values.CountedQuantity ?? 0,
      AvailableOnHandQuantity: values.CountedQuantity ?? 0,
    });
  books.touch(journal, { IsPosted: "Yes" });
}
