import { z } from "zod";
import type { ShipBobShipments } from "../../connectors/shipbob/shipments/calls.ts";
import type { OrderThere } from "../../core/ports.ts";

/** What is read of an order that is listed; the rest of it may be anything. */
const listed = z.object({
  id: z.number().int(),
  reference_id: z.string().nullish(),
  shipments: z.array(z.object({ id: z.number().int() })).nullish(),
});

/** The orders of shipments: those that changed since a day by their list, the others one by one; what ShipBob has no more is left out. */
export async function ordersOfShipments(
  calls: ShipBobShipments,
  ids: ReadonlySet<string>,
  since: Date,
): Promise<Map<string, OrderThere>> {
  const found = new Map<string, OrderThere>();
  if (ids.size === 0) return found;
  for await (const rows of calls.ordersUpdated({ since })) {
    for (const row of rows) {
      const { data: order } = listed.safeParse(row);
      if (!order) continue;
      for (const { id } of order.shipments ?? [])
        if (ids.has(String(id))) found.set(String(id), orderThere(order.id, order.reference_id));
    }
    if (found.size === ids.size) return found;
  }
  for (const id of ids) {
    if (found.has(id)) continue;
    const shipment = await calls.shipment(id);
    if (shipment) found.set(id, orderThere(shipment.order_id, shipment.reference_id));
  }
  return found;
}

function orderThere(id: number, reference: string | null | undefined): OrderThere {
  return { id: String(id), ...(reference ? { naturalKey: reference } : {}) };
}
