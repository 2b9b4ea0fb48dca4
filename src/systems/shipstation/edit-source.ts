import { z } from "zod";
import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import type { RowPage } from "../../connectors/shipstation/listing.ts";
import { orderSchema, pacific, type Row, type ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import { MappingError } from "../../core/errors.ts";
import type { OrderAtShipper } from "../../core/model.ts";
import type { EditSource, ListRequest, NamedReader, Page, SourceRecord } from "../../core/ports.ts";
import { instantOf } from "../../core/time.ts";
import { editedOrder } from "../../mappings/shipstation/edit.ts";
import { changedOrders, type OrderCopies } from "./order-copies.ts";
import { toldReader } from "./told.ts";
import { Windows } from "./windows.ts";

/** What the settings say about reading edits. */
export interface EditSourceOptions {
  stores?: readonly number[] | undefined;
  lookBack: number;
  deliveryModes: Readonly<Record<string, unknown>>;
  warehouses: Readonly<Record<string, unknown>>;
}

const payloadSchema = z.union([
  z.object({ order: orderSchema, related: z.array(z.string()) }),
  z.object({ unreadable: z.string() }),
]);

/** ShipStation as the teller of what people changed in orders; its calls tell of new ones only (V1, 6). */
export class ShipStationEditSource implements EditSource {
  readonly system = "shipstation";
  readonly #client: ShipStationClient;
  readonly #copies: OrderCopies;
  readonly #options: EditSourceOptions;
  readonly named: NamedReader;

  constructor(client: ShipStationClient, copies: OrderCopies, options: EditSourceOptions) {
    this.#client = client;
    this.#copies = copies;
    this.#options = options;
    this.named = toldReader(client, { kinds: [changedOrders({})], lookBack: options.lookBack }, (_, rows) =>
      this.#records(rows),
    );
  }

  async *list(request: ListRequest): AsyncGenerator<Page> {
    const windows = new Windows(request, this.#options.lookBack);
    const [only, ...others] = this.#options.stores ?? [];
    const query = only !== undefined && others.length === 0 ? { storeId: only } : {};
    const changed = this.#client.list(changedOrders(query), windows.start("orders"), request.now);
    for await (const { rows, unreadable } of changed) {
      const inside = rows.filter((row) => windows.includes(modifiedAt(row)));
      const records = unreadable ? [unreadableOrder(unreadable)] : await this.#records(inside);
      windows.reach("orders", inside.map(modifiedAt));
      yield { records, cursor: windows.cursor };
    }
    windows.finish("orders");
    yield { records: [], cursor: windows.cursor };
  }

  read({ payload }: SourceRecord): OrderAtShipper[] {
    const read = payloadSchema.parse(payload);
    if ("unreadable" in read)
      throw new MappingError(`ShipStation cannot give one of its own orders: ${read.unreadable}`, {
        system: "shipstation",
      });
    return [editedOrder(read.order, read.related, this.#options)];
  }

  /** A row that cannot be parsed tells nothing; its shipment is read by its own list. */
  async #records(rows: readonly Row[]): Promise<SourceRecord[]> {
    const records: SourceRecord[] = [];
    for (const row of rows) {
      const { data } = orderSchema.safeParse(row);
      if (data && this.#isRead(data)) records.push(await this.#record(data));
    }
    return records;
  }

  async #record(order: ShipStationOrder): Promise<SourceRecord> {
    this.#copies.keep(order);
    const id = String(order.orderId);
    const payload: z.infer<typeof payloadSchema> = { order, related: await this.#related(order) };
    return { id, version: order.modifyDate ?? "", ref: { orderId: order.orderId }, payload };
  }

  /** Keys of the orders combined into this one, and of the one it was split from. */
  async #related({ orderKey, advancedOptions }: ShipStationOrder): Promise<string[]> {
    const ids = [
      ...(advancedOptions?.mergedIds ?? []),
      ...(advancedOptions?.parentId ? [advancedOptions.parentId] : []),
    ];
    const keys: string[] = [];
    for (const id of ids) {
      const key = (await this.#copies.facts(id))?.orderKey ?? String(id);
      if (key !== orderKey) keys.push(key);
    }
    return keys;
  }

  #isRead({ advancedOptions }: ShipStationOrder): boolean {
    const { stores } = this.#options;
    const storeId = advancedOptions?.storeId;
    return !stores || !storeId || stores.includes(storeId);
  }
}

/** An order that ShipStation cannot give is told, since nobody sees otherwise that its edits go unseen. */
function unreadableOrder({ position, message }: NonNullable<RowPage["unreadable"]>): SourceRecord {
  return { id: `orders@${position}`, version: message, ref: null, payload: { unreadable: message } };
}

function modifiedAt(row: Row): Date | undefined {
  return typeof row.modifyDate === "string" ? instantOf(row.modifyDate, pacific) : undefined;
}
