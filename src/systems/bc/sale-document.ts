import { z } from "zod";
import type { BcClient } from "../../connectors/bc/client.ts";
import type {
  LineBody,
  SalesInvoice,
  SalesInvoiceLine,
  SalesOrder,
  SalesOrderLine,
} from "../../connectors/bc/schema.ts";
import { compareDecimals, decimalOf, quotientOf } from "../../core/decimal.ts";
import type { Call } from "../../core/delivery.ts";

const line = z.object({
  id: z.string(),
  type: z.string(),
  number: z.string(),
  description: z.string(),
  quantity: z.number(),
  unitPrice: z.number(),
  shipmentDate: z.string().optional(),
  shipped: z.number(),
  invoiced: z.number(),
});

/** A document as it was read back: the order or invoice itself, and what was posted of an order. */
export const documentThere = z.object({
  kind: z.enum(["invoice", "order"]),
  /** Deleted, or an order that was invoiced whole (BC, 0). */
  isGone: z.boolean(),
  id: z.string(),
  number: z.string(),
  status: z.string(),
  externalNumber: z.string(),
  customerNumber: z.string(),
  currencyCode: z.string(),
  postingDate: z.string().optional(),
  total: z.string(),
  lines: z.array(line),
  shipments: z.array(z.string()),
  invoices: z.array(z.object({ id: z.string(), number: z.string() })),
});
export type DocumentThere = z.infer<typeof documentThere>;
export type LineThere = z.infer<typeof line>;

/** What names a document to be read. */
export interface DocumentName {
  kind: "invoice" | "order";
  id: string;
  number: string;
}

const nothing = { status: "", externalNumber: "", customerNumber: "", currencyCode: "", total: "0", lines: [] };

/** Reads a document back with its lines, and what was posted of an order. Never from a copy that lags behind (BC, 3.1). */
export async function readDocument(
  client: BcClient,
  { kind, id, number }: DocumentName,
): Promise<{ there: DocumentThere; calls: readonly Call[] }> {
  const gone = { ...nothing, kind, id, number, isGone: true, shipments: [], invoices: [] };
  if (kind === "invoice") {
    const read = await client.sales.salesInvoice(id, number);
    if (!read) return { there: gone, calls: [] };
    const { value, calls } = read;
    const there = {
      ...headOf(value),
      kind,
      lines: linesOf(value.salesInvoiceLines ?? []),
      shipments: [],
      invoices: [],
    };
    return { there, calls };
  }
  const order = id === "" ? undefined : await client.sales.salesOrder(id, number);
  const orderNumber = order?.value.number ?? number;
  const posted = await client.sales.byOrderNumber(orderNumber === "" ? [] : [orderNumber]);
  const results = {
    shipments: posted.value.shipments.map((one) => one.number),
    invoices: posted.value.invoices.map((one) => ({ id: one.id, number: one.number })),
  };
  const calls = [...(order?.calls ?? []), ...posted.calls];
  if (!order) return { there: { ...gone, ...results }, calls };
  const lines = linesOf(order.value.salesOrderLines ?? []);
  return { there: { ...headOf(order.value), kind, lines, ...results }, calls };
}

function headOf(row: SalesOrder | SalesInvoice) {
  const { id, number, status, externalDocumentNumber, customerNumber, currencyCode, postingDate } = row;
  return {
    isGone: false,
    id,
    number,
    status,
    externalNumber: externalDocumentNumber,
    customerNumber,
    currencyCode,
    ...(postingDate ? { postingDate } : {}),
    total: decimalOf(row.totalAmountIncludingTax),
  };
}

function linesOf(rows: readonly (SalesOrderLine | SalesInvoiceLine)[]): LineThere[] {
  return [...rows]
    .sort((one, other) => one.sequence - other.sequence)
    .map((row) => ({
      id: row.id,
      type: row.lineType,
      number: row.lineObjectNumber,
      description: row.description,
      quantity: row.quantity,
      unitPrice: row.unitPrice,
      ...(row.shipmentDate ? { shipmentDate: row.shipmentDate } : {}),
      shipped: numberIn(row, "shippedQuantity"),
      invoiced: numberIn(row, "invoicedQuantity"),
    }));
}

function numberIn(row: object, name: string): number {
  const value: unknown = Reflect.get(row, name);
  return typeof value === "number" ? value : 0;
}

/** Whether an invoice was posted, whatever became of it then (BC, 2.6). Pure. */
export function isPosted({ kind, isGone, status }: DocumentThere): boolean {
  return kind === "invoice" && !isGone && ["Open", "Paid", "Canceled", "Corrective"].includes(status);
}

/** Whether a document can still be changed in every way. Pure. */
export function isDraft({ isGone, status }: DocumentThere): boolean {
  return !isGone && status === "Draft";
}

/**
 * The lines that a document should have, each with the one it has there; undefined for one that is missing. First those that
 * agree in item and quantity, in their order, then any of that item: somebody may have changed the quantity. Pure.
 */
export function matchedLines(wanted: readonly LineBody[], there: readonly LineThere[]): (LineThere | undefined)[] {
  const free = new Set(there);
  const take = (fits: (line: LineThere) => boolean): LineThere | undefined => {
    const found = [...free].find(fits);
    if (found) free.delete(found);
    return found;
  };
  const isSame = (one: LineBody, other: LineThere) =>
    one.lineType === other.type && (one.lineObjectNumber ?? "").toUpperCase() === other.number.toUpperCase();
  const exact = wanted.map((one) => take((other) => isSame(one, other) && one.quantity === other.quantity));
  return exact.map((found, index) => {
    const one = wanted[index];
    return found ?? (one && take((other) => isSame(one, other)));
  });
}

/** What of the wanted lines is not there in its whole quantity. Pure. */
export function missingLines(wanted: readonly LineBody[], there: readonly LineThere[]): LineBody[] {
  const matched = matchedLines(wanted, there);
  return wanted.filter((one, index) => matched[index]?.quantity !== one.quantity);
}

/** Whether all lines but comments are those wanted, with their prices as BC keeps them, to 0.00001. Pure. */
export function hasSameLines(wanted: readonly LineBody[], there: readonly LineThere[]): boolean {
  const goods = there.filter(({ type }) => type !== "Comment" && type !== "");
  const price = (value: number) => quotientOf(decimalOf(value), "1", 5);
  const text = (type: string, number: string, quantity: number, unitPrice: number) =>
    `${type} ${number.toUpperCase()} ${decimalOf(quantity)} ${price(unitPrice)}`;
  const ours = wanted
    .filter(({ lineType }) => lineType !== "Comment")
    .map((one) => text(one.lineType, one.lineObjectNumber ?? "", one.quantity ?? 0, one.unitPrice ?? 0));
  const theirs = goods.map((one) => text(one.type, one.number, one.quantity, one.unitPrice));
  return ours.sort().join("\n") === theirs.sort().join("\n");
}

/** What we would book. */
export interface Expected {
  customerNumber: string;
  currency: string;
  total: string;
  lines: readonly LineBody[];
}

/** Why a document under our number is not ours; values of people are not told. Undefined when it agrees. Pure. */
export function disagreement(there: DocumentThere, { customerNumber, currency, total, lines }: Expected) {
  if (there.customerNumber.toUpperCase() !== customerNumber.toUpperCase()) return "it is another customer's";
  if (there.currencyCode !== "" && there.currencyCode !== currency) return "it is in another currency";
  if (!hasSameLines(lines, there.lines)) return "its lines differ";
  return compareDecimals(there.total, total) === 0 ? undefined : "its amounts differ";
}
