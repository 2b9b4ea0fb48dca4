/** Posting by a person or by the partner's codeunit: shipments, invoices, and the order that vanishes (Dynamics NAV, 5). */

import type { Company } from "./company.ts";
import { invoiceable, outstanding } from "./line-rules.ts";
import { removeOrder } from "./order-rules.ts";
import { ruled } from "./refusals.ts";
import type { Row } from "./tables.ts";
import type { Values } from "./types.ts";

/** What is posted. */
export interface PostingScope {
  ship: boolean;
  invoice: boolean;
}

/** The numbers of what was posted; empty where nothing was. */
export interface Posted {
  shipment: string;
  invoice: string;
}

const amount = (values: Values, name: string): number => Number(values[name] ?? 0);

const copied =
  "Sell_to_Customer_No Sell_to_Customer_Name External_Document_No Posting_Date Document_Date Shipment_Date Due_Date Shipment_Method_Code Shipping_Agent_Code Shipping_Agent_Service_Code Package_Tracking_No Location_Code".split(
    " ",
  );

/** What a posted document keeps of its order, tracking included. */
function inherited(order: Values): Values {
  const kept = Object.entries(order).filter(([name]) => copied.includes(name) || /^(Sell|Ship)_to_/.test(name));
  const { No = "", Sell_to_Customer_No = "" } = order;
  return { ...Object.fromEntries(kept), Order_No: No, Bill_to_Customer_No: Sell_to_Customer_No };
}

function checkDate({ allowedPosting }: Company, { Posting_Date = "", No = "" }: Values): void {
  if (allowedPosting && (Posting_Date < allowedPosting.from || Posting_Date > allowedPosting.to))
    throw ruled(
      `Posting Date is not within your range of allowed posting dates in Sales Header Document Type='Order',No.='${No}'.`,
    );
}

function ship(company: Company, order: Row, lines: readonly Row[]): string {
  const { tables } = company;
  const No = tables.nextNumber(102_000);
  tables.insert("shipments", ["No"], { ...inherited(order.values), No });
  for (const line of lines) {
    const quantity = amount(line.values, "Qty_to_Ship");
    if (quantity === 0) continue;
    const { Line_No = 0, Type = "", No: item = "", Description = "", Unit_of_Measure_Code = "" } = line.values;
    const { Shipment_Date = "", Variant_Code = "" } = line.values;
    const shipped = { Line_No, Type, No: item, Description, Unit_of_Measure_Code, Shipment_Date, Variant_Code };
    const Quantity = quantity;
    const posted = { Document_No: No, ...shipped, Quantity, Qty_Shipped_Not_Invoiced: quantity };
    tables.insert("shipmentLines", ["Document_No", "Line_No"], posted);
    tables.change(line, { Quantity_Shipped: amount(line.values, "Quantity_Shipped") + quantity });
    takeFromStock(company, line.values, quantity);
  }
  copyComments(company, order.values, { Document_Type: "Shipment", No });
  return No;
}

function takeFromStock({ tables }: Company, line: Values, quantity: number): void {
  if (line.Type !== "Item") return;
  const place = [line.No ?? "", line.Location_Code ?? ""] as const;
  const stock = tables.find("stock", ...place);
  if (stock) tables.change(stock, { Quantity: amount(stock.values, "Quantity") - quantity });
  else tables.insert("stock", ["Item_No", "Location_Code"], stockOf(place, -quantity));
}

/** A record of how much of an item lies at a location. */
export const stockOf = (
  [Item_No, Location_Code]: readonly [string | number | boolean, string | number | boolean],
  Quantity: number,
): Values => ({
  Item_No,
  Location_Code,
  Quantity,
});

function copyComments({ tables }: Company, order: Values, to: Values): void {
  for (const { key, values } of tables.rows("comments"))
    if (values.Document_Type === "Order" && values.No === order.No)
      tables.insert("comments", key, { ...values, ...to });
}

function invoice(company: Company, order: Row, lines: readonly Row[]): string {
  const { tables } = company;
  const No = tables.nextNumber(103_000);
  tables.insert("invoices", ["No"], { ...inherited(order.values), No });
  for (const line of lines) {
    const quantity = amount(line.values, "Qty_to_Invoice");
    tables.change(line, { Quantity_Invoiced: amount(line.values, "Quantity_Invoiced") + quantity });
    let rest = quantity;
    for (const shipped of shippedOf(company, order, line)) {
      const part = Math.min(rest, amount(shipped.values, "Qty_Shipped_Not_Invoiced"));
      rest -= part;
      tables.change(shipped, {
        Quantity_Invoiced: amount(shipped.values, "Quantity_Invoiced") + part,
        Qty_Shipped_Not_Invoiced: amount(shipped.values, "Qty_Shipped_Not_Invoiced") - part,
      });
    }
  }
  return No;
}

function shippedOf({ tables }: Company, order: Row, line: Row): Row[] {
  return tables
    .rows("shipments")
    .filter(({ values }) => values.Order_No === order.values.No)
    .flatMap(({ values }) => tables.linesOf("shipmentLines", values.No))
    .filter(({ values }) => values.Line_No === line.values.Line_No);
}

/** Posts what the lines say is to ship and to invoice; an order that is invoiced in full vanishes. */
export function post(company: Company, order: Row, scope: PostingScope): Posted {
  const { tables } = company;
  checkDate(company, order.values);
  const lines = tables.linesOf("salesLines", order.values.No);
  // An invoice alone takes no more than was shipped before.
  if (!scope.ship)
    for (const line of lines) {
      const most = invoiceable({ ...line.values, Qty_to_Ship: 0 });
      tables.change(line, { Qty_to_Invoice: Math.min(amount(line.values, "Qty_to_Invoice"), most) });
    }
  const isShipping = scope.ship && lines.some(({ values }) => amount(values, "Qty_to_Ship") !== 0);
  const isInvoicing = scope.invoice && lines.some(({ values }) => amount(values, "Qty_to_Invoice") !== 0);
  if (!isShipping && !isInvoicing) throw ruled("There is nothing to post.");
  if (order.values.Status === "Open") tables.change(order, { Status: "Released" });
  const posted = {
    shipment: isShipping ? ship(company, order, lines) : "",
    invoice: isInvoicing ? invoice(company, order, lines) : "",
  };
  for (const line of lines) {
    const toShip = { ...line.values, Qty_to_Ship: outstanding(line.values) };
    tables.change(line, { Qty_to_Ship: toShip.Qty_to_Ship, Qty_to_Invoice: invoiceable(toShip) });
  }
  const isDone = lines.every(({ values }) => amount(values, "Quantity_Invoiced") === amount(values, "Quantity"));
  if (isDone) removeOrder(company, order);
  return posted;
}
