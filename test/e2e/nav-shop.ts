import { seededRandom } from "../../src/sandbox/kit.ts";
import type { NavPairWorld } from "./nav-pair-world.ts";

const items = ["MUG", "PEN", "CAP"] as const;
const carriers = [
  { carrierCode: "ups", serviceCode: "ups_ground" },
  { carrierCode: "fedex", serviceCode: "fedex_ground" },
] as const;

/** An order of the shop, and what it is called in NAV once somebody has entered it there. */
export interface ShopOrder {
  orderId: number;
  key: string;
  number: string;
  customer: string;
  lines: { sku: string; quantity: number }[];
  /** Its number in NAV. */
  nav?: string;
}

/** People of a shop and of a company in NAV, who do the same for the same seed. */
export class NavShop {
  readonly orders: ShopOrder[] = [];
  readonly #world: NavPairWorld;
  readonly #random: () => number;
  /** Whether people mark orders as shipped without a label. */
  readonly #marks: boolean;

  constructor(world: NavPairWorld, seed: number, marks: boolean) {
    this.#world = world;
    this.#random = seededRandom(seed);
    this.#marks = marks;
    const { desk } = world;
    for (const No of items) desk.addItem({ No, Description: No, Unit_Price: 1 });
    desk.addAgent("UPS", ["GROUND"]);
    desk.addAgent("FEDEX", ["GROUND"]);
  }

  any(below: number): number {
    return Math.floor(this.#random() * below);
  }

  sell(): void {
    const count = this.orders.length + 1;
    const lines = items.slice(0, 1 + this.any(items.length)).map((sku) => ({ sku, quantity: 1 + this.any(4) }));
    const customer = `Buyer ${"abcdefghijklmnop"[count]} Ltd`;
    const orderNumber = `SS-${90000 + count}`;
    const orderKey = `shop-${count}`;
    const row = this.#world.shop.addOrder({
      orderKey,
      orderNumber,
      orderDate: "2026-11-20T10:00:00",
      billTo: { name: customer, country: "US" },
      shipTo: { name: customer, street1: "1 Main St", city: "Reno", state: "NV", postalCode: "89501", country: "US" },
      items: lines.map(({ sku, quantity }, index) => ({
        lineItemKey: String(index + 1),
        sku,
        name: sku,
        quantity,
        unitPrice: 1,
      })),
    });
    this.orders.push({ orderId: row.orderId, key: orderKey, number: orderNumber, customer, lines });
  }

  /** Enters an order in NAV, mostly with the shop's number. */
  enter(order: ShopOrder, hasNumber = this.any(4) > 0): void {
    if (order.nav !== undefined) return;
    const { desk } = this.#world;
    const No = `C-${order.orderId}`;
    if (!desk.rows("customerCard").some((row) => row.No === No)) desk.addCustomer({ No, Name: order.customer });
    const external = hasNumber ? { External_Document_No: order.number } : {};
    order.nav = desk.addOrder(
      { Sell_to_Customer_No: No, Order_Date: "2026-11-20", ...external },
      order.lines.map(({ sku, quantity }) => ({ No: sku, Quantity: quantity })),
    );
    if (this.any(2) === 0) desk.release(order.nav);
  }

  /** One of the deeds of a day. */
  act(): void {
    const order = this.orders[this.any(this.orders.length)];
    if (!order) return;
    const deeds = [
      () => this.enter(order),
      () => this.enter(order),
      () => this.#print(order, true),
      () => this.#print(order, true),
      () => this.#print(order, true),
      () => this.#print(order, false),
      () => this.#print(order, false),
      () => this.#afterwards(order),
      () => this.#afterwards(order),
      () => this.#inNav(order),
      () => this.#enterAnew(order),
      () => this.#mark(order),
      () => this.post(order, this.any(2) === 0),
    ];
    deeds[this.any(deeds.length)]?.();
  }

  /** Posts what mlc said is to leave, or all that is left; what NAV refuses stays as it is. */
  post({ nav }: ShopOrder, whole: boolean): void {
    const { desk } = this.#world;
    if (nav === undefined || !this.isOpen(nav)) return;
    const { lines, external, tracking } = desk.orderOf(nav);
    // Page 130 has no order date, so that an order without the shop's number is not found once it is gone.
    if (external === "" && tracking === "") return;
    const quantities = whole
      ? { quantities: Object.fromEntries(lines.map((one) => [one.line, one.quantity - one.shipped])) }
      : {};
    try {
      if (this.any(2) === 0) desk.postShipment(nav, quantities);
      else desk.postShipAndInvoice(nav, quantities);
    } catch (error) {
      if (!String(error).includes("nothing to post")) throw error;
    }
  }

  /** Whether an order is on page 42. */
  isOpen(nav: string): boolean {
    return this.#world.desk.rows("salesOrder").some(({ No }) => No === nav);
  }

  /** What is left of every order leaves, and every order is entered. */
  finish(): void {
    for (const order of this.orders) {
      this.enter(order);
      this.#print(order, true);
    }
  }

  /** Deletes an order that nothing was written to, which NAV tells nobody, and enters it once more. */
  #enterAnew(order: ShopOrder): void {
    const { desk } = this.#world;
    if (order.nav === undefined || !this.isOpen(order.nav)) return;
    const { shipments, tracking } = desk.orderOf(order.nav);
    if (shipments.length > 0 || tracking !== "") return;
    desk.deleteOrder(order.nav);
    delete order.nav;
    this.enter(order, true);
  }

  #inNav({ nav }: ShopOrder): void {
    const { desk } = this.#world;
    if (nav === undefined || !this.isOpen(nav)) return;
    const deed = this.any(4);
    if (deed === 0) desk.release(nav);
    if (deed === 1) desk.reopen(nav);
    if (deed === 2) desk.lock(nav, 1 + this.any(3));
    if (deed === 3) desk.editOrder(nav, { Promised_Delivery_Date: `2026-12-0${1 + this.any(9)}` });
  }

  #print(order: ShopOrder, isWhole: boolean): void {
    const { shop } = this.#world;
    const row = shop.orders.find(({ orderId }) => orderId === order.orderId);
    if (row?.orderStatus !== "awaiting_shipment") return;
    const [first] = order.lines;
    const packages = this.any(4) === 0 ? 2 + this.any(2) : 1;
    const part = isWhole || !first ? {} : { items: [{ sku: first.sku, quantity: 1 }] };
    try {
      shop.print(order.orderId, { ...carriers[this.any(2)], packages, ...part });
    } catch (error) {
      if (!/is open|is shipped/.test(String(error))) throw error;
    }
  }

  #mark(order: ShopOrder): void {
    const { shop } = this.#world;
    const row = shop.orders.find(({ orderId }) => orderId === order.orderId);
    if (!this.#marks || row?.orderStatus !== "awaiting_shipment") return;
    if (shop.shipments.some((one) => one.orderId === order.orderId)) return;
    shop.markShipped(order.orderId, { carrierName: "UPS", trackingNumber: `1ZMARK${order.orderId}` });
  }

  #afterwards(order: ShopOrder): void {
    const { shop } = this.#world;
    const labels = shop.shipments.filter((one) => one.orderId === order.orderId && !one.voided && !one.isReturnLabel);
    const label = labels[this.any(labels.length)];
    const mark = shop.fulfillments.find((one) => one.orderId === order.orderId && !one.voided);
    if (mark) shop.voidFulfillment(mark.fulfillmentId);
    if (mark || !label) return;
    const deed = this.any(4);
    if (deed === 1) shop.reprint(label.shipmentId);
    if (deed === 3) shop.print(order.orderId, { isReturnLabel: true, withoutItems: true });
    else shop.void(label.shipmentId);
    if (deed === 2) this.#print(order, true);
  }
}
