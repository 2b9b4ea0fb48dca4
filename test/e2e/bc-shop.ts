import { seededRandom } from "../../src/sandbox/kit.ts";
import type { PairWorld } from "./bc-pair-world.ts";

/** An order of the shop, as the people who work with it know it. */
export interface ShopOrder {
  orderId: number;
  key: string;
  /** Whose number its documents may come to: what it was worth before and after each edit that came too late. */
  totals: number[];
  /** The order that its goods and money were a part of, in the end. */
  family: number;
}

const skus = ["MUG", "PEN", "CAP/RED"] as const;
const cents = (amount: number) => Math.round(amount * 100) / 100;

/** People of a shop: they sell, pack, split, combine, void and change their minds, the same way for the same seed. */
export class Shop {
  readonly orders = new Map<number, ShopOrder>();
  readonly #world: PairWorld;
  readonly #random: () => number;
  readonly #hasTax: boolean;
  /** Orders that somebody split or combined are not changed otherwise. */
  readonly #done = new Set<number>();
  #count = 0;

  constructor(world: PairWorld, seed: number, hasTax: boolean) {
    this.#world = world;
    this.#random = seededRandom(seed);
    this.#hasTax = hasTax;
  }

  any(below: number): number {
    return Math.floor(this.#random() * below);
  }

  /** A buyer orders: one to three lines, often with freight, a discount or tax. */
  sell(): void {
    this.#count += 1;
    const lines = Array.from({ length: 1 + this.any(3) }, (_, index) => ({
      lineItemKey: `L${index + 1}`,
      sku: skus[(this.any(3) + index) % 3],
      name: "Thing",
      quantity: 1 + this.any(4),
      unitPrice: cents(1 + this.any(3000) / 100),
      taxAmount: this.#hasTax && this.any(2) === 0 ? cents(this.any(80) / 100) : 0,
    }));
    const off = { lineItemKey: "off", name: "Coupon", quantity: 1, unitPrice: -cents(this.any(90) / 100) };
    const taxes = lines.reduce((sum, { quantity, taxAmount }) => sum + quantity * taxAmount, 0);
    const key = `shop-${this.#count}${this.any(4) === 0 ? "-with-a-key-longer-than-thirty-five" : ""}`;
    const row = this.#world.shipstation.addOrder({
      orderKey: key,
      orderNumber: `S-${this.#count}`,
      orderDate: "2026-11-20T10:00:00",
      items: [...lines, ...(this.any(3) === 0 && off.unitPrice < 0 ? [{ ...off, adjustment: true }] : [])],
      shippingAmount: this.any(2) * 4.95,
      taxAmount: cents(taxes + (this.#hasTax ? this.any(3) * 0.17 : 0)),
    });
    this.orders.set(row.orderId, { orderId: row.orderId, key, totals: [row.orderTotal], family: row.orderId });
  }

  /** One of the people does one thing, whatever is possible. */
  act(): void {
    const { shipstation } = this.#world;
    const row = this.#pick();
    if (!row) this.sell();
    else if (row.orderStatus === "shipped") this.#afterwards(row.orderId);
    else if (row.orderStatus === "awaiting_shipment") {
      const hasLabels = shipstation.shipments.some(({ orderId }) => orderId === row.orderId);
      if (hasLabels || this.any(2) === 0) this.#pack(row.orderId);
      else this.#change(row.orderId);
    }
  }

  #pack(orderId: number): void {
    if (this.any(3) === 0) this.#printPart(orderId);
    else this.#world.shipstation.print(orderId, this.any(4) === 0 ? { packages: 2 } : {});
  }

  /** Nothing of it has left. */
  #change(orderId: number): void {
    const { shipstation } = this.#world;
    const isChanged = this.#done.has(orderId);
    const deed = this.any(5);
    if (deed === 0) this.#split(orderId);
    else if (deed === 1) this.#combine(orderId);
    else if (isChanged) this.#pack(orderId);
    else if (deed === 2) this.#reprice(orderId);
    else if (deed === 3) shipstation.markShipped(orderId, { trackingNumber: `MARK${orderId}` });
    else shipstation.cancel(orderId);
  }

  /** All that is still open is packed. */
  packAll(): void {
    for (const { orderId, orderStatus, active } of [...this.#world.shipstation.orders])
      if (active && orderStatus === "awaiting_shipment") this.#world.shipstation.print(orderId);
  }

  #pick() {
    const rows = this.#world.shipstation.orders.filter(({ active }) => active);
    return rows[this.any(rows.length + 1)];
  }

  #printPart(orderId: number): void {
    const { shipstation } = this.#world;
    const row = shipstation.orders.find((one) => one.orderId === orderId);
    const labels = shipstation.shipments.filter((one) => one.orderId === orderId && !one.voided);
    for (const item of row?.items ?? []) {
      const taken = labels.flatMap((one) => one.shipmentItems).filter((one) => one.orderItemId === item.orderItemId);
      const open = item.quantity - taken.reduce((sum, { quantity }) => sum + quantity, 0);
      if (item.adjustment || open <= 0) continue;
      // Lines of one key, as combined orders have them, cannot be packed one by one.
      if ((row?.items ?? []).filter(({ lineItemKey }) => lineItemKey === item.lineItemKey).length > 1) continue;
      shipstation.print(orderId, { items: [{ lineItemKey: item.lineItemKey ?? "", quantity: 1 + this.any(open) }] });
      return;
    }
  }

  #split(orderId: number): void {
    const row = this.#world.shipstation.orders.find((one) => one.orderId === orderId);
    const goods = (row?.items ?? []).filter(({ adjustment }) => !adjustment);
    const [first] = goods;
    const known = this.orders.get(orderId);
    if (!row || !first || !known || this.#done.has(orderId) || goods.length < 2) return;
    const quantity = 1 + this.any(first.quantity);
    const part = this.#world.shipstation.split(orderId, [{ lineItemKey: first.lineItemKey ?? "", quantity }]);
    this.#done.add(orderId).add(part.orderId);
    this.orders.set(part.orderId, { orderId: part.orderId, key: known.key, totals: [], family: orderId });
  }

  #combine(orderId: number): void {
    const { shipstation } = this.#world;
    const other = shipstation.orders.find(
      (one) =>
        one.active &&
        one.orderId !== orderId &&
        one.orderStatus === "awaiting_shipment" &&
        !this.#done.has(one.orderId) &&
        !shipstation.shipments.some((label) => label.orderId === one.orderId),
    );
    const [known, away] = [this.orders.get(orderId), other && this.orders.get(other.orderId)];
    if (!other || !known || !away || this.#done.has(orderId)) return;
    const row = shipstation.merge(orderId, [other.orderId]);
    this.#done.add(orderId).add(other.orderId);
    known.totals = [row.orderTotal];
    this.orders.delete(other.orderId);
  }

  /** What one of the first line costs changes before anything has left. */
  #reprice(orderId: number): void {
    const { shipstation } = this.#world;
    const row = shipstation.orders.find((one) => one.orderId === orderId);
    const known = this.orders.get(orderId);
    if (!row || !known) return;
    const [first] = row.items;
    if (!first) return;
    const items = row.items.map((item, index) =>
      index === 0 ? { ...item, unitPrice: (item.unitPrice ?? 0) + 1 } : item,
    );
    shipstation.edit(orderId, { items, orderTotal: cents(row.orderTotal + first.quantity) });
    known.totals = [cents(row.orderTotal)];
  }

  #afterwards(orderId: number): void {
    const { shipstation } = this.#world;
    const row = shipstation.orders.find((one) => one.orderId === orderId);
    const labels = shipstation.shipments.filter((one) => one.orderId === orderId && !one.voided);
    const label = labels[this.any(labels.length)];
    const known = this.orders.get(orderId);
    const deed = this.any(5);
    if (deed === 0 && label) shipstation.void(label.shipmentId);
    if (deed === 1 && label) {
      shipstation.reprint(label.shipmentId);
      shipstation.void(label.shipmentId);
    }
    if (deed === 2 && row)
      shipstation.edit(orderId, { shipTo: { ...row.shipTo, street1: `${this.any(99)} Late Street` } });
    // A correction after the goods have left: what is booked stays, or is booked so in the first place.
    if (deed !== 3 || !row || !known || this.#done.has(orderId)) return;
    const orderTotal = cents(row.orderTotal + 1);
    shipstation.edit(orderId, { shippingAmount: (row.shippingAmount ?? 0) + 1, orderTotal });
    known.totals.push(orderTotal);
  }
}
