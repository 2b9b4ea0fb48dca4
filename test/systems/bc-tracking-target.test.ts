import { describe, expect, it } from "vitest";
import type { Shipment } from "../../src/core/model.ts";
import { booked, parcel, routes, trackingWorld } from "./bc-tracking-kit.ts";

const agents = { shippingAgents: { ups: "UPS", "ups/ups_ground": "UPS/GROUND", fedex: "FEDEX" } };

/** An order that was shipped and invoiced, which takes it from the orders. */
async function postedOrder(world: ReturnType<typeof trackingWorld>) {
  const order = await world.order();
  world.desk.post(order.number);
  const [shipment] = world.desk.shipments;
  const [invoice] = world.desk.invoices;
  const posted = {
    shipments: [String(shipment?.header.number)],
    invoice: String(invoice?.header.number),
    invoiceId: String(invoice?.header.id),
  };
  return { ...order, posted };
}

describe("the customer's page", () => {
  it("gets number, agent and service on the posted shipment, once", async () => {
    const world = trackingWorld({ pair: { ...routes("customApi"), ...agents } });
    world.book([await postedOrder(world)]);
    world.ship(parcel("se-1"));
    expect((await world.sync()).counts).toMatchObject({ created: 1 });
    expect(world.desk.shipments[0]?.header).toMatchObject({
      packageTrackingNo: "1Zse-1",
      shippingAgentCode: "UPS",
      shippingAgentServiceCode: "GROUND",
    });
    const again = await world.sync();
    expect(again.counts).toMatchObject({ unchanged: 1, updated: 0, drift: 0 });
    expect(again.requests).toEqual([]);
  });

  it("gets the numbers of all live parcels, and of those that are left when one is voided", async () => {
    const world = trackingWorld({ pair: { ...routes("customApi"), ...agents } });
    world.book([await postedOrder(world)]);
    world.ship(parcel("se-1"), parcel("se-2", ["1ZB"], { carrier: "fedex", service: "x", shipDate: "2026-11-21" }));
    await world.sync();
    const header = () => world.desk.shipments[0]?.header;
    expect(header()).toMatchObject({ packageTrackingNo: "1Zse-1,1ZB", shippingAgentCode: "FEDEX" });
    world.ship(parcel("se-2", ["1ZB"], { carrier: "fedex", isVoided: true }));
    expect((await world.sync()).counts).toMatchObject({ cancelled: 1, unchanged: 1 });
    expect(header()).toMatchObject({ packageTrackingNo: "1Zse-1", shippingAgentCode: "UPS" });
    world.ship(parcel("se-1", ["1Zse-1"], { isVoided: true }), parcel("se-3", ["1ZC"]));
    await world.sync();
    expect(header()).toMatchObject({ packageTrackingNo: "1ZC" });
    world.ship(parcel("se-3", ["1ZC"], { isVoided: true }));
    await world.sync();
    expect(header()).toMatchObject({ packageTrackingNo: "", shippingAgentCode: "", shippingAgentServiceCode: "" });
  });

  it("gets as many numbers as fit, and the rest is told once", async () => {
    const world = trackingWorld({ pair: { ...routes("customApi"), ...agents } });
    world.book([await postedOrder(world)]);
    world.ship(parcel("se-1", ["1Z999AA10123456784", "1Z999AA10123456785", "1Z9"]));
    await world.sync();
    expect(world.desk.shipments[0]?.header.packageTrackingNo).toBe("1Z999AA10123456784,1Z9");
    expect(world.told()).toContain(
      "noticed S-ORD101001 has room for 30 characters: 1Z999AA10123456785 stand nowhere in it",
    );
    await world.sync();
    expect(world.told().filter((line) => line.startsWith("noticed"))).toHaveLength(1);
  });

  it("gets only the number where no row says which agent it is, which is told once", async () => {
    const world = trackingWorld({ pair: routes("customApi") });
    world.book([await postedOrder(world)]);
    world.ship(parcel("se-1"));
    await world.sync();
    expect(world.desk.shipments[0]?.header).toMatchObject({ packageTrackingNo: "1Zse-1" });
    expect(world.told()[0]).toBe(
      "skipped shippingAgents has no row for ups/ups_ground: only the tracking number is written",
    );
    await world.sync();
    expect(world.told()).toHaveLength(2);
  });

  it("has no row before somebody posts, so that it waits for that", async () => {
    const world = trackingWorld({ pair: routes("customApi") });
    const order = await world.order();
    world.book([order]);
    world.ship(parcel("se-1"));
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
    expect(world.told()).toEqual([
      `waiting ${order.number} is not posted yet, and tracking.customApi has no row for it`,
    ]);
    world.desk.shipFromWarehouse(order.number);
    expect((await world.sync()).counts).toMatchObject({ created: 1, waiting: 0 });
    expect(world.desk.shipments[0]?.header.packageTrackingNo).toBe("1Zse-1");
  });

  it("is found by the posted number where somebody changed the external one", async () => {
    const world = trackingWorld({ pair: routes("customApi") });
    const order = await world.order();
    world.desk.editOrder(order.number, { externalDocumentNumber: "CHANGED" });
    world.desk.post(order.number);
    world.book([{ ...order, posted: { shipments: [String(world.desk.shipments[0]?.header.number)] } }]);
    world.ship(parcel("se-1"));
    await world.sync();
    expect(world.desk.shipments[0]?.header.packageTrackingNo).toBe("1Zse-1");
  });

  it("is found by the external number, whatever the order is called by now", async () => {
    const world = trackingWorld({ pair: routes("customApi") });
    const { posted: _, ...order } = await postedOrder(world);
    world.book([{ ...order, number: "S-ORD0" }]);
    world.ship(parcel("se-1"));
    await world.sync();
    expect(world.desk.shipments[0]?.header.packageTrackingNo).toBe("1Zse-1");
  });

  it("that is not installed stops the flow with what to do", async () => {
    const world = trackingWorld({ pair: routes("customApi") });
    world.bc.switches.customApi = "absent";
    world.book([await postedOrder(world)]);
    world.ship(parcel("se-1"));
    expect((await world.sync()).error).toMatchObject({
      name: "ConfigError",
      message: "Business Central publishes no page contoso/shipping/v1.0/salesShipments",
      context: { field: "tracking.customApi.path" },
    });
  });

  it("that knows no such agent makes a dead letter that names it", async () => {
    const world = trackingWorld({ pair: { ...routes("customApi", "attachment"), shippingAgents: { ups: "NOBODY" } } });
    world.book([await postedOrder(world)]);
    world.ship(parcel("se-1"));
    expect((await world.sync()).counts).toMatchObject({ deadLettered: 1 });
    expect(world.told().at(-1)).toMatch(/^dead .*NOBODY/);
    expect(world.files()).toEqual([]);
  });
});

describe("page 42", () => {
  it("is written on an order that is there", async () => {
    const world = trackingWorld({ pair: { ...routes("page42"), ...agents } });
    world.bc.switches.page42 = "published";
    const order = await world.order();
    world.book([order]);
    world.ship(parcel("se-1"));
    await world.sync();
    expect(world.desk.orders[0]?.header).toMatchObject({ packageTrackingNo: "1Zse-1", shippingAgentCode: "UPS" });
  });

  it("refuses agents on a released order, so that the next route takes it, and the trail says so", async () => {
    const world = trackingWorld({ pair: { ...routes("page42", "comment", "attachment"), ...agents } });
    world.bc.switches.page42 = "published";
    const order = await world.order();
    world.desk.release(order.number);
    world.book([order]);
    world.ship(parcel("se-1"));
    expect((await world.sync()).counts).toMatchObject({ created: 1 });
    expect(world.files().map(([file]) => file)).toEqual(["tracking-1Zse-1.txt"]);
    expect(world.told()).toEqual([
      "written written by attachment: page42 was refused (Application_FieldValidationException)",
    ]);
    expect((await world.sync()).requests).toEqual([]);
  });

  it("is nothing for an order that is posted and gone", async () => {
    const world = trackingWorld({ pair: routes("page42", "attachment") });
    world.bc.switches.page42 = "published";
    world.book([await postedOrder(world)]);
    world.ship(parcel("se-1"));
    await world.sync();
    expect(world.files()).toHaveLength(1);
    expect(world.desk.attachments[0]?.values.parentId).toBe(world.desk.invoices[0]?.header.id);
  });

  it("that is not published stops the flow", async () => {
    const world = trackingWorld({ pair: routes("page42") });
    world.book([await world.order()]);
    world.ship(parcel("se-1"));
    expect((await world.sync()).error).toMatchObject({
      name: "ConfigError",
      context: { field: "tracking.page42.service" },
    });
  });
});

describe("comments and files", () => {
  it("go onto a draft as lines of at most 100 characters", async () => {
    const world = trackingWorld();
    const invoice = await world.draftInvoice();
    world.book([invoice]);
    world.ship(parcel("se-1", ["1ZA", "1ZB"], { service: "x".repeat(120) }));
    await world.sync();
    const head = `2026-11-20 UPS ${"x".repeat(80)}`;
    expect(world.comments(invoice.number)).toEqual([`${head}: 1ZA`, `${head}: 1ZB`]);
    expect(world.comments(invoice.number).map((line) => String(line).length)).toEqual([100, 100]);
    expect((await world.sync()).requests).toEqual([]);
  });

  it("a posted invoice takes a file that tells what there is to know", async () => {
    const world = trackingWorld();
    const invoice = await world.draftInvoice();
    world.desk.post(invoice.number);
    world.book([invoice]);
    world.ship(parcel("se-1", ["1Z/9 9"]));
    await world.sync();
    const [[file, text] = ["", ""]] = world.files();
    expect(file).toMatch(/^tracking-1Z_9_9-[0-9a-f]{8}\.txt$/);
    expect(text).toBe("Tracking number: 1Z/9 9\nCarrier: UPS\nService: ups_ground\nShip date: 2026-11-20\n");
  });

  it("are never removed: a second one says that the label is void", async () => {
    const world = trackingWorld();
    const invoice = await world.draftInvoice();
    world.book([invoice]);
    world.ship(parcel("se-1"));
    await world.sync();
    world.ship(parcel("se-1", ["1Zse-1"], { isVoided: true }), parcel("se-2"));
    expect((await world.sync()).counts).toMatchObject({ cancelled: 1, updated: 0, created: 1 });
    expect(world.comments(invoice.number)).toEqual([
      "2026-11-20 UPS ups_ground: 1Zse-1",
      "VOID 2026-11-20 UPS ups_ground: 1Zse-1",
      "2026-11-20 UPS ups_ground: 1Zse-2",
    ]);
  });

  it("a void after posting goes onto the invoice as a file", async () => {
    const world = trackingWorld();
    const invoice = await world.draftInvoice();
    world.book([invoice]);
    world.ship(parcel("se-1"));
    await world.sync();
    world.desk.post(invoice.number);
    world.ship(parcel("se-1", ["1Zse-1"], { isVoided: true }));
    await world.sync();
    expect(world.files()).toEqual([["tracking-1Zse-1-void.txt", expect.stringMatching(/^VOID: /)]]);
  });

  it.each([
    ["a comment", routes("comment"), (request: Request) => request.headers.get("isolation") === "snapshot"],
    ["a file", routes("attachment"), (request: Request) => request.method === "PATCH"],
  ])("%s whose answer was lost is found, not written twice", async (_, pair, isLost) => {
    const world = trackingWorld({ pair });
    const invoice = await world.draftInvoice();
    world.book([invoice]);
    world.ship(parcel("se-1"));
    world.bc.faults = (request) => (isLost(request) ? "resetAfter" : undefined);
    const first = await world.sync();
    world.bc.faults = undefined;
    if (first.error) await world.sync();
    expect([...world.comments(invoice.number), ...world.files()]).toHaveLength(1);
    expect(world.told()).toEqual([expect.stringMatching(/ found there after its answer was lost$/)]);
    world.ship(parcel("se-1", ["1Zse-1"], { isVoided: true }));
    await world.sync();
    expect([...world.comments(invoice.number), ...world.files()]).toHaveLength(2);
  });

  it("what was never taken is written by a later run, once it is sure that it was not", async () => {
    const world = trackingWorld();
    const invoice = await world.draftInvoice();
    world.book([invoice]);
    world.ship(parcel("se-1"));
    world.bc.faults = (request) => (request.headers.get("isolation") === "snapshot" ? "resetBefore" : undefined);
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
    world.bc.faults = undefined;
    expect((await world.sync()).counts).toMatchObject({ created: 1 });
    expect(world.comments(invoice.number)).toHaveLength(1);
  });

  it("a void goes first where the number stands, though another route has opened since", async () => {
    const world = trackingWorld({ pair: routes("customApi", "attachment") });
    const order = await world.order();
    world.book([order]);
    world.ship(parcel("se-1"));
    await world.sync();
    world.desk.shipFromWarehouse(order.number);
    world.ship(parcel("se-1", ["1Zse-1"], { isVoided: true }), parcel("se-2"));
    await world.sync();
    expect(world.files().map(([file]) => file)).toEqual(["tracking-1Zse-1.txt", "tracking-1Zse-1-void.txt"]);
    expect(world.desk.shipments[0]?.header.packageTrackingNo).toBe("1Zse-2");
  });

  it("take a number that a field has no room for", async () => {
    const world = trackingWorld({
      pair: { tracking: { ...routes("customApi", "attachment").tracking, maxLength: 10 } },
    });
    world.book([await postedOrder(world)]);
    world.ship(parcel("se-1", ["1Z999AA10123456784"]));
    await world.sync();
    expect(world.desk.shipments[0]?.header.packageTrackingNo ?? "").toBe("");
    expect(world.files().map(([file]) => file)).toEqual(["tracking-1Z999AA10123456784.txt"]);
  });

  it("stop the flow where the app has no permission for them", async () => {
    const world = trackingWorld({ pair: routes("attachment") });
    const invoice = await world.draftInvoice();
    world.bc.switches.forbiddenSets = ["documentAttachments"];
    world.book([invoice]);
    world.ship(parcel("se-1"), parcel("se-2"));
    expect((await world.sync()).error).toMatchObject({ name: "AuthError" });
    world.bc.switches.forbiddenSets = [];
    expect((await world.sync()).counts).toMatchObject({ created: 2 });
  });

  it("a document that takes it nowhere any more is told once", async () => {
    const world = trackingWorld({ pair: routes("comment") });
    const invoice = await world.draftInvoice();
    world.desk.post(invoice.number);
    world.book([invoice]);
    world.ship(parcel("se-1"));
    await world.sync();
    await world.sync();
    expect(world.told()).toEqual([
      `noticed ${invoice.number} takes it on none of the routes comment: its tracking number is written nowhere`,
    ]);
  });
});

describe("a sale of several documents", () => {
  it("has each parcel on the part that has room for what is in it, else on the last", async () => {
    const world = trackingWorld({ pair: routes("attachment") });
    const first = await world.draftInvoice("WEB-1");
    const second = await world.draftInvoice("WEB-1-2");
    world.book([
      { ...first, booked: { L1: 2 } },
      { ...second, part: 2, booked: { L1: 1, L2: 1 } },
    ]);
    const holding = (...lines: [string, number][]) => ({ lines: lines.map(([key, quantity]) => ({ key, quantity })) });
    world.ship(
      parcel("se-1", ["1ZA"], holding(["L1", 2])),
      parcel("se-2", ["1ZB"], holding(["L1", 1])),
      parcel("se-3", ["1ZC"], holding(["L2", 1])),
      parcel("se-4", ["1ZD"]),
    );
    await world.sync();
    const onDocument = ({ id }: { id: string }) =>
      world.desk.attachments.filter(({ values }) => values.parentId === id).map(({ values }) => values.fileName);
    expect(onDocument(first)).toEqual(["tracking-1ZA.txt"]);
    expect(onDocument(second)).toEqual(["tracking-1ZB.txt", "tracking-1ZC.txt", "tracking-1ZD.txt"]);
  });

  it("has nothing written to a document that was deleted, and tells when none stands", async () => {
    const world = trackingWorld({ pair: routes("attachment") });
    const gone = booked({
      kind: "invoice",
      id: "5f3b0d0e-1111-4222-8333-944455566677",
      number: "S-INV1",
      deleted: true,
    });
    world.book([gone]);
    world.ship(parcel("se-1"));
    await world.sync();
    expect(world.told()).toEqual([
      "noticed what it was booked as was deleted in Business Central, so its tracking number is written nowhere",
    ]);
    const second = await world.draftInvoice("WEB-1-G2");
    world.book([gone, { ...second, generation: 2 }]);
    await world.sync();
    expect(world.files()).toHaveLength(1);
  });

  it("is written to what is made anew after the document it stood on was deleted, although nothing was shipped anew", async () => {
    const world = trackingWorld({ pair: routes("attachment") });
    const first = await world.draftInvoice("WEB-1");
    world.book([first]);
    world.ship(parcel("se-1"));
    await world.sync();
    world.desk.deleteDocument(first.number);
    const second = await world.draftInvoice("WEB-1-G2");
    world.book([
      { ...first, deleted: true },
      { ...second, generation: 2 },
    ]);
    expect((await world.sync()).counts).toMatchObject({ drift: 0, updated: 1 });
    expect(world.desk.attachments.filter(({ values }) => values.parentId === second.id)).toHaveLength(1);
    expect((await world.sync()).counts).toMatchObject({ drift: 0, unchanged: 1 });
  });

  it("stands in a file of what is invoiced of an order, since the order goes with the rest", async () => {
    const world = trackingWorld({ pair: routes("attachment") });
    const order = await world.order();
    const invoice = await world.draftInvoice();
    world.desk.post(invoice.number);
    const posted = { invoice: invoice.number, invoiceId: invoice.id, shipments: [] };
    world.book([{ ...order, whole: true, posted }]);
    world.ship(parcel("se-1"));
    await world.sync();
    expect(world.desk.attachments.map(({ values }) => values.parentId)).toEqual([invoice.id]);
  });

  it("waits for the part of the order that it is of, and goes beside others once all is booked", async () => {
    const world = trackingWorld({ pair: routes("attachment") });
    const first = { ...(await world.draftInvoice()), booked: { L1: 1 } };
    world.book([first], { ordered: { L1: 3 } });
    const of = (quantity: number) => ({ lines: [{ key: "L1", quantity }] });
    world.ship(parcel("se-1", ["1ZA"], of(1)), parcel("se-2", ["1ZB"], of(2)));
    expect((await world.sync()).counts).toMatchObject({ created: 1, waiting: 1 });
    const second = { ...(await world.draftInvoice("WEB-1-2")), part: 2, booked: { L1: 2 } };
    world.book([first, second], { ordered: { L1: 3 } });
    world.ship(parcel("se-3", ["1ZC"], of(1)));
    await world.sync();
    expect(world.desk.attachments.map(({ values }) => values.parentId)).toEqual([first.id, second.id, second.id]);
  });
});

describe("a parcel that the sale was posted with", () => {
  it("is left as it is, and stands beside later ones", async () => {
    const world = trackingWorld({ pair: routes("page42", "attachment") });
    world.bc.switches.page42 = "published";
    const order = await world.order();
    world.desk.editOrder(order.number, { packageTrackingNo: "1Zse-1" });
    world.book([{ ...order, tracked: ["se-1"] }]);
    world.ship(parcel("se-2"), parcel("se-1"));
    await world.sync();
    expect(world.desk.orders[0]?.header.packageTrackingNo).toBe("1Zse-1,1Zse-2");
    expect(world.told()).toContain(`skipped its tracking number was written to ${order.number} before that was posted`);
    world.ship(parcel("se-1", ["1Zse-1"], { isVoided: true }));
    await world.sync();
    expect(world.desk.orders[0]?.header.packageTrackingNo).toBe("1Zse-2");
  });
});

describe("what a dry run says", () => {
  it("is what would be written, and nothing is", async () => {
    const world = trackingWorld();
    const invoice = await world.draftInvoice();
    world.book([invoice]);
    world.ship(parcel("se-1"));
    expect((await world.sync({ dryRun: true })).counts).toMatchObject({ created: 1 });
    expect(world.planned.map(({ step, fields }) => [step.name, fields])).toEqual([
      ["tracking:se-1", ["document", "shippingAgent", "trackingNumbers"]],
    ]);
    expect(world.comments(invoice.number)).toEqual([]);
  });
});

describe("where a shipment belongs", () => {
  it("waits until its order is booked, and is written then", async () => {
    const world = trackingWorld();
    world.ship(parcel("se-1"));
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
    expect(world.told()).toEqual(["waiting the order is not booked yet"]);
    const invoice = await world.draftInvoice();
    world.book([invoice]);
    expect((await world.sync()).counts).toMatchObject({ waiting: 0, created: 1 });
  });

  const notOurs: [string, Partial<Shipment>, object][] = [
    ["was voided before", { isVoided: true }, {}],
    ["is a return", { isReturn: true }, {}],
    ["is of a store that mlc feeds", { storeId: "9" }, {}],
    ["is of a store that is not read", { storeId: "8" }, {}],
    ["left before the sales begin", { shipDate: "2026-10-31" }, { flows: { sales: { startDate: "2026-11-01" } } }],
    ["is of a pair without sales", {}, { flows: { sales: { enabled: false } } }],
  ];
  it.each(notOurs)("is not ours where it %s", async (_, change, pair) => {
    const world = trackingWorld({ pair, stores: { read: [7, 9], fed: [9] } });
    world.ship(parcel("se-1", ["1Z1"], change));
    expect((await world.sync()).counts).toMatchObject({ notOurs: 1, waiting: 0 });
  });

  it("is not ours where it names no order", async () => {
    const world = trackingWorld();
    const { orderId: _, ...bare } = parcel("se-1");
    world.ship(bare);
    expect((await world.sync()).counts).toMatchObject({ notOurs: 1, waiting: 0 });
  });

  it("is not ours where the sale was only skipped", async () => {
    const world = trackingWorld();
    world.book([], { steps: { otherPair: { at: "", naturalKey: "", fields: {}, recorded: true } } });
    world.ship(parcel("se-1"));
    expect((await world.sync()).counts).toMatchObject({ notOurs: 1 });
  });

  it("waits while one of the sale's documents is being made", async () => {
    const world = trackingWorld();
    const made = await world.draftInvoice();
    world.book([made, booked({ kind: "invoice", externalNumber: "WEB-1-2", id: "", number: "", part: 2 })]);
    world.ship(parcel("se-1"));
    expect((await world.sync()).counts).toMatchObject({ waiting: 1 });
  });

  it("waits for a sale that is half booked, unless it was voided meanwhile", async () => {
    const world = trackingWorld();
    world.book([], { steps: { customer: { at: "", naturalKey: "C-1", fields: {} } } });
    world.ship(parcel("se-1"), parcel("se-2", ["1Z2"], { isVoided: true }));
    expect((await world.sync()).counts).toMatchObject({ waiting: 1, notOurs: 1 });
  });

  it("has nothing written for returns, voids and labels without a number, which is told", async () => {
    const world = trackingWorld();
    world.book([await world.draftInvoice()]);
    world.ship(
      parcel("se-1", ["1Z1"], { isReturn: true }),
      parcel("se-2", ["1Z2"], { isVoided: true }),
      parcel("se-3", []),
    );
    expect((await world.sync()).counts).toMatchObject({ skipped: 3 });
    expect(world.writes()).toEqual(["POST salesInvoices S-INV102001"]);
  });
});

describe("a replayed shipment", () => {
  it("is looked up, and stands as it was", async () => {
    const world = trackingWorld();
    const invoice = await world.draftInvoice();
    world.book([invoice]);
    world.ship(parcel("se-1"));
    await world.sync();
    await world.sync({ only: ["se-1"] });
    expect(world.comments(invoice.number)).toHaveLength(1);
  });
});
