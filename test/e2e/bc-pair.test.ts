import { describe, expect, it } from "vitest";
import { FnoSandbox } from "../../src/sandbox/fno.ts";
import { seededRandom } from "../../src/sandbox/kit.ts";
import { seedOrders } from "../../src/sandbox/seed.ts";
import { openPairWorld, type PairWorld } from "./bc-pair-world.ts";

const line = { lineItemKey: "1", sku: "MUG", name: "Mug", quantity: 2, unitPrice: 10 };

function sell({ shipstation }: PairWorld, number: number, more: Record<string, unknown> = {}) {
  return shipstation.addOrder({ orderKey: `shop-${number}`, orderNumber: `S-${number}`, items: [line], ...more });
}

describe("the calls of many orders", () => {
  it.each([
    ["invoice", 5.1],
    ["orderPosted", 10.1],
  ])("are few an order for booking %s", async (booking, most) => {
    const world = await openPairWorld({ booking });
    for (let number = 1; number <= 500; number += 1) {
      sell(world, number);
      world.shipstation.print(`shop-${number}`);
    }
    await world.sync(["sales"]);
    expect(world.desk.invoices.filter(({ header }) => header.status === "Open")).toHaveLength(500);
    const bcCalls = world.bc.requests.length;
    const shipStationCalls = world.shipstation.requests.length;
    await world.sync(["shipments"]);
    expect(bcCalls / 500).toBeLessThanOrEqual(most);
    expect(world.bc.requests.length - bcCalls).toBeLessThanOrEqual(10);
    expect(shipStationCalls / 500).toBeLessThanOrEqual(0.05);
    world.close();
  });
});

describe("an order with a SKU that Business Central does not have", () => {
  it("is booked once somebody has made the item, with no more to be done", async () => {
    const world = await openPairWorld();
    sell(world, 1, { items: [{ ...line, sku: "NEW" }] });
    world.shipstation.print("shop-1");
    const [sales] = await world.sync(["sales", "shipments"]);
    expect(sales).toMatchObject({ waiting: 1, deadLettered: 0 });
    const { waitingRecords } = await (await world.open()).status();
    expect(JSON.stringify(waitingRecords)).toContain("is no item");
    world.desk.addItem({ number: "NEW", displayName: "New", unitPrice: 1 });
    for (let run = 0; run < 4; run += 1) await world.sync(["sales", "shipments"], 60);
    expect(world.desk.invoices.map(({ header }) => header.status)).toEqual(["Open"]);
    world.close();
  });
});

describe("two pairs on one ShipStation account", () => {
  it.each([
    ["as they were connected", {}],
    // The account has another name then, and F&O's orders were made under the former one.
    ["after the stores were chosen", { stores: [771100, 771200] }],
  ])("leave each other's orders alone, %s", async (_when, chosen) => {
    const world = await openPairWorld();
    const fno = new FnoSandbox({ clock: world.clock, accepts: (token) => world.entra.accepts(token) });
    seedOrders(fno, seededRandom(1));
    world.hosts.set("fno.test", fno);
    await (await world.open()).secrets.write({ "fno.clientSecret": "entra-secret" }, "vault");
    const fnoPair = {
      fno: {
        host: "https://fno.test",
        authority: "https://login.test",
        tenantId: "5a11d000-0000-4000-8000-00000000cafe",
        clientId: "5a11d000-0000-4000-8000-0000000000c1",
        legalEntities: ["usmf", "demf"],
      },
      "fno-shipstation": {},
    };
    await world.configure({}, fnoPair);
    sell(world, 1);
    await world.sync(["orders"]);
    expect(world.shipstation.orders.length).toBeGreaterThan(12);
    const shipstation = { apiUrl: "https://ssapi.test", apiUrlV2: "https://api.test", ...chosen };
    await world.configure({}, { ...fnoPair, shipstation });
    for (const { orderId } of world.shipstation.orders.slice(0, 12)) world.shipstation.print(orderId);
    for (let run = 0; run < 3; run += 1) await world.sync(["orders", "sales", "shipments"]);
    expect(world.desk.invoices.map(({ header }) => header.externalDocumentNumber)).toEqual(["SHOP-1"]);
    expect(fno.attachments).toHaveLength(11);
    const { flows } = await (await world.open()).status();
    const own = flows.filter(({ pair }) => pair === "bc-shipstation");
    expect(own.map(({ waiting, deadLetters }) => waiting + deadLetters)).toEqual(own.map(() => 0));
    world.close();
  });
});

describe("what is kept on disk", () => {
  it("has no buyer's name, street or address in it, whatever was refused", async () => {
    const world = await openPairWorld({ customers: { create: true } });
    const shipTo = {
      name: "Canary Quill",
      street1: "77 Canary Mews",
      city: "Canaryville",
      country: "US",
      phone: "555-0177-777",
    };
    for (let number = 1; number <= 4; number += 1) {
      sell(world, number, {
        shipTo,
        billTo: shipTo,
        customerEmail: "canary@quill.example",
        customerUsername: "canary-user",
      });
      world.shipstation.print(`shop-${number}`);
      const fault = [undefined, "serverError", "resetAfter", "html"][number - 1] as undefined | "html";
      let left = 1;
      world.bc.faults = ({ method }) => (method === "POST" && left-- > 0 ? fault : undefined);
      await world.sync(["sales", "shipments"]);
    }
    world.desk.closePeriod("2026-12-31");
    sell(world, 5, { shipTo, customerEmail: "canary@quill.example" });
    world.shipstation.print("shop-5");
    world.desk.refusePosting("S-INV102005", "Customer Canary Quill, canary@quill.example, is not to be billed.");
    for (let run = 0; run < 3; run += 1) await world.sync(["sales", "shipments"]);
    expect(world.desk.invoices.length).toBeGreaterThanOrEqual(5);
    expect(world.log("sales").length).toBeGreaterThan(10);
    expect(world.files()).not.toMatch(/canary|quill|555-0177/i);
    world.close();
  });
});
