/** Fills the retail shop of the simulated ShipStation with the orders that the simulated Dynamics NAV has. */

import type { Desk, LineView } from "../nav.ts";
import type { ShipStationSandbox } from "../shipstation.ts";

/** How many of NAV's orders have left. */
const leftOrders = 4;

/** The order that has not reached NAV yet; it has left all the same. */
export const earlyOrder = "SS-2001";

/** Adds each of NAV's orders under the number that NAV keeps of it, and one that NAV does not have; the first few have left, and that one. */
export function seedShop(shipstation: ShipStationSandbox, desk: Desk): void {
  const orders = desk.rows("salesOrder").filter((row) => row.External_Document_No);
  for (const { No, External_Document_No, Sell_to_Customer_Name, Order_Date } of orders) {
    const { lines } = desk.orderOf(String(No));
    const head = { name: String(Sell_to_Customer_Name), date: String(Order_Date) };
    addOrder(shipstation, { ...head, number: String(External_Document_No) }, lines);
  }
  const [first] = orders;
  if (!first) return;
  addOrder(
    shipstation,
    { number: earlyOrder, name: "Early Bird", date: String(first.Order_Date) },
    desk.orderOf(String(first.No)).lines,
  );
  const numbers = orders.slice(0, leftOrders).map((row) => String(row.External_Document_No));
  for (const number of [...numbers, earlyOrder])
    shipstation.print(keyOf(number), { carrierCode: "ups", serviceCode: "ups_ground" });
}

/** The retail shop. */
const storeId = 771201;

const keyOf = (number: string) => `shop-${number}`;

interface Head {
  number: string;
  name: string;
  date: string;
}

function addOrder(shipstation: ShipStationSandbox, { number, name, date }: Head, lines: readonly LineView[]): void {
  const order = {
    orderNumber: number,
    orderKey: keyOf(number),
    orderDate: `${date}T10:00:00`,
    billTo: { name, country: "US" },
    shipTo: { name, street1: "1 Main St", city: "Reno", state: "NV", postalCode: "89501", country: "US" },
    items: lines.map(({ item, quantity }, index) => ({
      lineItemKey: String(index + 1),
      sku: item,
      name: item,
      quantity,
      unitPrice: 10,
    })),
  };
  shipstation.addOrder(order, storeId);
}
