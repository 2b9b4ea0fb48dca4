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
