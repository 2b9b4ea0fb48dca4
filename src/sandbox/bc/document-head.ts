/** Headers of orders and invoices: fields are validated in the order they come (Business Central, 2.4). */

import type { Row } from "./books.ts";
import { byCode, byId, type Company } from "./company.ts";
import { failedTest, Refusal, ruled } from "./refusals.ts";
import { type EntitySet, emptyGuid, type Value, type Values } from "./types.ts";

/** What a released order refuses (Business Central, 4.5). */
const frozenWhenReleased = [
  "shippingAgentCode",
  "shippingAgentServiceCode",
  "shipmentMethodId",
  "requestedDeliveryDate",
  "partialShipping",
  "customerId",
  "customerNumber",
  "currencyId",
  "currencyCode",
];

/** All that a posted invoice still takes (Business Central, 2.6). */
const openWhenPosted = ["dueDate", "promisedPayDate", "disputeStatusId", "disputeStatus"];

const addressParts = [
  ["AddressLine1", "addressLine1"],
  ["AddressLine2", "addressLine2"],
  ["City", "city"],
  ["State", "state"],
  ["Country", "country"],
  ["PostCode", "postalCode"],
] as const;

const addressOf = (customer: Values, prefix: string): Values =>
  Object.fromEntries(addressParts.map(([ours, theirs]) => [prefix + ours, customer[theirs] ?? ""]));

/** Refuses a change of an order that is not Draft. */
export function checkOpen(document: Values): void {
  if (document.status === "Draft") return;
  const held = document.status === "Open" ? "Released" : "Pending Approval";
  throw failedTest(
    `Status must be equal to 'Open'  in Sales Header: Document Type=Order, No.=${document.number}. Current value is '${held}'.`,
  );
}

/** The kind of document as the blocks of a customer see it. */
type Deed = "create" | "post";

/** Refuses a customer who is blocked for this (Business Central, 2.3). */
export function checkBlocked(customer: Values, isOrder: boolean, deed: Deed): void {
  const blocked = String(customer.blocked ?? "_x0020_");
  if (blocked === "_x0020_" || (blocked === "Ship" && !isOrder)) return;
  throw ruled(
    `You cannot ${deed} this type of document when Customer ${customer.number} is blocked with type ${blocked}`,
  );
}

function customerOf(company: Company, name: string, value: Value): Values | undefined {
  const row = name.endsWith("Id")
    ? byId(company, "customers", name, value)
    : byCode(company, { table: "customers", key: "number", field: name }, value);
  return row?.values;
}

function takeCustomer(company: Company, header: Values, customer: Values, isOrder: boolean): void {
  checkBlocked(customer, isOrder, "create");
  Object.assign(header, {
    customerId: customer.id,
    customerNumber: customer.number,
    customerName: customer.displayName ?? "",
    shipToName: customer.displayName ?? "",
    phoneNumber: customer.phoneNumber ?? "",
    email: customer.email ?? "",
    salesperson: customer.salespersonCode ?? "",
    currencyId: customer.currencyId ?? emptyGuid,
    currencyCode: (customer.currencyCode ?? "") === "" ? company.localCurrency : customer.currencyCode,
    paymentTermsId: customer.paymentTermsId ?? emptyGuid,
    shipmentMethodId: customer.shipmentMethodId ?? emptyGuid,
    ...addressOf(customer, "sellTo"),
    ...addressOf(customer, "shipTo"),
  });
  takeBillTo(header, customer);
}

function takeBillTo(header: Values, customer: Values): void {
  Object.assign(header, {
    billToCustomerId: customer.id,
    billToCustomerNumber: customer.number,
    billToName: customer.displayName ?? "",
    ...addressOf(customer, "billTo"),
  });
}

function takeCurrency(company: Company, header: Values, name: string, value: Value): void {
  const isLocal = value === company.localCurrency || value === "" || value === emptyGuid;
  const row = isLocal
    ? undefined
    : name === "currencyId"
      ? byId(company, "currencies", name, value)
      : byCode(company, { table: "currencies", field: "Currency Code" }, value);
  header.currencyId = row?.values.id ?? emptyGuid;
  header.currencyCode = row?.values.code ?? company.localCurrency;
}

function takeField(company: Company, header: Values, name: string, value: Value, isOrder: boolean): void {
  switch (name) {
    case "customerId":
    case "customerNumber": {
      const customer = customerOf(company, name, value);
      if (customer) takeCustomer(company, header, customer, isOrder);
      return;
    }
    case "billToCustomerId":
    case "billToCustomerNumber": {
      const customer = customerOf(company, name, value);
      if (customer) takeBillTo(header, customer);
      return;
    }
    case "currencyId":
    case "currencyCode":
      takeCurrency(company, header, name, value);
      return;
    case "shipToCountry":
    case "sellToCountry":
      byCode(company, { table: "countries", field: "Country/Region Code" }, value);
      break;
    case "shipmentMethodId":
      byId(company, "shipmentMethods", name, value);
      break;
    case "paymentTermsId":
      byId(company, "paymentTerms", name, value);
  }
  header[name] = value;
}

function copySellTo(header: Values): void {
  if (header.customerId !== header.billToCustomerId) return;
  for (const [part] of addressParts) header[`billTo${part}`] = header[`sellTo${part}`] ?? "";
}

/** The values of a new order or invoice; its lines are not here. */
export function newHeader(company: Company, set: EntitySet, given: Values): Values {
  const isOrder = set.name === "salesOrders";
  const { books } = company;
  if (given.customerId === undefined && given.customerNumber === undefined)
    throw new Refusal(
      400,
      "BadRequest_RequiredParamNotProvided",
      'A "customerNumber" or a "customerId" must be provided.',
    );
  const header: Values = {
    number: isOrder ? books.nextNumber("S-ORD", 101000) : books.nextNumber("S-INV", 102000),
    status: "Draft",
    postingDate: books.today(),
    ...(isOrder
      ? { orderDate: books.today(), partialShipping: true }
      : { invoiceDate: books.today(), dueDate: books.today() }),
  };
  for (const [name, value] of Object.entries(given)) takeField(company, header, name, value, isOrder);
  copySellTo(header);
  return header;
}

/** Changes a header; refuses what its status does not allow. */
export function changeHeader(company: Company, row: Row, given: Values): void {
  const isOrder = row.table === "salesOrders";
  const { status } = row.values;
  if (isOrder && Object.keys(given).some((name) => frozenWhenReleased.includes(name))) checkOpen(row.values);
  const isPosted = !isOrder && status !== "Draft" && status !== "In_x0020_Review";
  const refused = isPosted && Object.keys(given).find((name) => !openWhenPosted.includes(name));
  if (refused) throw ruled(`The invoice ${row.values.number} is posted, "${refused}" cannot be changed.`);
  const header = { ...row.values };
  for (const [name, value] of Object.entries(given)) takeField(company, header, name, value, isOrder);
  if (!isPosted) copySellTo(header);
  company.books.change(row, header);
}
