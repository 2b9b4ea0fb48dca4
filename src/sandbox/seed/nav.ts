/** Fills a company of the simulated Dynamics NAV with customers, items, agents and orders of the last days. */

import type { Desk } from "../nav.ts";
import { seedCustomers, seedProducts } from "./master-data.ts";

const countries: Readonly<Record<string, string>> = { USA: "US", CAN: "CA" };
const dayMs = 86_400_000;
/** How many orders there are; all but the last two are released. */
const size = 12;

/** The agents and services that the sheets' samples use. */
const agents: Readonly<Record<string, readonly string[]>> = {
  FEDEX: ["GROUND", "2DAY"],
  UPS: ["GROUND", "2DAY"],
  USPS: ["PRIORITY"],
};

/** Adds master data and orders whose external numbers are `SS-1001` and on; the same `random` gives the same orders. */
export function seedNav(desk: Desk, random: () => number): void {
  for (const [code, services] of Object.entries(agents)) desk.addAgent(code, services);
  const goods = seedProducts.filter(({ isService }) => !isService);
  for (const { item, name, price, weight, tare = 0 } of goods) {
    const No = item.trim().toUpperCase();
    const Gross_Weight = Number((weight + tare).toFixed(3));
    desk.addItem({ No, Description: name, Unit_Price: price, Net_Weight: weight, Gross_Weight });
    desk.countStock(No, 500);
  }
  for (const { account, shipTo, phone, email } of seedCustomers.usmf) {
    const { name = "", street = "", city = "", zip = "", country = "" } = shipTo;
    const address = { Address: street, City: city, Post_Code: zip, Country_Region_Code: countries[country] ?? country };
    desk.addCustomer({ No: account, Name: name, ...address, Phone_No: phone, E_Mail: email });
  }
  for (let index = 0; index < size; index += 1) addOrder(desk, index, random);
}

function addOrder(desk: Desk, index: number, random: () => number): void {
  const goods = desk.rows("itemCard");
  const customers = desk.rows("customerCard");
  const age = Math.floor(random() * 8) * dayMs;
  const Order_Date = new Date(desk.company.clock.now().getTime() - age).toISOString().slice(0, 10);
  const customer = customers[index % customers.length];
  const lines = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, line) => ({
    No: goods[(index + line) % goods.length]?.No ?? "",
    Quantity: 1 + Math.floor(random() * 5),
  }));
  const number = desk.addOrder(
    {
      Sell_to_Customer_No: String(customer?.No),
      External_Document_No: `SS-${1001 + index}`,
      Order_Date,
      Shipment_Date: Order_Date,
    },
    lines,
  );
  if (index < size - 2) desk.release(number);
}
