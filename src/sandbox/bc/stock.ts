/** Stock: its movements are entries, and do not touch `items.lastModifiedDateTime` (Business Central, 2.2). */

import type { Row } from "./books.ts";
import type { Company } from "./company.ts";
import { cents } from "./money.ts";
import { encoded, type Values } from "./types.ts";

/** A movement of goods by a line. */
export interface Movement {
  quantity: number;
  /** The posted document that moved them. */
  document: Values;
}

function entry(company: Company, item: Row, quantity: number, more: Values): void {
  const { books } = company;
  books.change(item, { inventory: Number(item.values.inventory ?? 0) + quantity }, true);
  books.insert("itemLedgerEntries", {
    entryNumber: books.count("itemLedgerEntries") + 1,
    itemNumber: item.values.number ?? "",
    description: item.values.displayName ?? "",
    postingDate: books.today(),
    quantity,
    costAmountActual: cents(quantity * Number(item.values.unitCost ?? 0)),
    ...more,
  });
}

/** Books the movement of a line's goods, when it has any. */
export function moveStock(company: Company, line: Values, { quantity, document }: Movement): void {
  const item = company.books.byId("items", line.itemId ?? "");
  if (!item || quantity === 0 || item.values.type !== "Inventory") return;
  entry(company, item, quantity, {
    entryType: "Sale",
    postingDate: document.postingDate ?? "",
    sourceType: "Customer",
    sourceNumber: document.customerNumber ?? "",
    documentNumber: document.number ?? "",
    documentType: encoded("status" in document ? "Sales Invoice" : "Sales Shipment"),
    salesAmountActual: cents(-quantity * Number(line.unitPrice ?? 0)),
  });
}

/** Posts an adjustment to a new total: today, no location, the item's own number as the document. */
export function adjustStock(company: Company, item: Row, inventory: number): void {
  const quantity = inventory - Number(item.values.inventory ?? 0);
  if (quantity === 0) return;
  const entryType = encoded(quantity > 0 ? "Positive Adjmt." : "Negative Adjmt.");
  entry(company, item, quantity, { entryType, documentNumber: item.values.number ?? "" });
}
