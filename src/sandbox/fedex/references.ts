/** Track by reference with its traps (FedEx, 4.3). */

import { z } from "zod";
import type { Account, Found } from "./account.ts";
import { services, trackedTypes } from "./catalogue.ts";
import { invalidInput, Refusal } from "./replies.ts";
import { identifiersOf, showProblem, showTracked } from "./show-track.ts";
import { addDays, isDate } from "./zones.ts";

/** The body of a look-up by reference. */
export const referenceBody = z.object({
  includeDetailedScans: z.boolean().optional(),
  referencesInformation: z.object({
    value: z.string(),
    type: z.string().optional(),
    accountNumber: z.string().optional(),
    destinationCountryCode: z.string().optional(),
    destinationPostalCode: z.string().optional(),
    carrierCode: z.string().optional(),
    shipDateBegin: z.string().optional(),
    shipDateEnd: z.string().optional(),
    shipDateEndDate: z.string().optional(),
  }),
});

type ReferenceQuery = z.infer<typeof referenceBody>["referencesInformation"];

/** One entry of `completeTrackResults[]`. */
export interface Tracked {
  trackingNumber: string;
  trackResults: object[];
}

/** The parcels that carry a reference, or the failure that stands in their place inside a 200. */
export function trackedByReference(account: Account, query: ReferenceQuery, withScans: boolean): Tracked[] {
  checkQuery(account, query);
  const { begin, end } = windowOf(account, query);
  const found = account.shipments
    .flatMap((shipment) => shipment.pieces.map((piece) => ({ shipment, piece })))
    .filter((one) => account.shows(one, account.switches.referenceLagMs))
    .filter(({ shipment: { shipDate } }) => shipDate >= begin && shipDate <= end)
    .filter((one) => carries(account, one, query));
  const { severalMatches, severalPieces } = account.switches;
  const shipments = new Set(found.map(({ shipment }) => shipment));
  if (found.length === 0)
    return failed("TRACKING.REFERENCENUMBER.NOTFOUND", "Reference number cannot be found. Please correct it.");
  const isAmbiguous =
    (shipments.size > 1 && severalMatches === "notUnique") ||
    (found.length > shipments.size && severalPieces === "notUnique");
  if (isAmbiguous) return failed("TRACKING.DATA.NOTUNIQUE", "Several shipments match. Please give more information.");
  return found
    .filter(({ piece }) => severalPieces !== "master" || piece.sequence === 1)
    .map((one) => ({
      trackingNumber: one.piece.trackingNumber,
      trackResults: [showTracked(account, one, withScans)],
    }));
}

function failed(code: string, message: string): Tracked[] {
  return [{ trackingNumber: "", trackResults: [showProblem("", { code, message })] }];
}

function checkQuery({ setup }: Account, query: ReferenceQuery): void {
  const { type, accountNumber, destinationCountryCode, destinationPostalCode } = query;
  if (type !== undefined && !trackedTypes.includes(type))
    throw new Refusal(400, { code: "TRACKING.REFERENCETYPE.INVALID", message: "The reference type is invalid." });
  if (accountNumber !== undefined) {
    if (accountNumber === setup.accountNumber) return;
    throw new Refusal(400, { code: "ACCOUNT.NUMBER.INVALID", message: "The account number is invalid." });
  }
  if (destinationCountryCode === undefined || destinationPostalCode === undefined)
    throw new Refusal(400, invalidInput("referencesInformation.accountNumber", "Or country and postal code."));
  // It may be left out beside an account number only.
  if (type === undefined)
    throw new Refusal(400, { code: "TRACKING.REFERENCETYPE.INVALID", message: "The reference type is required." });
}

function windowOf(account: Account, query: ReferenceQuery): { begin: string; end: string } {
  const today = account.today();
  const { shipDateEndName } = account.switches;
  const read = shipDateEndName === "either" ? (query.shipDateEndDate ?? query.shipDateEnd) : query[shipDateEndName];
  const { shipDateBegin: begin = addDays(today, -30) } = query;
  // The default ends tomorrow, although nobody may ask for that (FedEx, 4.3).
  const end = read ?? addDays(today, 1);
  const field = (name: string) => `referencesInformation.${name}`;
  if (!isDate(begin)) throw new Refusal(400, invalidInput(field("shipDateBegin"), "YYYY-MM-DD."));
  if (!isDate(end)) throw new Refusal(400, invalidInput(field("shipDateEndDate"), "YYYY-MM-DD."));
  if (read !== undefined && end > today)
    throw new Refusal(400, { code: "TRACKING.SHIPDATEEND.FUTURE", message: "The end date is in the future." });
  if (begin > end) throw new Refusal(400, invalidInput(field("shipDateBegin"), "It is not after the end."));
  if (begin < addDays(today, -731))
    throw new Refusal(400, invalidInput(field("shipDateBegin"), "At most 2 years ago."));
  const widest = read === undefined ? 31 : 30;
  if (addDays(begin, widest) < end)
    throw new Refusal(400, invalidInput(field("shipDateBegin"), "At most 30 days wide."));
  return { begin, end };
}

function carries(account: Account, one: Found, query: ReferenceQuery): boolean {
  const { recipient, serviceType } = one.shipment;
  const { value, type, carrierCode, accountNumber, destinationCountryCode, destinationPostalCode } = query;
  const isThere =
    accountNumber !== undefined ||
    (recipient.countryCode === destinationCountryCode &&
      recipient.postalCode?.slice(0, 5) === destinationPostalCode?.slice(0, 5));
  const isCarried = carrierCode === undefined || services.get(serviceType)?.carrierCode === carrierCode;
  const hasReference = identifiersOf(account, one).some(
    (identifier) => identifier.value === value && (type === undefined || identifier.type === type),
  );
  return isThere && isCarried && hasReference;
}
