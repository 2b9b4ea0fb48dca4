import type { FedExScan, TrackReply, TrackResult } from "../../connectors/fedex/schema.ts";
import type { CivilDate, Instant } from "../../core/model.ts";
import { type DeliveryStatus, fedexStatusOf } from "../codes.ts";
import { instantFrom, scansOf, type TrackedScan } from "./scans.ts";

/** What FedEx answers for one tracking number. */
export type NumberResult = NonNullable<TrackReply["output"]>["completeTrackResults"][number];

/** What is known of a parcel. */
export interface Tracking {
  /** Undefined when FedEx's code says nothing of it or is new: then nothing is to be changed. */
  status?: DeliveryStatus;
  /** FedEx's own code, as it is. */
  code?: string;
  text?: string;
  /** Only of a parcel that its recipient has. */
  deliveredAt?: Instant;
  receivedBy?: string;
  /** It goes or went back to its shipper, to whom it ends as delivered too (4.2). */
  isReturned: boolean;
  /** Why it is late or could not be delivered. */
  reasons: string[];
  /** Oldest first. */
  scans: TrackedScan[];
  /** FedEx does not know the number, or only an older parcel that had it. */
  notFound?: true;
  /** Another failure of this number alone (7). */
  error?: { code: string; message: string };
}

const dayMs = 86_400_000;
/** What was shipped so long before our label is an earlier parcel with the number; a label may be dated ten days ahead (2.2). */
const earlierDays = 14;

/** How our parcel is told from another with its number. */
export interface OurParcel {
  /** The day of its label. */
  shippedOn: CivilDate;
  /** The reference on its label; a result that carries it is ours whatever its day. */
  reference?: string | undefined;
}

/**
 * What FedEx knows of our parcel. Several results for one number are normal (4.1): one with our reference comes first, then
 * the one shipped nearest to our day, then the one with the newest scan. Pure.
 */
export function trackingOf({ trackResults }: NumberResult, ours: OurParcel): Tracking {
  const known = trackResults.filter(({ error }) => !error?.code);
  const [chosen] = known
    .map((result) => ({ result, away: daysAway(result, ours), newest: newestOf(result) }))
    .filter(({ away }) => away !== undefined)
    .sort((left, right) => (left.away ?? 0) - (right.away ?? 0) || right.newest - left.newest);
  if (chosen) return trackingFrom(chosen.result);
  const error = trackResults.find((result) => result.error?.code)?.error;
  const nothing = { isReturned: false, reasons: [], scans: [] };
  const isFailure = known.length === 0 && error?.code && !/\.NOTFOUND$/.test(error.code);
  if (!isFailure) return { ...nothing, notFound: true };
  return { ...nothing, error: { code: error.code ?? "", message: error.message ?? "" } };
}

/** How far a result is from being ours, in days; undefined when it cannot be. One that does not say when comes last. */
function daysAway(result: TrackResult, { shippedOn, reference }: OurParcel): number | undefined {
  const identifiers = result.additionalTrackingInfo?.packageIdentifiers ?? [];
  if (reference !== undefined && identifiers.some(({ values }) => values.includes(reference))) return -1;
  const days = (Date.parse(`${shipDayOf(result)}T00:00:00Z`) - Date.parse(`${shippedOn}T00:00:00Z`)) / dayMs;
  if (Number.isNaN(days)) return Number.MAX_SAFE_INTEGER;
  return days < -earlierDays ? undefined : Math.abs(days);
}

function shipDayOf({ dateAndTimes, scanEvents }: TrackResult): CivilDate | undefined {
  const dated = (name: string) => dateAndTimes.find(({ type }) => type === name)?.dateTime;
  const scanned = scanEvents.flatMap(({ date }) => date ?? []);
  const text = dated("SHIP") ?? dated("ACTUAL_PICKUP") ?? dated("ACTUAL_TENDER") ?? scanned.at(-1);
  return text?.slice(0, 10);
}

function newestOf({ scanEvents }: TrackResult): number {
  const times = scanEvents.flatMap(({ date }) => instantFrom(date) ?? []);
  return Math.max(0, ...times.map((at) => at.getTime()));
}

function trackingFrom(result: TrackResult): Tracking {
  const { latestStatusDetail: latest, deliveryDetails, scanEvents } = result;
  const code = latest?.code || undefined;
  const [exact, derived] = [fedexStatusOf(code), fedexStatusOf(latest?.derivedCode ?? undefined)];
  const given = exact ?? derived;
  const isReturned = exact === "returning" || derived === "returning" || scanEvents.some(isReturn);
  const status = isReturned ? (given === "delivered" ? "returned" : "returning") : given;
  const isDelivered = status === "delivered";
  const deliveredAt = isDelivered ? deliveredAtOf(result) : undefined;
  const receivedBy = isDelivered ? deliveryDetails?.receivedByName || deliveryDetails?.signedByName : undefined;
  const text = latest?.description || latest?.statusByLocale;
  return {
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    ...(text ? { text } : {}),
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
    ...(receivedBy ? { receivedBy } : {}),
    isReturned,
    reasons: reasonsOf(result),
    scans: scansOf(scanEvents),
  };
}

function isReturn({ eventType, derivedStatusCode }: FedExScan): boolean {
  return [eventType, derivedStatusCode].some((code) => fedexStatusOf(code ?? undefined) === "returning");
}

/** A time without an offset is not made an instant; the delivery's scan may have one. Midnight may only stand in for a time (4.1). */
function deliveredAtOf({ dateAndTimes, scanEvents }: TrackResult): Instant | undefined {
  const actual = dateAndTimes.find(({ type }) => type === "ACTUAL_DELIVERY")?.dateTime;
  const scanned = scanEvents.filter(({ eventType }) => eventType === "DL").map(({ date }) => date);
  const isMidnight = (text: string | null | undefined) => Number(text?.includes("T00:00:00"));
  const times = [actual, ...scanned].sort((left, right) => isMidnight(left) - isMidnight(right));
  return times.flatMap((text) => instantFrom(text)?.toISOString() ?? [])[0];
}

function reasonsOf({ latestStatusDetail: latest }: TrackResult): string[] {
  const details = (latest?.ancillaryDetails ?? []).map(({ reason, reasonDescription, action, actionDescription }) =>
    [reasonDescription || reason, actionDescription || action].filter(Boolean).join("; "),
  );
  const { status, type, subType } = latest?.delayDetail ?? {};
  const delay =
    status === "DELAYED" ? [["delayed", [type, subType].filter(Boolean).join("/")].filter(Boolean).join(": ")] : [];
  return [...new Set([...details, ...delay])].filter((reason) => reason !== "");
}
