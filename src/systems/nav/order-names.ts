import { z } from "zod";
import type { Delivery, Step } from "../../core/delivery.ts";
import { type Json, plainJson } from "../../core/json.ts";
import type { Shipment } from "../../core/model.ts";
import { recorded } from "../../core/steps.ts";

const prefix = "order:";

/** What a shipment's order is called at the shipper: by its key, which the parts of a split order share, and by its id. Pure. */
export function orderNamesOf({ id, orderKey, orderId }: Pick<Shipment, "id" | "orderKey" | "orderId">): string[] {
  const names = [
    ...(orderKey === undefined ? [] : [`key:${orderKey}`]),
    ...(orderId === undefined ? [] : [`id:${orderId}`]),
  ];
  return names.length > 0 ? names : [`shipment:${id}`];
}

/**
 * The name of the entry that says which order in NAV an order of the shipper's is; unique over all deliveries. `nth`: above 1 once
 * the order was deleted in NAV and entered anew. Pure.
 */
export function ownerStepName(orderName: string, nth = 1): string {
  return prefix + orderName + (nth > 1 ? `#${nth}` : "");
}

/** Which orders of the shipper's are known to be a delivery's. Pure. */
export function ownersIn({ steps }: Pick<Delivery, "steps">): string[] {
  return Object.keys(steps).flatMap((name) =>
    name.startsWith(prefix) ? [name.slice(prefix.length).replace(/#\d+$/, "")] : [],
  );
}

/** Where a shipment belongs, as `next` is told. */
const place = z.union([
  z.object({ key: z.string(), by: z.string().optional(), nth: z.number().optional() }),
  // A person chose it among several.
  z.string().transform((key) => ({ key, by: "by a person's choice", nth: undefined })),
]);

/** A place with how it was found, and the how manieth order in NAV it is. Pure. */
export function placeOf(key: string, by?: string, nth?: number): Json {
  return plainJson({ key, ...(by === undefined ? {} : { by }), ...(nth === undefined ? {} : { nth }) });
}

/** The order's number in a delivery's key. Pure. */
export function numberIn(key: string, company: string): string {
  return key.startsWith(`${company}/`) ? key.slice(company.length + 1) : key;
}

/** The order's number in NAV, and how it was found. Pure. */
export function placeIn(
  located: Json | undefined,
  company: string,
): { key: string; number: string; by?: string; nth?: number } {
  const { key, by, nth } = place.parse(located);
  const number = numberIn(key, company);
  return { key, number, ...(by === undefined ? {} : { by }), ...(nth === undefined ? {} : { nth }) };
}

/**
 * The entries that tell, once for each order at the shipper, which order in NAV it is and how that was found. By them it is found
 * again, whatever became of the order's number or of the order itself. Pure.
 */
export function ownerSteps(
  shipment: Shipment,
  place: { number: string; by?: string; nth?: number },
  delivery: Delivery,
): Step[] {
  const { number, by, nth } = place;
  if (by === undefined) return [];
  return orderNamesOf(shipment)
    .map((name) => ownerStepName(name, nth))
    .filter((name) => delivery.steps[name] === undefined)
    .map((name) => recorded("notice", name, name, { order: number }, remarkOf(name, number, by)));
}

function remarkOf(name: string, number: string, by: string): string {
  return `${name.slice(prefix.length).replace(":", " ")} at the shipper is order ${number}: found ${by}`;
}
