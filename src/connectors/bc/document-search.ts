import { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import type { Answer } from "../../core/http/types.ts";
import { queryParts } from "../odata/query.ts";
import { odata, odataName, odataOr } from "../odata/text.ts";
import { type Part, sendBatch } from "./batch.ts";
import { type BcCalls, type Given, readRow } from "./calls.ts";
import {
  type SalesInvoice,
  type SalesOrder,
  type SalesShipment,
  salesInvoice,
  salesOrder,
  salesShipment,
} from "./schema.ts";

/** What was found under some numbers; invoices are drafts and posted ones. */
export interface SalesDocuments {
  orders: SalesOrder[];
  invoices: SalesInvoice[];
  shipments: SalesShipment[];
}

/** Numbers in one part: its address stays below what servers take. */
const perPart = 20;
/** Three sets for each of them, at most 100 parts (BC, 3.3). */
const perBatch = 33 * perPart;

const about = { what: "look for sales documents", isWrite: false, repeatable: true };

/** Searches the sets that have the field, many numbers in one call. */
export async function searchDocuments(
  calls: BcCalls,
  field: "externalDocumentNumber" | "orderNumber",
  numbers: readonly string[],
): Promise<Given<SalesDocuments>> {
  const found: SalesDocuments = { orders: [], invoices: [], shipments: [] };
  const made: Call[] = [];
  const { id } = await calls.company();
  const distinct = [...new Set(numbers)];
  for (let start = 0; start < distinct.length; start += perBatch) {
    const sets = field === "orderNumber" ? ["salesInvoices", "salesShipments"] : allSets;
    const parts = partsOf(`companies(${id})`, sets, { field, numbers: distinct.slice(start, start + perBatch) });
    const { value: answers, calls: batch } = await sendBatch(calls, parts, { about });
    made.push(...batch);
    const failed = answers.find(({ status }) => status !== 200);
    if (failed) throw await calls.refusal(failed, about);
    for (const [index, answer] of answers.entries()) {
      const set = sets[index % sets.length];
      if (set === "salesOrders") found.orders.push(...(await rowsOf(calls, answer, { schema: salesOrder, set })));
      if (set === "salesInvoices") found.invoices.push(...(await rowsOf(calls, answer, { schema: salesInvoice, set })));
      if (set === "salesShipments")
        found.shipments.push(...(await rowsOf(calls, answer, { schema: salesShipment, set })));
    }
  }
  return { value: found, calls: made };
}

const listOf = z.object({ value: z.array(z.unknown()), "@odata.nextLink": z.string().optional() });
const allSets = ["salesOrders", "salesInvoices", "salesShipments"];

function partsOf(
  company: string,
  sets: readonly string[],
  { field, numbers }: { field: string; numbers: readonly string[] },
): Part[] {
  const parts: Part[] = [];
  for (let start = 0; start < numbers.length; start += perPart) {
    const clauses = numbers.slice(start, start + perPart).map((number) => odata`${odataName(field)} eq ${number}`);
    const query = queryParts({ filter: odataOr(clauses) }).join("&");
    parts.push(...sets.map((set): Part => ({ method: "GET", url: `${company}/${set}?${query}` })));
  }
  return parts;
}

/** The rows of a part and of the pages that its link leads to. */
async function rowsOf<T>(calls: BcCalls, answer: Answer, wanted: { schema: z.ZodType<T>; set: string }): Promise<T[]> {
  const { schema, set } = wanted;
  const page = readRow(answer.body, listOf, set);
  const rows = page.value.map((value) => readRow(value, schema, set));
  const link = page["@odata.nextLink"];
  return link === undefined ? rows : [...rows, ...(await calls.rows(link, schema)).value];
}
