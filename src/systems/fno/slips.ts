import { z } from "zod";
import type { Step } from "../../core/delivery.ts";
import type { Json } from "../../core/json.ts";
import { isDone } from "../../core/steps.ts";
import { type Slip, slipFor } from "../../mappings/fno/shipments.ts";
import { naturalKeyOf, outcomeOf, type WriteBack } from "./write-back.ts";

/** What a read of an order's packing slips returns. */
export const slipsSeen = z.object({
  /** Whether the environment has the sets at all. */
  isPublished: z.boolean(),
  slips: z.array(z.object({ id: z.string(), date: z.string() })),
  rows: z.array(z.object({ slip: z.string(), date: z.string(), trackingNumber: z.string(), url: z.string() })),
});
export type SlipsSeen = z.infer<typeof slipsSeen>;

/** A tracking row's place as a step's target keeps it: `PS-7|2026-11-21T12:00:00Z`. */
export function slipPlace(slip: Slip): string {
  return `${slip.id}|${slip.date}`;
}

/** Reads such a place; undefined when it is none. */
export function slipAt(place: string | undefined): Slip | undefined {
  const found = /^(.*)\|([^|]*)$/s.exec(place ?? "");
  return found?.[1] === undefined || found[2] === undefined ? undefined : { id: found[1], date: found[2] };
}

const prefixOf = (id: string) => `slip:${id}:`;

/** Withdraws the rows mlc wrote whose number no longer counts. */
function withdrawals({ shipment, delivery, order, memo }: WriteBack): Step[] {
  const live = new Set(shipment.isVoided ? [] : shipment.packages.map((parcel) => parcel.trackingNumber));
  return Object.entries(delivery.steps).flatMap(([name, state]): Step[] => {
    const trackingNumber = name.startsWith(prefixOf(shipment.id))
      ? name.slice(prefixOf(shipment.id).length)
      : undefined;
    const slip = slipAt(state.target);
    if (trackingNumber === undefined || live.has(trackingNumber) || !slip) return [];
    return [
      {
        name,
        action: "delete",
        naturalKey: naturalKeyOf(order, name),
        payload: { kind: "removeRow", order, slip: { ...slip }, trackingNumber, memo },
        owned: { withdrawn: true },
        repeatable: true,
        outcome: "withdrawn",
      },
    ];
  });
}

/** Slips that rows of the order's other shipments stand on. */
function takenSlips({ shipment, delivery }: WriteBack): Set<string> {
  return new Set(
    Object.entries(delivery.steps).flatMap(([name, { target }]) =>
      name.startsWith("slip:") && !name.startsWith(prefixOf(shipment.id)) ? (slipAt(target)?.id ?? []) : [],
    ),
  );
}

interface Parcel {
  trackingNumber: string;
  url: string;
  name: string;
}

function rowStep(context: WriteBack, parcel: Parcel, slip: Slip, seen: SlipsSeen): Step {
  const { order, delivery, memo, shipment } = context;
  const { name, trackingNumber, url } = parcel;
  const owned = { trackingUrl: url };
  const naturalKey = naturalKeyOf(order, name);
  // Absent once the row was withdrawn.
  const replaced = slipAt(delivery.steps[name]?.target);
  const foreign = seen.rows.find((row) => row.trackingNumber === trackingNumber);
  if (foreign && !replaced) {
    const remark = `packing slip ${foreign.slip} has tracking number ${trackingNumber} already`;
    return { name, action: "skip", naturalKey, payload: { reason: remark }, owned, repeatable: true, remark };
  }
  // Rows cannot be edited: corrected by delete and insert (F&O, 4.1).
  const payload: Json = {
    kind: "addRow",
    order,
    slip: { ...slip },
    trackingNumber,
    url,
    replaces: replaced ? { ...replaced } : null,
    memo,
  };
  const action = replaced ? "update" : "create";
  return { name, action, naturalKey, payload, owned, repeatable: replaced !== undefined, outcome: outcomeOf(shipment) };
}

/** The steps that put a shipment's numbers onto its posted packing slip; they wait while none is posted. Pure. */
export function slipSteps(context: WriteBack, seen: Record<string, Json>): Step[] {
  const { shipment, delivery, order, settings } = context;
  if (settings.packingSlipTracking === false) return [];
  const gone = withdrawals(context).filter((step) => !isDone(step, delivery));
  if (shipment.isVoided) return gone;
  const missing = shipment.packages
    .map(
      ({ trackingNumber, trackingUrl = "" }): Parcel => ({
        trackingNumber,
        url: trackingUrl,
        name: prefixOf(shipment.id) + trackingNumber,
      }),
    )
    .filter(
      ({ name, url, trackingNumber }) =>
        trackingNumber !== "" && !isDone({ name, owned: { trackingUrl: url }, payload: null }, delivery),
    );
  if (missing.length === 0) return gone;
  const base = { name: "slips", naturalKey: naturalKeyOf(order, "slips"), repeatable: true };
  if (seen.slips === undefined) return [...gone, { ...base, action: "read", payload: { kind: "readSlips", order } }];
  const slips = slipsSeen.parse(seen.slips);
  if (!slips.isPublished && settings.packingSlipTracking === "auto") return gone;
  const slip = slipFor(slips.slips, shipment.shipDate, takenSlips(context));
  if (slip) return [...gone, ...missing.map((parcel) => rowStep(context, parcel, slip, slips))];
  const remark = slips.isPublished
    ? "no packing slip of this shipment is posted in F&O yet"
    : "F&O does not publish CustPackingSlipJourBiEntities and PackingSlipTrackingInformation";
  return [...gone, { ...base, name: `wait:${shipment.id}`, action: "wait", payload: null, remark }];
}
