import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import {
  labelSchema,
  pacific,
  type Row,
  type ShipStationFulfillment,
  type ShipStationLabel,
  type ShipStationShipment,
  shipmentSchema,
} from "../../connectors/shipstation/schema.ts";
import { instantOf } from "../../core/time.ts";
import type { ShipmentPayload } from "../../mappings/shipstation/shipment.ts";
import type { OrderCopies } from "./order-copies.ts";

/** Labels of so few orders are asked for one by one, of more by the time they were made. */
const fewOrders = 5;
/** V1's and V2's times of one label may differ by so much. */
const slackMs = 10 * 60_000;

type Facts = Pick<ShipmentPayload & { kind: "shipment" }, "order" | "combined">;
/** What is known of the orders of shipments that were read before, by shipment id. */
export type KnownFacts = ReadonlyMap<string, Facts>;

interface OrderRow {
  orderId?: number | null | undefined;
  createDate?: string | null | undefined;
  voidDate?: string | null | undefined;
  advancedOptions?: ShipStationShipment["advancedOptions"];
}

type Payload<K extends ShipmentPayload["kind"]> = ShipmentPayload & { kind: K };

/** Reads what a shipment's own row does not say: its order, its packages, the lines it inherits. */
export class ShipmentDetails {
  readonly #client: ShipStationClient;
  readonly #orders: OrderCopies;

  constructor(client: ShipStationClient, orders: OrderCopies) {
    this.#client = client;
    this.#orders = orders;
  }

  /** The payloads of shipments; `page` are all that were listed with them; `isWhole`: it has all labels of their orders. */
  async shipments(
    rows: readonly ShipStationShipment[],
    {
      page,
      known,
      now,
      isWhole,
    }: { page: readonly ShipStationShipment[]; known: KnownFacts; now: Date; isWhole?: true },
  ): Promise<Payload<"shipment">[]> {
    await this.#learn(rows.filter(({ shipmentId }) => !known.has(`se-${shipmentId}`)));
    const labels = this.#client.hasV2 ? await this.#labelsOf(rows, now) : new Map<number, ShipStationLabel>();
    const payloads: Payload<"shipment">[] = [];
    for (const shipment of rows) {
      const label = labels.get(shipment.shipmentId);
      payloads.push({
        kind: "shipment",
        shipment,
        ...(known.get(`se-${shipment.shipmentId}`) ?? (await this.#orderOf(shipment))),
        ...(label ? packagesOf(label, shipment, page) : {}),
        ...(await this.#inherited(shipment, isWhole && page)),
      });
    }
    return payloads;
  }

  /** The payloads of fulfillments, which have no orderKey and no store: their orders have them (V1, 4.2). */
  async fulfillments(rows: readonly ShipStationFulfillment[], known: KnownFacts): Promise<Payload<"fulfillment">[]> {
    await this.#learn(rows.filter(({ fulfillmentId }) => !known.has(`f-${fulfillmentId}`)));
    const payloads: Payload<"fulfillment">[] = [];
    for (const fulfillment of rows) {
      const facts = known.get(`f-${fulfillment.fulfillmentId}`) ?? (await this.#orderOf(fulfillment));
      payloads.push({ kind: "fulfillment", fulfillment, ...facts });
    }
    return payloads;
  }

  /** What was split or combined is said by the orders alone, and so all of them are read, many in one list. */
  #learn(rows: readonly OrderRow[]): Promise<void> {
    const orders = rows.flatMap(({ orderId, createDate, voidDate }) =>
      orderId ? [{ orderId, changedAt: instantOf(voidDate || createDate || "", pacific) }] : [],
    );
    return this.#orders.learn(orders);
  }

  async #orderOf({ orderId, advancedOptions }: OrderRow): Promise<Facts> {
    const order = orderId ? await this.#orders.facts(orderId) : undefined;
    const parentId = order?.parentId ?? advancedOptions?.parentId;
    const parent = parentId ? await this.#orders.facts(parentId) : undefined;
    const orderKey = parent?.orderKey ?? order?.orderKey;
    const combined: (string | number)[] = [];
    for (const id of order?.mergedIds ?? advancedOptions?.mergedIds ?? []) {
      combined.push((await this.#orders.facts(id))?.orderKey ?? id);
    }
    const facts = { ...(orderKey ? { orderKey } : {}), ...(order?.storeId ? { storeId: order.storeId } : {}) };
    return {
      ...(Object.keys(facts).length > 0 ? { order: facts } : {}),
      ...(combined.length > 0 ? { combined } : {}),
    };
  }

  /** A label bought before the old one was voided has no items; the voided one has them (V1, 4.3). */
  async #inherited(shipment: ShipStationShipment, all: readonly ShipStationShipment[] | undefined) {
    const { shipmentItems, voided, isReturnLabel, orderId, shipmentId } = shipment;
    if ((shipmentItems && shipmentItems.length > 0) || voided || isReturnLabel || !orderId) return {};
    const others = all?.filter((row) => row.orderId === orderId) ?? (await this.shipmentsOfOrder(orderId));
    const withItems = others.filter((row) => !row.isReturnLabel && row.shipmentItems && row.shipmentItems.length > 0);
    const inherited = withItems.findLast((row) => row.voided && row.shipmentId < shipmentId)?.shipmentItems;
    if (inherited) return { inherited };
    return withItems.length === 0 ? { hasNoLines: true } : {};
  }

  /** All labels of an order, oldest first. */
  async shipmentsOfOrder(orderId: number): Promise<ShipStationShipment[]> {
    const query = { orderId, includeShipmentItems: "true", sortBy: "CreateDate", sortDir: "ASC" };
    const rows = await this.#client.rows({ api: "v1", path: "/shipments", rows: "shipments", query });
    return rows.flatMap((row) => shipmentSchema.safeParse(row).data ?? []);
  }

  /** V1's shipment N is V2's label `se-N`; only there each package has its own number (V2, 7.3). */
  async #labelsOf(rows: readonly ShipStationShipment[], now: Date): Promise<Map<number, ShipStationLabel>> {
    const orders = [...new Set(rows.flatMap(({ orderId }) => orderId ?? []))];
    const wanted = new Set(rows.map(({ shipmentId }) => `se-${shipmentId}`));
    const found = new Map<number, ShipStationLabel>();
    const take = (labels: readonly Row[]) => {
      for (const row of labels) {
        const label = labelSchema.safeParse(row).data;
        if (label && wanted.has(label.label_id)) found.set(Number(label.label_id.slice(3)), label);
      }
    };
    if (orders.length <= fewOrders) {
      for (const orderId of orders) take(await this.labelsOfOrder(`se-${orderId}`));
      return found;
    }
    const times = rows.flatMap(({ createDate }) => instantOf(createDate ?? "", pacific)?.getTime() ?? []);
    const from = new Date(Math.min(...times) - slackMs);
    const query = { created_at_end: new Date(Math.max(...times) + slackMs).toISOString() };
    for await (const page of this.#client.list(labelList(query), from, now)) take(page.rows);
    return found;
  }

  /** V2's labels of an order. */
  async labelsOfOrder(shipmentId: string): Promise<Row[]> {
    const query = { shipment_id: shipmentId };
    return this.#client.rows({ api: "v2", path: "/v2/labels", rows: "labels", query });
  }
}

/** The list of V2 labels by when they were made (V2, 7.3). */
export function labelList(query: Record<string, string>) {
  return {
    api: "v2",
    path: "/v2/labels",
    rows: "labels",
    id: "label_id",
    time: "created_at",
    startParameter: "created_at_start",
    query: { ...query, sort_by: "created_at", sort_dir: "asc" },
  } as const;
}

/** The label's numbers when it has several, without those that V1 shows as shipments of their own (V1, 9). */
function packagesOf(
  label: ShipStationLabel,
  shipment: ShipStationShipment,
  rows: readonly ShipStationShipment[],
): { packages?: string[]; currency?: string } {
  const elsewhere = new Set(
    rows
      .filter(({ orderId, shipmentId }) => orderId === shipment.orderId && shipmentId !== shipment.shipmentId)
      .map(({ trackingNumber }) => trackingNumber),
  );
  const numbers = (label.packages ?? [])
    .flatMap(({ tracking_number }) => (tracking_number ? [tracking_number] : []))
    .filter((number) => !elsewhere.has(number));
  const currency = label.shipment_cost?.currency;
  return {
    ...(numbers.length > 1 ? { packages: numbers } : {}),
    ...(currency ? { currency: currency.toUpperCase() } : {}),
  };
}
