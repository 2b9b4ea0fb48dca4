import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/sandbox/kit.ts";
import { seedNav } from "../../src/sandbox/seed/nav.ts";
import { seedShop } from "../../src/sandbox/seed/shop.ts";
import { navPairKeys, navPairWorld } from "./nav-pair-world.ts";

const minutes = 60_000;

/** A company with its orders, and a web shop that has them too. */
function world(shopSecrets: Record<string, string>) {
  const opened = navPairWorld(shopSecrets);
  seedNav(opened.desk, seededRandom(1));
  seedShop(opened.shop, opened.desk);
  return opened;
}

describe.each(navPairKeys)("orders of a web shop that leave, with %s", (_what, secrets) => {
  it("end on NAV's orders with number and quantities, once", async () => {
    const { nav, shop, desk, sync, orderOf } = world(secrets);
    expect((await sync()).counts).toMatchObject({ created: 4, deadLettered: 0, unknown: 0 });
    for (const { orderNumber, trackingNumbers } of shop.shipments.slice(0, 4))
      expect(orderOf(orderNumber)?.tracking).toBe(trackingNumbers[0]);
    expect(desk.orders.filter(({ tracking }) => tracking !== "")).toHaveLength(4);
    const { length } = nav.ledger;
    await sync();
    await sync();
    expect(nav.ledger).toHaveLength(length);
  });

  it("lose the number of a voided label and get that of the next one", async () => {
    const { shop, sync, orderOf } = world(secrets);
    await sync();
    const [first] = shop.shipments;
    if (!first) throw new Error("Nothing has left.");
    const { orderNumber, orderKey } = first;
    shop.void(first.shipmentId);
    await sync();
    expect(orderOf(orderNumber)?.tracking).toBe("");
    const next = shop.print(orderKey);
    await sync();
    expect(orderOf(orderNumber)?.tracking).toBe(next.trackingNumbers[0]);
  });

  it("have agent and service on the posted shipment, which a released order refuses", async () => {
    const { desk, shop, sync, orderOf } = world(secrets);
    await sync();
    const { number = "" } = orderOf("SS-1001") ?? {};
    desk.postShipAndInvoice(number);
    await sync(60 * minutes);
    expect(desk.orderOf(number).shipments).toEqual([
      expect.objectContaining({ agent: "UPS", service: "GROUND", tracking: shop.shipments[0]?.trackingNumbers[0] }),
    ]);
  });

  it("reach the order once their number is corrected in ShipStation, though nobody waits for it any more", async () => {
    const { shop, sync, orderOf } = world(secrets);
    const someone = { ...(shop.orders[4]?.shipTo ?? {}), name: "Somebody Else", company: null };
    Object.assign(shop.edit("shop-SS-1005", { orderNumber: "SS-10O5" }), { shipTo: someone, billTo: someone });
    const label = shop.print("shop-SS-1005");
    await sync();
    // Beside this one the early one; the four whose agent waits for a posted shipment go on waiting.
    expect((await sync(15 * 24 * 60 * minutes)).counts).toMatchObject({ deadLettered: 2, waiting: 4 });
    expect(orderOf("SS-1005")?.tracking).toBe("");
    shop.edit("shop-SS-1005", { orderNumber: "SS-1005" });
    expect((await sync()).counts).toMatchObject({ deadLettered: 0 });
    expect(orderOf("SS-1005")?.tracking).toBe(label.trackingNumbers[0]);
  });
});

describe("a list that ShipStation's call points to", () => {
  const [, [, v1] = []] = navPairKeys;
  const batch = "https://ssapi6.shipstation.com/shipments?batchId=190000001&includeShipmentItems=False";

  it("is read before the windows are, with the orders of what is in it", async () => {
    const { shop, sync, orderOf } = world(v1 ?? {});
    const asked: string[] = [];
    shop.faults = ({ url }) => {
      asked.push(new URL(url).pathname + new URL(url).search);
      return undefined;
    };
    // Nothing is in a window that begins later.
    const since = new Date("2027-01-01T00:00:00Z");
    expect((await sync(0, { since })).counts).toMatchObject({ created: 0 });
    asked.length = 0;
    expect((await sync(0, { since, told: [batch] })).counts).toMatchObject({ created: 4 });
    expect(asked[0]).toMatch(/^\/shipments\?batchId=190000001&includeShipmentItems=true&/);
    expect(asked.some((path) => path.startsWith("/orders"))).toBe(true);
    expect(orderOf("SS-1001")?.tracking).toBe(shop.shipments[0]?.trackingNumbers[0]);
  });

  it("holds nothing up where it is refused, and is nothing where it is another list", async () => {
    const { shop, sync } = world(v1 ?? {});
    let refusals = 0;
    shop.faults = ({ url }) => {
      if (!url.includes("batchId")) return undefined;
      refusals += 1;
      return "html";
    };
    const told = [batch, "https://ssapi6.shipstation.com/orders?importBatch=1"];
    const { counts, error } = await sync(0, { told });
    expect([counts.created, error, refusals > 0]).toEqual([4, undefined, true]);
  });
});
