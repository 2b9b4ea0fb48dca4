/** Fills the simulated ShipBob with the goods that the seeded orders are about. */

import type { ShipBobSandbox } from "../shipbob.ts";
import { seedProducts } from "./master-data.ts";

/** Settings of the pair F&O–ShipBob that fit the seeded environment and account. */
export const shipBobSettingsOfSeed = {
  channelId: 100_101,
  /** Cicero (IL) and Bethlehem (PA) are the warehouses 24 and 51. */
  fulfillmentCenters: { "8": "24", "20": "51" },
  shippingMethods: { Ground: "Standard", Express: "Expedited", "2Day": "2-Day" },
} as const;

/** Pieces of each good by centre. */
const stock = { 8: 500, 20: 300, 45: 40 } as const;

/** An order that another application made in its own channel. */
const foreignOrder = {
  reference_id: "WEB-5001",
  type: "DTC",
  shipping_method: "Standard",
  recipient: {
    name: "Rosa Field",
    address: { address1: "9 Elm St", city: "Reno", state: "NV", zip_code: "89501", country: "US" },
  },
  products: [{ reference_id: "D0001", name: "Mid-range speaker", quantity: 1 }],
};

/** Adds the goods with their stock, one of them measured already, and an order of another channel. */
export function seedShipBob({ desk }: ShipBobSandbox): void {
  for (const { item, name, isService } of seedProducts) if (!isService) desk.addProduct({ sku: item, name, stock });
  desk.measure("D0002", { length: 25, width: 19, height: 30 });
  desk.addOrder(foreignOrder, 100_102);
}
