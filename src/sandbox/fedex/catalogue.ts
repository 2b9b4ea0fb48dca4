/** What FedEx knows beside the account: services, status codes, label stocks, names of references (FedEx, 2.3 to 2.8, 4.2). */

/** A service as a US shipper meets it. */
export interface Service {
  name: string;
  category: "EXPRESS" | "GROUND" | "SMARTPOST" | "EXPRESS_FREIGHT";
  carrierCode: "FDXE" | "FDXG" | "FXSP";
  reach: "domestic" | "international" | "both";
  /** Dollars for a parcel, and for each pound of it. */
  rate: readonly [base: number, perPound: number];
  days: number;
}

const express = (name: string, reach: Service["reach"], rate: Service["rate"], days: number): Service => ({
  name,
  category: "EXPRESS",
  carrierCode: "FDXE",
  reach,
  rate,
  days,
});
const ground = (name: string, reach: Service["reach"], rate: Service["rate"]): Service => ({
  name,
  category: "GROUND",
  carrierCode: "FDXG",
  reach,
  rate,
  days: 4,
});

/** The services by `serviceType`. */
export const services: ReadonlyMap<string, Service> = new Map<string, Service>([
  ["FEDEX_GROUND", ground("FedEx Ground", "both", [9.8, 0.62])],
  ["GROUND_HOME_DELIVERY", ground("FedEx Home Delivery", "domestic", [11.4, 0.64])],
  [
    "SMART_POST",
    {
      name: "FedEx Ground Economy",
      category: "SMARTPOST",
      carrierCode: "FXSP",
      reach: "domestic",
      rate: [8.1, 0.5],
      days: 6,
    },
  ],
  ["FEDEX_EXPRESS_SAVER", express("FedEx Express Saver", "domestic", [19.5, 1.9], 3)],
  ["FEDEX_2_DAY", express("FedEx 2Day", "domestic", [22.3, 2.2], 2)],
  ["FEDEX_2_DAY_AM", express("FedEx 2Day A.M.", "domestic", [26.1, 2.4], 2)],
  ["STANDARD_OVERNIGHT", express("FedEx Standard Overnight", "domestic", [39, 3.1], 1)],
  ["PRIORITY_OVERNIGHT", express("FedEx Priority Overnight", "domestic", [45, 3.4], 1)],
  ["FIRST_OVERNIGHT", express("FedEx First Overnight", "domestic", [79, 3.6], 1)],
  [
    "FEDEX_1_DAY_FREIGHT",
    {
      name: "FedEx 1Day Freight",
      category: "EXPRESS_FREIGHT",
      carrierCode: "FDXE",
      reach: "domestic",
      rate: [210, 2],
      days: 1,
    },
  ],
  ["INTERNATIONAL_ECONOMY", express("FedEx International Economy", "international", [61, 4.2], 5)],
  ["FEDEX_INTERNATIONAL_PRIORITY", express("FedEx International Priority", "international", [74, 5], 3)],
  [
    "FEDEX_INTERNATIONAL_PRIORITY_EXPRESS",
    express("FedEx International Priority Express", "international", [88, 5.4], 2),
  ],
  ["FEDEX_INTERNATIONAL_CONNECT_PLUS", express("FedEx International Connect Plus", "international", [38, 3.3], 6)],
  ["INTERNATIONAL_FIRST", express("FedEx International First", "international", [140, 6], 2)],
]);

const paper = [
  "PAPER_4X6",
  "PAPER_4X675",
  "PAPER_4X8",
  "PAPER_4X9",
  "PAPER_7X475",
  "PAPER_85X11_TOP_HALF_LABEL",
  "PAPER_85X11_BOTTOM_HALF_LABEL",
  "PAPER_LETTER",
];

/** Whether a label stock fits an image type; undefined when the image type is none. */
export function stockFits(imageType: string, stock: string): boolean | undefined {
  if (imageType === "PDF" || imageType === "PNG") return paper.includes(stock);
  if (imageType === "ZPLII" || imageType === "EPL2") return /^STOCK_4X(6|8|9)$|^STOCK_.+_DOC_TAB$/.test(stock);
  return undefined;
}

/** The most characters of a reference by its type at Ship; undefined when there is no such type. */
export function referenceLimit(type: string, isGround: boolean): number | undefined {
  const limits: Record<string, number> = {
    CUSTOMER_REFERENCE: isGround ? 30 : 40,
    P_O_NUMBER: 30,
    INVOICE_NUMBER: 30,
    DEPARTMENT_NUMBER: 30,
    RMA_ASSOCIATION: 20,
    INTRACOUNTRY_REGULATORY_REFERENCE: 30,
  };
  return Object.hasOwn(limits, type) ? limits[type] : undefined;
}

/** What Track calls a reference that Ship knows under another name; undefined when it keeps none. */
export function trackedType(type: string): string | undefined {
  const names: Record<string, string> = {
    CUSTOMER_REFERENCE: "CUSTOMER_REFERENCE",
    P_O_NUMBER: "PURCHASE_ORDER",
    INVOICE_NUMBER: "INVOICE",
    DEPARTMENT_NUMBER: "DEPARTMENT",
    RMA_ASSOCIATION: "RETURN_MATERIALS_AUTHORIZATION",
  };
  return Object.hasOwn(names, type) ? names[type] : undefined;
}

/** The types that Track by reference takes. */
export const trackedTypes: readonly string[] = [
  "CUSTOMER_REFERENCE",
  "SHIPPER_REFERENCE",
  "PURCHASE_ORDER",
  "INVOICE",
  "DEPARTMENT",
  "RETURN_MATERIALS_AUTHORIZATION",
];

/** What a scan code means, and the group that FedEx derives from it where that is another code. */
const statuses: ReadonlyMap<string, readonly [text: string, derived?: string]> = new Map([
  ["OC", ["Shipment information sent to FedEx"]],
  ["EP", ["En route to pickup", "OC"]],
  ["PU", ["Picked up"]],
  ["DO", ["Dropped off", "PU"]],
  ["OF", ["At FedEx origin facility", "PU"]],
  ["IP", ["In FedEx possession", "PU"]],
  ["IT", ["In transit"]],
  ["DP", ["Departed FedEx location", "IT"]],
  ["AR", ["Arrived at FedEx location", "IT"]],
  ["AF", ["At local FedEx facility", "IT"]],
  ["FD", ["At destination sort facility", "IT"]],
  ["SF", ["At sort facility", "IT"]],
  ["CC", ["International shipment release", "IT"]],
  ["CP", ["Clearance in progress", "IT"]],
  ["OD", ["On FedEx vehicle for delivery", "IT"]],
  ["DL", ["Delivered"]],
  ["DE", ["Delivery exception"]],
  ["SE", ["Shipment exception"]],
  ["CD", ["Clearance delay"]],
  ["DY", ["Delay", "SE"]],
  ["CA", ["Shipment cancelled"]],
  ["HL", ["Hold at location"]],
  ["HP", ["Ready for pickup", "HL"]],
  ["RS", ["Returning package to shipper"]],
  ["RT", ["Return requested", "RS"]],
]);

/** The text of a scan code, and the code of its group. */
export function statusOf(code: string): { text: string; derived: string } {
  const [text = code, derived = code] = statuses.get(code) ?? [];
  return { text, derived };
}

/** Cities by postal code, as far as this FedEx knows them. */
export const citiesByPostalCode: ReadonlyMap<string, string> = new Map([
  ["37210", "Nashville"],
  ["38116", "Memphis"],
  ["78701", "Austin"],
  ["78757", "Austin"],
  ["04101", "Portland"],
  ["28801", "Asheville"],
  ["98101", "Seattle"],
  ["85201", "Mesa"],
  ["68102", "Omaha"],
  ["94110", "San Francisco"],
  ["04401", "Bangor"],
  ["59701", "Butte"],
]);

/** Whether a code means that FedEx has the parcel: from then on it cannot be cancelled. */
export function isInPossession(code: string): boolean {
  return !["OC", "OX", "MD", "EP", "CA"].includes(code);
}
