/** Posted documents, cards, shipping agents and comments (Dynamics NAV, 3.1, 4.3, 4.4 and 5.2). */

import { of } from "../odata/columns.ts";
import { documentType, lineType, salesOrder, shipping, shipTo } from "./order-pages.ts";
import {
  boolean,
  type CardPage,
  code,
  date,
  decimal,
  flowFilter,
  integer,
  oneOf,
  type Page,
  type PageName,
  type Property,
  readOnly,
  text,
} from "./types.ts";

const all = ["POST", "PATCH", "DELETE"];

const closed = (properties: Readonly<Record<string, Property>>): Record<string, Property> =>
  Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, readOnly(property)]));

const posted = {
  ...of(code(20), "No Sell_to_Customer_No Bill_to_Customer_No Order_No"),
  Sell_to_Customer_Name: text(50),
  ...of(text(50), "Sell_to_Address Sell_to_Address_2 Sell_to_Contact"),
  Sell_to_Post_Code: code(20),
  Sell_to_City: text(30),
  ...shipTo,
  ...of(date, "Posting_Date Document_Date Shipment_Date"),
  External_Document_No: code(35),
  ...of(code(10), "Shipment_Method_Code Location_Code"),
};

const shipmentLines: Page = {
  name: "postedSalesShipment.SalesShipmLines",
  id: 131,
  table: "shipmentLines",
  title: "Sales Shipment Line",
  key: ["Document_No", "Line_No"],
  verbs: [],
  properties: {
    Document_No: code(20),
    Line_No: integer,
    Type: lineType,
    No: code(20),
    Variant_Code: code(10),
    Description: text(50),
    Quantity: decimal,
    Unit_of_Measure_Code: code(10),
    ...of(decimal, "Quantity_Invoiced Qty_Shipped_Not_Invoiced"),
    Shipment_Date: date,
    Correction: boolean,
  },
};

const postedSalesShipment: CardPage = {
  name: "postedSalesShipment",
  id: 130,
  table: "shipments",
  title: "Sales Shipment Header",
  key: ["No"],
  verbs: ["PATCH"],
  part: { name: "SalesShipmLines", page: shipmentLines },
  properties: { ...closed(posted), ...shipping },
};

const postedSalesInvoice: CardPage = {
  name: "postedSalesInvoice",
  id: 132,
  table: "invoices",
  title: "Sales Invoice Header",
  key: ["No"],
  verbs: [],
  properties: closed({
    ...posted,
    Pre_Assigned_No: code(20),
    Due_Date: date,
    ...of(boolean, "Cancelled Corrective Closed"),
    ...shipping,
  }),
};

const itemCard: CardPage = {
  name: "itemCard",
  id: 30,
  table: "items",
  title: "Item",
  key: ["No"],
  verbs: all,
  properties: {
    No: code(20),
    Description: text(50),
    Blocked: boolean,
    Type: oneOf("Inventory", "Service"),
    ...of(code(10), "Base_Unit_of_Measure Sales_Unit_of_Measure"),
    GTIN: code(14),
    Item_Category_Code: code(20),
    ...of(readOnly(decimal), "Inventory Qty_on_Sales_Order"),
    ...of(decimal, "Net_Weight Gross_Weight Unit_Volume Unit_Price Unit_Cost"),
    Tariff_No: code(20),
    ...of(code(10), "Country_Region_of_Origin_Code Item_Tracking_Code"),
    Last_Date_Modified: readOnly(date),
    ...of(flowFilter, "Location_Filter Variant_Filter Date_Filter Lot_No_Filter"),
  },
};

const customerCard: CardPage = {
  name: "customerCard",
  id: 21,
  table: "customers",
  title: "Customer",
  key: ["No"],
  verbs: all,
  properties: {
    No: code(20),
    ...of(text(50), "Name Address Address_2"),
    Post_Code: code(20),
    City: text(30),
    Country_Region_Code: code(10),
    Phone_No: text(30),
    E_Mail: text(80),
    Blocked: oneOf("", "Ship", "Invoice", "All"),
    ...of(code(10), "Shipment_Method_Code Shipping_Agent_Code Shipping_Agent_Service_Code Currency_Code"),
    Shipping_Advice: oneOf("Partial", "Complete"),
    Last_Date_Modified: readOnly(date),
  },
};

const shippingAgents: CardPage = {
  name: "shippingAgents",
  id: 428,
  table: "agents",
  title: "Shipping Agent",
  key: ["Code"],
  verbs: all,
  properties: { Code: code(10), Name: text(50), Internet_Address: text(250), Account_No: text(30) },
};

const shippingAgentServices: CardPage = {
  name: "shippingAgentServices",
  id: 5790,
  table: "agentServices",
  title: "Shipping Agent Services",
  key: ["Shipping_Agent_Code", "Code"],
  verbs: all,
  properties: { ...of(code(10), "Shipping_Agent_Code Code"), Description: text(50), Shipping_Time: text(32) },
};

/** The sheet names page 67 and leaves its columns open; these are of table 44, which it shows. */
const salesComments: CardPage = {
  name: "salesComments",
  id: 67,
  table: "comments",
  title: "Sales Comment Line",
  key: ["Document_Type", "No", "Document_Line_No", "Line_No"],
  verbs: all,
  properties: {
    Document_Type: { ...documentType, members: [...(documentType.members ?? []), "Shipment", "Posted Invoice"] },
    No: code(20),
    ...of(integer, "Document_Line_No Line_No"),
    Date: date,
    Comment: text(80),
    Code: code(10),
  },
};

/** Every page that can be published. */
export const pages: Readonly<Record<PageName, CardPage>> = {
  salesOrder,
  postedSalesShipment,
  postedSalesInvoice,
  itemCard,
  customerCard,
  shippingAgents,
  shippingAgentServices,
  salesComments,
};
