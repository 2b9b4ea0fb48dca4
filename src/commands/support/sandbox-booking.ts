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

/** The store in which orders of the simulated F&O are made, so that nobody takes them for sales. */
export const sandboxErpStore = 771101;
