import type { PostedShipment, SalesOrder } from "../connectors/nav/schema.ts";
import { MappingError } from "../core/errors.ts";
import type { CivilDate, Shipment } from "../core/model.ts";
import { carrierRow } from "./codes.ts";
import type { Candidate } from "./nav/match.ts";

/** What a delivery is kept by: the order with its company, since an order's number outlives its posting. Pure. */
export function orderKey(company: string, number: string): string {
  return `${company}/${number}`;
}

/** NAV's day, or none where it is empty (NAV, 3.2). Throws MappingError. Pure. */
export function civilDateOf(text: string, field: string): CivilDate | undefined {
  if (text === "" || text === "0001-01-01") return undefined;
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return text;
  throw new MappingError(`Dynamics NAV's ${field} ${text} is not a date`, { system: "nav", field });
}

/** What an order's status allows: an open one takes agent, service and line dates, another does not (NAV, 5.1). */
export type OrderStatus = "open" | "released" | "pending";

/** What the statuses read as on a server. */
export interface StatusTexts {
  open: string;
  released: string;
  pendingApproval: string;
  pendingPrepayment: string;
}

/** An order's status by its text in the service's language. Throws MappingError for one that is not configured. Pure. */
export function statusOf({ No, Status }: Pick<SalesOrder, "No" | "Status">, texts: StatusTexts): OrderStatus {
  const is = (text: string) => text.trim().toLowerCase() === Status.toLowerCase();
  if (is(texts.open)) return "open";
  if (is(texts.released)) return "released";
  if (is(texts.pendingApproval) || is(texts.pendingPrepayment)) return "pending";
  throw new MappingError(`Dynamics NAV ${No}: Status ${Status || "(empty)"} is not known`, {
    system: "nav",
    document: No,
    field: "Status",
    hint: "Set options.open and options.released to what the service's language calls them: `mlc config set nav.options.open=…`.",
  });
}

/** An order as the search compares it, with the field that holds the shipper's number. Throws MappingError. Pure. */
export function candidateOf(order: SalesOrder, externalField: string): Candidate {
  return {
    number: order.No,
    externalNumber: textIn(order, externalField),
    names: [order.Sell_to_Customer_Name, order.Ship_to_Name],
    orderDate: civilDateOf(order.Order_Date, "Order_Date"),
  };
}

/** The order of a posted shipment, which may be gone; without an order date on the page only its numbers find it. Throws MappingError. Pure. */
export function postedCandidateOf(shipment: PostedShipment, externalField: string): Candidate {
  const externalNumber = externalField === "No" ? shipment.Order_No : textIn(shipment, externalField);
  return {
    number: shipment.Order_No,
    externalNumber,
    names: [shipment.Sell_to_Customer_Name, shipment.Ship_to_Name],
    orderDate: civilDateOf(shipment.Order_Date, "Order_Date"),
  };
}

function textIn(row: object, field: string): string {
  const value: unknown = Reflect.get(row, field);
  return typeof value === "string" ? value : "";
}

/** The shipper's numbers of a shipment's order as NAV can hold them: Code[35], an order's own number Code[20]. Pure. */
export function externalNumbersOf(
  { orderKey: key, orderNumber }: Pick<Shipment, "orderKey" | "orderNumber">,
  externalField: string,
): string[] {
  const longest = externalField === "No" ? 20 : 35;
  const numbers = [key, orderNumber].map((number) => number?.trim() ?? "");
  return [...new Set(numbers)].filter((number) => number !== "" && number.length <= longest);
}

/** A shipping agent and its service in NAV. */
export interface Agent {
  agent: string;
  service?: string | undefined;
}

/** The agent's fields for a shipment, in the order in which NAV checks them; none where the table has no row. Pure. */
export function agentFields(
  table: Readonly<Record<string, Agent>>,
  { carrier, service }: { carrier: string; service?: string | undefined },
): { Shipping_Agent_Code: string; Shipping_Agent_Service_Code?: string } | undefined {
  const row = carrierRow(table, carrier, service);
  if (!row) return undefined;
  return {
    Shipping_Agent_Code: row.agent,
    // A service belongs to its agent, so another agent's would not stay.
    ...(row.service === undefined ? {} : { Shipping_Agent_Service_Code: row.service }),
  };
}
