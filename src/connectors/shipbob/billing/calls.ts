import type { ShipBobCalls } from "../calls.ts";
import { allOf } from "../pages.ts";
import { type Invoice, invoice, type Transaction, transaction } from "./schema.ts";

const pageSize = 1_000;
/** So many references are asked for together. */
const mostReferences = 200;

/** What transactions are asked for by; the names are the reference's, since wrong ones are silently ignored (8). */
export interface TransactionFilter {
  from: Date;
  to?: Date | undefined;
  /** Invoiced or not; absent: both. */
  isInvoiced?: boolean;
}

/** What ShipBob charges; it needs the scope `billing_read`. */
export class ShipBobBilling {
  readonly #calls: Pick<ShipBobCalls, "pages">;

  constructor(calls: Pick<ShipBobCalls, "pages">) {
    this.#calls = calls;
  }

  /** Invoices by their date, oldest first. */
  async invoices(from: Date, to: Date): Promise<Invoice[]> {
    const query = {
      FromDate: from.toISOString(),
      ToDate: to.toISOString(),
      PageSize: pageSize,
      SortOrder: "Ascending",
    };
    const idOf = ({ invoice_id }: Invoice) => invoice_id;
    return allOf(
      this.#calls.pages({
        path: "/invoices",
        query,
        item: invoice,
        style: "next",
        idOf,
        fullPage: pageSize,
        what: "read invoices",
      }),
    );
  }

  /** All that stands on an invoice. */
  invoiced(id: number): Promise<Transaction[]> {
    const query = { PageSize: pageSize, SortOrder: "Ascending" };
    const path = `/invoices/${id}/transactions`;
    const what = `read the transactions of invoice ${id}`;
    return allOf(
      this.#calls.pages({
        path,
        query,
        item: transaction,
        style: "next",
        idOf: idOfTransaction,
        fullPage: pageSize,
        what,
      }),
    );
  }

  /** Transactions by the day of their charge, page by page. */
  transactions({ from, to, isInvoiced }: TransactionFilter): AsyncIterable<Transaction[]> {
    return this.#query({
      from_date: from.toISOString(),
      ...(to === undefined ? {} : { to_date: to.toISOString() }),
      ...(isInvoiced === undefined ? {} : { invoiced_status: isInvoiced }),
    });
  }

  /** All that was ever charged for shipments from a day on, by ShipBob's ids of them. */
  async ofShipments(ids: readonly string[], from: Date): Promise<Transaction[]> {
    const found: Transaction[] = [];
    for (let start = 0; start < ids.length; start += mostReferences) {
      const reference_ids = ids.slice(start, start + mostReferences);
      const asked = { from_date: from.toISOString(), reference_ids, reference_types: ["Shipment"] };
      found.push(...(await allOf(this.#query(asked))));
    }
    return found;
  }

  #query(asked: Record<string, unknown>): AsyncIterable<Transaction[]> {
    return this.#calls.pages({
      path: "/transactions:query",
      post: { ...asked, page_size: pageSize, sort_order: "Ascending" },
      item: transaction,
      style: "next",
      idOf: idOfTransaction,
      fullPage: pageSize,
      what: "read transactions",
    });
  }
}

const idOfTransaction = ({ transaction_id }: Transaction) => transaction_id;
