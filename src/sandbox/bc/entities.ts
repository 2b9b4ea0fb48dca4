/** The sets of API v2.0, and the pages that a customer's extension may add (Business Central, 2 and 5). */

import { of } from "../odata/columns.ts";
import { invoiceSets, orderSets, shipmentSets } from "./document-entities.ts";
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

const key = of(readOnly(guid), "id");
const modified = of(readOnly(dateTime), "lastModifiedDateTime");
const all = ["POST", "PATCH", "DELETE"];
const many = (set: string, to: string): Navigation => ({ set, from: "id", to, isMany: true });
const one = (set: string, from: string): Navigation => ({ set, from, to: "id", isMany: false });

type Properties = Record<string, Property>;

/** A set whose table and type go by its own name. */
const plain = (name: string, type: string, properties: Properties, more: Partial<EntitySet> = {}): EntitySet => ({
  name,
  type,
  table: name,
  verbs: [],
  navigation: {},
  properties: { ...key, ...properties, ...modified },
  ...more,
});

const address = {
  ...of(text(100), "addressLine1"),
  ...of(text(50), "addressLine2"),
  ...of(text(30), "city state phoneNumber"),
  ...of(code(10), "country"),
  ...of(code(20), "postalCode"),
  ...of(text(80), "email"),
};

const items = plain(
  "items",
  "item",
  {
    ...of(code(20), "number itemCategoryCode taxGroupCode generalProductPostingGroupCode inventoryPostingGroupCode"),
    ...of(text(100), "displayName"),
    ...of(text(50), "displayName2"),
    type: oneOf("Inventory", "Service", "Non-Inventory"),
    ...of(guid, "itemCategoryId taxGroupId baseUnitOfMeasureId generalProductPostingGroupId inventoryPostingGroupId"),
    ...of(boolean, "blocked priceIncludesTax"),
    ...of(code(14), "gtin"),
    ...of(decimal, "inventory unitPrice unitCost"),
    ...of(code(10), "baseUnitOfMeasureCode"),
  },
  {
    verbs: all,
    navigation: {
      itemVariants: many("itemVariants", "itemId"),
      baseUnitOfMeasure: one("unitsOfMeasure", "baseUnitOfMeasureId"),
    },
  },
);

const customers = plain(
  "customers",
  "customer",
  {
    ...of(code(20), "number salespersonCode"),
    ...of(text(100), "displayName"),
    type: oneOf("Company", "Person"),
    ...address,
    ...of(text(255), "website"),
    ...of(readOnly(decimal), "balanceDue"),
    ...of(boolean, "taxLiable"),
    ...of(text(50), "taxRegistrationNumber"),
    ...of(guid, "taxAreaId currencyId paymentTermsId shipmentMethodId paymentMethodId"),
    ...of(code(10), "currencyCode"),
    blocked: oneOf("", "Ship", "Invoice", "All"),
  },
  { verbs: all },
);

const itemLedgerEntries = plain("itemLedgerEntries", "itemLedgerEntry", {
  ...of(integer, "entryNumber"),
  ...of(code(20), "itemNumber sourceNumber documentNumber"),
  ...of(date, "postingDate"),
  entryType: oneOf("Purchase", "Sale", "Positive Adjmt.", "Negative Adjmt.", "Transfer"),
  sourceType: oneOf("", "Customer", "Vendor", "Item"),
  documentType: oneOf("", "Sales Shipment", "Sales Invoice"),
  ...of(text(100), "description"),
  ...of(decimal, "quantity salesAmountActual costAmountActual"),
});

const attachment = {
  ...of(text(250), "fileName"),
  ...of(readOnly(integer), "byteSize"),
  attachmentContent: { kind: "stream" } as const,
  ...of(guid, "parentId"),
  parentType: oneOf("", "Sales Order", "Sales Invoice", "Sales Shipment", "Item", "Customer"),
};

/** Every set of API v2.0 that the sheet carries. */
export const standardSets: readonly EntitySet[] = [
  items,
  customers,
  ...orderSets,
  ...invoiceSets,
  ...shipmentSets,
  itemLedgerEntries,
  plain("itemVariants", "itemVariant", {
    ...of(guid, "itemId"),
    ...of(code(20), "itemNumber"),
    ...of(code(10), "code"),
    ...of(text(100), "description"),
  }),
  plain("locations", "location", { ...of(code(10), "code"), ...of(text(100), "displayName"), ...address }),
  plain("shipmentMethods", "shipmentMethod", { ...of(code(10), "code"), ...of(text(100), "displayName") }),
  plain("currencies", "currency", { ...of(code(10), "code"), ...of(text(30), "displayName") }),
  plain("paymentTerms", "paymentTerm", { ...of(code(10), "code"), ...of(text(100), "displayName") }),
  plain("unitsOfMeasure", "unitOfMeasure", {
    ...of(code(10), "code internationalStandardCode"),
    ...of(text(50), "displayName"),
  }),
  plain(
    "documentAttachments",
    "documentAttachment",
    { ...attachment, ...of(integer, "lineNumber"), ...of(boolean, "documentFlowSales documentFlowPurchase") },
    { verbs: all },
  ),
  plain("attachments", "attachment", attachment, { verbs: all }),
];

/** What the customer's extension publishes: its route and the names of its sets; a name that is left out is not there. */
export interface CustomApi {
  /** `publisher/group/version`. */
  route: string;
  /** Posted shipments with their three shipping fields, which PATCH takes. */
  shipments?: string;
  /** The same of orders that are not posted yet. */
  orders?: string;
  agents?: string;
  services?: string;
  /** Items with their weights. */
  items?: string;
  /** Other names of the fields, by the names that the sheet suggests. */
  fields?: Readonly<Record<string, string>>;
}

/** The three shipping fields of a header, which API v2.0 lacks. */
export const shippingFields = ["shippingAgentCode", "shippingAgentServiceCode", "packageTrackingNo"] as const;

/** The extension that the sheet suggests, with all that a tool could ask of it. */
export const defaultCustomApi: CustomApi = {
  route: "contoso/shipping/v1.0",
  shipments: "salesShipments",
  orders: "salesOrders",
  agents: "shippingAgents",
  services: "shippingAgentServices",
  items: "items",
};

/** The sets of the customer's extension. */
export function customSets(api: CustomApi, trackingLength: number): EntitySet[] {
  const shipping = {
    ...of(code(10), "shippingAgentCode shippingAgentServiceCode"),
    packageTrackingNo: text(trackingLength),
  };
  const numbers = {
    ...of(readOnly(code(20)), "number orderNumber"),
    ...of(readOnly(code(35)), "externalDocumentNumber"),
  };
  const { orderNumber: _, ...orderNumbers } = numbers;
  const agent = { ...of(readOnly(code(10)), "code"), ...of(readOnly(text(50)), "displayName") };
  const sets: [string | undefined, string, Properties, string[]][] = [
    [api.shipments, "salesShipments", { ...numbers, ...shipping }, ["PATCH"]],
    [api.orders, "salesOrders", { ...orderNumbers, ...shipping }, ["PATCH"]],
    [api.agents, "shippingAgents", agent, []],
    [api.services, "shippingAgentServices", { ...of(readOnly(code(10)), "shippingAgentCode"), ...agent }, []],
    [
      api.items,
      "items",
      { ...of(readOnly(code(20)), "number"), ...of(readOnly(decimal), "netWeight grossWeight") },
      [],
    ],
  ];
  return sets.flatMap(([name, table, properties, verbs]) =>
    name === undefined ? [] : [renamed(plain(name, `${name}Row`, properties, { table, verbs }), api.fields ?? {})],
  );
}

function renamed(set: EntitySet, names: Readonly<Record<string, string>>): EntitySet {
  const entries = Object.entries(set.properties).map(([name, property]) => ({
    name,
    property,
    wire: names[name] ?? name,
  }));
  return {
    ...set,
    properties: Object.fromEntries(entries.map(({ wire, property }) => [wire, property])),
    columns: Object.fromEntries(entries.map(({ wire, name }) => [wire, name])),
  };
}

/** Page 42 as OData service `SalesOrder`: of its fields the key and the three of shipping (Business Central, 5 B). */
export function page42(trackingLength: number): EntitySet {
  return {
    name: "SalesOrder",
    type: "SalesOrder",
    table: "salesOrders",
    verbs: ["PATCH"],
    navigation: {},
    properties: {
      Document_Type: readOnly(oneOf("Order")),
      No: readOnly(code(20)),
      Shipping_Agent_Code: code(10),
      Shipping_Agent_Service_Code: code(10),
      Package_Tracking_No: text(trackingLength),
    },
    columns: {
      No: "number",
      Shipping_Agent_Code: "shippingAgentCode",
      Shipping_Agent_Service_Code: "shippingAgentServiceCode",
      Package_Tracking_No: "packageTrackingNo",
    },
  };
}
