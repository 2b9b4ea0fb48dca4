/** Fills the simulated ShipBob with the goods that the seeded orders are about, and the simulated F&O with what it believes to be there. */

import type { FnoSandbox } from "../fno.ts";
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
const seedStock: Readonly<Record<number, number>> = { 8: 500, 20: 300, 45: 40 };

/** What F&O has more or fewer of in the first centre's warehouse. */
const miscounted: Readonly<Record<string, number>> = { D0002: -12, T0001: 3 };

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

/** Adds the goods with their stock by centre, one of them measured already, and an order of another channel. */
export function seedShipBob({ desk }: ShipBobSandbox, stock = seedStock): void {
  for (const { item, name, isService } of seedProducts) if (!isService) desk.addProduct({ sku: item, name, stock });
  desk.measure("D0002", { length: 25, width: 19, height: 30 });
  desk.addOrder(foreignOrder, 100_102);
}

/** Gives the warehouses of centres in the simulated F&O what the centres have, but for two items. */
export function seedOnHand(fno: FnoSandbox, warehouses: Readonly<Record<string, string>>): void {
  const [first] = Object.keys(warehouses);
  for (const [centre, warehouse] of Object.entries(warehouses))
    for (const { item, isService } of seedProducts) {
      if (isService) continue;
      const quantity = (seedStock[Number(centre)] ?? 0) + (centre === first ? (miscounted[item] ?? 0) : 0);
      fno.setOnHand("usmf", {
        ItemNumber: item,
        InventoryWarehouseId: warehouse,
        OnHandQuantity: quantity,
        AvailableOnHandQuantity: quantity,
      });
    }
}
