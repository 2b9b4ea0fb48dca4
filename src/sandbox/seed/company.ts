/** Fills a company of the simulated Business Central with the customers and products of the seeded F&O. */

import type { Desk } from "../bc.ts";
import { seedCustomers, seedProducts } from "./master-data.ts";

const countries: Readonly<Record<string, string>> = { USA: "US", CAN: "CA" };
const units: Readonly<Record<string, string>> = { ea: "PCS", hr: "HOUR", m: "M" };

/** What orders of the web shop are booked on; freight goes to an account that each company has. */
export const webShopBooking = { customer: "WEBSHOP", shippingAccount: "40200", taxAccount: "22700" } as const;

/** Adds items, with their weights for the extension's page, and the customers of the American company. */
export function seedCompany(desk: Desk): void {
  desk.add("unitsOfMeasure", { code: "HOUR", displayName: "Hour" });
  desk.add("unitsOfMeasure", { code: "M", displayName: "Meter" });
  desk.add("accounts", { number: webShopBooking.taxAccount, displayName: "Sales tax collected" });
  desk.addCustomer({ number: webShopBooking.customer, displayName: "Web shop" });
  for (const { item, name, price, weight, tare = 0, unit = "ea", isService } of seedProducts)
    desk.addItem({
      // A Code is trimmed and in upper case (Business Central, 2).
      number: item.trim().toUpperCase(),
      displayName: name,
      unitPrice: price,
      netWeight: weight,
      grossWeight: Number((weight + tare).toFixed(3)),
      baseUnitOfMeasureCode: units[unit] ?? "PCS",
      ...(isService ? { type: "Service" } : {}),
    });
  for (const { account, shipTo, phone, email } of seedCustomers.usmf) {
    const { name = "", street = "", city = "", state = "", zip = "", country = "" } = shipTo;
    desk.addCustomer({
      number: account,
      displayName: name,
      addressLine1: street,
      city,
      state,
      postalCode: zip,
      country: countries[country] ?? country,
      phoneNumber: phone,
      email,
    });
  }
}
