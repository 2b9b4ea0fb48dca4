import { describe, expect, it } from "vitest";
import { type Fault, type FaultPlan, faultMix, seededRandom } from "../../src/sandbox/kit.ts";
import { openShipBobWorld } from "./shipbob-world.ts";

type World = Awaited<ReturnType<typeof openShipBobWorld>>;

async function within(given: Parameters<typeof openShipBobWorld>[0], work: (world: World) => Promise<void>) {
  const world = await openShipBobWorld(given);
  try {
    await work(world);
  } finally {
    world.close();
  }
}

const replacing = { pair: { onChange: "replace" } };

describe("orders of F&O go to ShipBob", () => {
  it("once each, as F&O has them", () =>
    within({ pair: { fulfillmentCenters: { "8": "24", "20": "51" } } }, async ({ addOrder, sync, orders, shipbob }) => {
      const lines = [
        { item: "A-1", quantity: 2, price: 10, warehouse: "24" },
        { item: "A-1", quantity: 1, price: 10, warehouse: "51" },
        { item: "A-1", quantity: 9, price: 10, warehouse: "13" },
      ];
      addOrder("SO-1", { lines });
      expect(await sync()).toMatchObject({ created: 1, deadLettered: 0 });
      expect(await sync()).toMatchObject({ created: 0, unchanged: 1 });
      expect(orders()).toEqual(["usmf-SO-1", "usmf-SO-1-2"]);
      expect(shipbob.ledger.map(({ body }) => body)).toMatchObject([
        { order_number: "SO-1", location_id: 8, shipping_method: "Standard", products: [{ quantity: 2 }] },
        { order_number: "SO-1-2", location_id: 20, products: [{ quantity: 1, external_line_id: 2 }] },
      ]);
    }));

  it("from the centre of a warehouse that is named with its company, and from none of another company's", () =>
    within(
      { pair: { fulfillmentCenters: { "8": "usmf/24", "20": "demf/51" } } },
      async ({ addOrder, sync, shipbob }) => {
        const lines = ["24", "51"].map((warehouse) => ({ item: "A-1", quantity: 1, price: 10, warehouse }));
        addOrder("SO-1", { lines });
        expect(await sync()).toMatchObject({ created: 1, deadLettered: 0 });
        expect(shipbob.ledger.map(({ body }) => body)).toMatchObject([{ location_id: 8, products: [{ quantity: 1 }] }]);
      },
    ));

  it("never by a method that the account does not have, and once another one is set", () =>
    within(
      { pair: { shippingMethods: { Ground: "Drone" } } },
      async ({ addOrder, sync, replay, setPair, shipbob, orders }) => {
        addOrder("SO-1");
        const { deadLettered, asides } = await sync();
        expect(deadLettered).toBe(1);
        expect(asides[0]?.error.message).toContain('"Drone" for delivery mode Ground');
        expect(shipbob.methods.some(({ name }) => name === "Drone")).toBe(false);
        await setPair({ shippingMethods: { Ground: "Standard" } });
        await replay("usmf/SO-1");
        expect(orders()).toEqual(["usmf-SO-1"]);
      },
    ));

  it("only when they are released, where the pair asks for that", () =>
    within({ pair: { releaseStatus: ["Released"] } }, async ({ addOrder, sync, fno, orders }) => {
      addOrder("SO-1");
      await sync();
      expect(orders()).toEqual([]);
      fno.release("usmf", "SO-1");
      expect(await sync()).toMatchObject({ created: 1 });
      expect(orders()).toEqual(["usmf-SO-1"]);
    }));

  it("with a word where ShipBob holds them for review", () =>
    within({ sandbox: { switches: { unknownSku: "importReview" } } }, async ({ addOrder, sync, told }) => {
      addOrder("SO-1");
      await sync();
      expect(await told()).toEqual(["created order: ShipBob holds it in ImportReview: look there at its products"]);
    }));
});

describe("an edit in F&O of an order that was sent", () => {
  it("is told once", () =>
    within({}, async ({ addOrder, sync, fno, orders, told }) => {
      addOrder("SO-1");
      await sync();
      fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 5 });
      await sync();
      await sync();
      expect(orders()).toEqual(["usmf-SO-1"]);
      const [, ...edits] = await told();
      expect(edits).toEqual([
        "noticed changed:order: changed in the ERP after it was sent: products; ShipBob's order stays as it was sent",
      ]);
    }));

  it.each([
    ["report", ["usmf-SO-1"]],
    ["replace", ["usmf-SO-1 cancelled", "usmf-SO-1-g2", "usmf-SO-1-2"]],
  ])("never sends goods twice that move to another warehouse (%s)", (onChange, expected) =>
    within({ pair: { onChange } }, async ({ addOrder, sync, fno, orders, told, replay }) => {
      const line = { item: "A-1", quantity: 1, price: 10, warehouse: "24" };
      addOrder("SO-1", { lines: [line, { ...line, quantity: 3 }] });
      await sync();
      fno.editLine("usmf", "SO-1", 1, { ShippingWarehouseId: "51" });
      await sync();
      await sync();
      expect(orders()).toEqual(expected);
      const held = (await told()).filter((text) => text.includes("not sent: its goods may be in"));
      expect(held).toHaveLength(onChange === "report" ? 1 : 0);
      await replay("usmf/SO-1");
      expect(orders()).toHaveLength(expected.length + held.length);
    }),
  );

  it("replaces neither of two orders between which goods moved, before a person has cancelled them there", () =>
    within(replacing, async ({ addOrder, sync, fno, desk, orders, told, replay }) => {
      const line = { item: "A-1", quantity: 1, price: 10, warehouse: "24" };
      addOrder("SO-1", { lines: [line, { ...line, quantity: 3 }, { ...line, warehouse: "51" }] });
      await sync();
      fno.editLine("usmf", "SO-1", 1, { ShippingWarehouseId: "51" });
      await sync();
      await sync();
      expect(orders()).toEqual(["usmf-SO-1", "usmf-SO-1-2"]);
      expect((await told()).filter((text) => text.includes("so that it stays"))).toHaveLength(2);
      for (const reference of orders()) desk.cancel(reference);
      await replay("usmf/SO-1");
      expect(orders().filter((one) => !one.endsWith("cancelled"))).toEqual(["usmf-SO-1-g2", "usmf-SO-1-2-g2"]);
    }));

  it.each([
    ["is cancelled", false, ["usmf-SO-1-2-g2"]],
    ["stays, since it is picked", true, ["usmf-SO-1", "usmf-SO-1-2"]],
  ])("replaces the order that takes all goods of another one only where that %s", (_, isPicked, expected) =>
    within(replacing, async ({ addOrder, sync, fno, desk, orders }) => {
      const line = { item: "A-1", quantity: 1, price: 10, warehouse: "24" };
      addOrder("SO-1", { lines: [line, { ...line, warehouse: "51" }] });
      await sync();
      if (isPicked) desk.pick("usmf-SO-1");
      fno.editLine("usmf", "SO-1", 1, { ShippingWarehouseId: "51" });
      await sync();
      await sync();
      expect(orders().filter((one) => !one.endsWith("cancelled"))).toEqual(expected);
    }),
  );

  it("replaces the order where the pair wants that", () =>
    within(replacing, async ({ addOrder, sync, fno, orders, shipbob }) => {
      addOrder("SO-1");
      await sync();
      fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 5 });
      await sync();
      await sync();
      expect(orders()).toEqual(["usmf-SO-1 cancelled", "usmf-SO-1-g2"]);
      expect(shipbob.orders[1]?.lines[0]?.quantity).toBe(5);
    }));

  it("replaces nothing that is picked, and is told and not tried again", () =>
    within(replacing, async ({ addOrder, sync, fno, orders, shipbob, told }) => {
      addOrder("SO-1");
      await sync();
      shipbob.desk.pick("usmf-SO-1");
      fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 5 });
      await sync();
      await sync();
      expect(orders()).toEqual(["usmf-SO-1"]);
      expect(shipbob.ledger.filter(({ action }) => action.includes("cancel"))).toHaveLength(0);
      expect((await told()).at(-1)).toMatch(/noticed changed:order: .*could not be replaced: .* is picked there/);
    }));

  it("leaves the rest alone where a part of the order has left already", () =>
    within(replacing, async ({ addOrder, sync, fno, desk, shipbob }) => {
      addOrder("SO-1");
      await sync();
      const [first] = shipbob.shipments;
      const rest = desk.split(first?.id ?? 0, [{ sku: "A-1", quantity: 1 }]);
      desk.ship(first?.id ?? 0);
      fno.editLine("usmf", "SO-1", 1, { OrderedSalesQuantity: 5 });
      await sync();
      expect(rest.status).toBe("Processing");
      expect(shipbob.orders).toHaveLength(1);
    }));
});

describe("an order that is cancelled in F&O", () => {
  it("is cancelled at ShipBob, once", () =>
    within({}, async ({ addOrder, sync, fno, orders, shipbob }) => {
      addOrder("SO-1");
      await sync();
      fno.cancel("usmf", "SO-1");
      expect(await sync()).toMatchObject({ cancelled: 1 });
      await sync();
      expect(orders()).toEqual(["usmf-SO-1 cancelled"]);
      expect(shipbob.ledger.filter(({ action }) => action.includes("cancel"))).toHaveLength(1);
    }));

  it("is told where it is picked already, and not tried for ever", () =>
    within({}, async ({ addOrder, sync, fno, shipbob, told }) => {
      addOrder("SO-1");
      await sync();
      shipbob.desk.pick("usmf-SO-1");
      fno.cancel("usmf", "SO-1");
      expect(await sync()).toMatchObject({ deadLettered: 0, cancelled: 0 });
      await sync();
      expect(shipbob.ledger.filter(({ action }) => action.includes("cancel"))).toHaveLength(1);
      expect((await told()).at(-1)).toMatch(
        /noticed cancel:order: cancelled in the ERP, but ShipBob's order stays: .*it has been picked/,
      );
    }));

  it("is tried once more where the cancel was taken back in between, and ShipBob can by then", () =>
    within({}, async ({ addOrder, sync, fno, desk, orders, told }) => {
      addOrder("SO-1");
      await sync();
      desk.pick("usmf-SO-1");
      fno.cancel("usmf", "SO-1");
      await sync();
      fno.confirm("usmf", "SO-1");
      fno.editLine("usmf", "SO-1", 1, { SalesOrderLineStatus: "Backorder" });
      await sync();
      await sync();
      expect((await told()).filter((text) => text.includes("wanted again"))).toHaveLength(1);
      desk.hold("usmf-SO-1");
      fno.cancel("usmf", "SO-1");
      expect(await sync()).toMatchObject({ cancelled: 1 });
      expect(orders()).toEqual(["usmf-SO-1 cancelled"]);
    }));

  it("counts as cancelled where the answer to the cancel was lost", () =>
    within({}, async ({ addOrder, sync, fno, shipbob, orders }) => {
      addOrder("SO-1");
      await sync();
      fno.cancel("usmf", "SO-1");
      let isLost = false;
      shipbob.faults = ({ url }) => {
        if (isLost || !url.includes(":cancel")) return undefined;
        isLost = true;
        return "resetAfter";
      };
      expect(await sync()).toMatchObject({ deadLettered: 0 });
      await sync();
      expect(orders()).toEqual(["usmf-SO-1 cancelled"]);
    }));
});

describe("what people do with an order at ShipBob", () => {
  const shipments = { flows: ["shipments"] };

  it("is told once, where they cancel it", () =>
    within({}, async ({ addOrder, sync, shipbob, told }) => {
      addOrder("SO-1");
      await sync();
      expect(await sync(shipments)).toMatchObject({ editedThere: 0 });
      shipbob.desk.cancel("usmf-SO-1");
      expect(await sync(shipments)).toMatchObject({ editedThere: 1 });
      expect(await sync(shipments)).toMatchObject({ editedThere: 0 });
      expect(await told("shipments")).toContain("noticed edit: changed there: cancelled");
    }));

  it("is told once, where they want other goods", () =>
    within({}, async ({ addOrder, sync, shipbob, told }) => {
      addOrder("SO-1");
      await sync();
      const [order] = shipbob.orders;
      if (order?.lines[0]) order.lines[0] = { ...order.lines[0], quantity: 7 };
      expect(await sync(shipments)).toMatchObject({ editedThere: 1 });
      expect(await told("shipments")).toContain("noticed edit: changed there: products");
    }));

  it("is none of theirs, where mlc did it", () =>
    within(replacing, async ({ addOrder, sync, fno, orders }) => {
      for (const number of ["SO-1", "SO-2"]) addOrder(number);
      await sync();
      fno.cancel("usmf", "SO-1");
      fno.editLine("usmf", "SO-2", 1, { OrderedSalesQuantity: 5 });
      for (let run = 0; run < 2; run += 1) {
        await sync();
        expect(await sync(shipments)).toMatchObject({ editedThere: 0 });
      }
      expect(orders()).toEqual(["usmf-SO-1 cancelled", "usmf-SO-2 cancelled", "usmf-SO-2-g2"]);
    }));
});

it("makes anew what a person cancelled at ShipBob, when a person asks for it", () =>
  within({}, async ({ addOrder, sync, replay, shipbob, orders }) => {
    addOrder("SO-1");
    await sync();
    shipbob.desk.cancel("usmf-SO-1");
    await sync();
    expect(orders()).toEqual(["usmf-SO-1 cancelled"]);
    await replay("usmf/SO-1");
    expect(orders()).toEqual(["usmf-SO-1 cancelled", "usmf-SO-1-g2"]);
  }));

describe("nothing is lost and nothing goes twice to ShipBob", () => {
  const numbers = Array.from({ length: 20 }, (_, index) => `SO-${index + 1}`);

  async function sendAll(faults: FaultPlan): Promise<string[]> {
    let sent: string[] = [];
    await within({}, async (world) => {
      for (const number of numbers) world.addOrder(number);
      world.shipbob.faults = faults;
      for (let run = 0; run < 40; run += 1) {
        const { error, unchanged } = await world.sync({ ignoreSchedule: true });
        if (error === undefined && unchanged === numbers.length) break;
      }
      sent = world.orders();
    });
    return sent;
  }

  const expected = numbers.map((number) => `usmf-${number}`);

  it.each<Fault>(["resetBefore", "resetAfter", "serverError", "truncated", "html", "throttled"])(
    "when a third of the orders meets the fault %s",
    async (fault) => {
      const random = seededRandom(11);
      const plan: FaultPlan = ({ method, url }) =>
        method === "POST" && url.endsWith("/order") && random() < 0.3 ? fault : undefined;
      expect((await sendAll(plan)).sort()).toEqual([...expected].sort());
    },
  );

  it.each([1, 2, 3])("under a mix of all faults on every call, seed %i", async (seed) => {
    const every: Fault[] = [
      ...(["throttled", "throttledBare", "serverError", "unavailable"] as const),
      ...(["resetBefore", "resetAfter", "truncated", "html"] as const),
    ];
    expect((await sendAll(faultMix(seed, 0.15, every))).sort()).toEqual([...expected].sort());
  });
});
