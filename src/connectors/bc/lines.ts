import type { Call } from "../../core/delivery.ts";
import { NotYetError } from "../../core/errors.ts";
import { maxParts, type Part, sendBatch } from "./batch.ts";
import type { BcCalls } from "./calls.ts";
import { type About, isConflict } from "./errors.ts";
import type { LineQuantities } from "./requests.ts";
import { type LineBody, type SalesOrderLine, salesOrderLine } from "./schema.ts";

interface Document {
  id: string;
  number: string;
}

const lineSets = { salesOrders: "salesOrderLines", salesInvoices: "salesInvoiceLines" } as const;

/**
 * Has each line ship and invoice what is wanted of it, and the others nothing. Each try begins from the lines as they are, so it
 * may be repeated. All of them change in one transaction, and in one call where there are several.
 */
export async function setQuantities(
  calls: BcCalls,
  order: Document,
  wanted: readonly LineQuantities[],
): Promise<readonly Call[]> {
  const about: About = {
    what: "set the quantities to ship",
    document: order.number,
    isWrite: true,
    repeatable: true,
  };
  const { id: company } = await calls.company();
  const made: Call[] = [];
  for (let tries = 0; tries < 3; tries += 1) {
    const path = await calls.inCompany(`salesOrders(${order.id})/salesOrderLines`);
    const lines = await calls.rows(path, salesOrderLine);
    made.push(...lines.calls);
    const parts = changesOf(lines.value, wanted, `companies(${company})/salesOrders(${order.id})/salesOrderLines`);
    let isStale = false;
    for (let start = 0; start < parts.length && !isStale; start += maxParts) {
      const batch = await sendBatch(calls, parts.slice(start, start + maxParts), { about, isWhole: true });
      made.push(...batch.calls);
      const failed = batch.value.find(({ status }) => status < 200 || status > 299);
      if (failed && !isConflict(failed)) throw await calls.refusal(failed, about);
      isStale = failed !== undefined;
    }
    if (!isStale) return made;
  }
  throw new NotYetError(`Business Central ${order.number}: somebody else changes its lines at the same time`, {
    system: "bc",
    document: order.number,
    calls: made,
  });
}

function changesOf(lines: readonly SalesOrderLine[], wanted: readonly LineQuantities[], path: string): Part[] {
  const byId = new Map(wanted.map((line) => [line.id.toLowerCase(), line]));
  return lines.flatMap((line): Part[] => {
    if (line.lineType === "Comment") return [];
    const { shipQuantity, invoiceQuantity } = byId.get(line.id.toLowerCase()) ?? {
      shipQuantity: 0,
      invoiceQuantity: 0,
    };
    if (line.shipQuantity === shipQuantity && line.invoiceQuantity === invoiceQuantity) return [];
    const body = { shipQuantity, invoiceQuantity };
    return [{ method: "PATCH", url: `${path}(${line.id})`, etag: line["@odata.etag"] ?? "*", body }];
  });
}

/** Adds lines one after the other, since those of one document lock each other, in one call and one transaction (BC, 4.2). */
export async function addLines(
  calls: BcCalls,
  document: Document & { set: keyof typeof lineSets },
  lines: readonly LineBody[],
): Promise<readonly Call[]> {
  const { set, id, number } = document;
  const about: About = { what: "add lines", document: number, isWrite: true, repeatable: false };
  const url = `companies(${(await calls.company()).id})/${set}(${id})/${lineSets[set]}`;
  const made: Call[] = [];
  for (let start = 0; start < lines.length; start += maxParts) {
    const parts = lines.slice(start, start + maxParts).map((body): Part => ({ method: "POST", url, body }));
    const batch = await sendBatch(calls, parts, { about, isWhole: true });
    made.push(...batch.calls);
    const failed = batch.value.find(({ status }) => status < 200 || status > 299);
    if (failed) throw await calls.refusal(failed, about);
  }
  return made;
}

/** Sets the shipment date of lines, all or none. May be repeated. */
export async function setShipmentDate(
  calls: BcCalls,
  document: Document & { set: keyof typeof lineSets },
  { lines, date }: { lines: readonly string[]; date: string },
): Promise<readonly Call[]> {
  const { set, id, number } = document;
  const about: About = { what: "set the shipment date", document: number, isWrite: true, repeatable: true };
  const url = `companies(${(await calls.company()).id})/${set}(${id})/${lineSets[set]}`;
  const made: Call[] = [];
  for (let start = 0; start < lines.length; start += maxParts) {
    const body = { shipmentDate: date };
    const parts = lines
      .slice(start, start + maxParts)
      .map((line): Part => ({ method: "PATCH", url: `${url}(${line})`, etag: "*", body }));
    const batch = await sendBatch(calls, parts, { about, isWhole: true });
    made.push(...batch.calls);
    const failed = batch.value.find(({ status }) => status < 200 || status > 299);
    if (failed) throw await calls.refusal(failed, about);
  }
  return made;
}
