/** What FedEx's people and scanners do to parcels. */

import type { Account, Found } from "./account.ts";
import { isInPossession, services } from "./catalogue.ts";
import type { PieceRow, Place, ScanRow, ShipmentRow } from "./rows.ts";
import { addDays } from "./zones.ts";

/** A scan to make; what is left out follows from the code: the place, and now as its time. */
export type ScanOptions = Partial<Omit<ScanRow, "code">>;

/** A parcel of somebody else, or of another year, that has the same number. */
export interface DuplicateOptions {
  /** How many days before ours it was shipped; 1 when left out, as in a capture (FedEx, 9). */
  daysBefore?: number;
  /** Its scans, oldest first. */
  codes?: readonly string[];
}

const hub: Place = { city: "MEMPHIS", stateOrProvinceCode: "TN", postalCode: "38118", countryCode: "US" };
const route = ["OC", "PU", "IT", "OD", "DL"];

/** Scans our parcel. */
export function scan(account: Account, trackingNumber: string, code: string, options: ScanOptions = {}): ScanRow {
  const { shipment, piece } = account.piece(trackingNumber);
  if (shipment.status === "cancelled") throw new Error(`The shipment of ${trackingNumber} is cancelled.`);
  return addScan({ shipment, piece }, { at: account.now(), code, place: placeOf(shipment, piece, code), ...options });
}

/** Moves our parcel to its next stage, the last of which is delivered. */
export function advance(account: Account, trackingNumber: string): ScanRow {
  const { piece } = account.piece(trackingNumber);
  const newest = piece.scans.at(-1)?.code ?? "OC";
  if (newest === "DL") throw new Error(`The parcel ${trackingNumber} is delivered.`);
  if (newest === "RS") return scan(account, trackingNumber, "DL");
  // From an exception or a delay it goes out again.
  const next = route.includes(newest) ? (route[route.indexOf(newest) + 1] ?? "DL") : "OD";
  return scan(account, trackingNumber, next);
}

/** Takes all pieces of a shipment that FedEx does not have yet. */
export function tender(account: Account, trackingNumber: string): void {
  for (const { trackingNumber: number, scans } of account.piece(trackingNumber).shipment.pieces)
    if (!scans.some(({ code }) => isInPossession(code))) scan(account, number, "PU");
}

/** Closes the Ground day; what was made in it can no longer be cancelled (FedEx, 2.10). */
export function closeDay(account: Account): void {
  for (const shipment of account.shipments) {
    const category = services.get(shipment.serviceType)?.category;
    if (shipment.status === "live" && (category === "GROUND" || category === "SMARTPOST")) shipment.closed = true;
  }
}

/** Lets a parcel of a stranger have the number of ours, with a unique id of its own. */
export function duplicate(account: Account, trackingNumber: string, options: DuplicateOptions = {}): ShipmentRow {
  const { daysBefore = 1, codes = ["OC", "PU", "IT", "FD"] } = options;
  const { shipment, piece } = account.piece(trackingNumber);
  const shipDate = addDays(shipment.shipDate, -daysBefore);
  const createdAt = new Date(shipment.createdAt.getTime() - daysBefore * 86_400_000);
  const other: PieceRow = {
    ...piece,
    uniqueId: `${shipDate.replaceAll("-", "")}000~${trackingNumber}~FDEG`,
    sequence: 1,
    references: [],
    scans: [],
  };
  const stranger: ShipmentRow = {
    ...shipment,
    masterTrackingNumber: trackingNumber,
    accountNumber: "",
    status: "live",
    createdAt,
    shipDate,
    recipient: { ...shipment.recipient, city: "BOISE", stateOrProvinceCode: "ID", postalCode: "83702" },
    pieces: [other],
  };
  for (const [index, code] of codes.entries())
    addScan(
      { shipment: stranger, piece: other },
      { at: new Date(createdAt.getTime() + index * 3_600_000), code, place: placeOf(stranger, other, code) },
    );
  account.add(stranger, "stranger");
  return stranger;
}

function addScan({ piece }: Found, row: ScanRow): ScanRow {
  piece.scans.push(row);
  return row;
}

/** Where a scan of a code happens; a returned parcel is delivered to its shipper (FedEx, 4.2). */
function placeOf({ shipper, recipient }: ShipmentRow, { scans }: PieceRow, code: string): Place {
  const isReturned = scans.some((row) => row.code === "RS" || row.code === "RT");
  if (["OC", "EP", "PU", "DO", "OF", "IP", "CA", "PX", "AP"].includes(code)) return shipper;
  if (["IT", "DP", "AR", "SF", "CC", "CP", "CD"].includes(code)) return hub;
  return isReturned ? shipper : recipient;
}
