/** What the API sheet calls unconfirmed, and what differs between installations; all settable while it runs. */

import type { PageName } from "./types.ts";

/** The settings of a NAV server, its database and the network before it. */
export interface NavSwitches {
  /** 2016 has OData V3 only. */
  version: 2016 | 2017 | 2018;
  /** North America adds fields, `Package_Tracking_No` on lines among them. */
  localisation: "worldwide" | "northAmerica";
  /** `ClientServicesCredentialType` of the server instance. */
  credentialType: "NavUserPassword" | "UserName" | "Windows" | "AccessControlService";
  /** Whether a server with Windows credentials offers NTLM beside Negotiate. */
  ntlm: boolean;
  /** The body of a 401. */
  unauthorizedBody: "empty" | "html";
  /** The name that each page is published under; undefined: not published. */
  services: Readonly<Record<PageName, string | undefined>>;
  /** Columns that this installation does not have, as `salesOrder.WorkDescription`. */
  absentFields: readonly string[];
  /** Option members as the service language calls them: `{ Order: "Ordre", Released: "Frigivet" }`. */
  captions: Readonly<Record<string, string>>;
  /** How an empty option is written. */
  blankOption: "" | " " | "_x0020_";
  maxPageSize: number;
  /** OData connections at once; 0: any number. */
  maxConnections: number;
  /** How long a request holds its connection. */
  processingMs: number;
  /** Whether the instance is stopped: 503. */
  isStopped: boolean;
  /** The tenant that `?tenant=` must name; undefined: a server with one tenant. */
  tenant: string | undefined;
  /** What the permission sets of the user allow. */
  permissions: "all" | "readOnly" | "none";
  forbiddenStatus: 403 | 500;
  staleTagStatus: 409 | 412;
  /** What answers a PATCH over V4. */
  patchStatus: 200 | 204;
  /** The body of a refusal over V4: with a code, with an empty one, or as V3 has it. */
  errorBody: "coded" | "bare" | "v3";
  /** Whether V4 filters know `contains`. */
  contains: boolean;
  /** Whether the three shipping fields of page 130 can be written. */
  postedShipmentEdit: "allowed" | "refused";
  /** What a new `Shipment_Date` of a header does: moves the lines too, which a released order refuses; stands alone; asks in a dialog. */
  headerShipmentDate: "lines" | "alone" | "dialog";
  /** Whether a field that is sent as it was is looked at all the same, which a released order refuses too. */
  unchangedFields: "skipped" | "validated";
  /** Ship-to fields while `ShippingOptions` is no custom address. */
  shipToFields: "taken" | "ignored" | "refused";
  /** Fields on whose change a customisation opens a dialog, as `salesOrder.Package_Tracking_No`. */
  dialogOn: readonly string[];
  /** The partner's codeunit: over SOAP, as bound actions of the sales order (2018), or not at all. */
  codeunit: "absent" | "soap" | "actions";
  /** The host that page links name, as behind a gateway; undefined: the one that was called. */
  nextLinkHost: string | undefined;
}

/** Page 42 and its like under the names that the sheet suggests (Dynamics NAV, 3.1). */
export const suggestedServices: Readonly<Record<PageName, string | undefined>> = {
  salesOrder: "SalesOrder",
  postedSalesShipment: "PostedSalesShipment",
  postedSalesInvoice: "PostedSalesInvoice",
  itemCard: "ItemCard",
  customerCard: "CustomerCard",
  shippingAgents: "ShippingAgents",
  shippingAgentServices: "ShippingAgentServices",
  salesComments: "SalesComments",
};

/** An installation as the sheet expects it. */
export const defaultSwitches: Readonly<NavSwitches> = {
  version: 2018,
  localisation: "worldwide",
  credentialType: "NavUserPassword",
  ntlm: false,
  unauthorizedBody: "empty",
  services: suggestedServices,
  absentFields: [],
  captions: {},
  blankOption: " ",
  maxPageSize: 1000,
  maxConnections: 0,
  processingMs: 0,
  isStopped: false,
  tenant: undefined,
  permissions: "all",
  forbiddenStatus: 403,
  staleTagStatus: 412,
  patchStatus: 200,
  errorBody: "coded",
  contains: true,
  postedShipmentEdit: "allowed",
  headerShipmentDate: "lines",
  unchangedFields: "skipped",
  shipToFields: "taken",
  dialogOn: [],
  codeunit: "absent",
  nextLinkHost: undefined,
};
