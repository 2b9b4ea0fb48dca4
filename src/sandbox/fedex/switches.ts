/** What the API sheet calls unconfirmed or saw both ways (FedEx, 1 to 8 and Unconfirmed); settable while the sandbox runs. */
export interface FedExSwitches {
  /** A 401 in the standard body, or in the gateway's own form (FedEx, 7, second channel). */
  unauthorized: "errors" | "gateway";
  /** How the body of a refusal travels; unlabelled means gzip without `content-encoding` (FedEx, 0, fact 8). */
  errorBodies: "plain" | "gzip" | "gzipUnlabelled";
  /** `Retry-After` of a 429 in seconds; not documented. */
  retryAfterSeconds: number | undefined;
  /** What makes the token penalty longer: any call during it, or only calls that exceed a limit again. */
  penaltyGrowsBy: "anyCall" | "exceeding";
  /** Own packaging without dimensions: taken, or refused (FedEx, 2.3). */
  dimensions: "optional" | "required";
  /** How many days ahead `shipDatestamp` may lie; documented for Rate only. */
  maxDaysAhead: number;
  /** A bad phone of the recipient: a 400, or an alert on a label that was made (FedEx, 7). */
  recipientPhone: "refused" | "alert";
  /** Letters beyond ASCII: kept, kept as question marks, or refused. */
  nonAscii: "kept" | "questionMarks" | "refused";
  /** What `ALLOW_ASYNCHRONOUS` brings: always a job, or one only above 40 packages. */
  asynchronous: "always" | "aboveForty";
  /** How long a job takes until `results` has its labels, in milliseconds. */
  jobMs: number;
  /** What Address Validation finds: told from the street, or always this. */
  classification: "byStreet" | "BUSINESS" | "RESIDENTIAL" | "MIXED" | "UNKNOWN";
  /** The created reply: whole, or a 200 without any tracking number (FedEx, 7). */
  createReply: "whole" | "withoutNumbers";
  rating: "shown" | "missing";
  /** The service that domestic Express is upgraded to (FedEx, 2.9). */
  upgradedService: string | undefined;
  /** Warns that city and postal code do not fit, whatever they are. */
  postalCityWarning: boolean;
  docType: "imageType" | "PDF";
  /** Where the text of a cancellation stands (FedEx, 2.10). */
  cancelText: "message" | "successMessage";
  /** How the cancellation of a cancelled shipment is answered (FedEx, 2.10). */
  repeatedCancelCode:
    | "CANCELSHIPMENT.TRACKINGNUMBER.DELETED"
    | "MASTERTRACKINGID.TRACKINGNUMBER.CANCELLED"
    | "SHIPMENT.CANCELEDWITHOUTPICKUP.SUCCESS";
  repeatedCancelStatus: 200 | 400;
  /** How long a fresh label is unknown to Track, by its number and by its reference, in milliseconds. */
  trackLagMs: number;
  referenceLagMs: number;
  /** Whether Track still shows a cancelled shipment, as `CA`. */
  cancelledInTrack: "shown" | "absent";
  /** Each reference as `values[]`, as live, or as `value`: a text, or the list that the schema has. */
  packageIdentifiers: "values" | "value" | "valueList";
  /** `output.alerts` of Track. */
  trackAlerts: "array" | "string";
  /** The first scan: midnight without an offset, or its instant. */
  firstScan: "midnight" | "instant";
  /** Track answers 200 with its failure inside (FedEx, 7, third channel). */
  trackOutage: "none" | "errors" | "cxsErrors";
  /** The end of the window that Track by reference reads; it ignores the other one. */
  shipDateEndName: "shipDateEndDate" | "shipDateEnd" | "either";
  /** As what Express keeps a `CUSTOMER_REFERENCE`. */
  expressReference: "SHIPPER_REFERENCE" | "CUSTOMER_REFERENCE";
  /** Several shipments under one reference: TRACKING.DATA.NOTUNIQUE, or all of them. */
  severalMatches: "notUnique" | "listed";
  /** The pieces of one shipment under its reference: all, the master only, or TRACKING.DATA.NOTUNIQUE. */
  severalPieces: "listed" | "master" | "notUnique";
}

/** The likelier or stricter reading of each switch. */
export const defaultSwitches: Readonly<FedExSwitches> = {
  unauthorized: "errors",
  errorBodies: "plain",
  retryAfterSeconds: undefined,
  penaltyGrowsBy: "anyCall",
  dimensions: "optional",
  maxDaysAhead: 10,
  recipientPhone: "refused",
  nonAscii: "questionMarks",
  asynchronous: "always",
  jobMs: 0,
  classification: "byStreet",
  createReply: "whole",
  rating: "shown",
  upgradedService: undefined,
  postalCityWarning: false,
  docType: "imageType",
  cancelText: "message",
  repeatedCancelCode: "CANCELSHIPMENT.TRACKINGNUMBER.DELETED",
  repeatedCancelStatus: 400,
  trackLagMs: 10 * 60_000,
  referenceLagMs: 60 * 60_000,
  cancelledInTrack: "shown",
  packageIdentifiers: "values",
  trackAlerts: "array",
  firstScan: "midnight",
  trackOutage: "none",
  shipDateEndName: "shipDateEndDate",
  expressReference: "SHIPPER_REFERENCE",
  severalMatches: "notUnique",
  severalPieces: "listed",
};
