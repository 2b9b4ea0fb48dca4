import { z } from "zod";
import type { BcClient } from "../../connectors/bc/client.ts";
import type { ForeignRow } from "../../connectors/bc/environment.ts";
import type { SalesInvoice, SalesOrder } from "../../connectors/bc/schema.ts";
import type { Call } from "../../core/delivery.ts";
import { ConfigError } from "../../core/errors.ts";
import { notPublished, type PublishedPages, publishedFields } from "./published.ts";
import type { BookedDocument } from "./sale-memo.ts";
import type { Look, OpenRoute, TrackingRoute, Where } from "./tracking-payloads.ts";

/** What stands in BC of a booked document now. */
type Head =
  | { type: "Sales Order"; row: SalesOrder; comments: string[] }
  | { type: "Sales Invoice"; row: SalesInvoice; comments: string[] };

const identified = z.looseObject({ "@odata.etag": z.string(), id: z.string().min(1) });
const finders = ["externalDocumentNumber", "number", "orderNumber"] as const;

/** Asks BC which routes to a document are open; one look is one reading of it, and reads no more than it needs. */
export class TrackingLook {
  readonly calls: Call[] = [];
  readonly #client: BcClient;
  readonly #document: BookedDocument;
  readonly #pages: PublishedPages;
  #head: Promise<Head | undefined> | undefined;

  constructor(client: BcClient, document: BookedDocument, pages: PublishedPages) {
    this.#client = client;
    this.#document = document;
    this.#pages = pages;
  }

  /** The first of the routes that is open. Throws ConfigError where a page that one of them needs is missing. */
  async first(where: Where): Promise<Look> {
    for (const route of where.routes) {
      const open = await this.#try(route, where);
      if (open) return { open, isUnposted: false };
    }
    return { isUnposted: await this.#isUnposted() };
  }

  #try(route: TrackingRoute, where: Where): Promise<OpenRoute | undefined> {
    switch (route) {
      case "customApi":
        return this.#customRow(where.customApi);
      case "page42":
        return this.#page42Row(where.page42.service);
      case "comment":
        return this.#draft();
      case "attachment":
        return this.#parent();
    }
  }

  /** A row is found by our own number first: posting copies it (BC, 5). */
  async #customRow({ path = "", fields }: Where["customApi"]): Promise<OpenRoute | undefined> {
    const published = await this.#published(path);
    const missing = [fields.packageTrackingNo, fields.externalDocumentNumber].find((name) => !published.has(name));
    if (missing !== undefined) throw noField(path, missing);
    for (const finder of finders) {
      if (!published.has(fields[finder])) continue;
      for (const value of this.#valuesOf(finder)) {
        const rows = await this.#client.tracking.customRows({ path, fields }, finder, value);
        this.calls.push(...rows.calls);
        const row = this.#newest(rows.value, fields.number);
        if (row) return customRoute(row, { path, fields });
      }
    }
    return undefined;
  }

  async #published(path: string): Promise<ReadonlySet<string>> {
    const asked = this.#pages.get(path) ?? publishedFields(this.#client, path);
    this.#pages.set(path, asked);
    const published = await asked;
    if (published) return published;
    throw notPublished(path, "tracking.customApi.path");
  }

  #valuesOf(finder: (typeof finders)[number]): string[] {
    const { externalNumber, number, kind, posted } = this.#document;
    if (finder === "externalDocumentNumber") return [externalNumber];
    if (finder === "orderNumber") return kind === "order" ? [number] : [];
    return [...(posted?.shipments ?? []).toReversed(), ...(posted?.invoice ? [posted.invoice] : []), number];
  }

  /** Other documents may have our number; of several the one that this sale was posted as, else the last. */
  #newest(rows: readonly ForeignRow[], numberField: string): ForeignRow | undefined {
    const { posted } = this.#document;
    const ours = [...(posted?.shipments ?? []), posted?.invoice];
    return rows.findLast((row) => ours.includes(text(row[numberField]))) ?? rows.at(-1);
  }

  async #page42Row(service: string): Promise<OpenRoute | undefined> {
    const { number, kind } = this.#document;
    if (kind !== "order" || (await this.#there())?.type !== "Sales Order") return undefined;
    const found = await this.#client.tracking.page42Order(service, number);
    if (!found) {
      // The order is there, so it is the service that is not.
      throw notPublished(`42 as ${service}`, "tracking.page42.service");
    }
    this.calls.push(...found.calls);
    const row = found.value;
    const names = ["Shipping_Agent_Code", "Shipping_Agent_Service_Code", "Package_Tracking_No"] as const;
    return { route: "page42", number, row: picked(row, names), held: heldIn(row, names) };
  }

  async #draft(): Promise<OpenRoute | undefined> {
    const head = await this.#there();
    if (head?.row.status !== "Draft") return undefined;
    const { row, type, comments } = head;
    const set = type === "Sales Order" ? "salesOrders" : "salesInvoices";
    return { route: "comment", number: row.number, set, id: row.id, comments };
  }

  /** An order goes once it is invoiced whole, and its files with it as far as is known: what is invoiced of it stays (BC, 0). */
  async #parent(): Promise<OpenRoute | undefined> {
    const { kind, posted } = this.#document;
    const invoiceId = kind === "order" ? posted?.invoiceId : undefined;
    const invoice = invoiceId === undefined ? undefined : await this.#invoice(invoiceId);
    const head = invoice ?? (await this.#there());
    return head && { route: "attachment", number: head.row.number, type: head.type, id: head.row.id };
  }

  async #isUnposted(): Promise<boolean> {
    const head = await this.#there();
    return head !== undefined && (head.type === "Sales Order" || ["Draft", "In Review"].includes(head.row.status));
  }

  #there(): Promise<Head | undefined> {
    this.#head ??= this.#read();
    return this.#head;
  }

  async #read(): Promise<Head | undefined> {
    const { kind, id, number, posted } = this.#document;
    if (kind === "invoice") return this.#invoice(id);
    const order = await this.#client.sales.salesOrder(id, number);
    if (order) {
      this.calls.push(...order.calls);
      return { type: "Sales Order", row: order.value, comments: commentsIn(order.value.salesOrderLines) };
    }
    // An order that is invoiced whole is gone; its invoice has another id (BC, 0, 4.4).
    const invoiceId = posted?.invoiceId ?? (await this.#invoiceOf(number));
    return invoiceId === undefined ? undefined : this.#invoice(invoiceId);
  }

  async #invoice(id: string): Promise<Head | undefined> {
    const invoice = await this.#client.sales.salesInvoice(id, this.#document.number);
    if (!invoice) return undefined;
    this.calls.push(...invoice.calls);
    return { type: "Sales Invoice", row: invoice.value, comments: commentsIn(invoice.value.salesInvoiceLines) };
  }

  async #invoiceOf(order: string): Promise<string | undefined> {
    const { value, calls } = await this.#client.sales.byOrderNumber([order]);
    this.calls.push(...calls);
    return value.invoices.at(-1)?.id;
  }
}

function customRoute(row: ForeignRow, { path, fields }: { path: string; fields: Where["customApi"]["fields"] }) {
  const found = identified.safeParse(row);
  if (!found.success) throw noField(path, "id");
  const names = [fields.shippingAgentCode, fields.shippingAgentServiceCode, fields.packageTrackingNo] as const;
  const { id } = found.data;
  const number = text(row[fields.number]);
  return { route: "customApi" as const, number, row: { ...picked(row, names), id }, held: heldIn(row, names) };
}

function noField(path: string, name: string): ConfigError {
  return new ConfigError(`Business Central's page ${path} has no field ${name}`, {
    system: "bc",
    field: "tracking.customApi.fields",
    hint: "Correct tracking.customApi.fields, or add the field to the page.",
  });
}

const text = (value: unknown) => (typeof value === "string" ? value : "");

/** Nothing of a foreign page but what is written, and its tag. */
function picked(row: ForeignRow, names: readonly string[]) {
  const wanted = Object.fromEntries(names.map((name) => [name, text(row[name])]));
  return { ...wanted, "@odata.etag": row["@odata.etag"] };
}

function heldIn(row: ForeignRow, [agent, service, tracking]: readonly [string, string, string]) {
  return { agent: text(row[agent]), service: text(row[service]), tracking: text(row[tracking]) };
}

function commentsIn(lines: readonly { lineType: string; description: string }[] = []): string[] {
  return lines.filter(({ lineType }) => lineType === "Comment").map(({ description }) => description);
}
