import { seededRandom } from "../../src/sandbox/kit.ts";
import type { ExceptionName, HoldName } from "../../src/sandbox/shipbob/details.ts";
import type { OrderRow } from "../../src/sandbox/shipbob/rows.ts";
import type { openShipBobWorld } from "./shipbob-world.ts";

/** The simulated vendors with a profile between them. */
export type ShipBobWorld = Awaited<ReturnType<typeof openShipBobWorld>>;

/** A sales order as the people in F&O last left it. */
export interface Sold {
  number: string;
  isCancelled: boolean;
}

const company = "usmf";
const places = ["24", "51"];
const exceptions: ExceptionName[] = ["OutOfStock", "InactiveSku"];
const holds: HoldName[] = ["InvalidAddress", "PaymentDeclined"];

/** People in F&O and at ShipBob, who do what they like by the seed. */
export class ShipBobShop {
  readonly orders: Sold[] = [];
  /** Every number that a label ever had, by shipment. */
  readonly numbers = new Map<number, Set<string>>();
  readonly #world: ShipBobWorld;
  readonly #random: () => number;

  constructor(world: ShipBobWorld, seed: number) {
    this.#world = world;
    this.#random = seededRandom(seed);
    world.fno.addProduct(company, { ItemNumber: "B-2", ProductType: "Item", InventoryUnitSymbol: "ea" });
  }

  /** A whole number below a limit. */
  any(below: number): number {
    return Math.floor(this.#random() * below);
  }

  sell(): void {
    const number = `SO-${this.orders.length + 1}`;
    const items = this.any(2) === 0 ? ["A-1"] : ["A-1", "B-2"];
    const lines = items.map((item, index) => ({
      item,
      quantity: 1 + this.any(4),
      price: 10,
      warehouse: places[this.any(3) === 0 ? index : 0] ?? "24",
    }));
    this.#world.addOrder(number, { lines });
    this.orders.push({ number, isCancelled: false });
  }

  /** One thing that somebody does; what cannot be done is left. */
  act(): void {
    const deeds = [
      () => this.sell(),
      () => this.#editOrder(),
      () => this.#cancelOrder(),
      ...[1, 2, 3, 4, 5, 6].map(() => () => this.#atShipBob()),
    ];
    deeds[this.any(deeds.length)]?.();
  }

  /** What is begun is ended: parcels leave, arrive and are billed. */
  finish(): void {
    const { shipbob, desk } = this.#world;
    for (const { id, status } of [...shipbob.shipments]) {
      if (["Exception", "OnHold", "ImportReview"].includes(status) && this.any(2) === 0)
        attempt(() => desk.resolve(id));
      if (this.any(2) === 0) attempt(() => desk.ship(id));
      this.#note();
      if (this.any(3) > 0) attempt(() => desk.deliver(id));
      if (this.any(3) > 0) attempt(() => this.#bill(id));
    }
  }

  /** A product that an order of ShipBob's names is entered there. */
  enterProducts(): void {
    for (const sku of ["A-1", "B-2"]) attempt(() => this.#world.desk.addProduct({ sku }));
  }

  #editOrder(): void {
    const { fno } = this.#world;
    const order = this.orders[this.any(this.orders.length)];
    if (!order || order.isCancelled) return;
    const deeds = [
      () => fno.edit(company, order.number, { DeliveryAddressStreet: `${this.any(90)} Elm St` }),
      () => fno.editLine(company, order.number, 1, { ShippingWarehouseId: places[this.any(2)] ?? "24" }),
      () =>
        fno.addLine(company, order.number, {
          item: "B-2",
          quantity: 1,
          price: 5,
          warehouse: places[this.any(2)] ?? "24",
        }),
      () => fno.editLine(company, order.number, 1, { OrderedSalesQuantity: 1 + this.any(5) }),
      () => fno.editLine(company, order.number, 1, { OrderedSalesQuantity: 1 + this.any(5) }),
    ];
    deeds[this.any(deeds.length)]?.();
  }

  #cancelOrder(): void {
    const order = this.orders[this.any(this.orders.length)];
    if (!order || this.any(2) === 0) return;
    if (order.isCancelled) this.#reopen(order);
    else this.#world.fno.cancel(company, order.number);
    order.isCancelled = !order.isCancelled;
  }

  #reopen({ number }: Sold): void {
    const { fno } = this.#world;
    fno.confirm(company, number);
    for (const { values } of fno.order(company, number)?.lines ?? [])
      fno.editLine(company, number, Number(values.LineNumber), { SalesOrderLineStatus: "Backorder" });
  }

  #atShipBob(): void {
    const { shipbob, desk } = this.#world;
    const { id, lines } = shipbob.shipments[this.any(shipbob.shipments.length)] ?? {};
    if (id === undefined) return;
    const deeds = [
      () => desk.pick(id),
      () => desk.label(id),
      () => desk.ship(id),
      () => desk.ship(id),
      () => desk.relabel(id, { trackingNumber: `R${id}${this.any(1000)}` }),
      () => this.#begin(id),
      () => this.#begin(id),
      () => desk.voidLabel(id),
      () => desk.voidLabel(id),
      () => desk.cancel(desk.voidLabel(id).id),
      () => desk.complete(id),
      () => desk.transit(id),
      () => desk.failDelivery(id),
      () => desk.deliver(id),
      () => desk.hold(id, holds[this.any(2)]),
      () => desk.exception(id, exceptions[this.any(2)]),
      () => desk.resolve(id),
      () => desk.split(id, [{ sku: lines?.[0]?.line.sku ?? "", quantity: 1 }]),
      () => this.any(3) === 0 && desk.cancel(id),
      () => this.#bill(id),
    ];
    attempt(() => deeds[this.any(deeds.length)]?.());
    this.#note();
  }

  /** A label that may yet be void. */
  #begin(id: number): void {
    const { desk } = this.#world;
    desk.pick(id);
    desk.label(id);
  }

  /** Once a label stands. */
  #bill(id: number): void {
    const shipment = this.#world.shipbob.shipments.find((one) => one.id === id);
    if (shipment?.tracking) this.#world.desk.invoice(id, 1 + this.any(900) / 100);
  }

  #note(): void {
    for (const { id, tracking } of this.#world.shipbob.shipments) {
      const numbers = this.numbers.get(id) ?? new Set<string>();
      if (tracking) numbers.add(tracking.number);
      this.numbers.set(id, numbers);
    }
  }
}

/** The orders at ShipBob that were made of a sales order, in any generation. */
export function madeOf({ shipbob }: ShipBobWorld, { number }: Sold): OrderRow[] {
  return shipbob.orders.filter(({ order_number = "" }) => new RegExp(`^${number}(-\\d+)?$`).test(order_number ?? ""));
}

function attempt(deed: () => unknown): void {
  try {
    deed();
  } catch (error) {
    if (!(error instanceof Error) || !/Shipment|shipment|product|SKU|stock/i.test(error.message)) throw error;
  }
}
