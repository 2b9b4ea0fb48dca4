/** Writes over the services: what the page lets through, what the tables say, what the ledger keeps (Dynamics NAV, 3.1, 4 and 5). */

import { type Company, type Database, today } from "./company.ts";
import { changeLine, insertLine, removeLine } from "./line-rules.ts";
import { changeOrder, insertOrder, removeOrder } from "./order-rules.ts";
import { alreadyExists, bad, changedMeanwhile, failedTest, locked, noDialog } from "./refusals.ts";
import { checkShipping } from "./relations.ts";
import { etagOf, type Row } from "./tables.ts";
import { type EntitySet, isHeld, type Page, type Values } from "./types.ts";

/** Where a write goes. */
export interface Place {
  database: Database;
  company: Company;
  set: EntitySet;
}

/** How a person would read the key of a record: `101042` or `101042/10000`. */
const numberOf = (values: Values, { key }: Page): string =>
  key
    .filter((name) => name !== "Document_Type")
    .map((name) => values[name])
    .join("/");

function note({ database, company, set }: Place, verb: string, row: Values, body: Values): void {
  const { page } = set;
  const key = `${company.name}/${numberOf(row, page)}`;
  const action = `${verb} ${page.name}`;
  database.ledger.push({ at: company.clock.now().toISOString(), action, key, body });
}

/** Refuses without a tag, or with one that is no longer the record's. */
export function checkTag({ company, set }: Place, row: Row, ifMatch: string | null): void {
  if (ifMatch === null) throw bad("The request must have an If-Match header with the ETag of the record.");
  if (ifMatch !== "*" && ifMatch !== etagOf(row))
    throw changedMeanwhile(company.switches.staleTagStatus, set.page.title);
}

/** Refuses while somebody holds the order. */
function checkLock({ company, set }: Place, values: Values): void {
  const order = set.page.table === "salesHeaders" ? values.No : values.Document_No;
  if (set.page.table !== "salesHeaders" && set.page.table !== "salesLines") return;
  const left = company.locks.get(String(order)) ?? 0;
  if (left <= 0) return;
  company.locks.set(String(order), left - 1);
  throw locked(set.page.title);
}

function checkDialogs({ company, set }: Place, row: Row, patch: Values): void {
  const { dialogOn, headerShipmentDate } = company.switches;
  for (const [name, value] of Object.entries(patch)) {
    if (isHeld(row.values, name, value)) continue;
    if (dialogOn.includes(`${set.page.name}.${name}`)) throw noDialog(`Do you want to change ${name}?`);
    const isShipmentDate = set.page.name === "salesOrder" && name === "Shipment_Date";
    if (isShipmentDate && headerShipmentDate === "dialog" && company.tables.linesOf("salesLines", row.values.No).length)
      throw noDialog("You have modified Shipment Date. Do you want to update the lines?");
  }
}

/** Ship-to fields are open on the page only with a custom address; what that means over OData is a switch. */
function openShipTo({ company, set }: Place, row: Row, patch: Values): Values {
  const { shipToFields } = company.switches;
  const options = patch.ShippingOptions ?? row.values.ShippingOptions;
  if (set.page.name !== "salesOrder" || options === "Custom Address" || shipToFields === "taken") return patch;
  const isShipTo = (name: string) => name.startsWith("Ship_to_") && name !== "Ship_to_Code";
  if (shipToFields === "refused" && Object.keys(patch).some(isShipTo))
    throw failedTest("The ship-to fields cannot be changed unless ShippingOptions is Custom Address.");
  return Object.fromEntries(Object.entries(patch).filter(([name]) => !isShipTo(name)));
}

function insertRow(company: Company, page: Page, values: Values): Row {
  const { tables } = company;
  const first: Values = "Last_Date_Modified" in page.properties ? { Last_Date_Modified: today(company) } : {};
  const given = { ...(page.name === "salesComments" ? commentDefaults(company, values) : {}), ...first, ...values };
  const key = page.key.map((name) => [name, given[name] ?? ""] as const);
  const asked = key.find(([name, value]) => value === "" && name !== "Document_Type");
  if (asked) throw failedTest(`${asked[0]} must have a value in ${page.title}. It cannot be zero or empty.`);
  if (tables.find(page.table, ...key.map(([, value]) => value)))
    throw alreadyExists(page.title, Object.fromEntries(key.map(([name, value]) => [name.replaceAll("_", " "), value])));
  return tables.insert(page.table, page.key, given);
}

/** Where a comment goes: behind the last of its document, 10000 on. */
export function commentDefaults(
  company: Company,
  { Document_Type = "Quote", No = "", Document_Line_No = 0 }: Values,
): Values {
  const last = company.tables
    .rows("comments")
    .filter(({ values }) => values.Document_Type === Document_Type && values.No === No)
    .reduce((most, { values }) => Math.max(most, Number(values.Line_No)), 0);
  return { Document_Type, No, Document_Line_No, Line_No: last + 10_000, Date: today(company) };
}

/** Takes a new record. */
export function insert(place: Place, values: Values): Row {
  const { company, set } = place;
  const { page } = set;
  if (page.table.startsWith("sales") && (values.Document_Type ?? "Order") !== "Order")
    throw failedTest(`Document Type must be equal to 'Order' in ${page.title}.`);
  checkLock(place, values);
  const row =
    page.name === "salesOrder"
      ? insertOrder(company, values)
      : page.name === "salesOrder.SalesLines"
        ? insertLine(company, values)
        : insertRow(company, page, values);
  note(place, "POST", row.values, values);
  return row;
}

/** Changes a record within what page and table allow. */
export function patch(place: Place, row: Row, given: Values): void {
  const { company, set } = place;
  const { page } = set;
  for (const name of page.key)
    if (name in given && given[name] !== row.values[name]) throw bad(`The key field '${name}' cannot be changed.`);
  checkLock(place, row.values);
  checkDialogs(place, row, given);
  const values = openShipTo(place, row, given);
  if (page.name === "salesOrder") changeOrder(company, row, values);
  else if (page.name === "salesOrder.SalesLines") changeLine(company, row, values);
  else if (page.name === "postedSalesShipment") changeShipment(company, row, values);
  else changeRow(company, page, row, values);
  note(place, "PATCH", row.values, given);
}

function changeRow(company: Company, page: Page, row: Row, values: Values): void {
  for (const [name, value] of Object.entries(values)) checkShipping(company, name, value, { ...row.values, ...values });
  const touched: Values = "Last_Date_Modified" in page.properties ? { Last_Date_Modified: today(company) } : {};
  company.tables.change(row, { ...values, ...touched });
}

/** "Shipment Header - Edit": the three shipping fields (Dynamics NAV, 4.3). */
export function changeShipment(company: Company, row: Row, values: Values): void {
  if (company.switches.postedShipmentEdit === "refused")
    throw failedTest("The page Posted Sales Shipment cannot be modified.");
  const now = { ...row.values };
  for (const [name, value] of Object.entries(values)) {
    if (isHeld(now, name, value)) continue;
    checkShipping(company, name, value, { ...now, ...values });
    Object.assign(now, name === "Shipping_Agent_Code" ? { Shipping_Agent_Service_Code: "" } : {}, { [name]: value });
  }
  company.tables.change(row, now);
}

/** Deletes a record. */
export function remove(place: Place, row: Row): void {
  const { company, set } = place;
  checkLock(place, row.values);
  if (set.page.name === "salesOrder") removeOrder(company, row);
  else if (set.page.name === "salesOrder.SalesLines") removeLine(company, row);
  else company.tables.remove(row);
  note(place, "DELETE", row.values, {});
}
