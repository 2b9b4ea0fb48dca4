import { z } from "zod";
import type { CivilDate } from "../../core/model.ts";
import type { Given } from "../odata/rows.ts";
import { odata, odataDate } from "../odata/text.ts";
import { type NavCalls, spellings } from "./calls.ts";
import type { ShippedField } from "./config.ts";
import {
  captions,
  type OrderKey,
  postedShipment,
  type SalesOrder,
  type SalesOrderLine,
  salesOrder,
  salesOrderLine,
} from "./schema.ts";
import type { NavWrites } from "./writes.ts";

/** What may change in an order's header; the rest of its fields are the order's own (NAV, 5.1). */
export interface OrderChanges {
  Shipping_Agent_Code?: string;
  Shipping_Agent_Service_Code?: string;
  Shipment_Date?: string;
  Package_Tracking_No?: string;
}

/** What may change in a line. */
export interface LineChanges {
  Shipment_Date?: string;
  Qty_to_Ship?: number;
  /** North America only. */
  Package_Tracking_No?: string;
}

/** What options read as on this server. */
export interface Captions {
  /** What an order's type is called; undefined when there is no order. */
  documentType: string | undefined;
  statuses: string[];
}

/** Sales orders and their lines, until they are posted. */
export class NavOrders {
  readonly #calls: NavCalls;
  readonly #writes: NavWrites;

  constructor(calls: NavCalls, writes: NavWrites) {
    this.#calls = calls;
    this.#writes = writes;
  }

  /** Orders by number; posted ones are not among them. May be repeated. */
  byNumber(numbers: readonly string[]): Promise<Given<SalesOrder[]>> {
    return this.#chosen("No", numbers);
  }

  /** Orders that hold one of these numbers of the shipper's in the configured field. May be repeated. */
  byExternalNumber(numbers: readonly string[]): Promise<Given<SalesOrder[]>> {
    return this.#chosen(this.#calls.pair.match.externalField, spellings(numbers));
  }

  #chosen(field: string, values: readonly string[]): Promise<Given<SalesOrder[]>> {
    return this.#calls.chosen({ service: "salesOrder", field, values, schema: salesOrder });
  }

  /**
   * Orders of some days, both included: those of a customer are picked by name out of them, since NAV compares names letter by
   * letter. May be repeated.
   */
  between(from: CivilDate, to: CivilDate): Promise<Given<SalesOrder[]>> {
    const filter = odata`Order_Date ge ${odataDate(from)} and Order_Date le ${odataDate(to)}`;
    return this.#calls.read("salesOrder", { filter, schema: salesOrder });
  }

  /** The lines of orders. May be repeated. */
  async lines(orders: readonly OrderKey[]): Promise<Given<SalesOrderLine[]>> {
    const [first] = orders;
    if (!first) return { value: [], calls: [] };
    const also = odata`Document_Type eq ${first.Document_Type}`;
    const values = orders.map(({ No }) => No);
    return this.#calls.chosen({
      service: "salesOrderLines",
      field: "Document_No",
      values,
      schema: salesOrderLine,
      also,
    });
  }

  /** Whether lines have a tracking number of their own, as in North America (NAV, 4.2). */
  async hasLineTracking(): Promise<boolean> {
    return (await this.#calls.fields("salesOrderLines")).includes("Package_Tracking_No");
  }

  /** Whether an order's header has a shipment date. */
  async hasShipmentDate(): Promise<boolean> {
    return (await this.#calls.fields("salesOrder")).includes("Shipment_Date");
  }

  /** What type and status read as in some orders, since the service's language may be any (NAV, 3.3). May be repeated. */
  async captions(): Promise<Captions> {
    const path = `${this.#calls.path("salesOrder")}?$select=Document_Type,No,Status&$top=50`;
    const { value } = await this.#calls.rows(path, captions, "salesOrder");
    return { documentType: value[0]?.Document_Type, statuses: [...new Set(value.map(({ Status }) => Status))] };
  }

  /**
   * Sets fields of an order's header; a released one refuses agent and service (NotYetError). `posted`: the posted shipments that it
   * was decided by; where one came meanwhile, nothing is written (NotYetError). May be repeated.
   */
  write(held: SalesOrder, changes: OrderChanges, posted?: readonly string[]): Promise<Given<SalesOrder>> {
    return this.#patch(held, { ...changes }, posted);
  }

  /** What is posted takes the number that the header had then, so that one that comes later stands beside its goods. */
  async #isPostedSince({ No }: SalesOrder, known: readonly string[]): Promise<boolean> {
    const given = { service: "postedSalesShipment", field: "Order_No", values: [No], schema: postedShipment } as const;
    const { value } = await this.#calls.chosen(given);
    return value.some((one) => !known.includes(one.No));
  }

  /** Sets the partner's own field that says that an order is shipped. May be repeated. */
  markShipped(held: SalesOrder, { name, value }: ShippedField): Promise<Given<SalesOrder>> {
    return this.#patch(held, { [name]: value });
  }

  #patch(
    held: SalesOrder,
    changes: Readonly<Record<string, unknown>>,
    posted?: readonly string[],
  ): Promise<Given<SalesOrder>> {
    const about = { what: `set ${Object.keys(changes).join(", ")}`, document: held.No };
    const key = { Document_Type: held.Document_Type, No: held.No };
    const change = { service: "salesOrder", key, held, changes, schema: salesOrder, about } as const;
    return this.#writes.patch({ ...change, ...(posted ? { isMoot: () => this.#isPostedSince(held, posted) } : {}) });
  }

  /** Sets fields of a line; a released order refuses its date (NotYetError). May be repeated. */
  writeLine(held: SalesOrderLine, changes: LineChanges): Promise<Given<SalesOrderLine>> {
    const { Document_Type, Document_No, Line_No } = held;
    const about = { what: `set ${Object.keys(changes).join(", ")} of line ${Line_No}`, document: Document_No };
    const key = { Document_Type, Document_No, Line_No };
    const change = { service: "salesOrderLines", key, held, changes: { ...changes }, about } as const;
    return this.#writes.patch({ ...change, schema: salesOrderLine });
  }

  /**
   * Has a partner's function post what is to be shipped of an order, under the shipment's own name so that the partner's code can
   * tell a second call. Never repeated: look for the posted shipment when the answer is lost.
   */
  post(
    order: OrderKey,
    action: string,
    { externalId, postingDate }: { externalId: string; postingDate: CivilDate },
  ): Promise<Given<string | undefined>> {
    const { parameters } = this.#calls.pair.posting;
    const json = { [parameters.externalId]: externalId, [parameters.postingDate]: postingDate };
    const key = { Document_Type: order.Document_Type, No: order.No };
    const about = { what: `post it by ${action}`, document: order.No };
    return this.#writes
      .act({ service: "salesOrder", key, action }, json, about)
      .then(({ value, calls }) => ({ value: answered.safeParse(value).data?.value, calls }));
  }
}

/** What a V4 action that returns a text answers. */
const answered = z.object({ value: z.string().min(1) });
