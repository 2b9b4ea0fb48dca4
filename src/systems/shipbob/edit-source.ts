import type { ShipBobOrders } from "../../connectors/shipbob/orders/calls.ts";
import { type Order, order as orderSchema } from "../../connectors/shipbob/orders/schema.ts";
import type { OrderAtShipper } from "../../core/model.ts";
import type { EditSource, ListRequest, Page, SourceRecord } from "../../core/ports.ts";
import { isCancelledThere } from "./held-order.ts";
import { UpdateCursor } from "./polling.ts";
import { productsIn } from "./same-order.ts";

/** Before the first run of a pair mlc made no order there. */
const lookBackDays = 1;

/**
 * ShipBob as the teller of what became of orders there without the ERP: other goods, or a cancel by a person. What holds
 * them is told with their shipments. Recipients are not compared: how ShipBob writes them is not documented.
 */
export class ShipBobEditSource implements EditSource {
  readonly system = "shipbob";
  readonly #orders: ShipBobOrders;

  constructor(orders: ShipBobOrders) {
    this.#orders = orders;
  }

  async *list(request: ListRequest): AsyncGenerator<Page> {
    const cursor = new UpdateCursor(request.cursor);
    const since = cursor.start({ ...request, lastRunAt: request.lastRunAt ?? request.now }, lookBackDays);
    for await (const rows of this.#orders.updatedSince(since, request.until)) {
      cursor.reach(rows.flatMap(updatesOf));
      yield { records: rows.map(recordOf) };
    }
    // No order of the list is promised, so that its cursor is safe only at its end.
    if (cursor.json !== undefined) yield { records: [], cursor: cursor.json };
  }

  read({ payload }: SourceRecord): OrderAtShipper[] {
    const row = orderSchema.parse(payload);
    return [
      {
        id: String(row.id),
        number: row.order_number || String(row.id),
        naturalKey: row.reference_id,
        // No call changes an order there (5.7), so that nothing is to be tried again.
        isOpen: false,
        final: false,
        personal: [],
        values: { products: productsIn(row), ...(isCancelledThere(row) ? { cancelled: true } : {}) },
        related: [],
      },
    ];
  }
}

function recordOf(row: Order): SourceRecord {
  return { id: String(row.id), version: updatesOf(row).sort().at(-1) ?? "", ref: { order: row.id }, payload: row };
}

function updatesOf({ created_date, shipments }: Order): string[] {
  const instants = [created_date, ...(shipments ?? []).map(({ last_update_at }) => last_update_at)];
  return instants.flatMap((instant) => {
    const at = Date.parse(instant);
    return Number.isNaN(at) ? [] : [new Date(at).toISOString()];
  });
}
