import { pacific, type ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import { instantOf } from "../../core/time.ts";

const hour = 3_600_000;
/** Rows of one answer, at most (V1, 3). */
const pageSize = 500;
/** An order asked for by itself takes a call for its labels and one for its fulfillments; so does a page of a list. */
const callsEach = 2;

/** Orders whose parcels are asked for one by one, and those whose parcels are read in one list from a time to another. */
export interface ParcelPlan {
  alone: ShipStationOrder[];
  listed?: { orders: ShipStationOrder[]; from: Date; to: Date };
}

/**
 * The way that takes fewest calls. Parcels are listed by when they were made, which is never before their order was: so one
 * order of last year among a hundred of today is asked for by itself. How long the list is, is guessed from how many orders
 * changed in the time that these took. `until`: when the last parcel may have been made, unless that is when its order changed
 * last. Pure.
 */
export function parcelPlan(orders: readonly ShipStationOrder[], until?: Date): ParcelPlan {
  const dated = orders.flatMap((order) => {
    const [madeAt, changedAt] = [timeOf(order.createDate), timeOf(order.modifyDate)];
    return madeAt === undefined || changedAt === undefined ? [] : [{ order, madeAt, changedAt }];
  });
  dated.sort((left, right) => left.madeAt - right.madeAt);
  const changes = dated.map(({ changedAt }) => changedAt);
  const to = until?.getTime() ?? Math.max(...changes);
  const perMs = dated.length / Math.max(hour, to - Math.min(...changes));
  const listCalls = (from: number) => callsEach * Math.max(1, Math.ceil(((to - from) * perMs) / pageSize));
  let best = { alone: dated.length, calls: callsEach * dated.length };
  for (const [alone, { madeAt }] of dated.entries()) {
    const calls = callsEach * alone + listCalls(madeAt);
    if (calls < best.calls) best = { alone, calls };
  }
  const listed = dated.slice(best.alone);
  const [oldest] = listed;
  const together = new Set(listed.map(({ order }) => order));
  return {
    alone: orders.filter((order) => !together.has(order)),
    ...(oldest ? { listed: { orders: [...together], from: new Date(oldest.madeAt), to: new Date(to) } } : {}),
  };
}

function timeOf(reading: string | null | undefined): number | undefined {
  return reading ? instantOf(reading, pacific)?.getTime() : undefined;
}
