import { webShopBooking } from "../../sandbox/seed/company.ts";

const { customer, shippingAccount, taxAccount } = webShopBooking;

/** Settings of bc-shipstation that fit the seeded company, as `--set` takes them. */
export const sandboxBooking = {
  "customers.account": customer,
  "lines.shippingAccount": shippingAccount,
  "lines.taxAccount": taxAccount,
  "lines.tax": "account",
  "shippingAgents.ups": "UPS/GROUND",
  "shippingAgents.fedex": "FEDEX",
  "shippingAgents.usps": "USPS",
} as const;

const [erpStore, webShop, retailShop] = [771101, 771200, 771201];

/**
 * Stores of the simulated ShipStation, as settings: that in which orders of the simulated F&O are made, so that nobody takes
 * them for sales, and the web shop that Business Central books; and the shop whose orders Dynamics NAV has.
 */
export const sandboxStores = {
  erp: { storeId: erpStore, stores: `${erpStore},${webShop}` },
  nav: { stores: String(retailShop) },
} as const;
