/** A parcel as Track shows it (FedEx, 4.1 and 4.2). */

import type { Account, Found } from "./account.ts";
import { isInPossession, services, statusOf, trackedType } from "./catalogue.ts";
import type { Problem } from "./replies.ts";
import type { Place, ScanRow } from "./rows.ts";
import { addDays, localTime, zoneOf } from "./zones.ts";

/** An entry of `trackResults[]`. */
export function showTracked(account: Account, found: Found, withScans: boolean): object {
  const { shipment, piece } = found;
  const { switches } = account;
  const scans = piece.scans.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const service = services.get(shipment.serviceType);
  const weight = [{ unit: piece.weight.units, value: String(piece.weight.value) }];
  return {
    trackingNumberInfo: {
      trackingNumber: piece.trackingNumber,
      trackingNumberUniqueId: piece.uniqueId,
      carrierCode: service?.carrierCode ?? "FDXE",
    },
    additionalTrackingInfo: {
      nickname: "",
      packageIdentifiers: identifiersOf(account, found).map(({ type, value }) => ({
        type,
        ...(switches.packageIdentifiers === "values" && { values: [value] }),
        ...(switches.packageIdentifiers === "value" && { value }),
        ...(switches.packageIdentifiers === "valueList" && { value: [value] }),
        trackingNumberUniqueId: piece.uniqueId,
      })),
      hasAssociatedShipments: shipment.pieces.length > 1,
    },
    shipperInformation: { address: showPlace(shipment.shipper) },
    recipientInformation: { address: showPlace(shipment.recipient) },
    latestStatusDetail: latestStatus(scans),
    dateAndTimes: datesOf(found, scans),
    packageDetails: {
      packagingDescription: { type: shipment.packagingType, description: "Package" },
      sequenceNumber: String(piece.sequence),
      count: String(shipment.pieces.length),
      weightAndDimensions: { weight, ...(piece.dimensions && { dimensions: [piece.dimensions] }) },
    },
    shipmentDetails: { weight, beforePossessionStatus: !scans.some(({ code }) => isInPossession(code)) },
    serviceDetail: { type: shipment.serviceType, description: service?.name ?? shipment.serviceType },
    deliveryDetails: deliveryOf(scans),
    ...estimateOf(found, scans),
    ...(withScans && { scanEvents: scans.map((row, index) => showScan(account, found, { row, index })).toReversed() }),
  };
}

/** A failure that stands in place of a parcel, inside a 200. */
export function showProblem(trackingNumber: string, error: Problem): object {
  return { trackingNumberInfo: { trackingNumber, trackingNumberUniqueId: "", carrierCode: "" }, error };
}

/** The references of a piece by the names that Track has for them. */
export function identifiersOf({ switches }: Account, { shipment, piece }: Found): { type: string; value: string }[] {
  const isExpress = services.get(shipment.serviceType)?.carrierCode === "FDXE";
  return piece.references.flatMap(({ customerReferenceType, value }) => {
    const name = trackedType(customerReferenceType);
    if (name === undefined) return [];
    return [{ type: name === "CUSTOMER_REFERENCE" && isExpress ? switches.expressReference : name, value }];
  });
}

function showPlace({ city, stateOrProvinceCode, postalCode, countryCode }: Place): object {
  return {
    city: city.toUpperCase(),
    ...(stateOrProvinceCode !== undefined && { stateOrProvinceCode }),
    ...(postalCode !== undefined && { postalCode }),
    countryCode,
    residential: false,
  };
}

function latestStatus(scans: readonly ScanRow[]): object | undefined {
  const newest = scans.at(-1);
  if (!newest) return undefined;
  const { text, derived } = statusOf(newest.code);
  return {
    code: newest.code,
    derivedCode: derived,
    statusByLocale: text,
    description: text,
    scanLocation: showPlace(newest.place),
    ...(newest.exceptionCode !== undefined && {
      ancillaryDetails: [
        {
          reason: newest.exceptionCode,
          reasonDescription: newest.exceptionDescription ?? text,
          action: "",
          actionDescription: "",
        },
      ],
    }),
    ...(newest.delay && { delayDetail: newest.delay }),
  };
}

function timeAt({ at, place }: Pick<ScanRow, "at" | "place">): string {
  return localTime(at, zoneOf(place));
}

function datesOf({ shipment }: Found, scans: readonly ScanRow[]): object[] {
  const first = scans.find(({ code }) => isInPossession(code));
  const attempt = scans.findLast(({ code }) => code === "DE");
  const delivery = scans.findLast(({ code }) => code === "DL");
  const entry = (type: string, dateTime: string | undefined) => (dateTime === undefined ? [] : [{ type, dateTime }]);
  return [
    ...entry("ACTUAL_DELIVERY", delivery && timeAt(delivery)),
    ...entry("ATTEMPTED_DELIVERY", attempt && timeAt(attempt)),
    ...entry("ACTUAL_PICKUP", first && timeAt(first)),
    ...entry("ACTUAL_TENDER", first && timeAt(first)),
    // Placeholders: midnight, and without an offset (FedEx, 4.1).
    ...entry("SHIP", `${shipment.shipDate}T00:00:00`),
    ...entry("COMMITMENT", `${deliveryDay(shipment)}T00:00:00`),
    ...entry("SHIPMENT_DATA_RECEIVED", timeAt({ at: shipment.createdAt, place: shipment.shipper })),
    ...entry("ESTIMATED_DELIVERY", delivery ? undefined : `${deliveryDay(shipment)}T20:00:00`),
  ];
}

function deliveryDay({ shipDate, serviceType }: Found["shipment"]): string {
  return addDays(shipDate, services.get(serviceType)?.days ?? 3);
}

function estimateOf({ shipment }: Found, scans: readonly ScanRow[]): object {
  if (scans.some(({ code }) => code === "DL")) return {};
  const day = deliveryDay(shipment);
  const window = { begins: `${day}T08:00:00`, ends: `${day}T20:00:00` };
  return {
    estimatedDeliveryTimeWindow: { type: "ESTIMATED_DELIVERY", window },
    standardTransitTimeWindow: { type: "ESTIMATED_DELIVERY", window: { ends: `${day}T00:00:00` } },
  };
}

/** No time stands here: it is the date ACTUAL_DELIVERY (FedEx, 4.1). */
function deliveryOf(scans: readonly ScanRow[]): object {
  const delivery = scans.findLast(({ code }) => code === "DL");
  const deliveryAttempts = String(scans.filter(({ code }) => code === "DL" || code === "DE").length);
  if (!delivery) return { deliveryAttempts };
  const name = delivery.receivedBy ?? "R.RECEIVER";
  return {
    receivedByName: name,
    signedByName: name,
    locationType: "SHIPPING_RECEIVING",
    deliveryAttempts,
    actualDeliveryAddress: showPlace(delivery.place),
  };
}

function showScan({ switches }: Account, { shipment }: Found, scan: { row: ScanRow; index: number }): object {
  const { row, index } = scan;
  const { text, derived } = statusOf(row.code);
  const isMidnight = index === 0 && row.code === "OC" && switches.firstScan === "midnight";
  return {
    date: isMidnight ? `${shipment.shipDate}T00:00:00` : timeAt(row),
    eventType: row.code,
    eventDescription: text,
    exceptionCode: row.exceptionCode ?? "",
    exceptionDescription: row.exceptionDescription ?? "",
    derivedStatusCode: derived,
    derivedStatus: statusOf(derived).text,
    scanLocation: showPlace(row.place),
    locationId: isInPossession(row.code) ? stationOf(row.place) : "",
    locationType: row.code === "DL" ? "DELIVERY_LOCATION" : isInPossession(row.code) ? "FEDEX_FACILITY" : "CUSTOMER",
    ...(row.delay && { delayDetail: row.delay }),
  };
}

function stationOf({ city }: Place): string {
  const letters = city.toUpperCase().replace(/[^A-Z]/g, "");
  return letters.padEnd(4, "X").slice(0, 4);
}
