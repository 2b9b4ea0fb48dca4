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
/** Results that were shipped so near our day are all ours: the newest scan decides between them. */
const nearDays = 7;
/** What was shipped so long before our label is an earlier parcel with the number; a label may be dated ten days ahead (2.2). */
const earlierDays = 14;

/** What FedEx knows of the parcel that was shipped on a day; several results for one number are normal (4.1). Pure. */
export function trackingOf({ trackResults }: NumberResult, { shippedOn }: { shippedOn: CivilDate }): Tracking {
  const known = trackResults.filter(({ error }) => !error?.code);
  const [chosen] = known
    .map((result) => ({ result, days: daysAfter(shippedOn, result), newest: newestOf(result) }))
    .filter(({ days }) => days === undefined || days >= -earlierDays)
    .sort((left, right) => distance(left.days) - distance(right.days) || right.newest - left.newest);
  if (chosen) return trackingFrom(chosen.result);
  const error = trackResults.find((result) => result.error?.code)?.error;
  const nothing = { isReturned: false, reasons: [], scans: [] };
  const isFailure = known.length === 0 && error?.code && !/\.NOTFOUND$/.test(error.code);
  if (!isFailure) return { ...nothing, notFound: true };
  return { ...nothing, error: { code: error.code ?? "", message: error.message ?? "" } };
}

/** Days from ours to the result's ship date; undefined where it has none. */
function daysAfter(shippedOn: CivilDate, { dateAndTimes, scanEvents }: TrackResult): number | undefined {
  const dated = (name: string) => dateAndTimes.find(({ type }) => type === name)?.dateTime;
  const first = scanEvents.map(({ date }) => date ?? "").filter((date) => date !== "");
  const text = dated("SHIP") ?? dated("ACTUAL_PICKUP") ?? dated("ACTUAL_TENDER") ?? first.at(-1);
  const days = (Date.parse(`${text?.slice(0, 10)}T00:00:00Z`) - Date.parse(`${shippedOn}T00:00:00Z`)) / dayMs;
  return Number.isNaN(days) ? undefined : days;
}

/** Near days are equally near; a result that does not say when comes after those that do. */
function distance(days: number | undefined): number {
  return days === undefined ? Number.MAX_SAFE_INTEGER : Math.max(nearDays, Math.abs(days));
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
