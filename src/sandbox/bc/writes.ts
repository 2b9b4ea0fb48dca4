/** POST, PATCH, DELETE and bound actions: what each set takes, and the ledger of what was taken (Business Central, 4). */

import type { LedgerEntry } from "../kit.ts";
import { etagOf, type Row } from "./books.ts";
import { byCode, byId, type Company } from "./company.ts";
import { changeHeader, newHeader } from "./document-head.ts";
import { addLine, changeLine, recompute, refresh, removeLine } from "./document-lines.ts";
import { creditInvoice, postInvoice, postOrder } from "./posting.ts";
import { notAllowed, notFound, Refusal, ruled } from "./refusals.ts";
import { adjustStock } from "./stock.ts";
import { type EntitySet, emptyGuid, encoded, type Values, type Wire } from "./types.ts";
import { checkedValues } from "./values.ts";
import { lineTableOf } from "./views.ts";

/** A set and the company whose rows are meant. */
export interface Place {
  company: Company;
  set: EntitySet;
  /** The set of the lines of a document, for a deep insert. */
  lineSet?: EntitySet | undefined;
}

const documents = ["salesOrders", "salesInvoices"];
const lines = ["salesOrderLines", "salesInvoiceLines"];

/** The fields that lead to a row by code, each with the id field that goes with it. */
const relations: Readonly<Record<string, { table: string; id?: string }>> = {
  baseUnitOfMeasureCode: { table: "unitsOfMeasure", id: "baseUnitOfMeasureId" },
  currencyCode: { table: "currencies", id: "currencyId" },
  country: { table: "countries" },
  shippingAgentCode: { table: "shippingAgents" },
};

/** Takes writes of one environment. */
export class Writes {
  readonly ledger: LedgerEntry[] = [];

  /** Creates a row; `given` are values that the address says, such as the document of a line. */
  insert({ company, set, lineSet }: Place, body: Wire, given: Wire = {}): Row {
    if (!set.verbs.includes("POST")) throw notAllowed(`POST ${set.name}`);
    const { switches } = company.books.setup;
    const nested = lineSet && Object.hasOwn(body, lineSet.name) ? body[lineSet.name] : undefined;
    const flat = Object.fromEntries(
      Object.entries(body).filter(([name]) => name !== lineSet?.name || nested === undefined),
    );
    if (nested !== undefined && (switches.deepInsert === "broken" || !Array.isArray(nested)))
      throw new Refusal(400, "BadRequest", `Does not support untyped value in non-open type (${lineSet?.name}).`);
    const values = checkedValues(set, { ...flat, ...given }, switches.clientId === "taken" ? ["id"] : []);
    const row = this.insertInto(company, set, values);
    if (Array.isArray(nested) && lineSet) this.insertLines({ company, set: lineSet }, row, nested);
    this.record(company, `POST ${set.name}`, row, body);
    return row;
  }

  private insertLines({ company, set }: Place, header: Row, nested: readonly unknown[]): void {
    for (const line of nested) {
      if (typeof line !== "object" || line === null) throw new Refusal(400, "BadRequest", "A line is no object.");
      // A customisation that commits leaves what was there before the failure (Business Central, 4.2).
      if (company.books.setup.switches.deepInsert === "half") company.books.commit();
      addLine(company, set, checkedValues(set, { ...line, documentId: header.values.id }));
    }
  }

  private insertInto(company: Company, set: EntitySet, values: Values): Row {
    if (documents.includes(set.name)) {
      const row = company.books.insert(set.table, newHeader(company, set, values));
      return row;
    }
    if (lines.includes(set.name)) return addLine(company, set, values);
    if (set.name === "items" || set.name === "customers") return this.insertMaster(company, set, values);
    checkParent(company, values);
    return company.books.insert(set.table, values);
  }

  private insertMaster(company: Company, set: EntitySet, values: Values): Row {
    if ("inventory" in values) throw ruled("Inventory cannot be set when an item is created.");
    const { books } = company;
    const number =
      (values.number ?? "") === "" ? books.nextNumber(set.name === "items" ? "1" : "C", 10_000) : values.number;
    if (books.find(set.table, "number", number))
      throw new Refusal(
        400,
        "Internal_EntityWithSameKeyExists",
        `The record in table ${set.type} already exists. Identification fields and values: No.='${number}'`,
      );
    const defaults: Values = set.name === "items" ? { type: "Inventory" } : { type: "Company", blocked: encoded("") };
    return books.insert(set.table, { ...defaults, ...related(company, values), number: number ?? "" });
  }

  /** Merges a body into a row. */
  patch({ company, set }: Place, row: Row, body: Wire): void {
    const values = checkedValues(set, body);
    if (set.columns) this.patchShipping(company, row, values);
    else if (documents.includes(set.name)) {
      changeHeader(company, row, values);
      if ("pricesIncludeTax" in values) recompute(company, row);
      if ("discountAmount" in values) refresh(company, row, { table: lineTableOf(set.table) });
    } else if (lines.includes(set.name)) changeLine(company, set, row, values);
    else this.patchOther(company, set, row, values);
    this.record(company, `PATCH ${set.name}`, row, body);
  }

  private patchOther(company: Company, set: EntitySet, row: Row, { inventory, ...values }: Values): void {
    if ("parentId" in values || "parentType" in values) checkParent(company, { ...row.values, ...values });
    if (inventory !== undefined) adjustStock(company, row, Number(inventory));
    if (Object.keys(values).length > 0)
      company.books.change(row, set.name.endsWith("ttachments") ? values : related(company, values));
  }

  /** Routes A and B: the three fields of shipping on a header (Business Central, 5). */
  private patchShipping(company: Company, row: Row, values: Values): void {
    const agent = values.shippingAgentCode ?? row.values.shippingAgentCode ?? "";
    byCode(company, { table: "shippingAgents", field: "Shipping Agent Code" }, agent);
    const service = values.shippingAgentServiceCode ?? "";
    const services = company.books.rows("shippingAgentServices");
    const isKnown = services.some(({ values: one }) => one.shippingAgentCode === agent && one.code === service);
    if (service !== "" && !isKnown)
      throw new Refusal(
        400,
        "Internal_InvalidTableRelation",
        `The field Shipping Agent Service Code contains a value (${service}) that cannot be found in the related table (Shipping Agent Services) for ${agent}.`,
      );
    if (row.table === "salesOrders") changeHeader(company, row, values);
    else company.books.change(row, values);
  }

  /** Deletes a row. */
  remove({ company, set }: Place, row: Row): void {
    if (!set.verbs.includes("DELETE")) throw notAllowed(`DELETE ${set.name}`);
    if (lines.includes(set.name)) removeLine(company, set, row);
    else if (documents.includes(set.name)) {
      if (set.name === "salesInvoices" && row.values.status !== "Draft")
        throw ruled(`The invoice ${row.values.number} is posted and cannot be deleted.`);
      for (const line of company.books.linesOf(lineTableOf(set.table), row.values.id)) company.books.remove(line);
      company.books.remove(row);
    } else company.books.remove(row);
    this.record(company, `DELETE ${set.name}`, row, {});
  }

  /** Runs a bound action, or puts it into the job queue. */
  act({ company, set }: Place, row: Row, action: string): void {
    if (!set.actions?.includes(action)) throw notFound(`Microsoft.NAV.${action}`);
    if (company.books.setup.switches.posting === "queued" && action !== "send")
      company.jobs.push({ set: set.name, id: String(row.values.id), action });
    else runAction(company, set.name, row, action);
    this.record(company, `${action} ${set.name}`, row, {});
    // Posting commits: nothing after it takes it back (Business Central, 4.3).
    company.books.commit();
  }

  /** Stores the content of an attachment. */
  upload({ company, set }: Place, row: Row, content: Uint8Array): void {
    const before = row.content;
    company.books.onUndo(() => {
      if (before) row.content = before;
      else delete row.content;
    });
    row.content = content;
    company.books.change(row, { byteSize: content.byteLength });
    this.record(company, `PATCH ${set.name} content`, row, { byteSize: content.byteLength });
  }

  /** Notes a write that was taken. */
  record(company: Company, action: string, row: Row, body: unknown): void {
    const key = `${company.name}/${row.values.number ?? row.values.fileName ?? row.values.id}`;
    const entry = { at: company.books.now(), action, key, body: structuredClone(body) };
    this.ledger.push(entry);
    company.books.onUndo(() => this.ledger.splice(this.ledger.lastIndexOf(entry), 1));
  }
}

/** Does what a bound action says, as the job queue does later. */
export function runAction(company: Company, set: string, row: Row, action: string): void {
  if (set === "salesOrders") postOrder(company, row, { ship: true, invoice: true });
  else if (action.startsWith("post")) postInvoice(company, row);
  else if (action.startsWith("cancel")) creditInvoice(company, row, "cancel");
  else if (action === "makeCorrectiveCreditMemo") creditInvoice(company, row, "correct");
}

/** Refuses a stale or missing tag (Business Central, 4.1). */
export function checkTag(company: Company, row: Row, ifMatch: string | null): void {
  if (ifMatch === null || !/^(\*|W\/".*")$/.test(ifMatch))
    throw new Refusal(400, "BadRequest_InvalidToken", "The If-Match header is missing or malformed.");
  if (ifMatch !== "*" && ifMatch !== etagOf(row))
    throw new Refusal(
      company.books.setup.switches.staleTagStatus,
      "Request_EntityChanged",
      "Another user has already changed the record.",
    );
}

function related(company: Company, values: Values): Values {
  const found: Values = { ...values };
  for (const [name, { table, id }] of Object.entries(relations)) {
    const value = values[name];
    if (value === undefined || (name === "currencyCode" && value === company.localCurrency)) continue;
    const row = byCode(company, { table, field: name }, value);
    if (id !== undefined) found[id] = row?.values.id ?? emptyGuid;
  }
  for (const [name, table] of [
    ["currencyId", "currencies"],
    ["paymentTermsId", "paymentTerms"],
    ["shipmentMethodId", "shipmentMethods"],
  ] as const)
    if (values[name] !== undefined) byId(company, table, name, values[name]);
  return found;
}

const parentTables: Readonly<Record<string, string>> = {
  [encoded("Sales Order")]: "salesOrders",
  [encoded("Sales Invoice")]: "salesInvoices",
  [encoded("Sales Shipment")]: "salesShipments",
  Item: "items",
  Customer: "customers",
};

function checkParent(company: Company, values: Values): void {
  if (!("parentId" in values) && !("fileName" in values)) return;
  const table = parentTables[String(values.parentType ?? "")];
  if (table === undefined)
    throw new Refusal(400, "BadRequest_RequiredParamNotProvided", 'The "parentType" must be specified.');
  if (!byId(company, table, "parentId", values.parentId ?? emptyGuid))
    throw new Refusal(400, "BadRequest_RequiredParamNotProvided", 'The "parentId" must be specified.');
}
