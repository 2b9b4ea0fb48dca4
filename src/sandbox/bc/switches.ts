/** What the API sheet calls unconfirmed, and what differs between installations; all settable while it runs. */
export interface BcSwitches {
  /** Admin consent for the app registration in Entra; missing: 401 everywhere. */
  consent: "granted" | "missing";
  /** The app's card inside Business Central; absent or disabled: the same 401. */
  app: "enabled" | "disabled" | "absent";
  /** Permission sets on that card; none: the refusal of `forbidden` on every set of a company. */
  permissionSets: "all" | "none" | "withoutPosting";
  /** Entity sets that the app may not read or write. */
  forbiddenSets: readonly string[];
  /** How a missing permission is told; the body and status are not confirmed. */
  forbidden: { status: 400 | 403 | 500; code: string };
  /** Body of a 401: JSON, or the small XML of older servers. */
  unauthorizedBody: "json" | "xml";
  companyNotFoundCode: "Internal_CompanyNotFound" | "BadRequest_ResourceNotFound";
  /** Whether API services are switched on; off: 405. */
  servicesEnabled: boolean;
  /** Whether the environment is being updated: 503. */
  isUpdating: boolean;
  /** Whether another spelling of the environment's name is understood. */
  environmentCase: "ignored" | "kept";
  staleTagStatus: 409 | 412;
  /** `Retry-After` of a 429 and of a 503, in seconds; documented for the 503 only. */
  retryAfter429: number | undefined;
  retryAfter503: number | undefined;
  requestsPer5Minutes: number;
  atOnce: number;
  queue: number;
  /** How long a request keeps its place among those processed at once. */
  processingMs: number;
  /** How many of the next writes are done but answered 504 by the gateway. */
  gatewayTimeouts: number;
  /** How far a read with `Data-Access-Intent: ReadOnly` lags behind. */
  replicaLagMs: number;
  continueOnError: "supported" | "ignored";
  /** A deep insert that fails: nothing stays, what was before the failure stays, or no deep insert works at all. */
  deepInsert: "atomic" | "half" | "broken";
  /** `id` in the body of a POST. */
  clientId: "refused" | "taken";
  /** Whether a change of a line moves the header's `lastModifiedDateTime`: with the totals, always or never. */
  lineTouchesHeader: "totals" | "always" | "never";
  /** Bound actions: done before the 204, or only put into the job queue. */
  posting: "immediate" | "queued";
  /** Locations whose orders are posted from warehouse documents only. */
  warehouseLocations: readonly string[];
  /** Percent of tax on every line that is no comment. */
  taxPercent: number;
  /** Length of Package Tracking No.: 50 from about version 27. */
  trackingLength: 30 | 50;
  /** Whether the extension with the custom API pages is installed. */
  customApi: "published" | "absent";
  /** Page 42 as OData service `SalesOrder`. */
  page42: "published" | "absent";
  /** Whether documents take attachments over `documentAttachments`. */
  documentAttachments: "published" | "absent";
  /** Fields that an older version, or a page of another make, lacks: `salesOrders.shipToName`, `SalesOrder.Package_Tracking_No`. */
  missingFields: readonly string[];
  /** The verb of the handshake, which the sheet leaves open. */
  handshake: "POST" | "GET";
  clientStateLength: 250 | 2048;
  maxSubscriptions: number;
  /** More changes than this in one window become one `collection` entry. */
  collectionAbove: number;
}

/** An installation as the sheet expects it. */
export const defaultSwitches: Readonly<BcSwitches> = {
  consent: "granted",
  app: "enabled",
  permissionSets: "all",
  forbiddenSets: [],
  forbidden: { status: 403, code: "Authorization_RequestDenied" },
  unauthorizedBody: "json",
  companyNotFoundCode: "Internal_CompanyNotFound",
  servicesEnabled: true,
  isUpdating: false,
  environmentCase: "ignored",
  staleTagStatus: 409,
  retryAfter429: undefined,
  retryAfter503: 30,
  requestsPer5Minutes: 6000,
  atOnce: 5,
  queue: 95,
  processingMs: 0,
  gatewayTimeouts: 0,
  replicaLagMs: 0,
  continueOnError: "supported",
  deepInsert: "atomic",
  clientId: "refused",
  lineTouchesHeader: "totals",
  posting: "immediate",
  warehouseLocations: [],
  taxPercent: 0,
  trackingLength: 50,
  customApi: "published",
  page42: "absent",
  documentAttachments: "published",
  missingFields: [],
  handshake: "POST",
  clientStateLength: 2048,
  maxSubscriptions: 200,
  collectionAbove: 1000,
};
