import type { CivilDate } from "../../core/model.ts";
import type { Given } from "../odata/rows.ts";
import { odata, odataDate } from "../odata/text.ts";
import { type NavCalls, spellings } from "./calls.ts";
import type { ShippedField } from "./config.ts";
import {
  type AgentService,
  agentService,
  type PostedShipment,
  type PostedShipmentLine,
  postedShipment,
  postedShipmentLine,
  type ShippingAgent,
  shippingAgent,
} from "./schema.ts";
import type { NavWrites } from "./writes.ts";

/** What may change in a posted shipment (NAV, 4.3). */
export interface PostedChanges {
  Shipping_Agent_Code?: string;
  Shipping_Agent_Service_Code?: string;
  Package_Tracking_No?: string;
}

/** BC made the same page read-only, and nobody tried it on a live NAV in public (NAV, 0, 5.2). */
const postedHint =
  "See whether page 130 lets a person change the tracking number; where it does not, enter it before posting.";

/** Posted shipments, and the codes that they take. */
export class NavShipments {
  readonly #calls: NavCalls;
  readonly #writes: NavWrites;

  constructor(calls: NavCalls, writes: NavWrites) {
    this.#calls = calls;
    this.#writes = writes;
  }

  /** Posted shipments of orders by the orders' numbers, whether these are still open or gone. May be repeated. */
  ofOrders(numbers: readonly string[]): Promise<Given<PostedShipment[]>> {
    return this.#chosen("Order_No", numbers);
  }

  /** Posted shipments that hold one of these numbers of the shipper's, where the page has that field. May be repeated. */
  async byExternalNumber(numbers: readonly string[]): Promise<Given<PostedShipment[]>> {
    const { externalField } = this.#calls.pair.match;
    // The number of an order is the posted shipment's order number.
    const field = externalField === "No" ? "Order_No" : externalField;
    if (!(await this.#calls.has("postedSalesShipment", field))) return { value: [], calls: [] };
    return this.#chosen(field, spellings(numbers));
  }

  #chosen(field: string, values: readonly string[]): Promise<Given<PostedShipment[]>> {
    return this.#calls.chosen({ service: "postedSalesShipment", field, values, schema: postedShipment });
  }

  /** Shipments posted on some days, both included. May be repeated. */
  between(from: CivilDate, to: CivilDate): Promise<Given<PostedShipment[]>> {
    const filter = odata`Posting_Date ge ${odataDate(from)} and Posting_Date le ${odataDate(to)}`;
    return this.#calls.read("postedSalesShipment", { filter, schema: postedShipment });
  }

  /** Whether posted shipments tell the day of their order: only where a partner put it on the page. */
  hasOrderDate(): Promise<boolean> {
    return this.#calls.has("postedSalesShipment", "Order_Date");
  }

  /** Whether the lines of posted shipments can be read. */
  async hasLines(): Promise<boolean> {
    return (await this.#calls.lacksOf("postedSalesShipmentLines")) === undefined;
  }

  /** The lines of posted shipments. May be repeated. */
  lines(numbers: readonly string[]): Promise<Given<PostedShipmentLine[]>> {
    const field = "Document_No";
    return this.#calls.chosen({
      service: "postedSalesShipmentLines",
      field,
      values: numbers,
      schema: postedShipmentLine,
    });
  }

  /** Sets tracking fields of a posted shipment. May be repeated. */
  write(held: PostedShipment, changes: PostedChanges): Promise<Given<PostedShipment>> {
    return this.#patch(held, { ...changes });
  }

  /** Sets the partner's own field that says that a posted shipment has left. May be repeated. */
  markShipped(held: PostedShipment, { name, value }: ShippedField): Promise<Given<PostedShipment>> {
    return this.#patch(held, { [name]: value });
  }

  #patch(held: PostedShipment, changes: Readonly<Record<string, unknown>>): Promise<Given<PostedShipment>> {
    const about = { what: `set ${Object.keys(changes).join(", ")}`, document: held.No, hint: postedHint };
    const change = { service: "postedSalesShipment", key: { No: held.No }, held, changes } as const;
    return this.#writes.patch({ ...change, schema: postedShipment, about });
  }

  /** All shipping agents; undefined when the page is not published. May be repeated. */
  async agents(): Promise<Given<ShippingAgent[]> | undefined> {
    if (await this.#calls.lacksOf("shippingAgents")) return undefined;
    return this.#calls.read("shippingAgents", { schema: shippingAgent });
  }

  /** All agents' services; undefined when the page is not published. May be repeated. */
  async agentServices(): Promise<Given<AgentService[]> | undefined> {
    if (await this.#calls.lacksOf("shippingAgentServices")) return undefined;
    return this.#calls.read("shippingAgentServices", { schema: agentService });
  }
}
