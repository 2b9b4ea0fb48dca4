/** What the people of a company do in Business Central, and what they see there. */

import type { Row } from "./books.ts";
import type { Company } from "./company.ts";
import { orderSets } from "./document-entities.ts";
import { changeHeader, newHeader } from "./document-head.ts";
import { addLine, changeLine, refresh } from "./document-lines.ts";
import type { shippingFields } from "./entities.ts";
import { obstacleOf, type PostingObstacle } from "./obstacles.ts";
import { type PostingScope, postInvoice, postOrder, postUnchecked } from "./posting.ts";
import { adjustStock } from "./stock.ts";
import { type EntitySet, encoded, type Value, type Values } from "./types.ts";
import { type AttachmentView, attachmentsIn, type DocumentView, documentsIn, lineTableOf } from "./views.ts";
import { runAction } from "./writes.ts";

const setNamed = (name: string): EntitySet => {
  const found = orderSets.find((set) => set.name === name);
  if (!found) throw new Error(`There is no set ${name}.`);
  return found;
};

/** The people of one company. */
export class Desk {
  readonly company: Company;

  constructor(company: Company) {
    this.company = company;
  }

  /** An item that can be sold and posted: `{ number, displayName, unitPrice, … }` in the API's fields. */
  addItem(values: Values & { number: string }): Values {
    const unit = this.row("unitsOfMeasure", "code", values.baseUnitOfMeasureCode ?? "PCS");
    return this.insert("items", {
      type: "Inventory",
      baseUnitOfMeasureCode: unit.values.code ?? "",
      baseUnitOfMeasureId: unit.values.id ?? "",
      generalProductPostingGroupCode: "RETAIL",
      inventoryPostingGroupCode: "RESALE",
      ...values,
    });
  }

  editItem(number: string, patch: Values): void {
    this.edit("items", "number", number, patch);
  }

  deleteItem(number: string): void {
    this.remove("items", number);
  }

  /** Corrects the stock of an item, as after a count. */
  countStock(number: string, inventory: number): void {
    this.do(() => adjustStock(this.company, this.row("items", "number", number), inventory));
  }

  addVariant(itemNumber: string, code: string, description = code): Values {
    const { id = "" } = this.row("items", "number", itemNumber).values;
    return this.insert("itemVariants", { itemId: id, itemNumber, code, description });
  }

  addCustomer(values: Values & { number: string }): Values {
    return this.insert("customers", { type: "Company", blocked: encoded(""), ...values });
  }

  editCustomer(number: string, patch: Values): void {
    this.edit("customers", "number", number, patch);
  }

  deleteCustomer(number: string): void {
    this.remove("customers", number);
  }

  /** Blocks a customer, or with a blank lets it buy again. */
  blockCustomer(number: string, blocked: "" | "Ship" | "Invoice" | "All" = "All"): void {
    this.editCustomer(number, { blocked: encoded(blocked) });
  }

  /** Any other record: `locations`, `shippingAgents`, `accounts`, `currencies`, … */
  add(table: string, values: Values): Values {
    return this.insert(table, values);
  }

  /** Enters an order and returns its number. */
  addOrder(header: Values, lines: readonly Values[]): string {
    return this.do(() => {
      const row = this.company.books.insert("salesOrders", newHeader(this.company, setNamed("salesOrders"), header));
      for (const line of lines)
        addLine(this.company, setNamed("salesOrderLines"), {
          lineType: "Item",
          ...line,
          documentId: row.values.id ?? "",
        });
      return String(row.values.number);
    });
  }

  /** Edits an order within what its status allows; shipping fields included. */
  editOrder(number: string, patch: Values): void {
    this.do(() => {
      const row = this.row("salesOrders", "number", number);
      changeHeader(this.company, row, patch);
      refresh(this.company, row, setNamed("salesOrderLines"));
    });
  }

  editOrderLine(number: string, sequence: number, patch: Values): void {
    const { id } = this.row("salesOrders", "number", number).values;
    const line = this.company.books.linesOf("salesOrderLines", id).find(({ values }) => values.sequence === sequence);
    if (!line) throw new Error(`Order ${number} has no line ${sequence}.`);
    this.do(() => changeLine(this.company, setNamed("salesOrderLines"), line, patch));
  }

  release(number: string): void {
    this.edit("salesOrders", "number", number, { status: "Open" });
  }

  sendForApproval(number: string): void {
    this.edit("salesOrders", "number", number, { status: encoded("In Review") });
  }

  reopen(number: string): void {
    this.edit("salesOrders", "number", number, { status: "Draft" });
  }

  /** Deletes an order or an invoice with its lines. */
  deleteDocument(number: string): void {
    const row = this.document(number);
    this.do(() => {
      for (const line of this.company.books.linesOf(lineTableOf(row.table), row.values.id))
        this.company.books.remove(line);
      this.company.books.remove(row);
    });
  }

  /** Edits an invoice in the client, whatever its status. */
  editInvoice(number: string, patch: Values): void {
    this.edit("salesInvoices", "number", number, patch);
  }

  /** Posts an order or a draft invoice. */
  post(number: string, scope: PostingScope = { ship: true, invoice: true }): void {
    const row = this.document(number);
    this.do(() => (row.table === "salesOrders" ? postOrder(this.company, row, scope) : postInvoice(this.company, row)));
  }

  /** Ships an order by a warehouse document: by line number, default all that is open. Returns the shipment's number. */
  shipFromWarehouse(number: string, quantities?: Readonly<Record<number, number>>): string {
    const row = this.row("salesOrders", "number", number);
    return this.do(() => {
      for (const line of this.company.books.linesOf("salesOrderLines", row.values.id)) {
        const open = Number(line.values.quantity ?? 0) - Number(line.values.shippedQuantity ?? 0);
        const shipQuantity = quantities ? (quantities[Number(line.values.sequence)] ?? 0) : open;
        this.company.books.change(line, { shipQuantity });
      }
      const shipment = postUnchecked(this.company, row, { ship: true, invoice: false });
      return String(shipment?.values.number);
    });
  }

  /** Writes the shipping fields of a posted shipment. */
  editShipment(number: string, patch: Partial<Record<(typeof shippingFields)[number], string>>): void {
    this.edit("salesShipments", "number", number, patch);
  }

  /** Books a payment of the whole invoice. */
  pay(number: string): void {
    this.edit("salesInvoices", "number", number, { status: "Paid", remainingAmount: 0 });
  }

  /** Allows postings within these days only, both included. */
  setPostingPeriod(from: string, to: string): void {
    this.company.allowedPosting = { from, to };
  }

  /** Closes everything up to and including a day. */
  closePeriod(upTo: string): void {
    const next = new Date(Date.parse(upTo) + 24 * 60 * 60_000).toISOString().slice(0, 10);
    this.setPostingPeriod(next, this.company.allowedPosting?.to ?? "9999-12-31");
  }

  openPeriods(): void {
    this.company.allowedPosting = undefined;
  }

  /** Lets the next postings of one document, by number or id, fail. */
  refusePosting(document: string, why: PostingObstacle | string, times = Number.POSITIVE_INFINITY): void {
    this.company.refusals.set(document, { ...obstacleOf(why), times });
  }

  /** Lets a document be posted again. */
  allowPosting(document: string): void {
    this.company.refusals.delete(document);
  }

  /** Runs what the job queue holds; returns what failed. */
  runJobs(): string[] {
    return this.company.jobs.splice(0).flatMap(({ set, id, action }) => {
      const row = this.company.books.byId(set, id);
      if (!row) return [`${set} ${id} is gone`];
      try {
        this.do(() => runAction(this.company, set, row, action));
        return [];
      } catch (error) {
        return [error instanceof Error ? error.message : String(error)];
      }
    });
  }

  get orders(): DocumentView[] {
    return documentsIn(this.company.books, "salesOrders");
  }

  get invoices(): DocumentView[] {
    return documentsIn(this.company.books, "salesInvoices");
  }

  get shipments(): DocumentView[] {
    return documentsIn(this.company.books, "salesShipments");
  }

  /** The rows of any table, oldest first: `items`, `customers`, `salesCreditMemos`, `itemLedgerEntries`, … */
  rows(table: string): Values[] {
    return this.company.books.rows(table).map(({ values }) => ({ ...values }));
  }

  get attachments(): AttachmentView[] {
    return attachmentsIn(this.company.books);
  }

  private document(number: string): Row {
    const { books } = this.company;
    const row = books.find("salesOrders", "number", number) ?? books.find("salesInvoices", "number", number);
    if (!row) throw new Error(`The simulated company has no order or invoice ${number}.`);
    return row;
  }

  private do<T>(work: () => T): T {
    return this.company.books.request(work);
  }

  private insert(table: string, values: Values): Values {
    return { ...this.do(() => this.company.books.insert(table, values)).values };
  }

  private edit(table: string, field: string, value: Value, patch: Values): void {
    this.do(() => this.company.books.change(this.row(table, field, value), patch));
  }

  private remove(table: string, number: string): void {
    this.do(() => this.company.books.remove(this.row(table, "number", number)));
  }

  private row(table: string, field: string, value: Value): Row {
    const row = this.company.books.find(table, field, value);
    if (!row) throw new Error(`The simulated company has no ${table} with ${field} ${value}.`);
    return row;
  }
}
