import { z } from "zod";
import { sumOf } from "../../core/decimal.ts";
import { MappingError } from "../../core/errors.ts";
import { hashOf, type Json } from "../../core/json.ts";
import type { CivilDate, Money, Scan, Shipment } from "../../core/model.ts";
import { carrierRow } from "../codes.ts";

/** mlc's names of what a header field can take. */
export type HeaderFieldName =
  | "trackingNumber"
  | "trackingUrl"
  | "carrier"
  | "service"
  | "shipDate"
  | "shippingCost"
  | "currency"
  | "packages"
  | "deliveryStatus"
  | "deliveredAt"
  | "receivedBy";

/** What is remembered of a live shipment, so that fields which sum up several can be written; nothing of people. */
export const shipmentFacts = z.object({
  trackingNumbers: z.array(z.string()),
  trackingUrls: z.array(z.string()),
  /** Neutral code, for F&O's own carrier codes. */
  carrierCode: z.string(),
  carrier: z.string(),
  service: z.string().optional(),
  shipDate: z.string().optional(),
  cost: z.object({ amount: z.string(), currency: z.string() }).optional(),
  deliveryStatus: z.string().optional(),
  deliveredAt: z.string().optional(),
});
export type ShipmentFacts = z.infer<typeof shipmentFacts>;

/** The facts of one shipment. Pure. */
export function factsOf(shipment: Shipment): ShipmentFacts {
  const { packages, carrier, carrierName, service, shipDate, cost, deliveryStatus, deliveredAt } = shipment;
  return {
    trackingNumbers: packages.map((parcel) => parcel.trackingNumber),
    trackingUrls: packages.flatMap((parcel) => parcel.trackingUrl ?? []),
    carrierCode: carrier,
    carrier: carrierName,
    ...(service === undefined ? {} : { service }),
    ...(shipDate === undefined ? {} : { shipDate }),
    ...(cost === undefined ? {} : { cost }),
    ...(deliveryStatus === undefined ? {} : { deliveryStatus }),
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
  };
}

/** What a note says, by name; what is unknown is absent. Pure. */
export function noteFacts(shipment: Shipment): { [name: string]: Json } {
  const { packages, carrierName, service, shipDate, cost, deliveryStatus, deliveredAt, receivedBy } = shipment;
  const { references } = shipment;
  const facts = {
    packages: packages.map(({ trackingNumber, trackingUrl }) => ({ trackingNumber, trackingUrl: trackingUrl ?? "" })),
    carrier: carrierName,
    service,
    shipDate,
    deliveryStatus,
    deliveredAt,
    receivedBy,
    cost: cost && `${cost.amount} ${cost.currency}`,
    references: references?.map(({ type, value }) => [type, value]),
  };
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, value]])),
  );
}

/** The text of a note about a shipment, for people who read the order in F&O. Pure. */
export function noteText(shipment: Shipment): string {
  const { id, packages, carrierName, service, shipDate, cost, deliveryStatus, deliveredAt, receivedBy } = shipment;
  const numbers = packages.map((parcel) => parcel.trackingNumber).join(", ");
  if (shipment.isVoided) return `Shipment ${id} is void. Its tracking number no longer counts: ${numbers || "none"}.`;
  const rows: [string, string | undefined][] = [
    // A shipment that is called by its first parcel's number has no other name.
    [packages.some((parcel) => parcel.trackingNumber === id) ? "Master tracking number" : "Shipment", id],
    ...packages.flatMap(({ trackingNumber, trackingUrl }): [string, string | undefined][] => [
      ["Tracking number", trackingNumber],
      ["Tracking URL", trackingUrl],
    ]),
    ["Carrier", carrierName],
    ["Service", service],
    ["Ship date", shipDate],
    ["Packages", String(packages.length)],
    ["Delivery status", deliveryStatus],
    ["Delivered at", deliveredAt],
    ["Received by", receivedBy],
    ["Cost", cost && `${cost.amount} ${cost.currency}`],
    ...(shipment.references ?? []).map(({ type, value }): [string, string] => [`Reference ${type}`, value]),
  ];
  return textOf(rows);
}

/** The text of a note about what happened to a shipment since the last one. Pure. */
export function scanText(shipment: Shipment, scans: readonly Scan[]): string {
  const { id, deliveryStatus, deliveredAt, receivedBy } = shipment;
  const heads = textOf([
    ["Tracking of", id],
    ["Delivery status", deliveryStatus],
    ["Delivered at", deliveredAt],
    ["Received by", receivedBy],
  ]);
  const rows = scans.map(({ trackingNumber, at, text, place }) =>
    [at, trackingNumber, text, place].filter(Boolean).join("  "),
  );
  return [heads, ...rows].join("\n");
}

function textOf(rows: readonly [string, string | undefined][]): string {
  return rows.flatMap(([name, value]) => (value === undefined || value === "" ? [] : [`${name}: ${value}`])).join("\n");
}

/** What tells a note from one about the same shipment with other contents. Pure. */
export function noteVersion(shipment: Shipment): string {
  return hashOf(noteFacts(shipment)).slice(0, 8);
}

/** F&O's form of a day, and of none (F&O, 2.4). Pure. */
export function noonOf(date: CivilDate | undefined): string {
  return `${date ?? "1900-01-01"}T12:00:00Z`;
}

const joined = (values: readonly (string | undefined)[]) =>
  [...new Set(values.filter((value) => value !== undefined && value !== ""))].join(", ");

const latest = (values: readonly (string | undefined)[]) =>
  values
    .filter((value) => value !== undefined)
    .sort()
    .at(-1);

const sumOfCosts = (costs: readonly Money[]): number => {
  const currencies = [...new Set(costs.map((cost) => cost.currency))];
  if (currencies.length < 2) return Number(sumOf(costs.map((cost) => cost.amount)));
  throw new MappingError(`Shipping costs in ${currencies.join(" and ")} have no sum for one field`, {
    system: "fno",
    field: "shippingCost",
    hint: "Set writeBack.headerFields.multiPackage to first, or take shippingCost out of writeBack.headerFields.map.",
  });
};

type Sums = Record<Exclude<HeaderFieldName, "receivedBy">, (live: readonly ShipmentFacts[]) => Json>;

/** How each header field sums up shipments; none gives F&O's empty value. */
const sums: Sums = {
  trackingNumber: (live) => joined(live.flatMap((facts) => facts.trackingNumbers)),
  trackingUrl: (live) => joined(live.flatMap((facts) => facts.trackingUrls)),
  carrier: (live) => joined(live.map((facts) => facts.carrier)),
  service: (live) => joined(live.map((facts) => facts.service)),
  shipDate: (live) => noonOf(latest(live.map((facts) => facts.shipDate))),
  // A decimal field takes a JSON number; the sum itself is made of decimals.
  shippingCost: (live) => sumOfCosts(live.flatMap((facts) => facts.cost ?? [])),
  currency: (live) => joined(live.map((facts) => facts.cost?.currency)),
  packages: (live) => live.reduce((count, facts) => count + facts.trackingNumbers.length, 0),
  deliveryStatus: (live) => joined(live.map((facts) => facts.deliveryStatus)),
  deliveredAt: (live) => latest(live.map((facts) => facts.deliveredAt)) ?? "1900-01-01T00:00:00Z",
};

function firstOnly(live: readonly ShipmentFacts[]): ShipmentFacts[] {
  return live.slice(0, 1).map((facts) => ({
    ...facts,
    trackingNumbers: facts.trackingNumbers.slice(0, 1),
    trackingUrls: facts.trackingUrls.slice(0, 1),
  }));
}

/** The value of a header field over an order's live shipments, oldest first. Throws MappingError. Pure. */
export function headerValue(name: keyof Sums, live: readonly ShipmentFacts[], multiPackage: "join" | "first"): Json {
  return sums[name](multiPackage === "first" && name !== "packages" ? firstOnly(live) : live);
}

/** F&O's codes of a carrier and service. */
export interface CarrierCodes {
  carrier: string;
  service: string;
}

/** The row of the code table for a shipment: `<carrier>/<service>`, else `<carrier>`. Pure. */
export function carrierCodes(
  table: Readonly<Record<string, CarrierCodes>>,
  { carrierCode, service }: Pick<ShipmentFacts, "carrierCode" | "service">,
): CarrierCodes | undefined {
  return carrierRow(table, carrierCode, service);
}

/** A posted packing slip. */
export interface Slip {
  id: string;
  /** Noon UTC of its day. */
  date: string;
}

/**
 * The slip that a shipment went out under: the one of its ship date, else the next one posted after, else the latest
 * before it that no other shipment holds. Undefined while none is posted. Pure.
 */
export function slipFor(
  slips: readonly Slip[],
  shipDate: CivilDate | undefined,
  taken: ReadonlySet<string>,
): Slip | undefined {
  const sorted = [...slips].sort((left, right) => (left.date < right.date ? -1 : 1));
  const day = (slip: Slip) => slip.date.slice(0, 10);
  if (shipDate === undefined) return sorted.find((slip) => !taken.has(slip.id)) ?? sorted.at(-1);
  return (
    sorted.find((slip) => day(slip) === shipDate) ??
    sorted.find((slip) => day(slip) > shipDate) ??
    sorted.filter((slip) => !taken.has(slip.id)).at(-1)
  );
}
