import type { ShipStationSandbox } from "../../../src/sandbox/shipstation.ts";
import type { Diary } from "./diary.ts";
import type { Sale } from "./sale.ts";

const minute = 60_000;
const hour = 60 * minute;

/** The people who pack what has come to ShipStation. */
export class Warehouse {
  readonly #shipstation: ShipStationSandbox;
  readonly #diary: Diary;
  readonly #hasLeft: (sale: Sale) => void;

  constructor(shipstation: ShipStationSandbox, diary: Diary, hasLeft: (sale: Sale) => void) {
    this.#shipstation = shipstation;
    this.#diary = diary;
    this.#hasLeft = hasLeft;
  }

  /** From here on its orders come: each is packed one day, and some are held or noted before. */
  expect(sale: Sale): void {
    for (const key of sale.keys) {
      if (this.#diary.chance(0.03)) this.#diary.later(20 * minute, 3 * hour, () => this.#hold(key));
      if (this.#diary.chance(0.03)) this.#diary.later(20 * minute, 3 * hour, () => this.#remember(sale, key));
      this.#diary.later(20 * minute, 9 * hour, () => this.#pack(sale, key));
    }
  }

  /** Cancels its orders by hand. */
  drop(sale: Sale): void {
    for (const key of sale.keys) if (this.#isOpen(key)) this.#shipstation.cancel(key);
  }

  #status(key: string): string | undefined {
    return this.#shipstation.orders.find((order) => order.orderKey === key)?.orderStatus;
  }

  #isOpen(key: string): boolean {
    return ["awaiting_shipment", "on_hold"].includes(this.#status(key) ?? "");
  }

  #hold(key: string): void {
    if (this.#status(key) !== "awaiting_shipment") return;
    this.#shipstation.hold(key);
    this.#diary.later(30 * minute, 4 * hour, () => {
      if (this.#status(key) === "on_hold") this.#shipstation.release(key);
    });
  }

  #remember(sale: Sale, key: string): void {
    if (!this.#isOpen(key)) return;
    const internalNotes = `call ${key} first`;
    this.#shipstation.edit(key, { internalNotes });
    sale.remembered.set(key, internalNotes);
  }

  #pack(sale: Sale, key: string): void {
    if (sale.removedAt !== undefined || sale.cancelledAt !== undefined) return;
    if (this.#status(key) !== "awaiting_shipment") {
      if (!sale.left.has(key)) this.#diary.later(20 * minute, 90 * minute, () => this.#pack(sale, key));
      return;
    }
    if (!sale.labelledAt.has(key)) sale.labelledAt.set(key, this.#diary.now());
    const how = this.#diary.between(0, 100);
    if (how < 4) this.#markShipped(sale, key);
    else if (how < 8) this.#packInPart(sale, key);
    else this.#packWhole(sale, key, how < 16 ? this.#diary.between(2, 5) : 1);
  }

  #packWhole(sale: Sale, key: string, packages: number): void {
    const { shipmentId } = this.#shipstation.print(key, {
      packages,
      cost: this.#diary.between(5, 25),
    });
    this.#leave(sale, key);
    if (this.#diary.chance(0.05)) this.#diary.later(5 * minute, 3 * hour, () => this.#void(sale, key, shipmentId));
  }

  #packInPart(sale: Sale, key: string): void {
    const [item] = this.#shipstation.orders.find((order) => order.orderKey === key)?.items ?? [];
    if (!item?.lineItemKey) throw new Error(`order ${key} has no line`);
    this.#shipstation.print(key, { items: [{ lineItemKey: item.lineItemKey, quantity: 1 }] });
    this.#diary.later(30 * minute, 4 * hour, () => this.#packRest(sale, key));
  }

  #packRest(sale: Sale, key: string): void {
    if (sale.cancelledAt !== undefined) return;
    if (this.#status(key) !== "awaiting_shipment") {
      this.#diary.later(minute, hour, () => this.#packRest(sale, key));
      return;
    }
    this.#shipstation.print(key);
    this.#leave(sale, key);
  }

  #markShipped(sale: Sale, key: string): void {
    const trackingNumber = `9400${String(this.#shipstation.fulfillments.length + 1).padStart(8, "0")}`;
    const { fulfillmentId } = this.#shipstation.markShipped(key, { carrierName: "USPS", trackingNumber });
    this.#leave(sale, key);
    if (!this.#diary.chance(0.1)) return;
    this.#diary.later(5 * minute, 3 * hour, () => {
      this.#shipstation.voidFulfillment(fulfillmentId);
      this.#reopen(sale, key);
    });
  }

  #void(sale: Sale, key: string, shipmentId: number): void {
    if (sale.cancelledAt === undefined && this.#diary.chance(0.3)) {
      // The new label is bought first and has no lines; the order is not packed again.
      this.#shipstation.reprint(shipmentId);
      this.#shipstation.void(shipmentId);
      return;
    }
    this.#shipstation.void(shipmentId);
    this.#reopen(sale, key);
  }

  #reopen(sale: Sale, key: string): void {
    sale.left.delete(key);
    if (sale.cancelledAt !== undefined) {
      // mlc told that it could not be cancelled any more.
      this.#shipstation.cancel(key);
      return;
    }
    this.#diary.later(2 * minute, 2 * hour, () => this.#pack(sale, key));
  }

  #leave(sale: Sale, key: string): void {
    sale.left.add(key);
    if (sale.left.size === sale.keys.length) this.#hasLeft(sale);
  }
}
