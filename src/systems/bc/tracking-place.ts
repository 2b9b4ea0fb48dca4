import type { Delivery } from "../../core/delivery.ts";
import type { Shipment } from "../../core/model.ts";
import { quantitiesOf, type TrackedShipment, trackedShipment } from "../../mappings/bc/tracking.ts";
import type { BookedDocument } from "./sale-memo.ts";

const prefix = "shipment:";

/** The name under which a shipment stands in the memo of a sale's tracking. Pure. */
export function memoNameOf(shipmentId: string): string {
  return `${prefix}${shipmentId}`;
}

/** The shipments of a sale that were written before, by id; those that were voided since too. Pure. */
export function trackedIn({ memo }: Pick<Delivery, "memo">): Map<string, TrackedShipment> {
  const found = new Map<string, TrackedShipment>();
  for (const [name, value] of Object.entries(memo)) {
    const { data } = name.startsWith(prefix) ? trackedShipment.safeParse(value) : {};
    if (data) found.set(name.slice(prefix.length), data);
  }
  return found;
}

/**
 * The document that a shipment belongs to: where it was written before; of several parts the first one that still has room for
 * what is in it, else the last, which is no more than a guess. Pure.
 */
export function placeOf(
  shipment: Shipment,
  standing: readonly BookedDocument[],
  tracked: ReadonlyMap<string, TrackedShipment>,
): { document: BookedDocument | undefined; isGuessed?: true } {
  const noted = standing.find(({ tracked: ids }) => ids.includes(shipment.id));
  const before = tracked.get(shipment.id)?.document;
  const same = noted ?? standing.find(({ externalNumber }) => externalNumber === before);
  if (same) return { document: same };
  const wanted = Object.entries(quantitiesOf(shipment));
  const others = [...tracked].filter(([id, { isVoid }]) => id !== shipment.id && !isVoid).map(([, one]) => one);
  const hasRoom = ({ booked, externalNumber }: BookedDocument) =>
    wanted.every(([key, quantity]) => quantity <= (booked[key] ?? 0) - shippedOf(key, externalNumber, others));
  const fitting = wanted.length === 0 ? undefined : standing.find(hasRoom);
  return fitting ? { document: fitting } : { document: standing.at(-1), isGuessed: true };
}

function shippedOf(key: string, document: string, others: readonly TrackedShipment[]): number {
  return others
    .filter((one) => one.document === document)
    .reduce((sum, { lines = {} }) => sum + (Object.hasOwn(lines, key) ? (lines[key] ?? 0) : 0), 0);
}

/** The live shipments of a document by ship date, this one as it is now. Pure. */
export function liveOn(
  document: string,
  tracked: ReadonlyMap<string, TrackedShipment>,
  now: { id: string; facts: TrackedShipment },
): TrackedShipment[] {
  const all = new Map(tracked).set(now.id, now.facts);
  const rank = ([id, { shipDate = "" }]: [string, TrackedShipment]) => `${shipDate} ${id}`;
  return [...all]
    .filter(([, one]) => one.document === document && !one.isVoid)
    .sort((left, right) => (rank(left) < rank(right) ? -1 : 1))
    .map(([, one]) => one);
}
