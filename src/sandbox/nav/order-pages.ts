/** Pages 42 and 46: the sales order and its lines (Dynamics NAV, 4.1 and 4.2). */

import { of } from "../odata/columns.ts";
import { boolean, type CardPage, code, date, decimal, integer, oneOf, type Page, readOnly, text } from "./types.ts";

/** The members of a document's type; page 42 shows orders only. */
export const documentType = oneOf("Quote", "Order", "Invoice", "Credit Memo", "Blanket Order", "Return Order");

/** The members of a line's type. */
export const lineType = oneOf("", "G/L Account", "Item", "Resource", "Fixed Asset", "Charge (Item)");

/** The columns that a posted document has from its order. */
export const shipTo = {
  ...of(code(10), "Ship_to_Code Ship_to_Country_Region_Code"),
  ...of(text(50), "Ship_to_Name Ship_to_Address Ship_to_Address_2 Ship_to_Contact"),
  ...of(text(30), "Ship_to_City"),
  ...of(code(20), "Ship_to_Post_Code"),
};

/** The three fields by which a parcel is told of. */
export const shipping = {
  ...of(code(10), "Shipping_Agent_Code Shipping_Agent_Service_Code"),
  Package_Tracking_No: text(30),
};

const lines: Page = {
  name: "salesOrder.SalesLines",
  id: 46,
  table: "salesLines",
  title: "Sales Line",
  key: ["Document_Type", "Document_No", "Line_No"],
  verbs: ["POST", "PATCH", "DELETE"],
  properties: {
    Document_Type: documentType,
    Document_No: code(20),
    Line_No: integer,
    Type: lineType,
    ...of(code(20), "No Cross_Reference_No"),
    Variant_Code: code(10),
    Description: text(50),
    Quantity: decimal,
    Unit_of_Measure_Code: code(10),
    ...of(decimal, "Qty_to_Ship Qty_to_Invoice"),
    ...of(readOnly(decimal), "Quantity_Shipped Quantity_Invoiced Reserved_Quantity Whse_Outstanding_Qty"),
    ...of(decimal, "Unit_Price Line_Discount_Percent Line_Discount_Amount Line_Amount Unit_Cost_LCY"),
    ...of(
      date,
      "Requested_Delivery_Date Promised_Delivery_Date Planned_Delivery_Date Planned_Shipment_Date Shipment_Date",
    ),
    Location_Code: code(10),
    Bin_Code: code(20),
    ...of(code(10), "Shipping_Agent_Code Shipping_Agent_Service_Code"),
    Shipping_Time: text(32),
    ...of(boolean, "Drop_Shipment Special_Order"),
    ...of(code(20), "Shortcut_Dimension_1_Code Shortcut_Dimension_2_Code"),
    ...of(code(20), [3, 4, 5, 6, 7, 8].map((index) => `ShortcutDimCode_x005B_${index}_x005D_`).join(" ")),
    ...of(readOnly(decimal), "TotalSalesLine_Line_Amount Total_Amount_Excl_VAT Total_VAT_Amount Total_Amount_Incl_VAT"),
  },
};

/** Page 42 with its lines, worldwide. */
export const salesOrder: CardPage = {
  name: "salesOrder",
  id: 42,
  table: "salesHeaders",
  title: "Sales Header",
  key: ["Document_Type", "No"],
  verbs: ["POST", "PATCH", "DELETE"],
  part: { name: "SalesLines", page: lines },
  properties: {
    Document_Type: documentType,
    ...of(code(20), "No Sell_to_Customer_No"),
    Sell_to_Customer_Name: text(50),
    External_Document_No: code(35),
    Quote_No: readOnly(code(20)),
    ...of(text(50), "Sell_to_Address Sell_to_Address_2 Sell_to_Contact"),
    Sell_to_Post_Code: code(20),
    Sell_to_City: text(30),
    Sell_to_Contact_No: code(20),
    Sell_to_Contact_Phone_No: text(30),
    Sell_to_Contact_E_Mail: text(80),
    ...of(date, "Order_Date Document_Date Posting_Date Due_Date"),
    ...of(date, "Requested_Delivery_Date Promised_Delivery_Date Shipment_Date"),
    Status: readOnly(oneOf("Open", "Released", "Pending Approval", "Pending Prepayment")),
    Job_Queue_Status: readOnly(oneOf("", "Scheduled for Posting", "Error", "Posting")),
    Late_Order_Shipping: readOnly(boolean),
    ShippingOptions: oneOf("Default (Sell-to Address)", "Alternate Shipping Address", "Custom Address"),
    ...shipTo,
    Shipment_Method_Code: code(10),
    ...shipping,
    Location_Code: code(10),
    Shipping_Advice: oneOf("Partial", "Complete"),
    ...of(text(32), "Outbound_Whse_Handling_Time Shipping_Time"),
    ...of(code(10), "Currency_Code Payment_Terms_Code Payment_Method_Code"),
    Prices_Including_VAT: boolean,
    ...of(code(20), "Shortcut_Dimension_1_Code Shortcut_Dimension_2_Code"),
    BillToOptions: oneOf("Default (Customer)", "Another Customer", "Custom Address"),
    ...of(text(50), "Bill_to_Name Bill_to_Address Bill_to_Address_2 Bill_to_Contact"),
    Bill_to_Post_Code: code(20),
    Bill_to_City: text(30),
    Salesperson_Code: code(20),
    ...of(code(10), "Responsibility_Center Campaign_No"),
    Assigned_User_ID: code(50),
    WorkDescription: text(2048),
  },
};

/** What North America adds, by page (Dynamics NAV, 4.1 and 4.2). */
export const northAmerican: Readonly<Record<string, Page["properties"]>> = {
  salesOrder: { Ship_to_County: text(30), Ship_to_UPS_Zone: code(2), Tax_Area_Code: code(20) },
  "salesOrder.SalesLines": { Package_Tracking_No: text(30) },
};
