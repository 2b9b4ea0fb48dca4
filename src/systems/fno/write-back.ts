import type { FnoPairSettings } from "../../connectors/fno/config.ts";
import type { OrderName } from "../../connectors/fno/write-back.ts";
import type { Delivery, Outcome } from "../../core/delivery.ts";
import type { Json } from "../../core/json.ts";
import type { Shipment } from "../../core/model.ts";

/** What is written onto an order and where; a shipper that tells of scans says what becomes of them. */
export type WriteBackSettings = FnoPairSettings["writeBack"] & { scanHistory?: "note" | "none" | undefined };

/** What the steps of one shipment are made from. */
export interface WriteBack {
  shipment: Shipment;
  delivery: Delivery;
  /** `usmf/SO-1001`. */
  order: string;
  settings: WriteBackSettings;
  /** What goes into the delivery's memo with every write of this shipment. */
  memo: { [name: string]: Json };
}

/** What all writes of a shipment are called: withdrawn once its label is void. Pure. */
export function outcomeOf({ isVoided }: Pick<Shipment, "isVoided">): Outcome {
  return isVoided ? "withdrawn" : "written";
}

/** The name a write has in F&O: the order, then what tells it apart there. Pure. */
export function naturalKeyOf(order: string, name: string): string {
  return `${order}#${name}`;
}

/** The order and the rest of a natural key whose rest begins with the step's name. Pure. */
export function ofNaturalKey(naturalKey: string, step: string): { order: string; rest: string } {
  const at = naturalKey.lastIndexOf(`#${step}`);
  return { order: naturalKey.slice(0, at), rest: naturalKey.slice(at + 1) };
}

/** The names in an order's id: `usmf/SO-1001`. Pure. */
export function orderNameOf(id: string): OrderName {
  const at = id.indexOf("/");
  return { legalEntity: id.slice(0, at), number: id.slice(at + 1) };
}

/** What stands in F&O above a note and tells it from all others. Pure. */
export function noteDescription(marker: string): string {
  return `mlc ${marker}`;
}
