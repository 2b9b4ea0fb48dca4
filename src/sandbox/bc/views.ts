import type { Books } from "./books.ts";
import type { Values } from "./types.ts";

/** A document as it stands. */
export interface DocumentView {
  header: Values;
  lines: Values[];
}

/** An attachment as it stands. */
export interface AttachmentView {
  values: Values;
  content: Uint8Array;
}

const lineTables: Readonly<Record<string, string>> = {
  salesOrders: "salesOrderLines",
  salesInvoices: "salesInvoiceLines",
  salesShipments: "salesShipmentLines",
};

/** The table of the lines of a kind of documents. */
export const lineTableOf = (table: string): string => lineTables[table] ?? "";

/** All documents of a kind, oldest first. */
export function documentsIn(books: Books, table: string): DocumentView[] {
  return books.rows(table).map(({ values }) => ({
    header: { ...values },
    lines: books.linesOf(lineTableOf(table), values.id).map((line) => ({ ...line.values })),
  }));
}

/** All attachments, oldest first. */
export function attachmentsIn(books: Books): AttachmentView[] {
  const rows = books.rows("documentAttachments");
  return rows.map(({ values, content }) => ({ values: { ...values }, content: content ?? new Uint8Array() }));
}
