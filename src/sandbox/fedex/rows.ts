/** What the simulated FedEx keeps. */

/** A place of a scan, or the part of an address that Track shows. */
export interface Place {
  city: string;
  stateOrProvinceCode?: string | undefined;
  postalCode?: string | undefined;
  countryCode: string;
}

/** Who ships or receives, as it is printed on the label. */
export interface Party extends Place {
  personName?: string | undefined;
  companyName?: string | undefined;
  phoneNumber?: string | undefined;
  /** At most three lines; further ones are ignored (FedEx, 2.2). */
  streetLines: string[];
  residential: boolean;
}

/** A reference as it was sent to Ship. */
export interface Reference {
  customerReferenceType: string;
  value: string;
}

/** One scan of a piece. */
export interface ScanRow {
  at: Date;
  code: string;
  place: Place;
  exceptionCode?: string;
  exceptionDescription?: string;
  delay?: { type: string; subType?: string; status: "DELAYED" | "ON_TIME" | "EARLY" };
  receivedBy?: string;
}

/** A package with its own number and label. */
export interface PieceRow {
  trackingNumber: string;
  /** Tells reused numbers apart. */
  uniqueId: string;
  sequence: number;
  weight: { units: "LB" | "KG"; value: number };
  /** In inches unless the sender said CM. */
  dimensions?: { length: number; width: number; height: number; units: "IN" | "CM" };
  references: Reference[];
  /** Oldest first. */
  scans: ScanRow[];
  /** The label's bytes in base64. */
  label: string;
}

/** What a shipment costs, in cents of the currency. */
export interface Charge {
  currency: "USD";
  account: number;
  list: number;
}

/** A shipment; `cancelled` when it was deleted before FedEx had it. */
export interface ShipmentRow {
  masterTrackingNumber: string;
  accountNumber: string;
  status: "live" | "cancelled";
  /** Whether the Ground day it was made in is closed. */
  closed: boolean;
  createdAt: Date;
  /** A civil date. */
  shipDate: string;
  serviceType: string;
  packagingType: string;
  shipper: Party;
  recipient: Party;
  pieces: PieceRow[];
  imageType: string;
  labelAs: "LABEL" | "URL_ONLY";
  isInternational: boolean;
  withInvoiceDocument: boolean;
  /** Absent when it was not rated. */
  charge?: Charge;
  withListRates: boolean;
  /** What `x-customer-transaction-id` said. */
  customerTransactionId?: string;
  /** The job that its labels are fetched by, when it was made asynchronously. */
  jobId?: string;
  /** What the create call said. */
  request: unknown;
}
