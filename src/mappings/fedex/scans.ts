import type { FedExScan } from "../../connectors/fedex/schema.ts";
import type { Instant } from "../../core/model.ts";

/** Something that happened to a parcel. */
export interface TrackedScan {
  /** The same whenever it is read again, so that it is written once. */
  id: string;
  /** Undefined where FedEx gives no offset: no one knows which zone is meant (4.1). */
  at?: Instant;
  /** The reading of the clock there, as FedEx gives it. */
  local: string;
  code: string;
  text: string;
  place: string;
  exception?: string;
}

/** Before any instant. */
const earliest = -8.64e15;

/** The instant that a text with `Z` or an offset means; undefined without one. Pure. */
export function instantFrom(text: string | null | undefined): Date | undefined {
  if (!text || !/T\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$/.test(text)) return undefined;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/**
 * A parcel's scans, oldest first by instant: offsets change along the route. One without an offset keeps its place among
 * FedEx's, which come newest first (4.1). Texts are no part of an id: FedEx changes them (5). Pure.
 */
export function scansOf(events: readonly FedExScan[]): TrackedScan[] {
  const oldestFirst = [...events].reverse().filter(({ date }) => date);
  const instants = oldestFirst.map(({ date }) => instantFrom(date)?.getTime());
  let before = earliest;
  const placed = oldestFirst.map((event, index) => {
    const at = instants[index];
    before = at ?? before;
    return { scan: scanFrom(event, at), at: before };
  });
  const sorted = placed.sort((left, right) => left.at - right.at).map(({ scan }) => scan);
  return [...new Map(sorted.map((scan): [string, TrackedScan] => [scan.id, scan])).values()];
}

function scanFrom(event: FedExScan, time: number | undefined): TrackedScan {
  const { date, eventType, derivedStatusCode, eventDescription, derivedStatus, scanLocation } = event;
  const local = date ?? "";
  const at = time === undefined ? undefined : new Date(time).toISOString();
  const code = eventType || derivedStatusCode || "";
  const { city, stateOrProvinceCode, countryCode } = scanLocation ?? {};
  const exception = event.exceptionDescription || "";
  return {
    id: [at ?? local, code, event.exceptionCode].filter(Boolean).join(" "),
    ...(at === undefined ? {} : { at }),
    local,
    code,
    text: eventDescription || derivedStatus || code,
    place: [city, stateOrProvinceCode, countryCode].filter(Boolean).join(", "),
    ...(exception === "" ? {} : { exception }),
  };
}
