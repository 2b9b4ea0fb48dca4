/** What a company holds of its orders, as tests compare it. */

import type { Company } from "./company.ts";
import type { Row } from "./tables.ts";
import { emptyDate, type Value, type Values } from "./types.ts";

/** A line as it stands. */
export interface LineView {
  line: number;
  item: string;
  quantity: number;
  toShip: number;
  shipped: number;
  invoiced: number;
  agent: string;
  service: string;
  tracking: string;
  shipmentDate: string;
}

/** A posted shipment with its lines by number and quantity. */
export interface ShipmentView {
  number: string;
  order: string;
  external: string;
  agent: string;
  service: string;
  tracking: string;
  shipmentDate: string;
  postingDate: string;
  comments: string[];
  lines: { line: number; item: string; quantity: number }[];
}

/** An order with all that was written to it; its status is `posted` or `deleted` once page 42 has it no more. */
export interface OrderView {
  number: string;
  status: string;
  customer: string;
  external: string;
  orderDate: string;
  shipmentDate: string;
  agent: string;
  service: string;
  tracking: string;
  comments: string[];
  lines: LineView[];
  shipments: ShipmentView[];
  invoices: string[];
}

const text = (values: Values, name: string): string => String(values[name] ?? "");
const day = (values: Values, name: string): string => String(values[name] ?? emptyDate);
const amount = (values: Values, name: string): number => Number(values[name] ?? 0);

const shipping = (values: Values) => ({
  agent: text(values, "Shipping_Agent_Code"),
  service: text(values, "Shipping_Agent_Service_Code"),
  tracking: text(values, "Package_Tracking_No"),
  shipmentDate: day(values, "Shipment_Date"),
});

/** The comments of a document, oldest line first. */
export function commentsOf({ tables }: Company, type: string, number: Value): string[] {
  return tables
    .rows("comments")
    .filter(({ values }) => values.Document_Type === type && values.No === number)
    .sort((left, right) => amount(left.values, "Line_No") - amount(right.values, "Line_No"))
    .map(({ values }) => text(values, "Comment"));
}

const lineView = ({ values }: Row): LineView => ({
  line: amount(values, "Line_No"),
  item: text(values, "No"),
  quantity: amount(values, "Quantity"),
  toShip: amount(values, "Qty_to_Ship"),
  shipped: amount(values, "Quantity_Shipped"),
  invoiced: amount(values, "Quantity_Invoiced"),
  ...shipping(values),
});

/** A posted shipment as it stands. */
export function shipmentView(company: Company, { values }: Row): ShipmentView {
  const number = text(values, "No");
  const lines = company.tables.linesOf("shipmentLines", number);
  return {
    number,
    order: text(values, "Order_No"),
    external: text(values, "External_Document_No"),
    ...shipping(values),
    postingDate: day(values, "Posting_Date"),
    comments: commentsOf(company, "Shipment", number),
    lines: lines.map((line) => ({
      line: amount(line.values, "Line_No"),
      item: text(line.values, "No"),
      quantity: amount(line.values, "Quantity"),
    })),
  };
}

const ofOrder = ({ tables }: Company, table: string, number: string): Row[] =>
  tables.rows(table).filter(({ values }) => values.Order_No === number);

/** An order by number, with what was posted of it. */
export function orderView(company: Company, number: string): OrderView {
  const shipments = ofOrder(company, "shipments", number);
  const invoices = ofOrder(company, "invoices", number);
  const order = company.tables.find("salesHeaders", "Order", number);
  const values = order?.values ?? shipments.at(-1)?.values ?? {};
  return {
    number,
    status: order ? text(values, "Status") : shipments.length > 0 ? "posted" : "deleted",
    customer: text(values, "Sell_to_Customer_No"),
    external: text(values, "External_Document_No"),
    orderDate: day(values, "Order_Date"),
    ...shipping(values),
    comments: commentsOf(company, "Order", number),
    lines: company.tables.linesOf("salesLines", number).map(lineView),
    shipments: shipments.map((row) => shipmentView(company, row)),
    invoices: invoices.map((row) => text(row.values, "No")),
  };
}
