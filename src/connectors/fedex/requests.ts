// Types and not interfaces, so that a request is JSON wherever JSON is asked for. Empty elements are left out (FedEx, 1.4).

/** A postal address in a request (2.2). */
export type FedExAddress = {
  /** At most three lines of at most 35 characters. */
  streetLines: string[];
  city: string;
  stateOrProvinceCode?: string;
  postalCode?: string;
  countryCode: string;
  residential?: boolean;
};

/** Who is called about a parcel; a person or a company must be there (2.2). */
export type FedExContact = {
  personName?: string;
  companyName?: string;
  phoneNumber: string;
  phoneExtension?: string;
  emailAddress?: string;
};

/** The shipper or a recipient (2.2). */
export type FedExParty = {
  contact: FedExContact;
  address: FedExAddress;
  tins?: { tinType: string; number: string }[];
  deliveryInstructions?: string;
};

/** A weight of at most two decimals; package and commodities have the same unit (2.3). */
export type FedExWeight = { units: "LB" | "KG"; value: number };

/** Whole numbers; a missing unit would be read as inches (2.3). */
export type FedExDimensions = { length: number; width: number; height: number; units: "IN" | "CM" };

/** An amount of at most two decimals (1.4). */
export type FedExMoney = { amount: number; currency: string };

/** A reference as the Ship API names it; tracking names them otherwise (2.3). */
export type FedExReference = {
  customerReferenceType: "CUSTOMER_REFERENCE" | "P_O_NUMBER" | "INVOICE_NUMBER" | "DEPARTMENT_NUMBER";
  value: string;
};

/** One package, or `groupPackageCount` alike (2.3). */
export type FedExPackage = {
  sequenceNumber?: number;
  subPackagingType?: string;
  customerReferences?: FedExReference[];
  declaredValue?: FedExMoney;
  weight: FedExWeight;
  dimensions?: FedExDimensions;
  groupPackageCount?: number;
  itemDescription?: string;
  packageSpecialServices?: { specialServiceTypes?: string[]; signatureOptionType?: string };
};

/** Who pays; the payor's account stands for all but the sender (2.2). */
export type FedExPayment = {
  paymentType: "SENDER" | "RECIPIENT" | "THIRD_PARTY" | "COLLECT";
  payor?: { responsibleParty: { accountNumber: { value: string } } };
};

/** A kind of goods that crosses a border (2.6). */
export type FedExCommodity = {
  unitPrice?: FedExMoney;
  numberOfPieces?: number;
  quantity: number;
  quantityUnits: string;
  customsValue?: FedExMoney;
  countryOfManufacture?: string;
  harmonizedCode?: string;
  /** At most 450 characters. */
  description: string;
  weight?: FedExWeight;
  partNumber?: string;
};

/** What customs want to know (2.6). */
export type FedExCustoms = {
  commercialInvoice: {
    customerReferences?: FedExReference[];
    termsOfSale?: string;
    shipmentPurpose?: "SOLD" | "NOT_SOLD" | "GIFT" | "SAMPLE" | "REPAIR_AND_RETURN" | "PERSONAL_EFFECTS";
  };
  dutiesPayment?: FedExPayment;
  commodities: FedExCommodity[];
  isDocumentOnly?: boolean;
  exportDetail?: { exportComplianceStatement?: string };
  totalCustomsValue?: FedExMoney;
};

/** Label format and stock, which must fit each other (2.4). */
export type FedExLabel = {
  labelFormatType?: "COMMON2D";
  labelStockType: string;
  imageType: "PDF" | "PNG" | "ZPLII" | "EPL2";
};

/** The `requestedShipment` of a create call (2.2). */
export type ShipmentRequest = {
  shipDatestamp?: string;
  shipper: FedExParty;
  /** One entry. */
  recipients: FedExParty[];
  pickupType: string;
  serviceType: string;
  packagingType: string;
  /** In the packages' unit; belongs in international requests (2.6). */
  totalWeight?: number;
  shippingChargesPayment: FedExPayment;
  shipmentSpecialServices?: { specialServiceTypes: string[] };
  customsClearanceDetail?: FedExCustoms;
  smartPostInfoDetail?: { hubId: string; indicia: string };
  blockInsightVisibility?: boolean;
  labelSpecification: FedExLabel;
  rateRequestType?: string[];
  totalPackageCount?: number;
  /** At most 30 lines (2.3). */
  requestedPackageLineItems: FedExPackage[];
};

/** The body of a create call (2.1). */
export type CreateRequest = {
  labelResponseOptions: "LABEL";
  requestedShipment: ShipmentRequest;
  accountNumber: { value: string };
};

/** The body of a look-up by number (4.1). */
export type TrackRequest = {
  includeDetailedScans: boolean;
  trackingInfo: { trackingNumberInfo: { trackingNumber: string } }[];
};
