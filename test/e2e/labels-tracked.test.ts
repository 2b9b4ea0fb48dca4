import { afterEach, describe, expect, it } from "vitest";
import { type Labels, openLabels } from "./labels.ts";

const hour = 3_600_000;
let world: Labels;
const open = async (...options: Parameters<typeof openLabels>) => {
  world = await openLabels(...options);
  return world;
};
afterEach(() => world.close());

const text = { type: "Edm.String" };
const fields = { Num: text, Cost: { type: "Edm.Decimal" }, Status: text, At: { type: "Edm.DateTimeOffset" }, By: text };
const mapped = {
  writeBack: {
    headerFields: {
      map: {
        trackingNumber: "Num",
        shippingCost: "Cost",
        deliveryStatus: "Status",
        deliveredAt: "At",
        receivedBy: "By",
      },
    },
  },
};

describe("a label", () => {
  it("is on the order right after it was bought: number, references, charge", async () => {
    const { addOrder, sync, fedex, notes, header } = await open(mapped, { customFields: fields });
    addOrder("SO-1");
    expect(await sync("orders")).toMatchObject({ created: 1 });
    const report = await sync("shipments");
    expect(report, JSON.stringify(await world.audit())).toMatchObject({ created: 1 });
    const [shipment] = fedex.shipments;
    const number = shipment?.masterTrackingNumber;
    expect(notes("SO-1")[0]).toContain(`Master tracking number: ${number}`);
    expect(notes("SO-1")[0]).toContain("Reference CUSTOMER_REFERENCE: usmf-SO-1");
    expect(notes("SO-1")[0]).toMatch(/Cost: \d+\.\d+ USD/);
    expect(header("SO-1")).toMatchObject({ Num: number });
    expect(await sync("shipments")).toMatchObject({ created: 0, updated: 0, unchanged: 0, waiting: 1 });
  });

  it("has each scan noted once over many runs, then when it arrived and who took it", async () => {
    const { addOrder, sync, fedex, notes, header, clock } = await open(mapped, { customFields: fields });
    addOrder("SO-1");
    await sync("orders");
    await sync("shipments");
    const number = fedex.shipments[0]?.masterTrackingNumber ?? "";
    for (let count = 0; count < 3; count += 1) {
      fedex.advance(number);
      clock.advance(5 * hour);
      await sync("shipments");
      await sync("shipments");
    }
    fedex.deliver(number, { receivedBy: "A.LOPEZ" });
    await sync("shipments");
    await sync("shipments", { ignoreSchedule: true });
    expect(header("SO-1")).toMatchObject({ Status: "delivered", By: "A.LOPEZ", Num: number });
    const lines = notes("SO-1").flatMap((note) => note.split("\n").filter((line) => line.includes(`  ${number}  `)));
    expect(lines).toHaveLength(fedex.shipments[0]?.pieces[0]?.scans.length ?? 0);
    expect(new Set(lines).size).toBe(lines.length);
    expect(notes("SO-1").at(-1)).toMatch(/Delivery status: delivered\nDelivered at: .*\nReceived by: A.LOPEZ\n/);
  });

  it("that was voided is withdrawn, and the new one takes its place", async () => {
    const {
      addOrder,
      sync,
      fedex,
      notes,
      header,
      voidLabels,
      open: openMlc,
    } = await open(mapped, {
      customFields: fields,
    });
    addOrder("SO-1");
    await sync("orders");
    await sync("shipments");
    const number = fedex.shipments[0]?.masterTrackingNumber ?? "";
    await voidLabels("SO-1");
    expect(await sync("shipments")).toMatchObject({ cancelled: 1 });
    expect(header("SO-1")).toMatchObject({ Num: "" });
    expect(notes("SO-1").at(-1)).toContain(`is void. Its tracking number no longer counts: ${number}`);
    await (await openMlc()).replay({ id: "SO-1", flow: "orders" }, {});
    const anew = fedex.shipments[1]?.masterTrackingNumber ?? "";
    expect(anew).not.toBe("");
    expect(await sync("shipments")).toMatchObject({ updated: 1 });
    expect(header("SO-1")).toMatchObject({ Num: anew });
  });

  it("that comes back is told as returned", async () => {
    const { addOrder, sync, fedex, header, audit, clock } = await open(mapped, { customFields: fields });
    addOrder("SO-1");
    await sync("orders");
    const number = fedex.shipments[0]?.masterTrackingNumber ?? "";
    clock.advance(hour);
    fedex.exception(number);
    await sync("shipments");
    fedex.returnToShipper(number);
    fedex.deliver(number);
    await sync("shipments");
    expect(header("SO-1")).toMatchObject({ Status: "returned" });
    expect(header("SO-1")).not.toHaveProperty("By");
    expect((await audit()).filter((line) => line.includes("Recipient not in"))).toHaveLength(1);
  });

  it("has a note that was written and never confirmed once, and what happened since in another", async () => {
    const { addOrder, sync, fedex, fno, notes, clock } = await open();
    addOrder("SO-1");
    await sync("orders");
    await sync("shipments");
    const number = fedex.shipments[0]?.masterTrackingNumber ?? "";
    fedex.advance(number);
    let isWritten = false;
    // The note is taken, and nothing comes back from there any more, as for a process that was killed.
    fno.faults = ({ method }) => {
      if (isWritten) return "unavailable";
      isWritten = method === "POST";
      return isWritten ? "resetAfter" : undefined;
    };
    expect(await sync("shipments")).toMatchObject({ updated: 0, error: { exitCode: 5 } });
    expect(notes("SO-1")).toHaveLength(3);
    fno.faults = undefined;
    clock.advance(hour);
    fedex.advance(number);
    await sync("shipments");
    await sync("shipments");
    const [, , first, second, ...more] = notes("SO-1");
    expect(first).toContain("Picked up");
    expect(second).not.toContain("Picked up");
    expect(second).toContain("In transit");
    expect(more).toEqual([]);
  });

  it("of each part of an order is written to it with its own charge, and the order is followed until all arrived", async () => {
    const noSlips = { writeBack: { ...mapped.writeBack, packingSlipTracking: false } };
    const { addOrder, sync, fedex, notes, header, open: openMlc } = await open(noSlips, { customFields: fields });
    const mlc = await openMlc();
    const fedexConfig = mlc.config.fedex as { shipFrom: Record<string, unknown> };
    const shipFrom = { ...fedexConfig.shipFrom, "51": fedexConfig.shipFrom["24"] };
    await mlc.settings.save({ ...mlc.config, fedex: { ...fedexConfig, shipFrom } });
    addOrder("SO-1", ["24", "51"]);
    await sync("orders");
    expect(await sync("shipments")).toMatchObject({ created: 2, drift: 0 });
    expect(notes("SO-1").filter((note) => note.includes("Cost: "))).toHaveLength(2);
    const [one = "", two = ""] = fedex.shipments.map(({ masterTrackingNumber }) => masterTrackingNumber);
    expect(header("SO-1")).toMatchObject({ Num: `${one}, ${two}` });
    fedex.deliver(one);
    await sync("shipments");
    fedex.deliver(two);
    await sync("shipments");
    expect(header("SO-1")).toMatchObject({ Status: "delivered" });
    const calls = fedex.requests.length;
    await sync("shipments", { ignoreSchedule: true });
    expect(fedex.requests).toHaveLength(calls);
  });

  it("that is replayed is written again nowhere where it stands", async () => {
    const { addOrder, sync, fedex, notes, open: openMlc } = await open();
    addOrder("SO-1");
    await sync("orders");
    await sync("shipments");
    fedex.advance(fedex.shipments[0]?.masterTrackingNumber ?? "");
    await sync("shipments");
    const before = notes("SO-1");
    const report = await (await openMlc()).replay({ id: "SO-1", flow: "shipments" }, {});
    expect(report).toMatchObject({ flows: [{ flow: "shipments", created: 0, deadLettered: 0 }] });
    expect(notes("SO-1")).toEqual(before);
  });
});
