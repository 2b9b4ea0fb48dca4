/** Calls about money (ShipBob, 8). */

import { z } from "zod";
import type { Account } from "./account.ts";
import type { InvoiceRow, TransactionRow } from "./charges.ts";
import { json, read } from "./order-input.ts";
import { cursorPage } from "./pages.ts";
import { problem } from "./refusals.ts";
import { type Call, numberOf, type Route } from "./routes.ts";
import { readStamp } from "./stamp.ts";

const dayMs = 86_400_000;

/** Invoices, their transactions, and the names of fees. */
export function billingRoutes(account: Account): Route[] {
  const get = { method: "GET", scope: "billing_read" } as const;
  return [
    { ...get, path: "/invoices", handle: (call) => invoices(account, call) },
    { ...get, path: "/invoices/{id}/transactions", handle: (call) => ofInvoice(account, call) },
    { ...get, path: "/transaction-fees", handle: () => Response.json({ fee_list: fees }) },
    {
      method: "POST",
      path: "/transactions:query",
      scope: "billing_read",
      handle: (call) => transactions(account, call),
    },
  ];
}

const fees = [
  "Address Correction",
  "B2B - Label Fee",
  "Credit",
  "Inventory Placement Program Fee",
  "Kitting Fee",
  "Per Pick Fee",
  "Shipping",
  "Warehousing Fee",
  "WRO Receiving Fee",
];

function invoices(account: Account, call: Call): Response {
  const { query } = call;
  const from = query.instant("FromDate") ?? account.before(30 * dayMs);
  const to = query.instant("ToDate");
  const types = query.all("InvoiceTypes");
  const found = account.invoices.filter(
    ({ at, type }) => at >= from && (to === undefined || at <= to) && (types.length === 0 || types.includes(type)),
  );
  const page = billingPage(sorted(found, query.text("SortOrder")), call, sizeOf(call));
  return Response.json({ ...page, items: page.items.map(showInvoice) });
}

function ofInvoice(account: Account, call: Call): Response {
  const id = numberOf(call);
  if (!account.invoices.some((row) => row.id === id)) throw problem(404, `Invoice ${id} was not found.`);
  const found = account.transactions.filter(({ invoiceId }) => invoiceId === id);
  const page = billingPage(sorted(found, call.query.text("SortOrder")), call, sizeOf(call));
  return Response.json({ ...page, items: page.items.map((row) => showTransaction(account, row)) });
}

/** What is not named here is ignored without a word, as ShipBob ignores it. */
const asked = z.object({
  from_date: z.string().nullish(),
  to_date: z.string().nullish(),
  reference_ids: z.array(z.string()).nullish(),
  reference_types: z.array(z.string()).nullish(),
  invoice_ids: z.array(z.union([z.string(), z.int()])).nullish(),
  transaction_fees: z.array(z.string()).nullish(),
  transaction_types: z.array(z.string()).nullish(),
  invoiced_status: z.boolean().nullish(),
  page_size: z.int().min(1).max(1000).nullish(),
  sort_order: z.enum(["Ascending", "Descending"]).nullish(),
});

function transactions(account: Account, call: Call): Response {
  const given = read(asked, call.text.trim() === "" ? {} : json(call.text));
  const from = stampOf(given.from_date, "from_date") ?? account.before(7 * dayMs);
  const to = stampOf(given.to_date, "to_date");
  const isAmong = (listed: readonly unknown[] | null | undefined, value: unknown) =>
    !listed || listed.length === 0 || listed.map(String).includes(String(value));
  const found = account.transactions.filter(
    (row) =>
      isShown(account, row) &&
      row.at >= from &&
      (to === undefined || row.at <= to) &&
      isAmong(given.reference_ids, row.referenceId) &&
      isAmong(given.reference_types, row.referenceType) &&
      isAmong(given.invoice_ids, row.invoiceId) &&
      isAmong(given.transaction_fees, row.fee) &&
      isAmong(given.transaction_types, row.type) &&
      (typeof given.invoiced_status !== "boolean" || (row.invoiceId !== null) === given.invoiced_status),
  );
  const page = billingPage(sorted(found, given.sort_order), call, given.page_size ?? 100);
  const own = call.query.text("Cursor");
  const next = account.switches.billingCursor === "loops" ? (own ?? page.first) : page.next;
  return Response.json({ ...page, next, items: page.items.map((row) => showTransaction(account, row)) });
}

function stampOf(text: string | null | undefined, name: string): string | undefined {
  if (!text) return undefined;
  const stamp = readStamp(text);
  if (stamp === undefined) throw problem(400, `${name} is no date.`);
  return stamp;
}

/** Postage shows after half of the delay, other fees after all of it. */
function isShown(account: Account, { at, fee }: TransactionRow): boolean {
  const { billingLagMs } = account.switches;
  return at <= account.before(fee === "Shipping" ? billingLagMs / 2 : billingLagMs);
}

function sorted<T>(rows: readonly T[], order: string | null | undefined): readonly T[] {
  return order === "Ascending" ? rows : rows.toReversed();
}

function sizeOf({ query }: Call): number {
  return query.integer("PageSize", { least: 1, most: 1000, absent: 100 });
}

/** `next` is what goes into `Cursor`. */
function billingPage<T>(rows: readonly T[], call: Call, size: number) {
  return cursorPage(rows, { call, path: call.path, size, form: "cursor" });
}

function showInvoice({ id, at, type, amount, runningBalance }: InvoiceRow) {
  return {
    invoice_id: id,
    invoice_date: at.slice(0, 10),
    invoice_type: type,
    amount,
    currency_code: "USD",
    running_balance: runningBalance,
  };
}

function showTransaction(account: Account, row: TransactionRow) {
  const invoice = account.invoices.find(({ id }) => id === row.invoiceId);
  return {
    transaction_id: row.id,
    amount: row.amount,
    currency_code: "USD",
    charge_date: row.at.slice(0, 10),
    transaction_fee: row.fee,
    transaction_type: row.type,
    reference_id: row.referenceId,
    reference_type: row.referenceType,
    invoice_id: row.invoiceId,
    invoice_date: invoice ? invoice.at.slice(0, 10) : null,
    invoice_type: invoice?.type ?? null,
    invoiced_status: invoice !== undefined,
    fulfillment_center: row.center,
    taxes: row.taxes,
    additional_details: row.details,
  };
}
