/** The sets of sales documents and their lines (Business Central, 2.4 to 2.7). */

import { of } from "../odata/columns.ts";
import {
  boolean,
  code,
  date,
  dateTime,
  decimal,
  type EntitySet,
  guid,
  integer,
  type Navigation,
  oneOf,
  type Property,
  readOnly,
  text,
} from "./types.ts";

const many = (set: string, to: string): Navigation => ({ set, from: "id", to, isMany: true });
const one = (set: string, from: string): Navigation => ({ set, from, to: "id", isMany: false });

const address = (prefix: string, wrap: (property: Property) => Property = (property) => property) => ({
  ...of(wrap(text(100)), `${prefix}AddressLine1`),
  ...of(wrap(text(50)), `${prefix}AddressLine2`),
  ...of(wrap(text(30)), `${prefix}City ${prefix}State`),
  ...of(wrap(code(10)), `${prefix}Country`),
  ...of(wrap(code(20)), `${prefix}PostCode`),
});

const parties = {
  ...of(guid, "customerId billToCustomerId"),
  ...of(code(20), "customerNumber billToCustomerNumber"),
  ...of(readOnly(text(100)), "customerName billToName"),
  ...of(text(100), "shipToName shipToContact"),
  ...address("shipTo"),
  ...address("sellTo"),
  ...address("billTo", readOnly),
};

const head = {
  ...of(readOnly(guid), "id"),
  ...of(readOnly(code(20)), "number"),
  ...of(code(35), "externalDocumentNumber"),
  ...of(date, "postingDate"),
  ...parties,
  ...of(text(30), "phoneNumber"),
  ...of(text(80), "email"),
  ...of(code(20), "salesperson"),
  ...of(code(10), "currencyCode"),
  ...of(readOnly(dateTime), "lastModifiedDateTime"),
};

const money = {
  ...of(guid, "currencyId paymentTermsId shipmentMethodId"),
  ...of(code(20), "shortcutDimension1Code shortcutDimension2Code"),
  ...of(decimal, "discountAmount"),
  ...of(readOnly(decimal), "totalAmountExcludingTax totalTaxAmount totalAmountIncludingTax"),
};

const headNavigation = {
  documentAttachments: many("documentAttachments", "parentId"),
  attachments: many("attachments", "parentId"),
  customer: one("customers", "customerId"),
  currency: one("currencies", "currencyId"),
  paymentTerm: one("paymentTerms", "paymentTermsId"),
  shipmentMethod: one("shipmentMethods", "shipmentMethodId"),
};

const line = {
  ...of(readOnly(guid), "id"),
  ...of(guid, "documentId itemId itemVariantId locationId unitOfMeasureId"),
  ...of(integer, "sequence"),
  lineType: oneOf("Comment", "Account", "Item", "Resource", "Fixed Asset", "Charge", "Allocation Account"),
  ...of(code(20), "lineObjectNumber"),
  ...of(text(100), "description"),
  ...of(text(50), "description2"),
  ...of(code(10), "unitOfMeasureCode"),
  ...of(decimal, "quantity unitPrice discountAmount discountPercent"),
  ...of(readOnly(decimal), "amountExcludingTax totalTaxAmount amountIncludingTax taxPercent"),
  ...of(code(50), "taxCode"),
  ...of(date, "shipmentDate"),
};

const all = ["POST", "PATCH", "DELETE"];

/** Orders and their lines. */
export const orderSets: readonly EntitySet[] = [
  {
    name: "salesOrders",
    type: "salesOrder",
    table: "salesOrders",
    verbs: all,
    actions: ["shipAndInvoice"],
    navigation: { ...headNavigation, salesOrderLines: many("salesOrderLines", "documentId") },
    properties: {
      ...head,
      ...money,
      ...of(date, "orderDate requestedDeliveryDate"),
      ...of(boolean, "pricesIncludeTax partialShipping fullyShipped"),
      status: readOnly(oneOf("Draft", "In Review", "Open")),
    },
  },
  {
    name: "salesOrderLines",
    type: "salesOrderLine",
    table: "salesOrderLines",
    verbs: all,
    parentField: "documentId",
    navigation: { location: one("locations", "locationId") },
    properties: {
      ...line,
      ...of(decimal, "shipQuantity invoiceQuantity"),
      ...of(readOnly(decimal), "shippedQuantity invoicedQuantity"),
    },
  },
];

/** Invoices, their lines, and the credit memos that cancel them. */
export const invoiceSets: readonly EntitySet[] = [
  {
    name: "salesInvoices",
    type: "salesInvoice",
    table: "salesInvoices",
    verbs: all,
    actions: ["post", "postAndSend", "send", "cancel", "cancelAndSend", "makeCorrectiveCreditMemo"],
    navigation: { ...headNavigation, salesInvoiceLines: many("salesInvoiceLines", "documentId") },
    properties: {
      ...head,
      ...money,
      ...of(date, "invoiceDate dueDate promisedPayDate"),
      ...of(text(35), "customerPurchaseOrderReference"),
      ...of(readOnly(guid), "orderId"),
      ...of(readOnly(code(20)), "orderNumber"),
      ...of(guid, "disputeStatusId"),
      ...of(code(10), "disputeStatus"),
      ...of(readOnly(boolean), "pricesIncludeTax"),
      ...of(readOnly(decimal), "remainingAmount"),
      status: readOnly(oneOf("", "Draft", "In Review", "Open", "Paid", "Canceled", "Corrective")),
    },
  },
  {
    name: "salesInvoiceLines",
    type: "salesInvoiceLine",
    table: "salesInvoiceLines",
    verbs: all,
    parentField: "documentId",
    navigation: { location: one("locations", "locationId") },
    properties: line,
  },
  {
    name: "salesCreditMemos",
    type: "salesCreditMemo",
    table: "salesCreditMemos",
    verbs: [],
    navigation: {},
    properties: {
      ...of(readOnly(guid), "id invoiceId customerId"),
      ...of(readOnly(code(20)), "number invoiceNumber customerNumber"),
      ...of(readOnly(code(35)), "externalDocumentNumber"),
      ...of(readOnly(date), "postingDate"),
      ...of(readOnly(decimal), "totalAmountExcludingTax totalTaxAmount totalAmountIncludingTax"),
      ...of(readOnly(dateTime), "lastModifiedDateTime"),
      status: readOnly(oneOf("", "Draft", "In Review", "Open", "Canceled", "Corrective", "Paid")),
    },
  },
];

/** Posted shipments and their lines: read-only. */
export const shipmentSets: readonly EntitySet[] = [
  {
    name: "salesShipments",
    type: "salesShipment",
    table: "salesShipments",
    verbs: [],
    navigation: { salesShipmentLines: many("salesShipmentLines", "documentId") },
    properties: {
      ...head,
      ...of(date, "invoiceDate dueDate"),
      ...of(text(35), "customerPurchaseOrderReference"),
      ...of(code(20), "orderNumber"),
      ...of(code(10), "paymentTermsCode shipmentMethodCode"),
      ...of(boolean, "pricesIncludeTax"),
    },
  },
  {
    name: "salesShipmentLines",
    type: "salesShipmentLine",
    table: "salesShipmentLines",
    verbs: [],
    navigation: {},
    properties: {
      ...of(guid, "id documentId"),
      ...of(code(20), "documentNo lineObjectNumber"),
      ...of(integer, "sequence"),
      lineType: oneOf("", "G/L Account", "Item", "Resource", "Fixed Asset", "Charge (Item)"),
      ...of(text(100), "description"),
      ...of(code(10), "unitOfMeasureCode"),
      ...of(decimal, "unitPrice quantity discountPercent taxPercent"),
      ...of(date, "shipmentDate"),
    },
  },
];
