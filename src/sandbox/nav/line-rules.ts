/** What table 37 does with the lines of an order (Dynamics NAV, 4.2 and 5.1). */

import { type Company, today } from "./company.ts";
import { alreadyExists, doesNotExist, mustBeOpen, ruled } from "./refusals.ts";
import { checkShipping, related } from "./relations.ts";
import type { Row } from "./tables.ts";
import { isHeld, type Value, type Values } from "./types.ts";

const key = ["Document_Type", "Document_No", "Line_No"];

/** What a line takes after its order was released. */
const evenReleased = new Set(["Qty_to_Ship", "Qty_to_Invoice", "Package_Tracking_No", "Description", "Bin_Code"]);

const amount = (values: Values, name: string): number => Number(values[name] ?? 0);

/** What of a line has not left yet. */
export const outstanding = (line: Values): number => amount(line, "Quantity") - amount(line, "Quantity_Shipped");

/** What could be invoiced once the quantity to ship has left. */
export const invoiceable = (line: Values): number =>
  amount(line, "Quantity_Shipped") + amount(line, "Qty_to_Ship") - amount(line, "Quantity_Invoiced");

/** The order of a line; a Refusal when there is none. */
export function headerOf({ tables }: Company, line: Values): Row {
  const found = tables.find("salesHeaders", "Order", line.Document_No ?? "");
  if (!found) throw doesNotExist("Sales Header", { "Document Type": "Order", "No.": line.Document_No ?? "" });
  return found;
}

function checkOpen({ values }: Row): void {
  if (values.Status !== "Open") throw mustBeOpen(values.No, values.Status);
}

function checkMost(name: string, value: number, most: number): void {
  const isWithin = most >= 0 ? value >= 0 && value <= most : value <= 0 && value >= most;
  if (!isWithin) throw ruled(`You cannot ${name === "Qty_to_Ship" ? "ship" : "invoice"} more than ${most} units.`);
}

function itemFields(company: Company, line: Values, number: Value): Values {
  if (line.Type !== "Item") return {};
  const item = related(company, { table: "items", title: "Item", caption: "No." }, number)?.values;
  return {
    Description: item?.Description ?? "",
    Unit_of_Measure_Code: item?.Base_Unit_of_Measure ?? "",
    Unit_Price: item?.Unit_Price ?? 0,
  };
}

/** What a validated field brings with it. */
function validated(company: Company, line: Values, name: string, value: Value): Values {
  checkShipping(company, name, value, line);
  switch (name) {
    case "No":
      return itemFields(company, line, value);
    case "Shipping_Agent_Code":
      return { Shipping_Agent_Service_Code: "" };
    case "Quantity": {
      const shipped = amount(line, "Quantity_Shipped");
      if (Number(value) < shipped)
        throw ruled(`Quantity must not be less than ${shipped} in Sales Line Line No.='${line.Line_No}'.`);
      const open = Number(value) - shipped;
      return { Qty_to_Ship: open, Qty_to_Invoice: invoiceable({ ...line, Qty_to_Ship: open }) };
    }
    case "Qty_to_Ship":
      checkMost(name, Number(value), outstanding(line));
      return { Qty_to_Invoice: invoiceable({ ...line, Qty_to_Ship: value }) };
    case "Qty_to_Invoice":
      checkMost(name, Number(value), invoiceable(line));
      return {};
    default:
      return {};
  }
}

function applied(company: Company, line: Values, patch: Values): Values {
  const now: Values = { ...line };
  for (const [name, value] of Object.entries(patch)) {
    if (isHeld(now, name, value)) continue;
    Object.assign(now, validated(company, now, name, value), { [name]: value });
  }
  const gross = amount(now, "Quantity") * amount(now, "Unit_Price");
  const discount = Number(((gross * amount(now, "Line_Discount_Percent")) / 100).toFixed(2));
  return { ...now, Line_Discount_Amount: discount, Line_Amount: Number((gross - discount).toFixed(2)) };
}

/** Adds a line to an open order; without a number it comes 10000 after the last. */
export function insertLine(company: Company, values: Values): Row {
  const { tables } = company;
  const header = headerOf(company, values);
  checkOpen(header);
  const { No: Document_No = "", Shipment_Date = today(company) } = header.values;
  const last = Number(tables.linesOf("salesLines", Document_No).at(-1)?.values.Line_No ?? 0);
  const Line_No = values.Line_No || last + 10_000;
  if (tables.find("salesLines", "Order", Document_No, Line_No))
    throw alreadyExists("Sales Line", { "Document Type": "Order", "Document No.": Document_No, "Line No.": Line_No });
  const { Location_Code = "", Shipping_Agent_Code = "", Shipping_Agent_Service_Code = "" } = header.values;
  const inherited = { Shipment_Date, Location_Code, Shipping_Agent_Code, Shipping_Agent_Service_Code };
  const { Document_Type: _, Document_No: __, Line_No: ___, ...fields } = values;
  const first = { Document_Type: "Order", Document_No, Line_No, ...inherited };
  return tables.insert("salesLines", key, applied(company, first, fields));
}

/** Changes a line within what the status of its order allows. */
export function changeLine(company: Company, row: Row, patch: Values): void {
  const looksAtAll = company.switches.unchangedFields === "validated";
  const touched = Object.entries(patch).filter(([name, value]) => looksAtAll || !isHeld(row.values, name, value));
  const isOwn = (name: string) => key.includes(name) || evenReleased.has(name) || name.startsWith("Shortcut");
  if (touched.some(([name]) => !isOwn(name))) checkOpen(headerOf(company, row.values));
  company.tables.change(row, applied(company, row.values, patch));
}

/** Deletes a line of an open order. */
export function removeLine(company: Company, row: Row): void {
  checkOpen(headerOf(company, row.values));
  company.tables.remove(row);
}
