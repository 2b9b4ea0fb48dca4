import type { LedgerEntry, SandboxClock } from "../kit.ts";
import type { InvoiceRow, TransactionRow } from "./charges.ts";
import type { ChannelRow, LocationRow, MethodRow } from "./reference.ts";
import type { OrderRow, ProductRow, ShipmentRow, StockRow, VariantRow } from "./rows.ts";
import { shifted, stamps } from "./stamp.ts";
import type { ShipBobSwitches } from "./switches.ts";

/** What an account is set up with. */
export interface AccountSetup {
  clock: SandboxClock;
  switches: ShipBobSwitches;
  channels: readonly ChannelRow[];
  locations: readonly LocationRow[];
  methods: readonly MethodRow[];
}

/** Told of what happens to shipments, under the name of a webhook's topic. */
export type Listener = (topic: string, body: ShipmentRow | OrderRow) => void;

/** All that the simulated account holds. */
export class Account {
  readonly setup: AccountSetup;
  readonly channels: ChannelRow[];
  readonly methods: MethodRow[];
  readonly orders: OrderRow[] = [];
  readonly products: ProductRow[] = [];
  readonly transactions: TransactionRow[] = [];
  readonly invoices: InvoiceRow[] = [];
  readonly ledger: LedgerEntry[] = [];
  readonly listeners: Listener[] = [];
  readonly #stamp = stamps();
  readonly #stock = new Map<number, StockRow[]>();
  readonly #ordersByReference = new Map<string, OrderRow[]>();
  readonly #productsByVariant = new Map<number, ProductRow>();
  readonly #ordersById = new Map<number, OrderRow>();
  readonly #shipments = new Map<number, ShipmentRow>();
  readonly #variantsBySku = new Map<string, VariantRow>();
  readonly #variantsById = new Map<number, VariantRow>();
  readonly #variantsByInventory = new Map<number, VariantRow>();
  readonly #lastIds = {
    order: 240_765_000,
    shipment: 320_263_000,
    product: 510_000,
    variant: 610_000,
    inventory: 20_300_000,
    method: 400,
    channel: 100_200,
    invoice: 9_860_000,
  };

  constructor(setup: AccountSetup) {
    this.setup = setup;
    this.channels = [...setup.channels];
    this.methods = [...setup.methods];
  }

  get switches(): ShipBobSwitches {
    return this.setup.switches;
  }

  nextId(kind: "order" | "shipment" | "product" | "variant" | "inventory" | "method" | "channel" | "invoice"): number {
    this.#lastIds[kind] += 1;
    return this.#lastIds[kind];
  }

  /** The instant of something that happens now. */
  now(): string {
    return this.#stamp(this.setup.clock.now());
  }

  /** What lies so many milliseconds back; what is older can be seen. */
  before(ms: number): string {
    return shifted(`${this.setup.clock.now().toISOString().slice(0, -1)}9999+00:00`, -ms);
  }

  addOrder(order: OrderRow): void {
    this.orders.push(order);
    this.#ordersById.set(order.id, order);
    this.#ordersByReference.set(order.reference_id, [...this.referring(order.reference_id), order]);
  }

  /** The orders under a reference, of every channel. */
  referring(reference: string): readonly OrderRow[] {
    return this.#ordersByReference.get(reference) ?? [];
  }

  order(id: number): OrderRow | undefined {
    return this.#ordersById.get(id);
  }

  addShipment(order: OrderRow, shipment: ShipmentRow): void {
    order.shipments.push(shipment);
    this.#shipments.set(shipment.id, shipment);
  }

  shipment(id: number): ShipmentRow | undefined {
    return this.#shipments.get(id);
  }

  /** Every shipment, oldest first. */
  get shipments(): ShipmentRow[] {
    return [...this.#shipments.values()];
  }

  /** Keeps a variant of a product to be found by its SKU and its id. */
  addVariant(product: ProductRow, variant: VariantRow): void {
    product.variants.push(variant);
    this.#productsByVariant.set(variant.id, product);
    this.#variantsBySku.set(variant.sku, variant);
    this.#variantsById.set(variant.id, variant);
    if (variant.inventoryId !== null) this.#variantsByInventory.set(variant.inventoryId, variant);
  }

  /** A variant under another SKU than before. */
  renameVariant(variant: VariantRow, sku: string): void {
    this.#variantsBySku.delete(variant.sku);
    variant.sku = sku;
    this.#variantsBySku.set(sku, variant);
  }

  variantOfSku(sku: string): VariantRow | undefined {
    return this.#variantsBySku.get(sku);
  }

  variant(id: number): VariantRow | undefined {
    return this.#variantsById.get(id);
  }

  variantOfInventory(inventoryId: number): VariantRow | undefined {
    return this.#variantsByInventory.get(inventoryId);
  }

  product(id: number): ProductRow | undefined {
    return this.products.find((row) => row.id === id);
  }

  productOf(variantId: number): ProductRow | undefined {
    return this.#productsByVariant.get(variantId);
  }

  /** What the centres have of an item. */
  stockOf(inventoryId: number): readonly StockRow[] {
    return this.#stock.get(inventoryId) ?? [];
  }

  /** What a centre has of an item; the row is made when there is none. */
  stockAt(inventoryId: number, locationId: number): StockRow {
    const rows = this.stockOf(inventoryId);
    const known = rows.find((row) => row.locationId === locationId);
    if (known) return known;
    const made = { inventoryId, locationId, onHand: 0, committed: 0, awaiting: 0 };
    this.#stock.set(inventoryId, [...rows, made]);
    return made;
  }

  location(id: number): LocationRow | undefined {
    return this.setup.locations.find((row) => row.id === id);
  }

  /** Writes down what came through the API. */
  record(action: string, key: string, body: unknown): void {
    const at = this.setup.clock.now().toISOString();
    this.ledger.push({ at, action, key, body: structuredClone(body) });
  }

  tell(topic: string, body: ShipmentRow | OrderRow): void {
    for (const listener of this.listeners) listener(topic, body);
  }
}
