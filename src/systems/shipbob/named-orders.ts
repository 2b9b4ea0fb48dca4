import { order as orderSchema } from "../../connectors/shipbob/orders/schema.ts";
import type { ShipBobShipments } from "../../connectors/shipbob/shipments/calls.ts";
import type { OrderRow } from "../../connectors/shipbob/shipments/schema.ts";
import type { Named } from "../../core/ports.ts";

/** Whether a call names an order, or a shipment of one, by ShipBob's ids, which are numbers (4). Pure. */
export function isNamed({ kind, id }: Named): boolean {
  return (kind === "orderId" || kind === "shipmentId") && /^\d{1,15}$/.test(id);
}

/** Orders of the channel that calls name, with those whose shipments they name; what ShipBob does not have is left out. */
export async function namedOrders(
  calls: Pick<ShipBobShipments, "ordersById" | "shipment">,
  things: readonly Named[],
): Promise<OrderRow[]> {
  const idsOf = (kind: Named["kind"]) => things.filter((one) => one.kind === kind).map(({ id }) => id);
  const rows = await calls.ordersById(idsOf("orderId"));
  const told = new Set(rows.flatMap(shipmentsIn));
  const others = new Set<string>();
  for (const id of new Set(idsOf("shipmentId"))) {
    // Most calls name the order beside its shipment, and then its row has it.
    const shipment = told.has(id) ? undefined : await calls.shipment(id);
    if (shipment) others.add(String(shipment.order_id));
  }
  for (const { id } of rows) others.delete(String(id));
  return others.size === 0 ? rows : [...rows, ...(await calls.ordersById([...others]))];
}

/** An order that cannot be read has none, and is told by its record. */
function shipmentsIn(row: OrderRow): string[] {
  return (orderSchema.safeParse(row).data?.shipments ?? []).map(({ id }) => String(id));
}
