/** The partner's codeunit, as the contract of the sheet has it: release, post, post and invoice (Dynamics NAV, 5.3). */

import type { LedgerEntry } from "../kit.ts";
import type { Company } from "./company.ts";
import { changeLine, headerOf } from "./line-rules.ts";
import { changeOrder } from "./order-rules.ts";
import { post } from "./posting.ts";
import { bad, notFound } from "./refusals.ts";
import type { Row } from "./tables.ts";
import type { Values, Wire } from "./types.ts";

/** The functions that the codeunit has. */
export const functions = ["ReleaseOrder", "PostShipment", "PostShipAndInvoice"] as const;

/** What a function answered, and what the ledger keeps of it. */
export interface Done {
  answer: Record<string, string>;
  entry: Omit<LedgerEntry, "at">;
}

const textOf = (given: Wire, name: string): string => {
  const value = given[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
};

/** Quantities by line; other lines ship nothing. */
function quantitiesOf({ lines }: Wire): Map<number, number> | undefined {
  if (!Array.isArray(lines)) return undefined;
  const entries = lines.map((line: unknown): [number, number] => {
    const { lineNo, quantity }: Wire = typeof line === "object" && line !== null ? { ...line } : {};
    return [Number(lineNo), Number(quantity)];
  });
  return new Map(entries);
}

/** Reopens, writes and releases, which nobody can over a page. */
function prepare(company: Company, order: Row, given: Wire): void {
  const [agent, service, tracking, date] = ["agent", "service", "tracking", "postingDate"].map((name) =>
    textOf(given, name),
  );
  company.tables.change(order, { Status: "Open" });
  const patch: Values = {
    ...(agent ? { Shipping_Agent_Code: agent } : {}),
    ...(service ? { Shipping_Agent_Service_Code: service } : {}),
    ...(tracking ? { Package_Tracking_No: tracking } : {}),
    ...(date ? { Posting_Date: date } : {}),
  };
  changeOrder(company, order, patch);
  const quantities = quantitiesOf(given);
  for (const line of quantities ? company.tables.linesOf("salesLines", order.values.No) : [])
    changeLine(company, line, { Qty_to_Ship: quantities?.get(Number(line.values.Line_No)) ?? 0 });
  company.tables.change(order, { Status: "Released" });
}

/** Runs a function; the same external id has the same answer again. */
export function runFunction(company: Company, name: string, given: Wire): Done {
  if (!functions.some((one) => one === name)) throw notFound(`NAV.${name}`);
  const orderNo = textOf(given, "orderNo");
  const entry = { action: name, key: `${company.name}/${orderNo}`, body: given };
  if (name === "ReleaseOrder") {
    company.tables.change(headerOf(company, { Document_No: orderNo }), { Status: "Released" });
    return { answer: { status: "Released" }, entry };
  }
  const id = textOf(given, "externalId");
  if (id === "") throw bad("The external shipment id is missing.");
  const before = company.posted.get(id);
  const posted = before ?? postNow(company, name, given);
  company.posted.set(id, posted);
  return { answer: { shipmentNo: posted.shipment, invoiceNo: posted.invoice }, entry };
}

function postNow(company: Company, name: string, given: Wire) {
  const order = headerOf(company, { Document_No: textOf(given, "orderNo") });
  prepare(company, order, given);
  return post(company, order, { ship: true, invoice: name === "PostShipAndInvoice" });
}
