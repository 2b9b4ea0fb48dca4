/** What table 36 does with the head of an order (Dynamics NAV, 4.1 and 5.1). */

import { type Company, today } from "./company.ts";
import { alreadyExists, mustBeOpen, ruled } from "./refusals.ts";
import { checkShipping, related } from "./relations.ts";
import type { Row } from "./tables.ts";
import { isHeld, type Value, type Values } from "./types.ts";

/** What only an open order takes. */
const onlyOpen = new Set(
  "Shipping_Agent_Code Shipping_Agent_Service_Code Shipment_Method_Code Requested_Delivery_Date Location_Code Sell_to_Customer_No Prices_Including_VAT Currency_Code".split(
    " ",
  ),
);

/** What the lines of an open order follow. */
const followed = new Set(["Shipping_Agent_Code", "Shipping_Agent_Service_Code", "Location_Code"]);

function customerFields(company: Company, number: Value): Values {
  const customer = related(company, { table: "customers", title: "Customer", caption: "No." }, number)?.values;
  if (!customer) return {};
  if (customer.Blocked === "All")
    throw ruled(`You cannot create this type of document when Customer ${number} is blocked with type All`);
  const name = customer.Name ?? "";
  const address = { Address: "Address", Address_2: "Address_2", Post_Code: "Post_Code", City: "City" };
  const parts = Object.entries(address).flatMap(([field, from]) =>
    ["Sell_to", "Ship_to", "Bill_to"].map((head) => [`${head}_${field}`, customer[from] ?? ""]),
  );
  const copied = "Shipment_Method_Code Shipping_Agent_Code Shipping_Agent_Service_Code Currency_Code".split(" ");
  return {
    Sell_to_Customer_Name: name,
    Ship_to_Name: name,
    Bill_to_Name: name,
    Ship_to_Country_Region_Code: customer.Country_Region_Code ?? "",
    ...Object.fromEntries(parts),
    ...Object.fromEntries(copied.map((field) => [field, customer[field] ?? ""])),
  };
}

/** What a validated field brings with it. */
function validated(company: Company, order: Values, name: string, value: Value): Values {
  if (onlyOpen.has(name) && order.Status !== "Open") throw mustBeOpen(order.No, order.Status);
  checkShipping(company, name, value, order);
  if (name === "Sell_to_Customer_No") return customerFields(company, value);
  return name === "Shipping_Agent_Code" ? { Shipping_Agent_Service_Code: "" } : {};
}

function updateLines(company: Company, order: Values, patch: Values): void {
  if (Object.keys(patch).length === 0) return;
  const lines = company.tables.linesOf("salesLines", order.No);
  if (lines.length > 0 && order.Status !== "Open") throw mustBeOpen(order.No, order.Status);
  for (const line of lines) company.tables.change(line, patch);
}

/** Takes a new order, its number from the series unless it is given. */
export function insertOrder(company: Company, values: Values): Row {
  const { tables } = company;
  const { Document_Type: _, No, ...fields } = values;
  const number = No || tables.nextNumber(101_000);
  if (tables.find("salesHeaders", "Order", number))
    throw alreadyExists("Sales Header", { "Document Type": "Order", "No.": number });
  const day = today(company);
  const dates = { Order_Date: day, Posting_Date: day, Document_Date: day, Shipment_Date: day };
  const first = { Document_Type: "Order", No: number, Status: "Open", ...dates };
  const row = tables.insert("salesHeaders", ["Document_Type", "No"], first);
  changeOrder(company, row, fields);
  return row;
}

/** Changes a head field by field, in the order they come, within what its status allows. */
export function changeOrder(company: Company, row: Row, patch: Values): void {
  const now: Values = { ...row.values };
  const toLines: Values = {};
  const { headerShipmentDate, unchangedFields } = company.switches;
  const isAlone = headerShipmentDate === "alone";
  for (const [name, value] of Object.entries(patch)) {
    const isSame = isHeld(now, name, value);
    if (isSame && unchangedFields === "skipped") continue;
    const more = validated(company, now, name, value);
    if (isSame) continue;
    Object.assign(now, more, { [name]: value });
    if (followed.has(name) || (name === "Shipment_Date" && !isAlone)) toLines[name] = value;
    if (name === "Shipping_Agent_Code") Object.assign(toLines, more);
  }
  updateLines(company, now, toLines);
  company.tables.change(row, now);
}

/** Deletes an order with its lines and comments. */
export function removeOrder({ tables }: Company, row: Row): void {
  const { No } = row.values;
  for (const line of tables.linesOf("salesLines", No)) tables.remove(line);
  for (const comment of tables.rows("comments"))
    if (comment.values.No === No && comment.values.Document_Type === "Order") tables.remove(comment);
  tables.remove(row);
}
