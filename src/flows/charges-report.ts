import { csvLine } from "../core/csv.ts";
import { sumOf } from "../core/decimal.ts";
import type { Bill, ChargeLine, CivilDate } from "../core/model.ts";
import type { KnownOrder } from "../core/ports.ts";
import type { System } from "../core/system.ts";

/** One thing that was charged or given back; amounts are decimal strings. */
export interface ChargeRow {
  transactionId: string;
  date: CivilDate;
  /** The ERP's number of the order; empty where it is for no order of mlc's. */
  document: string;
  reference: string;
  type: string;
  fee: string;
  amount: string;
  tax: string;
  currency: string;
  /** Empty until it is invoiced. */
  invoice: string;
}

/** An invoice beside what its lines add up to. */
export interface InvoiceRow {
  invoice: string;
  date: CivilDate;
  type: string;
  total: string;
  /** Its lines, without taxes and with them: the shipper does not say which its total is. */
  lines: string;
  linesWithTax: string;
  currency: string;
  /** One of the two is the total, to the cent. */
  isReconciled: boolean;
}

/** What a shipper charged in a month. */
export interface ChargesReport {
  pair: string;
  month: string;
  /** Invoices dated in the month. */
  invoices: InvoiceRow[];
  /** What stands on them, and what was charged in the month and is on none yet; by day. */
  rows: ChargeRow[];
}

/** All that a shipper charged in a month, `2026-10`, with the ERP's numbers of the orders that `known` finds. */
export async function chargesReport(
  shipper: System,
  month: string,
  known: KnownOrder,
): Promise<Pick<ChargesReport, "invoices" | "rows">> {
  if (!shipper.bills) throw new Error(`${shipper.name} has no charges`);
  const { bills, open, orders } = await shipper.bills(`${month}-01`, lastDayOf(month));
  const documents = new Map<string, string>();
  for (const [shipment, order] of orders) {
    const document = (await known(order))?.delivery.document;
    if (document !== undefined) documents.set(shipment, document);
  }
  const lines = [...bills.flatMap((bill) => bill.lines), ...open];
  const rows = lines.map((line) => rowOf(line, documents)).sort(byDay);
  return { invoices: bills.map(invoiceRow), rows };
}

function lastDayOf(month: string): CivilDate {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

function rowOf(line: ChargeLine, documents: ReadonlyMap<string, string>): ChargeRow {
  const { id, date, reference, type, fee, amount, tax, currency, invoice = "" } = line;
  const document = documents.get(reference) ?? "";
  return { transactionId: id, date, document, reference, type, fee, amount, tax, currency, invoice };
}

function byDay(left: ChargeRow, right: ChargeRow): number {
  const [one, other] = [`${left.date} ${left.transactionId}`, `${right.date} ${right.transactionId}`];
  return one < other ? -1 : one > other ? 1 : 0;
}

function invoiceRow({ id, date, type, total, lines }: Bill): InvoiceRow {
  const sum = sumOf(lines.map(({ amount }) => amount));
  const withTax = sumOf([sum, ...lines.map(({ tax }) => tax)]);
  return {
    invoice: id,
    date,
    type,
    total: sumOf([total.amount]),
    lines: sum,
    linesWithTax: withTax,
    currency: total.currency,
    isReconciled:
      lines.every((line) => line.currency === total.currency) && [sum, withTax].includes(sumOf([total.amount])),
  };
}

const columns = [
  "transactionId",
  "date",
  "document",
  "reference",
  "type",
  "fee",
  "amount",
  "tax",
  "currency",
  "invoice",
] as const satisfies (keyof ChargeRow)[];

/** The rows as CSV, with a line of names. Pure. */
export function chargesCsv(rows: readonly ChargeRow[]): string {
  const lines = rows.map((row) => columns.map((column) => row[column]));
  return [columns, ...lines].map((cells) => csvLine(cells)).join("");
}
