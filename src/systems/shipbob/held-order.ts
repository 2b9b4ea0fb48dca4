import { z } from "zod";
import type { CancelAnswer, Order, Shipment } from "../../connectors/shipbob/orders/schema.ts";
import type { Json } from "../../core/json.ts";

const heldSchema = z.object({
  id: z.number(),
  status: z.string(),
  /** Of those that were not cancelled, by id. */
  left: z.array(z.object({ id: z.number(), status: z.string(), isPicked: z.boolean().optional() })),
  refused: z.string().optional(),
});

/** An order at ShipBob, as far as its steps ask. */
export type HeldOrder = z.infer<typeof heldSchema>;

/** What a read brings of an order; `refused` is what ShipBob said when it was asked to cancel it a moment ago. Pure. */
export function heldFrom({ id, status, shipments }: Order, refused?: string): Json {
  const left = (shipments ?? []).filter((shipment) => shipment.status !== "Cancelled");
  return {
    id,
    status,
    left: left.map((shipment) => ({
      id: shipment.id,
      status: shipment.status,
      ...(isPicked(shipment) ? { isPicked: true } : {}),
    })),
    ...(refused === undefined ? {} : { refused }),
  };
}

/** Picked, packed or labelled, after which it cannot be cancelled (5.4, 5.7). */
function isPicked({ status_details }: Shipment): boolean {
  return (status_details ?? []).some(({ id }) => id !== null && id !== undefined && id >= 100 && id < 200);
}

/** The order that a read brought; undefined when there is none. Pure. */
export function heldOrder(seen: Json): HeldOrder | undefined {
  return heldSchema.safeParse(seen).data;
}

/** The order's status is derived from its shipments (5.3). Pure. */
export function isCancelledThere({ status }: Pick<HeldOrder, "status">): boolean {
  return status === "Cancelled";
}

/** Statuses of shipments that have left, or have their label (1, 5.4). */
const gone = ["Completed", "LabeledCreated"];

/** Why an order cannot be cancelled there; undefined where it is still to be tried. Pure. */
export function whyKept({ status, left, refused }: HeldOrder): string | undefined {
  if (refused !== undefined) return refused;
  const isGone = left.length > 0 && left.every((shipment) => gone.includes(shipment.status));
  return status === "Fulfilled" || isGone ? `it is ${status} there` : undefined;
}

/** Why an order cannot be cancelled whole, so that nothing of it is: what is left of it could not be made anew. Pure. */
export function whyIndivisible(held: HeldOrder): string | undefined {
  const kept = held.left.find(({ status, isPicked }) => isPicked || gone.includes(status));
  return whyKept(held) ?? (kept && `shipment ${kept.id} is ${kept.isPicked ? "picked" : kept.status} there`);
}

/** What ShipBob's answer to a cancel says against it, shipment by shipment; undefined when all is cancelled. Pure. */
export function cancelRefusal({ status, canceled_shipment_results }: CancelAnswer): string | undefined {
  if (status === "Success") return undefined;
  const told = (canceled_shipment_results ?? []).map(({ shipment_id, is_success, reason }) =>
    is_success
      ? `shipment ${shipment_id} is cancelled`
      : `shipment ${shipment_id} is not: ${reason || "no reason given"}`,
  );
  return `its answer to the cancel is ${status || "empty"}${told.length === 0 ? "" : ` (${told.join("; ")})`}`;
}
