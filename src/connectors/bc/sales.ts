import { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import { type BcCalls, type Given, readRow } from "./calls.ts";
import { type BcPage, changesSince, type Poll } from "./changes.ts";
import { type SalesDocuments, searchDocuments } from "./document-search.ts";
import { addLines, setQuantities, setShipmentDate } from "./lines.ts";
import type { HeaderChanges, LineQuantities } from "./requests.ts";
import {
  type LineBody,
  type SalesInvoice,
  type SalesInvoiceBody,
  type SalesOrder,
  type SalesOrderBody,
  type SalesShipment,
  salesInvoice,
  salesOrder,
  salesShipment,
} from "./schema.ts";
import type { BcWrites } from "./writes.ts";

/** Sales orders, draft and posted sales invoices, posted shipments. */
export class BcSales {
  readonly #calls: BcCalls;
  readonly #writes: BcWrites;

  constructor(calls: BcCalls, writes: BcWrites) {
    this.#calls = calls;
    this.#writes = writes;
  }

  /** Sales orders that changed, with their lines; one that was deleted or invoiced whole is not among them. May be repeated. */
  salesOrders(poll: Poll): AsyncGenerator<BcPage> {
    return changesSince(this.#calls, "salesOrders", { expand: "salesOrderLines", ...poll });
  }

  /** Draft and posted sales invoices that changed, with their lines. May be repeated. */
  salesInvoices(poll: Poll): AsyncGenerator<BcPage> {
    return changesSince(this.#calls, "salesInvoices", { expand: "salesInvoiceLines", ...poll });
  }

  /** Posted shipments that changed. May be repeated. */
  salesShipments(poll: Poll): AsyncGenerator<BcPage> {
    return changesSince(this.#calls, "salesShipments", poll);
  }

  /**
   * Orders, invoices and shipments under some external document numbers: an order that was posted is only found in the others,
   * and several documents may have one number (BC, 6). One call for up to 660 numbers. May be repeated.
   */
  byExternalNumber(numbers: readonly string[]): Promise<Given<SalesDocuments>> {
    return searchDocuments(this.#calls, "externalDocumentNumber", numbers);
  }

  /** Invoices and shipments of some orders by the order's number. May be repeated. */
  byOrderNumber(numbers: readonly string[]): Promise<Given<SalesDocuments>> {
    return searchDocuments(this.#calls, "orderNumber", numbers);
  }

  /** One order with its lines; undefined when it was deleted or invoiced whole (BC, 0). May be repeated. */
  async salesOrder(id: string, document: string): Promise<Given<SalesOrder> | undefined> {
    const path = await this.#calls.inCompany(`salesOrders(${guid(id)})?$expand=salesOrderLines`);
    return this.#calls.one(path, salesOrder, { what: "read the sales order", document });
  }

  /** One invoice with its lines; it keeps the id of its draft (BC, 0). May be repeated. */
  async salesInvoice(id: string, document: string): Promise<Given<SalesInvoice> | undefined> {
    const path = await this.#calls.inCompany(`salesInvoices(${guid(id)})?$expand=salesInvoiceLines`);
    return this.#calls.one(path, salesInvoice, { what: "read the sales invoice", document });
  }

  /** Posted shipments of orders with their lines. May be repeated. */
  shipmentsOf(orderNumbers: readonly string[]): Promise<Given<SalesShipment[]>> {
    const options = { expand: "salesShipmentLines" };
    const choice = { set: "salesShipments", field: "orderNumber", values: orderNumbers, schema: salesShipment };
    return this.#calls.chosen({ ...choice, options });
  }

  /** Creates an order with its lines, or its header alone. Not repeated: search by external document number before, and when the answer is lost. */
  async createSalesOrder(body: SalesOrderBody | Omit<SalesOrderBody, "salesOrderLines">): Promise<Given<SalesOrder>> {
    const about = { what: "create the sales order", document: body.externalDocumentNumber };
    return this.#writes.create(await this.#calls.inCompany("salesOrders"), body, { schema: salesOrder, about });
  }

  /** Creates a draft invoice with its lines, or its header alone. Not repeated: as `createSalesOrder`. */
  async createSalesInvoice(
    body: SalesInvoiceBody | Omit<SalesInvoiceBody, "salesInvoiceLines">,
  ): Promise<Given<SalesInvoice>> {
    const about = { what: "create the sales invoice", document: body.externalDocumentNumber };
    return this.#writes.create(await this.#calls.inCompany("salesInvoices"), body, { schema: salesInvoice, about });
  }

  /** Changes an order's header from what it held. May be repeated. */
  async changeSalesOrder(held: SalesOrder, changes: HeaderChanges): Promise<Given<SalesOrder>> {
    const path = await this.#calls.inCompany(`salesOrders(${guid(held.id)})`);
    const about = { what: "change the sales order", document: held.number };
    return this.#writes.patch({ path, held, changes, schema: salesOrder, about });
  }

  /** Changes a draft invoice's header from what it held; a posted one refuses all of it (BC, 2.6). May be repeated. */
  async changeSalesInvoice(held: SalesInvoice, changes: HeaderChanges): Promise<Given<SalesInvoice>> {
    const path = await this.#calls.inCompany(`salesInvoices(${guid(held.id)})`);
    const about = { what: "change the sales invoice", document: held.number };
    return this.#writes.patch({ path, held, changes, schema: salesInvoice, about });
  }

  /** Deletes an order as it was read. May be repeated. */
  async deleteSalesOrder(held: SalesOrder): Promise<readonly Call[]> {
    const about = { what: "delete the sales order", document: held.number };
    return this.#writes.remove(await this.#calls.inCompany(`salesOrders(${guid(held.id)})`), held, about);
  }

  /** Deletes a draft invoice as it was read. May be repeated. */
  async deleteSalesInvoice(held: SalesInvoice): Promise<readonly Call[]> {
    const about = { what: "delete the draft invoice", document: held.number };
    return this.#writes.remove(await this.#calls.inCompany(`salesInvoices(${guid(held.id)})`), held, about);
  }

  /** What an order's lines ship and invoice next; a line that is not named posts nothing. May be repeated. */
  setQuantities(order: { id: string; number: string }, wanted: readonly LineQuantities[]): Promise<readonly Call[]> {
    return setQuantities(this.#calls, { id: guid(order.id), number: order.number }, wanted);
  }

  /** Adds lines at the end of a document, all or none. Not repeated: read the document's lines before. */
  addLines(
    document: { set: "salesOrders" | "salesInvoices"; id: string; number: string },
    lines: readonly LineBody[],
  ): Promise<readonly Call[]> {
    return addLines(this.#calls, { ...document, id: guid(document.id) }, lines);
  }

  /** Sets the shipment date of some of a document's lines; a released order refuses it (BC, 4.5). May be repeated. */
  setShipmentDate(
    document: { set: "salesOrders" | "salesInvoices"; id: string; number: string },
    { lines, date }: { lines: readonly string[]; date: string },
  ): Promise<readonly Call[]> {
    return setShipmentDate(this.#calls, { ...document, id: guid(document.id) }, { lines: lines.map(guid), date });
  }

  /** Posts a draft invoice. Not repeated: read the same id back, its status tells (BC, 6). One posting at a time a company. */
  async post(id: string, document: string): Promise<readonly Call[]> {
    const path = await this.#calls.inCompany(`salesInvoices(${guid(id)})/Microsoft.NAV.post`);
    return this.#writes.act(path, { what: "post the sales invoice", document });
  }

  /** Ships and invoices what an order's lines say. Not repeated: compare its posted shipments with those of before (BC, 6). */
  async shipAndInvoice(id: string, document: string): Promise<readonly Call[]> {
    const path = await this.#calls.inCompany(`salesOrders(${guid(id)})/Microsoft.NAV.shipAndInvoice`);
    return this.#writes.act(path, { what: "ship and invoice the sales order", document });
  }
}

/** An id that stands in a path; throws ContractError on anything else, since it came from outside. */
export function guid(id: string): string {
  return readRow(id, z.guid(), "a record's id");
}
