/** Lines of orders and invoices, and the totals that follow from them (Business Central, 2.5). */

import type { Row } from "./books.ts";
import { byCode, byId, type Company } from "./company.ts";
import { checkOpen } from "./document-head.ts";
import { cents, lineAmounts, totalsOf } from "./money.ts";
import { failedTest, notFound, Refusal, ruled } from "./refusals.ts";
import type { EntitySet, Value, Values } from "./types.ts";

const frozenWhenReleased = [
  "quantity",
  "unitPrice",
  "discountAmount",
  "discountPercent",
  "itemId",
  "itemVariantId",
  "lineObjectNumber",
  "locationId",
  "shipmentDate",
];

const amount = (values: Values, name: string): number => Number(values[name] ?? 0);

/** The header that lines of a set belong to. */
export function headerOf(company: Company, set: EntitySet, documentId: Value | undefined): Row {
  const header = company.books.byId(set.name === "salesOrderLines" ? "salesOrders" : "salesInvoices", documentId ?? "");
  if (!header) throw notFound(`${set.name}: documentId ${documentId ?? "missing"}`);
  return header;
}

function takeItem(line: Values, item: Values): void {
  if (item.blocked === true)
    throw failedTest(`Blocked must be equal to 'No' in Item: No.=${item.number}. Current value is 'Yes'.`);
  Object.assign(line, {
    itemId: item.id,
    lineObjectNumber: item.number,
    lineType: "Item",
    description: item.displayName ?? "",
    unitOfMeasureCode: item.baseUnitOfMeasureCode ?? "",
    unitOfMeasureId: item.baseUnitOfMeasureId ?? "",
    unitPrice: item.unitPrice ?? 0,
  });
}

function takeObject(company: Company, line: Values, value: Value): void {
  const field = "No.";
  if (line.lineType === "Item") {
    const item = byCode(company, { table: "items", key: "number", field }, value);
    if (item) takeItem(line, item.values);
    return;
  }
  if (line.lineType === "Account") {
    const account = byCode(company, { table: "accounts", key: "number", field }, value);
    if (account) Object.assign(line, { lineObjectNumber: value, description: account.values.displayName ?? "" });
    return;
  }
  if (line.lineType === undefined)
    throw new Refusal(
      400,
      "BadRequest_RequiredParamNotProvided",
      'The "lineType" must be specified before its number.',
    );
  throw ruled(`The simulated company has no ${line.lineType} ${value}.`);
}

/** Quantities to ship and invoice are preset to all that is open. */
function preset(line: Values): void {
  line.shipQuantity = amount(line, "quantity") - amount(line, "shippedQuantity");
  line.invoiceQuantity = amount(line, "quantity") - amount(line, "invoicedQuantity");
}

function takeShipQuantity(line: Values, value: Value): void {
  const open = amount(line, "quantity") - amount(line, "shippedQuantity");
  if (Number(value) > open) throw ruled(`You cannot ship more than ${open} units.`);
  line.shipQuantity = value;
  line.invoiceQuantity = amount(line, "shippedQuantity") + Number(value) - amount(line, "invoicedQuantity");
}

function takeInvoiceQuantity(line: Values, value: Value): void {
  const open = amount(line, "shippedQuantity") + amount(line, "shipQuantity") - amount(line, "invoicedQuantity");
  if (Number(value) > open) throw ruled(`You cannot invoice more than ${open} units.`);
  line.invoiceQuantity = value;
}

function takeDiscount(line: Values, name: string, value: Value): void {
  const gross = cents(amount(line, "quantity") * amount(line, "unitPrice"));
  line[name] = value;
  if (name === "discountPercent") line.discountAmount = cents((gross * Number(value)) / 100);
  else line.discountPercent = gross === 0 ? 0 : Number(((Number(value) / gross) * 100).toFixed(5));
}

function takeUnit(company: Company, line: Values, name: string, value: Value): void {
  const unit =
    name === "unitOfMeasureId"
      ? byId(company, "unitsOfMeasure", name, value)
      : byCode(company, { table: "unitsOfMeasure", field: "Unit of Measure Code" }, value);
  if (unit) Object.assign(line, { unitOfMeasureId: unit.values.id, unitOfMeasureCode: unit.values.code });
}

type Taker = (line: Values, value: Value, company: Company, name: string) => void;

const checks =
  (table: string): Taker =>
  (line, value, company, name) => {
    byId(company, table, name, value);
    line[name] = value;
  };

const takers: Readonly<Record<string, Taker>> = {
  itemId(line, value, company, name) {
    const item = byId(company, "items", name, value);
    if (item) takeItem(line, item.values);
  },
  lineObjectNumber: (line, value, company) => takeObject(company, line, value),
  unitOfMeasureId: (line, value, company, name) => takeUnit(company, line, name, value),
  unitOfMeasureCode: (line, value, company, name) => takeUnit(company, line, name, value),
  discountAmount: (line, value, _company, name) => takeDiscount(line, name, value),
  discountPercent: (line, value, _company, name) => takeDiscount(line, name, value),
  shipQuantity: takeShipQuantity,
  invoiceQuantity: takeInvoiceQuantity,
  locationId: checks("locations"),
  itemVariantId: checks("itemVariants"),
  quantity(line, value) {
    line.quantity = value;
    takeDiscount(line, "discountPercent", amount(line, "discountPercent"));
    preset(line);
  },
  unitPrice(line, value) {
    line.unitPrice = value;
    takeDiscount(line, "discountPercent", amount(line, "discountPercent"));
  },
};

function takeField(company: Company, line: Values, name: string, value: Value): void {
  const take = takers[name];
  if (take) take(line, value, company, name);
  else line[name] = value;
}

function takeFields(company: Company, header: Values, line: Values, given: Values): void {
  for (const [name, value] of Object.entries(given)) takeField(company, line, name, value);
  const { taxPercent } = company.books.setup.switches;
  line.taxPercent = line.lineType === "Comment" ? 0 : taxPercent;
  Object.assign(
    line,
    lineAmounts({
      quantity: amount(line, "quantity"),
      unitPrice: amount(line, "unitPrice"),
      discountAmount: amount(line, "discountAmount"),
      taxPercent: line.taxPercent,
      pricesIncludeTax: header.pricesIncludeTax === true,
    }),
  );
}

function checkDraft(set: EntitySet, header: Values): void {
  if (set.name === "salesOrderLines") checkOpen(header);
  else if (header.status !== "Draft")
    throw ruled(`The lines of invoice ${header.number} cannot be changed: it is posted.`);
}

/** Adds a line to its document. */
export function addLine(company: Company, set: EntitySet, given: Values): Row {
  const header = headerOf(company, set, given.documentId);
  checkDraft(set, header.values);
  const before = company.books.linesOf(set.table, header.values.id);
  const last = before.at(-1)?.values.sequence;
  const line: Values = { documentId: header.values.id ?? "", sequence: Number(last ?? 0) + 10_000 };
  if (given.sequence !== undefined && before.some(({ values }) => values.sequence === given.sequence))
    throw new Refusal(
      400,
      "Internal_EntityWithSameKeyExists",
      `The record already exists: Line No.=${given.sequence}.`,
    );
  const { documentId: _, ...fields } = given;
  const isComment =
    fields.lineType === undefined && fields.itemId === undefined && fields.lineObjectNumber === undefined;
  takeFields(company, header.values, line, isComment ? { lineType: "Comment", ...fields } : fields);
  const row = company.books.insert(set.table, line);
  refresh(company, header, set);
  return row;
}

/** Changes a line. */
export function changeLine(company: Company, set: EntitySet, row: Row, given: Values): void {
  const header = headerOf(company, set, row.values.documentId);
  const isFrozen =
    set.name === "salesInvoiceLines" || Object.keys(given).some((name) => frozenWhenReleased.includes(name));
  if (isFrozen) checkDraft(set, header.values);
  const number = given.lineObjectNumber;
  if (number !== undefined && number !== row.values.lineObjectNumber)
    throw new Refusal(400, "BadRequest_InvalidOperation", 'The "lineObjectNumber" cannot be changed.');
  const line = { ...row.values };
  const { documentId: _, lineObjectNumber: __, ...fields } = given;
  takeFields(company, header.values, line, fields);
  company.books.change(row, line);
  refresh(company, header, set);
}

/** Computes the lines of an order anew, whose prices are now meant with or without tax. */
export function recompute(company: Company, order: Row): void {
  for (const row of company.books.linesOf("salesOrderLines", order.values.id)) {
    const line = { ...row.values };
    takeFields(company, order.values, line, {});
    company.books.change(row, line);
  }
  refresh(company, order, { table: "salesOrderLines" });
}

/** Deletes a line. */
export function removeLine(company: Company, set: EntitySet, row: Row): void {
  const header = headerOf(company, set, row.values.documentId);
  checkDraft(set, header.values);
  company.books.remove(row);
  refresh(company, header, set);
}

/** Computes a header anew from its lines; whether that moves its `lastModifiedDateTime` is a switch. */
export function refresh(company: Company, header: Row, { table }: Pick<EntitySet, "table">): void {
  const { books } = company;
  const lines = books.linesOf(table, header.values.id).map(({ values }) => values);
  const totals = totalsOf(lines, amount(header.values, "discountAmount"));
  const goods = lines.filter((line) => line.lineType !== "Comment");
  const fullyShipped = goods.length > 0 && goods.every((line) => line.quantity === amount(line, "shippedQuantity"));
  const computed: Values =
    table === "salesOrderLines" ? { ...totals, fullyShipped } : { ...totals, remainingAmount: 0 };
  const hasMoved = Object.entries(computed).some(([name, value]) => header.values[name] !== value);
  const { lineTouchesHeader } = books.setup.switches;
  books.change(header, computed, lineTouchesHeader === "never" || (lineTouchesHeader === "totals" && !hasMoved));
}
