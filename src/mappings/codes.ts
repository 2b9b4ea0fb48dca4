/** A carrier both sides agree on. */
export interface Carrier {
  code: string;
  name: string;
  /** The page that follows a parcel; the number is put in place of `{}`. */
  trackingUrl?: string;
}

/** The carriers built in, and the names a shipper has for them, reduced to letters and digits. */
const carriers = [
  {
    carrier: { code: "ups", name: "UPS", trackingUrl: "https://www.ups.com/track?tracknum={}" },
    names: ["ups", "upswalleted", "upsbyshipstation", "unitedparcelservice", "upsmailinnovations"],
  },
  {
    carrier: { code: "usps", name: "USPS", trackingUrl: "https://tools.usps.com/go/TrackConfirmAction?tLabels={}" },
    names: ["usps", "stampscom", "stamps", "endicia", "express1", "uspsbyshipstation", "unitedstatespostalservice"],
  },
  {
    carrier: { code: "fedex", name: "FedEx", trackingUrl: "https://www.fedex.com/fedextrack/?trknbr={}" },
    names: ["fedex", "fedexwalleted", "fedexuk", "fedexbyshipstation", "federalexpress"],
  },
] as const satisfies readonly { carrier: Carrier; names: readonly string[] }[];

const carrierByName = new Map<string, Carrier>(
  carriers.flatMap(({ carrier, names }) => names.map((name): [string, Carrier] => [name, carrier])),
);

/** The carrier behind a shipper's code or display name (`stamps_com`, `USPS`); an unknown one is kept, in lower case. Pure. */
export function carrierOf(codeOrName: string): Carrier {
  const text = codeOrName.trim();
  const known = carrierByName.get(text.toLowerCase().replace(/[^a-z0-9]/g, ""));
  return known ?? { code: text.toLowerCase(), name: text };
}

/** The page that follows a parcel, where the carrier has one. Pure. */
export function trackingUrlOf(carrier: Carrier, trackingNumber: string): string | undefined {
  return carrier.trackingUrl?.replace("{}", encodeURIComponent(trackingNumber));
}

/** The row of a customer's table for a shipment: `<carrier>/<service>`, else `<carrier>`, in any case of letters. Pure. */
export function carrierRow<T>(
  table: Readonly<Record<string, T>>,
  carrier: string,
  service: string | undefined,
): T | undefined {
  const rows = new Map(Object.entries(table).map(([name, row]) => [name.toLowerCase(), row]));
  const name = carrier.toLowerCase();
  return (service === undefined ? undefined : rows.get(`${name}/${service.toLowerCase()}`)) ?? rows.get(name);
}

/** States and provinces by country, code → name in plain letters; the postal services' own lists. */
const states: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  US: {
    AA: "Armed Forces Americas",
    AE: "Armed Forces Europe",
    AK: "Alaska",
    AL: "Alabama",
    AP: "Armed Forces Pacific",
    AR: "Arkansas",
    AS: "American Samoa",
    AZ: "Arizona",
    CA: "California",
    CO: "Colorado",
    CT: "Connecticut",
    DC: "District of Columbia",
    DE: "Delaware",
    FL: "Florida",
    FM: "Federated States of Micronesia",
    GA: "Georgia",
    GU: "Guam",
    HI: "Hawaii",
    IA: "Iowa",
    ID: "Idaho",
    IL: "Illinois",
    IN: "Indiana",
    KS: "Kansas",
    KY: "Kentucky",
    LA: "Louisiana",
    MA: "Massachusetts",
    MD: "Maryland",
    ME: "Maine",
    MH: "Marshall Islands",
    MI: "Michigan",
    MN: "Minnesota",
    MO: "Missouri",
    MP: "Northern Mariana Islands",
    MS: "Mississippi",
    MT: "Montana",
    NC: "North Carolina",
    ND: "North Dakota",
    NE: "Nebraska",
    NH: "New Hampshire",
    NJ: "New Jersey",
    NM: "New Mexico",
    NV: "Nevada",
    NY: "New York",
    OH: "Ohio",
    OK: "Oklahoma",
    OR: "Oregon",
    PA: "Pennsylvania",
    PR: "Puerto Rico",
    PW: "Palau",
    RI: "Rhode Island",
    SC: "South Carolina",
    SD: "South Dakota",
    TN: "Tennessee",
    TX: "Texas",
    UT: "Utah",
    VA: "Virginia",
    VI: "Virgin Islands",
    VT: "Vermont",
    WA: "Washington",
    WI: "Wisconsin",
    WV: "West Virginia",
    WY: "Wyoming",
  },
  CA: {
    AB: "Alberta",
    BC: "British Columbia",
    MB: "Manitoba",
    NB: "New Brunswick",
    NL: "Newfoundland and Labrador",
    NS: "Nova Scotia",
    NT: "Northwest Territories",
    NU: "Nunavut",
    ON: "Ontario",
    PE: "Prince Edward Island",
    QC: "Quebec",
    SK: "Saskatchewan",
    YT: "Yukon",
  },
  PR: { PR: "Puerto Rico" },
};

const lettersOf = (text: string) => text.toLowerCase().replace(/[^a-z]/g, "");

const stateByName = new Map(
  Object.entries(states).flatMap(([country, names]) =>
    Object.entries(names).flatMap(([code, name]): [string, string][] => [
      [`${country}/${lettersOf(code)}`, code],
      [`${country}/${lettersOf(name)}`, code],
    ]),
  ),
);

/** The two letters of a US, Canadian or Puerto Rican state given by code or name, in plain letters; undefined when there is none. Pure. */
export function stateCodeOf(country: string, codeOrName: string): string | undefined {
  return stateByName.get(`${country}/${lettersOf(codeOrName)}`);
}

/** Countries where no address is without a postal code (Universal Postal Union); elsewhere the carrier decides. */
const postalCountries = new Set(
  "US CA PR MX BR AR AT AU BE BG CH CN CZ DE DK EE ES FI FR GB GR HR HU IN IT JP KR LI LT LU LV MC MY NL NO NZ PH PL PT RO SE SG SI SK TH TR TW ZA".split(
    " ",
  ),
);

/** Whether an address of the country is incomplete without a postal code. Pure. */
export function needsPostalCode(country: string): boolean {
  return postalCountries.has(country);
}

const pieceUnits = new Set(["pcs", "pc", "piece", "pieces"]);

/** Customs' unit of what is sold in whole units: pieces where it is sold in pieces, else each. Pure. */
export function quantityUnitOf(salesUnit: string | undefined): "PCS" | "EA" {
  return pieceUnits.has(salesUnit?.toLowerCase() ?? "") ? "PCS" : "EA";
}

/** How far a parcel is, in the words that are written back. */
export type DeliveryStatus =
  | "label created"
  | "picked up"
  | "in transit"
  | "out for delivery"
  | "delivered"
  | "exception"
  | "on hold"
  | "returning"
  | "returned"
  | "cancelled";

/** FedEx's status codes by what they mean; its estimates and options say nothing of where a parcel is (FedEx, 4.2). */
const fedexStatuses: readonly [DeliveryStatus, string][] = [
  ["label created", "OC OX MD EP"],
  ["picked up", "PU PX OF AP DO IP"],
  ["in transit", "IT IX DP AR AF FD SF LO TR PM AA EA EO PL PF AC AX CC CP"],
  ["out for delivery", "OD ED AD"],
  ["delivered", "DL"],
  ["exception", "DE SE CD DD DY PD"],
  ["on hold", "HL HP HA"],
  ["returning", "RS RT"],
  ["cancelled", "CA"],
];

const fedexStatusByCode = new Map(
  fedexStatuses.flatMap(([status, codes]) => codes.split(" ").map((code): [string, DeliveryStatus] => [code, status])),
);

/** The status behind FedEx's code; undefined for one that says none or is not known, for the set is open. Pure. */
export function fedexStatusOf(code: string | undefined): DeliveryStatus | undefined {
  return fedexStatusByCode.get(code?.toUpperCase() ?? "");
}

/** ShipBob's words of where a parcel is, in plain letters: of its tracking, and of a shipment's status details (ShipBob, 5.4, 5.5). */
const shipBobStatuses: Readonly<Record<string, DeliveryStatus>> = {
  pretransit: "label created",
  processing: "label created",
  intransit: "in transit",
  outfordelivery: "out for delivery",
  delivered: "delivered",
  availableforpickup: "on hold",
  deliveryattemptfailed: "exception",
  deliveryexception: "exception",
  exception: "exception",
  failed: "exception",
  returntosender: "returning",
  cancelled: "cancelled",
};

/** The status behind ShipBob's word for it; undefined for one that is not known, for the set is open. Pure. */
export function shipBobStatusOf(word: string): DeliveryStatus | undefined {
  return shipBobStatuses[lettersOf(word)];
}
