import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { chargeSettings } from "../../src/connectors/fno/charge-config.ts";
import { stockWorld } from "./fno-stock-world.ts";

const counting = { mode: "countingJournal", countingJournal: { journalName: "ICnt" } } as const;
const none = { mode: "none" } as const;
const forProducts = { categories: [], inactiveStates: [] };

function world(
  inventory: Parameters<typeof stockWorld>[0],
  given: { charges?: z.input<typeof chargeSettings>; categories?: string[] } = {},
) {
  const { charges = {}, categories = [] } = given;
  const made = stockWorld(inventory, undefined, {
    charges: chargeSettings.parse(charges),
    forProducts: { ...forProducts, categories },
  });
  const bad = async () =>
    (await made.system().checks()).filter(({ state }) => state !== "ok").map(({ name, state }) => `${state} ${name}`);
  return { ...made, bad };
}

describe("the checks of stock, charges and products in F&O", () => {
  it("ask for the sets of the modes and of the products, and for no others", async () => {
    const { system, bad } = world(counting, { categories: ["Bikes"] });
    expect(await bad()).toEqual([]);
    const names = (await system().checks()).map(({ name }) => name);
    for (const set of [
      "ProductsV2",
      "ReleasedProductVariantsV2",
      "ProductBarcodesV3",
      "ProductCategoryAssignments",
      "WarehousesOnHandV2",
      "InventoryCountingJournalHeaders",
      "InventoryCountingJournalLines",
    ])
      expect(names).toContain(`F&O ${set}`);
    const less = (await world(none).system().checks()).map(({ name }) => name);
    expect(less).not.toContain("F&O InventoryCountingJournalHeaders");
    expect(less).not.toContain("F&O ProductCategoryAssignments");
  });

  it("fail where what a mode writes to is not published, and warn where only a report is lost", async () => {
    const { fno, bad } = world(counting);
    fno.switches.absentSets = ["WarehousesOnHandV2", "InventoryCountingJournalLines", "ProductBarcodesV3"];
    expect(await bad()).toEqual([
      "warning F&O ProductBarcodesV3",
      "failed F&O WarehousesOnHandV2",
      "failed F&O InventoryCountingJournalLines",
    ]);
    const reporting = world(none);
    reporting.fno.switches.absentSets = ["WarehousesOnHandV2"];
    expect(await reporting.bad()).toEqual(["warning F&O WarehousesOnHandV2"]);
  });

  it("fail where the customer's own sets or fields are not there", async () => {
    const own = { entity: "ContosoCentreStocks", map: { sku: "ContosoSku", warehouse: "ContosoSite" } };
    const charges = {
      mode: "customEntity" as const,
      customEntity: { entity: "NoSuchCharges", map: { document: "ContosoOrder", shipment: "ContosoShipment" } },
    };
    const { bad } = world({ mode: "customEntity", customEntity: own }, { charges });
    expect(await bad()).toEqual(["failed F&O ContosoCentreStocks", "failed F&O NoSuchCharges"]);
    const header = world(none, { charges: { mode: "headerField", headerField: { amount: "NoSuchField" } } });
    expect(await header.bad()).toEqual(["failed F&O SalesOrderHeadersV3"]);
  });

  it("fail where the item of the line of freight is goods, or not released in a company", async () => {
    const charges = { mode: "orderLine" as const, orderLine: { item: "FREIGHT" } };
    const { fno, system, bad } = world(none, { charges });
    fno.addProduct("usmf", { ItemNumber: "FREIGHT", ProductNumber: "FREIGHT", ProductType: "Item" });
    expect(await bad()).toEqual(["failed charges.orderLine.item", "failed charges.orderLine.item"]);
    fno.editProduct("usmf", "FREIGHT", { ProductType: "Service" });
    fno.addProduct("demf", { ItemNumber: "FREIGHT", ProductNumber: "FREIGHT", ProductType: "Service" });
    expect(await bad()).toEqual([]);
    expect((await system().checks()).at(-1)?.message).toBe("demf/FREIGHT is a service");
  });

  it("ask Inventory Visibility for a token, and for nothing else", async () => {
    const url = "https://inventoryservice.eu-il101.gateway.prod.island.powerapps.com";
    const visible = { mode: "inventoryVisibility" as const, inventoryVisibility: { url, environmentId: "env-1" } };
    const { bad, visibility } = world(visible);
    expect(await bad()).toEqual([]);
    expect(visibility.calls).toBe(0);
    const evil = stockWorld(visible, "https://gateway.evil.example");
    const checks = await evil.system().checks();
    expect(checks.at(-1)).toMatchObject({ name: "inventory.inventoryVisibility", state: "failed" });
  });
});
