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

  /** A world that was read whole, and a label that was bought since, with the list that tells of it. */
  async function labelled() {
    const opened = world(v1 ?? {});
    await opened.sync();
    opened.shop.void(opened.shop.shipments[0]?.shipmentId ?? 0);
    await opened.sync();
    const { orderKey = "" } = opened.shop.shipments[0] ?? {};
    const { orderId, trackingNumbers } = opened.shop.print(orderKey);
    const list = `https://ssapi6.shipstation.com/shipments?orderId=${orderId}&includeShipmentItems=False`;
    return { ...opened, list, number: trackingNumbers[0] };
  }

  it("is read alone, with the orders of what is in it", async () => {
    const { shop, sync, orderOf, list, number } = await labelled();
    const asked: string[] = [];
    shop.faults = ({ url }) => {
      asked.push(new URL(url).pathname + new URL(url).search);
      return undefined;
    };
    expect((await sync(0, { told: [list] })).counts).toMatchObject({ created: 1, unchanged: 1 });
    expect(asked[0]).toMatch(/^\/shipments\?orderId=\d+&includeShipmentItems=true&/);
    expect(asked.filter((path) => path.includes("DateStart"))).toEqual([]);
    expect(orderOf("SS-1001")?.tracking).toBe(number);
  });

  it("is followed by all the rest where it is refused", async () => {
    const { shop, sync, orderOf, list, number } = await labelled();
    let refusals = 0;
    shop.faults = ({ url }) => {
      if (!url.includes("/shipments?orderId=")) return undefined;
      refusals += 1;
      return "html";
    };
    const { error } = await sync(0, { told: [list] });
    expect([error, refusals > 0, orderOf("SS-1001")?.tracking]).toEqual([undefined, true, number]);
  });

  it("of another kind has all be read", async () => {
    const { sync, orderOf, number } = await labelled();
    await sync(0, { told: ["https://ssapi6.shipstation.com/orders?importBatch=1"] });
    expect(orderOf("SS-1001")?.tracking).toBe(number);
  });
});
