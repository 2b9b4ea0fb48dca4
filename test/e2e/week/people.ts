import type { FnoSandbox, LineSpec, ShipTo } from "../../../src/sandbox/fno.ts";
import { seedCustomers, seedProducts } from "../../../src/sandbox/seed/master-data.ts";
import type { ShipStationSandbox } from "../../../src/sandbox/shipstation.ts";
import type { Timeline } from "./timeline.ts";

const minute = 60_000;
const hour = 60 * minute;

/** What a sales order holds, as far as it is edited. */
export interface Content {
  street: string;
  city: string;
  /** Quantity by line number. */
  quantities: Record<number, number>;
}

/** A sales order as the people remember it. */
export interface Sale {
  legalEntity: "usmf" | "demf";
  number: string;
  /** The keys of its parts at the shipper: a part a warehouse. */
  keys: string[];
  /** Newest last. */
  versions: { at: number; content: Content }[];
  /** From when on it can be sent; absent while it is not confirmed or its address lacks the street. */
  sendableAt?: number;
  cancelledAt?: number;
  removedAt?: number;
  /** Nobody will ever mend it. */
  isHopeless?: true;
  slip?: string;
  /** Keys of the parts that left whole. */
  left: Set<string>;
  /** A note that somebody at the shipper made in an order, by key. */
  remembered: Map<string, string>;
  /** When its first label was made, by key. */
  labelledAt: Map<string, number>;
}

/** The two vendors' screens. */
export interface Screens {
  fno: FnoSandbox;
  shipstation: ShipStationSandbox;
}

const goods = seedProducts.filter(({ item, isService }) => !isService && item === item.trim());

/** The people who sell, pack and book for a week, by a seed. */
export class People {
  readonly sales = new Map<string, Sale>();
  readonly #screens: Screens;
  readonly #time: Timeline;
  readonly #random: () => number;
  #isClosing = false;

  constructor(screens: Screens, time: Timeline, random: () => number) {
    this.#screens = screens;
    this.#time = time;
    this.#random = random;
  }

  /** Plans a day of nine hours in which so many orders are taken. */
  planDay(start: number, orders: number): void {
    for (let index = 0; index < orders; index += 1)
      this.#time.at(start + this.#random() * 9 * hour, () => this.#takeOrder());
  }

  /** Posts the slips of all that left, so that nothing waits for them; nobody begins anything new. */
  closeUp(): void {
    this.#isClosing = true;
    for (const sale of this.sales.values()) this.#postSlip(sale);
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #among<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new Error("nothing to choose from");
    return item;
  }

  /** Between the two, in working hours. */
  #later(from: number, to: number, happen: () => void): void {
    const at = this.#time.now() + from + this.#random() * (to - from);
    const hourOfDay = (at % (24 * hour)) / hour;
    const asleep = hourOfDay < 15 ? 15 - hourOfDay : 0;
    this.#time.at(at + asleep * hour, () => {
      if (!this.#isClosing) happen();
    });
  }

  #takeOrder(): void {
    const { fno } = this.#screens;
    const legalEntity = this.#chance(0.9) ? "usmf" : "demf";
    const { account, shipTo } = this.#among(seedCustomers[legalEntity]);
    const number = `W-${String(this.sales.size + 1).padStart(5, "0")}`;
    const isSplit = this.#chance(0.04);
    const lines = Array.from({ length: isSplit ? 2 : 1 + Math.floor(this.#random() * 3) }, (_, index): LineSpec => {
      const { item, name, price } = this.#among(goods);
      const warehouse = isSplit && index === 1 ? "51" : "24";
      return { item, description: name, price, quantity: 2 + Math.floor(this.#random() * 6), warehouse };
    });
    const isBad = this.#chance(0.025);
    const isActive = this.#chance(0.1);
    const key = `${legalEntity}-${number}`;
    const sale: Sale = {
      legalEntity,
      number,
      keys: isSplit ? [key, `${key}-2`] : [key],
      versions: [],
      left: new Set(),
      remembered: new Map(),
      labelledAt: new Map(),
    };
    const place: ShipTo = isBad ? { ...shipTo, street: "" } : shipTo;
    const quantities = Object.fromEntries(lines.map(({ quantity }, index) => [index + 1, quantity]));
    const processingStatus = isActive ? "Active" : "Confirmed";
    fno.addOrder({ legalEntity, number, customer: account, shipTo: place, lines, processingStatus });
    this.sales.set(number, sale);
    this.#keep(sale, { street: place.street ?? "", city: place.city ?? "", quantities });
    if (isBad && this.#chance(0.1)) sale.isHopeless = true;
    if (isActive) this.#handleUnconfirmed(sale, isBad);
    else if (isBad) this.#mendLater(sale);
    else this.#release(sale);
  }

  #keep(sale: Sale, content: Content): void {
    sale.versions.push({ at: this.#time.now(), content });
  }

  #handleUnconfirmed(sale: Sale, isBad: boolean): void {
    const { fno } = this.#screens;
    const { legalEntity, number } = sale;
    if (this.#chance(0.1)) {
      sale.isHopeless = true;
      if (this.#chance(0.5)) this.#later(10 * minute, 5 * hour, () => this.#remove(sale));
      return;
    }
    this.#later(10 * minute, 4 * hour, () => {
      fno.confirm(legalEntity, number);
      if (isBad) this.#mendLater(sale);
      else this.#release(sale);
    });
  }

  #mendLater(sale: Sale): void {
    if (sale.isHopeless) return;
    this.#later(20 * minute, 5 * hour, () => {
      this.#editAddress(sale);
      this.#release(sale);
    });
  }

  #editAddress(sale: Sale): void {
    const street = `${1 + Math.floor(this.#random() * 900)} Corrected Street`;
    this.#screens.fno.edit(sale.legalEntity, sale.number, { DeliveryAddressStreet: street });
    this.#keep(sale, { ...newest(sale), street });
  }

  #editQuantity(sale: Sale): void {
    const { quantities, ...place } = newest(sale);
    const line = 1 + Math.floor(this.#random() * Object.keys(quantities).length);
    const quantity = 2 + Math.floor(this.#random() * 8);
    this.#screens.fno.editLine(sale.legalEntity, sale.number, line, { OrderedSalesQuantity: quantity });
    this.#keep(sale, { ...place, quantities: { ...quantities, [line]: quantity } });
  }

  /** From here on the order can be sent: somebody may still change their mind, and somebody packs it. */
  #release(sale: Sale): void {
    sale.sendableAt = this.#time.now();
    for (let edits = this.#chance(0.1) ? 1 + Number(this.#chance(0.3)) : 0; edits > 0; edits -= 1)
      this.#later(5 * minute, 6 * hour, () => {
        if (isOver(sale)) return;
        if (this.#chance(0.5)) this.#editAddress(sale);
        else this.#editQuantity(sale);
      });
    if (this.#chance(0.03)) this.#later(5 * minute, 6 * hour, () => this.#cancel(sale));
    else if (this.#chance(0.004)) this.#later(5 * minute, 3 * hour, () => this.#remove(sale));
    for (const key of sale.keys) {
      if (this.#chance(0.03)) this.#later(20 * minute, 3 * hour, () => this.#hold(key));
      if (this.#chance(0.03)) this.#later(20 * minute, 3 * hour, () => this.#remember(sale, key));
      this.#later(20 * minute, 9 * hour, () => this.#pack(sale, key));
    }
  }

  #cancel(sale: Sale): void {
    if (isOver(sale)) return;
    sale.cancelledAt = this.#time.now();
    this.#screens.fno.cancel(sale.legalEntity, sale.number);
  }

  /** What is deleted cancels nothing at the shipper, so a person does. */
  #remove(sale: Sale): void {
    if (isOver(sale) || sale.left.size > 0 || sale.labelledAt.size > 0) return;
    sale.removedAt = this.#time.now();
    this.#screens.fno.remove(sale.legalEntity, sale.number);
    for (const key of sale.keys) if (this.#isOpen(key)) this.#screens.shipstation.cancel(key);
  }

  #status(key: string): string | undefined {
    return this.#screens.shipstation.orders.find((order) => order.orderKey === key)?.orderStatus;
  }

  #isOpen(key: string): boolean {
    return ["awaiting_shipment", "on_hold"].includes(this.#status(key) ?? "");
  }

  #hold(key: string): void {
    if (this.#status(key) !== "awaiting_shipment") return;
    this.#screens.shipstation.hold(key);
    this.#later(30 * minute, 4 * hour, () => {
      if (this.#status(key) === "on_hold") this.#screens.shipstation.release(key);
    });
  }

  #remember(sale: Sale, key: string): void {
    if (!this.#isOpen(key)) return;
    const internalNotes = `call first, ${this.sales.size}`;
    this.#screens.shipstation.edit(key, { internalNotes });
    sale.remembered.set(key, internalNotes);
  }

  #pack(sale: Sale, key: string): void {
    if (sale.removedAt !== undefined || sale.cancelledAt !== undefined) return;
    if (this.#status(key) !== "awaiting_shipment") {
      if (!sale.left.has(key)) this.#later(20 * minute, 90 * minute, () => this.#pack(sale, key));
      return;
    }
    if (!sale.labelledAt.has(key)) sale.labelledAt.set(key, this.#time.now());
    const how = this.#random();
    if (how < 0.04) this.#markShipped(sale, key);
    else if (how < 0.08) this.#packInPart(sale, key);
    else this.#packWhole(sale, key, how < 0.16 ? 2 + Math.floor(this.#random() * 3) : 1);
  }

  #packWhole(sale: Sale, key: string, packages: number): void {
    const { shipmentId } = this.#screens.shipstation.print(key, {
      packages,
      cost: 5 + Math.floor(this.#random() * 20),
    });
    this.#leave(sale, key);
    if (this.#chance(0.05)) this.#later(5 * minute, 3 * hour, () => this.#void(sale, key, shipmentId));
  }

  #packInPart(sale: Sale, key: string): void {
    const { shipstation } = this.#screens;
    const [item] = shipstation.orders.find((order) => order.orderKey === key)?.items ?? [];
    if (!item?.lineItemKey) throw new Error(`order ${key} has no line`);
    shipstation.print(key, { items: [{ lineItemKey: item.lineItemKey, quantity: 1 }] });
    this.#later(30 * minute, 4 * hour, () => this.#packRest(sale, key));
  }

  #packRest(sale: Sale, key: string): void {
    if (sale.cancelledAt !== undefined) return;
    if (this.#status(key) !== "awaiting_shipment") {
      this.#later(minute, hour, () => this.#packRest(sale, key));
      return;
    }
    this.#screens.shipstation.print(key);
    this.#leave(sale, key);
  }

  #markShipped(sale: Sale, key: string): void {
    const { shipstation } = this.#screens;
    const trackingNumber = `9400${String(shipstation.fulfillments.length + 1).padStart(8, "0")}`;
    const { fulfillmentId } = shipstation.markShipped(key, { carrierName: "USPS", trackingNumber });
    this.#leave(sale, key);
    if (!this.#chance(0.1)) return;
    this.#later(5 * minute, 3 * hour, () => {
      shipstation.voidFulfillment(fulfillmentId);
      this.#reopen(sale, key);
    });
  }

  #void(sale: Sale, key: string, shipmentId: number): void {
    const { shipstation } = this.#screens;
    if (sale.cancelledAt === undefined && this.#chance(0.3)) {
      // The new label is bought first and has no lines; the order is not packed again.
      shipstation.reprint(shipmentId);
      shipstation.void(shipmentId);
      return;
    }
    shipstation.void(shipmentId);
    this.#reopen(sale, key);
  }

  #reopen(sale: Sale, key: string): void {
    sale.left.delete(key);
    if (sale.cancelledAt !== undefined) {
      // mlc told that it could not be cancelled any more.
      this.#screens.shipstation.cancel(key);
      return;
    }
    this.#later(2 * minute, 2 * hour, () => this.#pack(sale, key));
  }

  #leave(sale: Sale, key: string): void {
    sale.left.add(key);
    if (sale.left.size === sale.keys.length && this.#chance(0.85))
      this.#later(20 * minute, 5 * hour, () => this.#postSlip(sale));
  }

  #postSlip(sale: Sale): void {
    if (isOver(sale) || sale.left.size < sale.keys.length) return;
    sale.slip = `PS-${sale.number}`;
    this.#screens.fno.postPackingSlip(sale.legalEntity, sale.number, sale.slip);
    this.#later(2 * hour, 26 * hour, () => this.#screens.fno.invoice(sale.legalEntity, sale.number));
  }
}

/** What F&O holds of a sale now. */
export function newest({ versions, number }: Sale): Content {
  const last = versions.at(-1);
  if (!last) throw new Error(`sale ${number} has no content`);
  return last.content;
}

/** Nothing of it changes in F&O any more. */
export function isOver({ cancelledAt, removedAt, slip }: Sale): boolean {
  return cancelledAt !== undefined || removedAt !== undefined || slip !== undefined;
}
