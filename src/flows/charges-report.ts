import type { ConfigFile } from "../core/config.ts";
import { csvLine } from "../core/csv.ts";
import { sumOf } from "../core/decimal.ts";
import { UsageError } from "../core/errors.ts";
import type { Bill, ChargeLine, CivilDate } from "../core/model.ts";
import type { KnownOrder } from "../core/ports.ts";
import type { System } from "../core/system.ts";
import { pairKinds } from "../systems/index.ts";
import { connectedPairs } from "./open.ts";

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

/** What it is made from. */
export interface ChargesReportRequest {
  config: ConfigFile;
  pair?: string | undefined;
  /** `2026-10`. */
  month: string;
  system(name: string, pair: string): Promise<System>;
  /** Finds the pair's delivery of an order. */
  known(pair: string): Promise<{ find: KnownOrder; close(): Promise<void> }>;
}

/** All that the shipper of a pair charged in a month; nothing is written. Throws UsageError where no pair, or more than one, is charged. */
export async function chargesReport({
  config,
  pair,
  month,
  system,
  known,
}: ChargesReportRequest): Promise<ChargesReport> {
  const [chosen, ...others] = connectedPairs(config).filter(
    (name) => pairKinds[name]?.flows.includes("charges") && (pair === undefined || name === pair),
  );
  const kind = chosen === undefined ? undefined : pairKinds[chosen];
  if (chosen === undefined || !kind)
    throw new UsageError(pair === undefined ? "No connected pair has charges" : `${pair} has no charges of its own`, {
      hint: "Run `mlc connect fno-shipbob`.",
    });
  if (others.length > 0) throw new UsageError("More than one pair has charges.", { hint: "Name one with --pair." });
  const shipper = await system(kind.shipper, chosen);
  if (!shipper.bills) throw new Error(`${chosen} has no charges`);
  const { bills, open, orders } = await shipper.bills(`${month}-01`, lastDayOf(month));
  const place = await known(chosen);
  try {
    const documents = new Map<string, string>();
    for (const [shipment, order] of orders) {
      const document = (await place.find(order))?.delivery.document;
      if (document !== undefined) documents.set(shipment, document);
    }
    const lines = [...bills.flatMap((bill) => bill.lines), ...open];
    const rows = lines.map((line) => rowOf(line, documents)).sort(byDay);
    return { pair: chosen, month, invoices: bills.map(invoiceRow), rows };
  } finally {
    await place.close();
  }
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
