import { z } from "zod";
import { pacific, type ShipStationOrder, type ShipStationOrderV2 } from "../../connectors/shipstation/schema.ts";
import { type Hash, hashOf } from "../../core/json.ts";
import type { CivilDate, OrderThen, Shipment } from "../../core/model.ts";
import { dayAt, instantOf } from "../../core/time.ts";

const text = z.string().optional();

/** What an order says of itself, for an ERP that finds its own by it; people's values among it. */
export const saidOrder = z.object({
  /** V1's order id. */
  id: z.string(),
  key: text,
  number: text,
  storeId: text,
  customerNames: z.array(z.string()),
  customerAccount: text,
  orderDate: text,
});

/** What an order says of itself. */
export type SaidOrder = z.infer<typeof saidOrder>;

/** What V1's order says; a part of a split order is known by the number and key of the one it was split from. Pure. */
export function saidInV1(order: ShipStationOrder, parent: ShipStationOrder | undefined): SaidOrder {
  const { orderId, billTo, shipTo, customerUsername, orderDate, advancedOptions } = order;
  const storeId = advancedOptions?.storeId;
  return {
    id: String(orderId),
    key: parent?.orderKey || order.orderKey || undefined,
    number: parent?.orderNumber || order.orderNumber || undefined,
    storeId: storeId ? String(storeId) : undefined,
    customerNames: distinct([billTo?.company, billTo?.name, shipTo?.company, shipTo?.name]),
    customerAccount: customerUsername || undefined,
    orderDate: dayOf(orderDate, pacific),
  };
}

/**
 * What V2's order says: it has neither buyer nor order date (V2, 7.3), so that the recipient and the day on which it came to
 * ShipStation stand for them. Pure.
 */
export function saidInV2(order: ShipStationOrderV2): SaidOrder {
  const { shipment_id, external_shipment_id, shipment_number, store_id, ship_to, created_at } = order;
  return {
    id: idOf(shipment_id),
    key: external_shipment_id || undefined,
    number: shipment_number || undefined,
    storeId: store_id ? idOf(store_id) : undefined,
    customerNames: distinct([ship_to?.company_name, ship_to?.name]),
    customerAccount: undefined,
    orderDate: dayOf(created_at, "UTC"),
  };
}

/** A shipment with what its order says now: a number that was corrected counts, whatever the label was made under. Pure. */
export function withOrder(shipment: Shipment, orders: readonly SaidOrder[]): Shipment {
  const said =
    orders.find(({ id }) => id === shipment.orderId) ??
    orders.find(({ key }) => key !== undefined && key === shipment.orderKey);
  if (!said) return shipment;
  const { key, number, storeId, customerNames, customerAccount, orderDate } = said;
  const order: OrderThen = {
    customerNames,
    ...(customerAccount === undefined ? {} : { customerAccount }),
    ...(orderDate === undefined ? {} : { orderDate }),
  };
  const people = [...customerNames, ...(customerAccount === undefined ? [] : [customerAccount])];
  return {
    ...shipment,
    personal: distinct([...shipment.personal, ...people.filter((value) => value.length > 2)]),
    ...(key === undefined ? {} : { orderKey: key }),
    ...(number === undefined ? {} : { number, orderNumber: number }),
    ...(storeId === undefined || shipment.storeId !== undefined ? {} : { storeId }),
    order,
  };
}

/** Moves with the shipment's own version, and with what its orders are found by. Pure. */
export function versionWith(version: string, orders: readonly SaidOrder[]): Hash {
  const found = orders.map(({ id, key = "", number = "", customerNames, orderDate = "" }) => [
    [id, key, number, orderDate],
    customerNames,
  ]);
  return hashOf([version, found]);
}

/** V1's order N is V2's shipment `se-N` (V2, 7.1). */
function idOf(seId: string): string {
  return seId.replace(/^se-/, "");
}

function dayOf(time: string | null | undefined, zone: string): CivilDate | undefined {
  const instant = time ? instantOf(time, zone) : undefined;
  return instant && dayAt(instant, pacific);
}

function distinct(values: readonly (string | null | undefined)[]): string[] {
  return [...new Set(values.map((value) => value?.trim() ?? "").filter((value) => value !== ""))];
}
