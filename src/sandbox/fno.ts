/** A simulated Dynamics 365 F&O: its OData service, and the people who work in it. */

import { Hono } from "hono";
import { Books, momentOf, noonOf, type Order, type Row } from "./fno/books.ts";
import type { CustomFields } from "./fno/entities.ts";
import { errorResponse } from "./fno/errors.ts";
import {
  addLine,
  addOrder,
  countries,
  deliver,
  editHeader,
  editLine,
  type LineSpec,
  moveTo,
  type OrderSpec,
} from "./fno/orders.ts";
import type { ProductSet } from "./fno/product-entities.ts";
import { ODataService } from "./fno/service.ts";
import { standardData } from "./fno/standard-data.ts";
import { postCounting, setOnHand } from "./fno/stock.ts";
import { defaultSwitches, type FnoSwitches } from "./fno/switches.ts";
import type { Values } from "./fno/types.ts";
import { Writes } from "./fno/writes.ts";
import {
  answerWithFault,
  type FaultPlan,
  type LedgerEntry,
  type SandboxClock,
  type SimulatedVendor,
  type SocketEnv,
} from "./kit.ts";

export type { CustomFields } from "./fno/entities.ts";
export type { LineSpec, OrderSpec, ProcessingStatus, ShipTo } from "./fno/orders.ts";
export type { FnoSwitches } from "./fno/switches.ts";
export type { Property, Value, Values } from "./fno/types.ts";

/** How the environment is set up. */
export interface FnoOptions {
  clock: SandboxClock;
  /** Whether a bearer token is good. */
  accepts(token: string): boolean;
  /** In lower case; default usmf and demf. */
  legalEntities?: readonly string[];
  /** The mapped user's company; default the first legal entity. */
  defaultCompany?: string;
  /** Fields that the customer's extension put on the order header. */
  customFields?: CustomFields;
  /** Waits out the slow first call; default not at all. */
  sleep?(ms: number): Promise<void>;
  switches?: Partial<FnoSwitches>;
}

/** A copy of an order as a test reads it. */
export interface OrderView {
  header: Values;
  /** Each with the quantity delivered so far under `delivered`. */
  lines: { values: Values; delivered: number }[];
}

/** The simulated environment. */
export class FnoSandbox implements SimulatedVendor {
  readonly requests: string[] = [];
  faults: FaultPlan | undefined;
  /** Settable while it runs. */
  readonly switches: FnoSwitches;
  readonly legalEntities: readonly string[];
  readonly clock: SandboxClock;
  private readonly books: Books;
  private readonly writes: Writes;
  private readonly service: ODataService;
  private readonly app = new Hono();

  constructor(options: FnoOptions) {
    this.switches = { ...defaultSwitches, ...options.switches };
    this.legalEntities = options.legalEntities ?? ["usmf", "demf"];
    this.clock = options.clock;
    this.books = new Books(options.clock);
    this.writes = new Writes(this.books, this.switches);
    this.service = new ODataService({
      books: this.books,
      writes: this.writes,
      switches: this.switches,
      customFields: options.customFields ?? {},
      legalEntities: this.legalEntities,
      defaultCompany: options.defaultCompany ?? this.legalEntities[0] ?? "",
      accepts: (token) => options.accepts(token),
      sleep: options.sleep ?? (async () => {}),
    });
    for (const [set, values] of standardData(this.legalEntities, countries)) this.books.insert(set, values);
    this.app.all("/data/*", (context) => this.service.answer(context.req.raw));
  }

  get ledger(): LedgerEntry[] {
    return this.writes.ledger;
  }

  async fetch(request: Request, env?: SocketEnv): Promise<Response> {
    this.requests.push(`${request.method} ${new URL(request.url).pathname}`);
    const answers = {
      clock: this.books.clock,
      throttled: () =>
        new Response(
          "This request could not be processed at this time due to system experiencing high resource utilization.",
          { status: 429, headers: { "retry-after": String(this.switches.retryAfterSeconds) } },
        ),
      serverError: () => errorResponse(500, "An unexpected error has occurred."),
    };
    return answerWithFault(this.faults?.(request), env, answers, async () => this.app.fetch(request));
  }

  /** Restarts the AOS: the next call is a slow one. */
  restart(): void {
    this.service.cool();
  }

  addOrder(spec: OrderSpec): void {
    addOrder(this.books, spec);
  }

  addLine(legalEntity: string, number: string, spec: LineSpec): void {
    addLine(this.books, this.books.order(legalEntity, number), spec);
  }

  /** Changes header fields; a changed address reaches the lines that had the header's. */
  edit(legalEntity: string, number: string, patch: Values): void {
    editHeader(this.books, this.books.order(legalEntity, number), patch);
  }

  editLine(legalEntity: string, number: string, lineNumber: number, patch: Values): void {
    editLine(this.books, this.books.order(legalEntity, number), lineNumber, patch);
  }

  confirm(legalEntity: string, number: string): void {
    moveTo(this.books, this.books.order(legalEntity, number), "Confirmed");
  }

  pick(legalEntity: string, number: string): void {
    moveTo(this.books, this.books.order(legalEntity, number), "Picked");
  }

  /** Releases an order to the warehouse; its header's tag stays, for the status is of another table. */
  release(legalEntity: string, number: string, status: "Open" | "PartialReleased" | "Released" = "Released"): void {
    this.books.order(legalEntity, number).release = status;
  }

  cancel(legalEntity: string, number: string): void {
    moveTo(this.books, this.books.order(legalEntity, number), "Canceled");
  }

  /** Delivers quantities by line number, default all that remains; writes no packing slip. */
  deliver(legalEntity: string, number: string, quantities?: Readonly<Record<number, number>>): void {
    deliver(this.books, this.books.order(legalEntity, number), quantities);
  }

  /** Delivers like `deliver` and posts the slip; its date is today's by the clock unless given. */
  postPackingSlip(
    legalEntity: string,
    number: string,
    slipId: string,
    more: { deliveryDate?: string; quantities?: Readonly<Record<number, number>> } = {},
  ): void {
    const order = this.books.order(legalEntity, number);
    deliver(this.books, order, more.quantities);
    const slip = this.books.insert("CustPackingSlipJourBiEntities", {
      dataAreaId: order.legalEntity,
      SalesId: order.number,
      PackingSlipId: slipId,
      DeliveryDate: noonOf(more.deliveryDate ?? momentOf(this.books.clock.now())),
    });
    slip.values.SourceDocumentHeader = slip.recId;
  }

  /** Invoices the order under a number of its own: the whole of it, or a part, after which it stays open; today by the clock unless given. */
  invoice(
    legalEntity: string,
    number: string,
    invoiceNumber = `INV-${number}`,
    more: { isPartial?: boolean; invoiceDate?: string } = {},
  ): void {
    const order = this.books.order(legalEntity, number);
    moveTo(this.books, order, more.isPartial ? "PartiallyInvoiced" : "Invoiced");
    this.books.insert("SalesInvoiceHeadersV2", {
      dataAreaId: order.legalEntity,
      InvoiceNumber: invoiceNumber,
      InvoiceDate: noonOf(more.invoiceDate ?? this.books.now()),
      LedgerVoucher: `V-${invoiceNumber}`,
      SalesOrderNumber: order.number,
    });
  }

  /** Deletes the order with all that hangs on it. */
  remove(legalEntity: string, number: string): void {
    this.books.removeOrder(this.books.order(legalEntity, number));
  }

  /** Adds a released product: `{ ItemNumber, … }` in F&O's fields. */
  addProduct(legalEntity: string, values: Values): void {
    this.books.insert("ReleasedProductsV2", { dataAreaId: legalEntity, SalesUnitSymbol: "ea", ...values });
  }

  /** Changes fields of a released product. */
  editProduct(legalEntity: string, item: string, patch: Values): void {
    const isIt = ({ values }: Row) => values.dataAreaId === legalEntity && values.ItemNumber === item;
    const row = this.books.rows("ReleasedProductsV2").find(isIt);
    if (!row) throw new Error(`${legalEntity} has no released product ${item}`);
    this.books.touch(row, patch);
  }

  /** Adds a row of what hangs on products: `ProductsV2`, `ReleasedProductVariantsV2`, `ProductBarcodesV3`, … */
  addProductRow(set: ProductSet, values: Values): void {
    this.books.insert(set, values);
  }

  /** Adds a customer: `{ CustomerAccount, … }` in F&O's fields. */
  addCustomer(legalEntity: string, values: Values): void {
    this.books.insert("CustomersV3", { dataAreaId: legalEntity, ...values });
  }

  addDeliveryMode(legalEntity: string, code: string, description = code): void {
    this.books.insert("DeliveryModesV2", { dataAreaId: legalEntity, ModeCode: code, ModeDescription: description });
  }

  addWarehouse(legalEntity: string, id: string, values: Values = {}): void {
    this.books.insert("Warehouses", {
      dataAreaId: legalEntity,
      WarehouseId: id,
      WarehouseName: id,
      OperationalSiteId: "2",
      ...values,
    });
  }

  /** Sets what a warehouse holds of an item: `{ ItemNumber, InventoryWarehouseId, OnHandQuantity, … }` in F&O's fields. */
  setOnHand(legalEntity: string, values: Values): void {
    setOnHand(this.books, { dataAreaId: legalEntity, ...values });
  }

  /** Posts a counting journal. */
  postCounting(legalEntity: string, number: string): void {
    postCounting(this.books, legalEntity, number);
  }

  /** Every row of a set, oldest first. */
  rowsOf(set: string): Values[] {
    return valuesOf(this.books.rows(set));
  }

  /** Answers the next writes to an order, or to what hangs on it, with these infolog entries (`Error: …`). */
  refuse(legalEntity: string, number: string, infolog: readonly string[], times = Number.POSITIVE_INFINITY): void {
    this.writes.refusals.set(`${legalEntity}/${number}`, { infolog, times });
  }

  /** The order as it stands, or undefined. */
  order(legalEntity: string, number: string): OrderView | undefined {
    const order = this.books.findOrder(legalEntity, number);
    return order && viewOf(order);
  }

  /** Every order as it stands. */
  get orders(): OrderView[] {
    return this.books.orders().map(viewOf);
  }

  /** Every document attached to an order, oldest first. */
  get attachments(): Values[] {
    return valuesOf(this.books.rows("SalesOrderHeaderDocumentAttachmentsV2"));
  }

  /** Every tracking row, oldest first. */
  get trackingRows(): Values[] {
    return valuesOf(this.books.rows("PackingSlipTrackingInformation"));
  }
}

const valuesOf = (rows: Row[]): Values[] => rows.map(({ values }) => ({ ...values }));

function viewOf(order: Order): OrderView {
  return {
    header: { ...order.header.values },
    lines: order.lines.map(({ row, delivered }) => ({ values: { ...row.values }, delivered })),
  };
}
