import { type Order, order as orderSchema } from "../../connectors/shipbob/orders/schema.ts";
import type { ShipBobShipments } from "../../connectors/shipbob/shipments/calls.ts";
import type { OrderRow } from "../../connectors/shipbob/shipments/schema.ts";
import type { OrderAtShipper } from "../../core/model.ts";
import type { EditSource, ListRequest, Named, NamedPage, NamedReader, Page, SourceRecord } from "../../core/ports.ts";
import { orderFromShipBob } from "../../mappings/shipbob/shipment.ts";
import { isCancelledThere } from "./held-order.ts";
import { isNamed, namedOrders } from "./named-orders.ts";
import { UpdateCursor } from "./polling.ts";
import { productsIn } from "./same-order.ts";

/** Before the first run of a pair mlc made no order there. */
const lookBackDays = 1;

type Calls = Pick<ShipBobShipments, "ordersUpdated" | "ordersById" | "shipment">;

/**
 * ShipBob as the teller of what became of orders there without the ERP: other goods, or a cancel by a person. What holds
 * them is told with their shipments. Recipients are not compared: how ShipBob writes them is not documented.
 */
export class ShipBobEditSource implements EditSource {
  readonly system = "shipbob";
  readonly #calls: Calls;
  readonly named: NamedReader = { has: isNamed, read: (things) => this.#named(things) };

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  async *#named(things: readonly Named[]): AsyncGenerator<NamedPage> {
    yield { records: (await namedOrders(this.#calls, things)).map(recordOf) };
  }

  async *list(request: ListRequest): AsyncGenerator<Page> {
    const cursor = new UpdateCursor(request.cursor);
    const since = cursor.start({ ...request, lastRunAt: request.lastRunAt ?? request.now }, lookBackDays);
    for await (const rows of this.#calls.ordersUpdated({ since, until: request.until })) {
      cursor.reach(rows.flatMap(updatesOf));
      yield { records: rows.map(recordOf) };
    }
    // No order of the list is promised, so that its cursor is safe only at its end.
    if (cursor.json !== undefined) yield { records: [], cursor: cursor.json };
  }

  read({ payload }: SourceRecord): OrderAtShipper[] {
    const row = orderFromShipBob(payload);
    return [
      {
        id: String(row.id),
        number: row.order_number || String(row.id),
        naturalKey: row.reference_id,
        // No call changes an order there (5.7), so that nothing is to be tried again.
        isOpen: false,
        final: false,
        personal: [],
        values: {
          products: productsIn(row),
          ...(isCancelledThere(row) ? { cancelled: true } : {}),
          ...(isReviewedWhole(row) ? { importReview: true } : {}),
        },
        related: [],
      },
    ];
  }
}

/** It waits for a person, and no shipment of it that could tell so is there yet. */
function isReviewedWhole({ status, shipments }: Order): boolean {
  return status === "ImportReview" && (shipments ?? []).length === 0;
}

function recordOf(row: OrderRow): SourceRecord {
  return { id: String(row.id), version: updatesOf(row).sort().at(-1) ?? "", ref: { order: row.id }, payload: row };
}

/** One that cannot be read has none, and is told by its record. */
function updatesOf(row: OrderRow): string[] {
  const { created_date, shipments } = orderSchema.safeParse(row).data ?? { created_date: "" };
  const instants = [created_date, ...(shipments ?? []).map(({ last_update_at }) => last_update_at)];
  return instants.flatMap((instant) => {
    const at = Date.parse(instant);
    return Number.isNaN(at) ? [] : [new Date(at).toISOString()];
  });
}
