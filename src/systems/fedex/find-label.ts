import type { FedExClient } from "../../connectors/fedex/client.ts";
import { createdInBytes } from "../../connectors/fedex/reply.ts";
import type { TrackResult } from "../../connectors/fedex/schema.ts";
import { referenceWindows } from "../../connectors/fedex/window.ts";
import type { Found, Lookup } from "../../core/delivery.ts";
import { ContractError, UnavailableError } from "../../core/errors.ts";
import type { LabelStore } from "../../core/labels.ts";
import type { CivilDate } from "../../core/model.ts";
import { type LabelMemo, labelIn, memoOf } from "./label-memo.ts";
import { delivered, purchaseFrom } from "./purchase.ts";

/** What a label is looked up with. */
export interface LabelSearch {
  client: FedExClient;
  labels: LabelStore;
  accountNumber: string;
  /** A day that has begun wherever parcels leave from. */
  today: CivilDate;
  /** The day from which on the label may have been bought. */
  from: CivilDate;
  /** What was sent with it, by FedEx's type, as far as that is known. */
  references?: Record<string, string>;
}

/** What became of a purchase: as its kept answer says, else as FedEx knows its reference. */
export async function findLabel(step: Lookup, search: LabelSearch): Promise<Found> {
  const known = labelIn(step.memo, step.name);
  if (known) return { state: "present", target: known.master };
  return (await fromAnswer(step, search.labels)) ?? (await fromReference(step, search));
}

async function fromAnswer({ name, naturalKey }: Lookup, labels: LabelStore): Promise<Found | undefined> {
  const kept = await labels.answer(naturalKey);
  const created = kept && createdInBytes(kept.raw);
  const about = kept && purchaseFrom(kept.about);
  if (!created || !about) return undefined;
  const { label } = await delivered(labels, created, about);
  const remark = "its answer was kept and is read again; mlc did not print its labels";
  return { state: "present", target: label.master, memo: memoOf(name, label), remark };
}

async function fromReference(step: Lookup, search: LabelSearch): Promise<Found> {
  const { client, accountNumber, today, from } = search;
  const hits: TrackResult[] = [];
  try {
    for (const window of referenceWindows(from, today)) {
      const { value } = await client.trackReference({ value: step.naturalKey, accountNumber, ...window });
      hits.push(...value);
    }
  } catch (error) {
    if (!(error instanceof UnavailableError || error instanceof ContractError)) throw error;
    // Other orders need no look-up, so they must not stop for this one.
    return { state: "unknown", message: `FedEx could not be asked for it (${error.message})` };
  }
  return conclusion(step, hits, search);
}

const notFound = "TRACKING.REFERENCENUMBER.NOTFOUND";
const notUnique = "TRACKING.DATA.NOTUNIQUE";

/** What the hits prove: only a parcel that carries our reference itself, and only if it is of one shipment (8.4). */
function conclusion({ name, naturalKey }: Lookup, hits: readonly TrackResult[], search: LabelSearch): Found {
  const codes = hits.flatMap(({ error }) => error?.code ?? []);
  if (codes.includes(notUnique)) return several(naturalKey);
  const other = codes.find((code) => code !== notFound);
  if (other !== undefined) return { state: "unknown", message: `FedEx answered its reference with ${other}` };
  const ours = new Map<string, TrackResult>();
  for (const hit of hits) if (carries(hit, naturalKey)) ours.set(numberOf(hit), hit);
  const pieces = [...ours.values()].sort((left, right) => sequenceOf(left) - sequenceOf(right));
  const [master] = pieces;
  if (!master) return { state: "absent" };
  if (pieces.length > 1 && !areOneShipment(pieces)) return several(naturalKey);
  const label = labelFrom(pieces, naturalKey, search);
  return {
    state: "present",
    target: label.master,
    memo: memoOf(name, label),
    remark: "found by its reference after its answer was lost",
  };
}

function several(reference: string): Found {
  return { state: "unknown", message: `several shipments carry the reference ${reference}` };
}

function numberOf({ trackingNumberInfo }: TrackResult): string {
  return trackingNumberInfo?.trackingNumber ?? "";
}

function carries(hit: TrackResult, reference: string): boolean {
  const identifiers = hit.additionalTrackingInfo?.packageIdentifiers ?? [];
  return numberOf(hit) !== "" && identifiers.some(({ values }) => values.includes(reference));
}

function sequenceOf({ packageDetails }: TrackResult): number {
  return Number(packageDetails?.sequenceNumber ?? 1);
}

/** Each is another piece of as many as there are. */
function areOneShipment(pieces: readonly TrackResult[]): boolean {
  const isOfAll = pieces.every(({ packageDetails }) => Number(packageDetails?.count) === pieces.length);
  return isOfAll && new Set(pieces.map(sequenceOf)).size === pieces.length;
}

function labelFrom(pieces: readonly TrackResult[], reference: string, search: LabelSearch): LabelMemo {
  const [master] = pieces;
  const service = master?.serviceDetail?.type;
  const shipped = master?.dateAndTimes.find(({ type }) => type === "SHIP")?.dateTime?.slice(0, 10);
  const isCancelled = pieces.some(({ latestStatusDetail }) => latestStatusDetail?.code === "CA");
  return {
    reference,
    master: master ? numberOf(master) : "",
    pieces: pieces.map((piece) => ({ trackingNumber: numberOf(piece) })),
    ...(service ? { service } : {}),
    shipDate: shipped ?? search.from,
    references: search.references ?? { CUSTOMER_REFERENCE: reference },
    state: isCancelled ? "void" : "noLabel",
  };
}
