import { z } from "zod";
import type { ShipBobShipments, Updated } from "../../connectors/shipbob/shipments/calls.ts";
import type { OrderThere } from "../../core/ports.ts";

/** What is read of an order that is listed; the rest of it may be anything. */
const listed = z.object({
  id: z.number().int(),
  reference_id: z.string().nullish(),
  channel: z.object({ id: z.number().int() }).nullish(),
  shipments: z.array(z.object({ id: z.number().int() })).nullish(),
});

/** What orders are read with. */
export interface OrdersRead {
  shipments: Pick<ShipBobShipments, "ordersOfAllChannels" | "shipment">;
  /** Orders of other channels are nobody's here, whatever they are called. */
  channelId: number | undefined;
}

/**
 * The orders of shipments: those that changed in a span by their list, the others one by one; those of other channels and what
 * ShipBob has no more are left out. The list is of all channels: else each shipment of the others would cost a call.
 */
export async function ordersOfShipments(
  { shipments, channelId }: OrdersRead,
  ids: ReadonlySet<string>,
  span: Updated,
): Promise<Map<string, OrderThere>> {
  const found = new Map<string, OrderThere>();
  const left = new Set(ids);
  if (left.size === 0) return found;
  for await (const rows of shipments.ordersOfAllChannels(span)) {
    for (const row of rows) {
      const { data: order } = listed.safeParse(row);
      const isOurs = order?.channel == null || channelId === undefined || order.channel.id === channelId;
      for (const { id } of order?.shipments ?? [])
        if (order && left.delete(String(id)) && isOurs) found.set(String(id), orderThere(order.id, order.reference_id));
    }
    if (left.size === 0) return found;
  }
  for (const id of left) {
    const shipment = await shipments.shipment(id);
    if (shipment) found.set(id, orderThere(shipment.order_id, shipment.reference_id));
  }
  return found;
}

function orderThere(id: number, reference: string | null | undefined): OrderThere {
  return { id: String(id), ...(reference ? { naturalKey: reference } : {}) };
}
