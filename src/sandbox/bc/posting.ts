/** Posting: shipments, invoices, and the credit memos that cancel them (Business Central, 4.4). */

import type { Row } from "./books.ts";
import type { Company } from "./company.ts";
import { checkBlocked } from "./document-head.ts";
import { invoiced } from "./invoiced.ts";
import { failedTest, Refusal, ruled } from "./refusals.ts";
import { moveStock } from "./stock.ts";
import { emptyGuid, encoded, type Values } from "./types.ts";

/** What is shipped and invoiced. */
export interface PostingScope {
  ship: boolean;
  invoice: boolean;
}

const amount = (values: Values, name: string): number => Number(values[name] ?? 0);

function checkPlanned(company: Company, document: Values): void {
  const planned = company.refusals.get(String(document.number)) ?? company.refusals.get(String(document.id));
  if (!planned || planned.times <= 0) return;
  planned.times -= 1;
  throw new Refusal(400, planned.code, planned.message);
}

function checkPosting(company: Company, document: Values, lines: readonly Row[], isOrder: boolean): void {
  const { books } = company;
  if (books.setup.switches.permissionSets === "withoutPosting")
    throw new Refusal(
      books.setup.switches.forbidden.status,
      "Application_DialogException",
      `You do not have the following permissions on TableData Sales Invoice Header: Insert.`,
    );
  checkPlanned(company, document);
  const { allowedPosting } = company;
  const date = String(document.postingDate ?? "");
  if (allowedPosting && (date < allowedPosting.from || date > allowedPosting.to))
    throw ruled(
      `Posting Date is not within your range of allowed posting dates in Sales Header Document Type='${isOrder ? "Order" : "Invoice"}',No.='${document.number}'.`,
    );
  const customer = books.byId("customers", document.customerId);
  if (customer) checkBlocked(customer.values, isOrder, "post");
  for (const { values } of lines) checkLine(company, values, isOrder);
}

function checkLine(company: Company, line: Values, isOrder: boolean): void {
  if (line.lineType !== "Item" || amount(line, "quantity") === 0) return;
  const { books } = company;
  const location = books.byId("locations", line.locationId ?? "")?.values.code;
  if (isOrder && location !== undefined && books.setup.switches.warehouseLocations.includes(String(location)))
    throw ruled(
      `Warehouse handling is required for Document Type = Order, Document No. = ${headNumber(company, line)}, Line No. = ${line.sequence}.`,
    );
  const item = books.byId("items", line.itemId)?.values;
  for (const [field, label] of [
    ["generalProductPostingGroupCode", "Gen. Prod. Posting Group"],
    ["inventoryPostingGroupCode", "Inventory Posting Group"],
  ] as const)
    if (item && (item[field] ?? "") === "" && (field.startsWith("gen") || item.type === "Inventory"))
      throw failedTest(`${label} must have a value in Item: No.=${item.number}. It cannot be zero or empty.`);
}

const headNumber = (company: Company, line: Values) =>
  company.books.byId("salesOrders", line.documentId)?.values.number ?? "";

const copied =
  "externalDocumentNumber postingDate customerId customerNumber customerName billToCustomerId billToCustomerNumber billToName shipToName shipToContact phoneNumber email salesperson currencyCode pricesIncludeTax shippingAgentCode shippingAgentServiceCode packageTrackingNo".split(
    " ",
  );

/** What a posted document keeps of its order; tracking is copied too (Business Central, 5). */
function inherited(order: Values): Values {
  const isCopied = (name: string) => copied.includes(name) || /^(shipTo|sellTo|billTo)/.test(name);
  return Object.fromEntries(Object.entries(order).filter(([name]) => isCopied(name)));
}

const codeOf = (company: Company, table: string, id: unknown) => company.books.byId(table, id)?.values.code ?? "";

const shipmentTypes: Readonly<Record<string, string>> = {
  Comment: encoded(""),
  Account: encoded("G/L Account"),
  Charge: encoded("Charge (Item)"),
};

function postShipment(company: Company, order: Row, lines: readonly Row[]): Row {
  const { books } = company;
  const { values } = order;
  const shipment = books.insert("salesShipments", {
    ...inherited(values),
    number: books.nextNumber("S-SHPT", 102000),
    orderNumber: values.number ?? "",
    invoiceDate: values.orderDate ?? "",
    dueDate: values.postingDate ?? "",
    paymentTermsCode: codeOf(company, "paymentTerms", values.paymentTermsId),
    shipmentMethodCode: codeOf(company, "shipmentMethods", values.shipmentMethodId),
  });
  for (const line of lines) {
    const quantity = amount(line.values, "shipQuantity");
    if (quantity === 0 && line.values.lineType !== "Comment") continue;
    const { id: _, documentId: __, lineType, ...kept } = line.values;
    books.insert("salesShipmentLines", {
      ...kept,
      documentId: String(shipment.values.id),
      documentNo: String(shipment.values.number),
      lineType: shipmentTypes[String(lineType)] ?? String(lineType),
      quantity,
    });
    books.change(line, { shippedQuantity: amount(line.values, "shippedQuantity") + quantity });
    moveStock(company, line.values, { quantity: -quantity, document: shipment.values });
  }
  return shipment;
}

function postInvoiceOf(company: Company, order: Row, lines: readonly Row[]): Row {
  const { books } = company;
  const { values } = order;
  const { parts, totals } = invoiced(
    values,
    lines.map((line) => line.values),
  );
  const { currencyId = emptyGuid, paymentTermsId = emptyGuid, shipmentMethodId = emptyGuid } = values;
  const invoice = books.insert("salesInvoices", {
    ...inherited(values),
    ...{ currencyId, paymentTermsId, shipmentMethodId, ...totals },
    number: books.nextNumber("PS-INV", 103000),
    orderId: values.id ?? "",
    orderNumber: values.number ?? "",
    invoiceDate: values.orderDate ?? "",
    dueDate: values.postingDate ?? "",
    remainingAmount: totals.totalAmountIncludingTax ?? 0,
    status: "Open",
  });
  for (const { id: _, ...part } of parts)
    if (amount(part, "quantity") !== 0 || part.lineType === "Comment")
      books.insert("salesInvoiceLines", { ...part, documentId: String(invoice.values.id) });
  for (const line of lines)
    books.change(line, {
      invoicedQuantity: amount(line.values, "invoicedQuantity") + amount(line.values, "invoiceQuantity"),
    });
  return invoice;
}

/** Posts an order: what its lines say, or only one half of it. A fully invoiced order is gone afterwards. */
export function postOrder(company: Company, order: Row, scope: PostingScope): void {
  const { books } = company;
  const lines = books.linesOf("salesOrderLines", order.values.id);
  checkPosting(company, order.values, lines, true);
  postUnchecked(company, order, scope);
}

/** Posts an order without asking what posting over the API asks, as a warehouse document does. */
export function postUnchecked(company: Company, order: Row, scope: PostingScope): Row | undefined {
  const { books } = company;
  const lines = books.linesOf("salesOrderLines", order.values.id);
  const sum = (name: string) => lines.reduce((total, { values }) => total + Math.abs(amount(values, name)), 0);
  const [ships, invoices] = [scope.ship && sum("shipQuantity") > 0, scope.invoice && sum("invoiceQuantity") > 0];
  if (!ships && !invoices) throw ruled("There is nothing to post.");
  const shipment = ships ? postShipment(company, order, lines) : undefined;
  if (invoices) postInvoiceOf(company, order, lines);
  const goods = lines.filter(({ values }) => values.lineType !== "Comment");
  if (goods.every(({ values }) => values.quantity === amount(values, "invoicedQuantity"))) {
    for (const row of [...lines, order]) books.remove(row);
    return shipment;
  }
  for (const line of goods)
    books.change(line, {
      shipQuantity: amount(line.values, "quantity") - amount(line.values, "shippedQuantity"),
      invoiceQuantity: amount(line.values, "quantity") - amount(line.values, "invoicedQuantity"),
    });
  const fullyShipped = goods.every(({ values }) => values.quantity === amount(values, "shippedQuantity"));
  // Posting releases an order that was still open.
  books.change(order, { fullyShipped, status: "Open" });
  return shipment;
}

/** Posts a draft invoice: its id stays, its number becomes another (Business Central, 0.6). */
export function postInvoice(company: Company, invoice: Row): void {
  const { books } = company;
  if (invoice.values.status !== "Draft") throw ruled("The action can be applied to a draft invoice only.");
  const lines = books.linesOf("salesInvoiceLines", invoice.values.id);
  checkPosting(company, invoice.values, lines, false);
  if (!lines.some(({ values }) => amount(values, "quantity") !== 0)) throw ruled("There is nothing to post.");
  const number = books.nextNumber("PS-INV", 103000);
  const remainingAmount = amount(invoice.values, "totalAmountIncludingTax");
  books.change(invoice, { number, status: "Open", remainingAmount });
  for (const { values } of lines)
    moveStock(company, values, { quantity: -amount(values, "quantity"), document: invoice.values });
}

function creditMemo(company: Company, invoice: Values, isPosted: boolean): Row {
  const { books } = company;
  const kept = [
    "externalDocumentNumber",
    "customerId",
    "customerNumber",
    "totalAmountExcludingTax",
    "totalTaxAmount",
    "totalAmountIncludingTax",
  ];
  return books.insert("salesCreditMemos", {
    ...Object.fromEntries(kept.map((name) => [name, invoice[name] ?? ""])),
    number: isPosted ? books.nextNumber("PS-CR", 104000) : books.nextNumber("S-CR", 1000),
    invoiceId: invoice.id ?? "",
    invoiceNumber: invoice.number ?? "",
    postingDate: books.today(),
    status: isPosted ? "Corrective" : "Draft",
  });
}

/** Cancels a posted invoice by a credit memo, or drafts one that corrects it. */
export function creditInvoice(company: Company, invoice: Row, action: "cancel" | "correct"): void {
  if (invoice.values.status !== "Open" && invoice.values.status !== "Paid")
    throw ruled("The action can be applied to a posted invoice only.");
  checkPlanned(company, invoice.values);
  if (action === "cancel" && invoice.values.status === "Paid")
    throw ruled(`You cannot cancel posted sales invoice ${invoice.values.number} because it is paid.`);
  creditMemo(company, invoice.values, action === "cancel");
  if (action === "correct") return;
  for (const { values } of company.books.linesOf("salesInvoiceLines", invoice.values.id))
    moveStock(company, values, { quantity: amount(values, "quantity"), document: invoice.values });
  company.books.change(invoice, { status: "Canceled", remainingAmount: 0 });
}
