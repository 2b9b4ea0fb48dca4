import { describe, expect, it } from "vitest";
import { documentsIn } from "../../src/systems/bc/sale-memo.ts";
import { lineOf, parcel, saleOf, salesWorld } from "./bc-sales-world.ts";

describe("a shipped sale that is booked as an invoice", () => {
  it("is drafted, checked, given its tracking, posted and read back, once", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1"));
    expect(await world.sync()).toMatchObject({ created: 1, deadLettered: 0, waiting: 0 });
    expect(await world.sync()).toMatchObject({ created: 0, unchanged: 1, drift: 0 });
    expect(world.booked()).toEqual(["ORD-1 28.25"]);
    const [invoice] = world.desk.invoices;
    expect(invoice?.header).toMatchObject({
      customerNumber: "C1",
      shipToName: "Maria Keller",
      invoiceDate: "2026-11-18",
      postingDate: "2026-11-21",
    });
    expect(
      invoice?.lines.map(({ lineType, lineObjectNumber, quantity, description }) => [
        lineType,
        lineObjectNumber ?? "",
        quantity ?? 0,
        description,
      ]),
    ).toEqual([
      ["Item", "MUG", 2, "Mug"],
      ["Account", "40200", 1, "Freight charged to customers"],
      ["Comment", "", 0, "2026-11-20 UPS ups_ground: 1Z101"],
    ]);
    expect(world.told()).toEqual(["created invoice: ", "written tracking: ", "posted post: "]);
    expect(documentsIn(world.memo("1"))).toEqual([
      {
        kind: "invoice",
        externalNumber: "ORD-1",
        id: String(invoice?.header.id),
        number: String(invoice?.header.number),
        part: 1,
        generation: 1,
        booked: { 1: 2 },
        posted: { invoice: String(invoice?.header.number), invoiceId: String(invoice?.header.id), shipments: [] },
        tracked: ["101"],
      },
    ]);
  });

  it("takes the ship date as its posting date where the rules say so", async () => {
    const world = salesWorld({ postingDate: "shipDate" });
    world.source.put(saleOf("1"));
    await world.sync();
    expect(world.desk.invoices[0]?.header.postingDate).toBe("2026-11-20");
  });

  it("is nothing while it is open, and nothing when it is cancelled", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1", { status: "open", lines: [lineOf("1", { shipped: 0 })] }));
    world.source.put(saleOf("2", { status: "cancelled" }));
    expect(await world.sync()).toMatchObject({ created: 0, skipped: 0 });
    expect(world.bc.requests).toEqual([]);
  });

  it("is only looked at in a dry run", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1"));
    expect(await world.sync({ dryRun: true })).toMatchObject({ created: 1 });
    expect(world.bc.ledger).toEqual([]);
    expect(world.store.lines.filter(({ kind }) => kind !== "run")).toEqual([]);
  });

  it("looks up many in a few calls, and posts one after the other", async () => {
    const world = salesWorld({ tracking: { routes: ["attachment"] } });
    for (let id = 1; id <= 30; id += 1) world.source.put(saleOf(String(id)));
    expect(await world.sync()).toMatchObject({ created: 30 });
    expect(world.booked()).toHaveLength(30);
    const reads = world.bc.requests.filter((request) => /\/(items|customers|\$batch|locations)$/.test(request));
    expect(reads).toHaveLength(3);
  });

  it("is booked in a currency of its own", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1", { currency: "EUR" }));
    await world.sync();
    expect(world.desk.invoices[0]?.header.currencyCode).toBe("EUR");
    expect(world.booked()).toEqual(["ORD-1 28.25"]);
  });

  it("tells what was cut from its address", async () => {
    const world = salesWorld();
    const { shipTo } = saleOf("1");
    world.source.put(saleOf("1", { shipTo: { ...shipTo, city: "P".repeat(31) } }));
    await world.sync();
    expect(world.told()[0]).toBe("created invoice: cut to what Business Central has room for: shipToCity");
  });
});

describe("tax", () => {
  const lines = [lineOf("1", { tax: "2.1" })];
  it("that Business Central reckons must agree to the cent", async () => {
    const world = salesWorld();
    world.bc.switches.taxPercent = 10;
    world.source.put(saleOf("1", { lines, shipping: "0" }));
    world.source.put(saleOf("2", { lines: [lineOf("1", { tax: "2.09" })], shipping: "0" }));
    expect(await world.sync()).toMatchObject({ created: 1, deadLettered: 1 });
    expect(world.booked()).toEqual(["ORD-1 23.1"]);
    expect(world.aside("2")).toMatchObject({
      field: "totalAmountIncludingTax",
      message: expect.stringMatching(/comes to 23.1 USD, the order to 23.09 USD$/),
      hint: expect.stringContaining("lines.tax"),
    });
  });

  it("that is in the prices is sent with them", async () => {
    const world = salesWorld({ booking: "orderPosted", lines: { shippingAccount: "40200", tax: "included" } });
    world.bc.switches.taxPercent = 10;
    world.source.put(saleOf("1", { lines, shipping: "10", otherTax: "1" }));
    await world.sync();
    expect(world.booked()).toEqual(["ORD-1 34.1"]);
  });

  it("that is a line of its own is part of the total, and settings that were mended make the draft anew", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1", { lines }));
    expect(await world.sync()).toMatchObject({ deadLettered: 1 });
    expect(await world.sync()).toMatchObject({ deadLettered: 0 });
    world.configure({ lines: { shippingAccount: "40200", tax: "account", taxAccount: "22700" } });
    expect(await world.sync()).toMatchObject({ deadLettered: 0 });
    expect(world.booked()).toEqual(["ORD-1-G2 30.35"]);
    expect(world.drafts()).toEqual([]);
  });
});

describe("the customer", () => {
  it("is found by e-mail address, however it is written", async () => {
    const world = salesWorld({ customers: {} });
    world.desk.addCustomer({ number: "C2", displayName: "M. Keller", email: "maria@keller.example" });
    world.source.put(saleOf("1", { email: "Maria@Keller.example" }));
    await world.sync();
    expect(world.desk.invoices[0]?.header.customerNumber).toBe("C2");
  });

  it("is made once for two sales of one buyer where that is allowed", async () => {
    const world = salesWorld({ customers: { create: true } });
    world.source.put(saleOf("1"));
    world.source.put(saleOf("2"));
    expect(await world.sync()).toMatchObject({ created: 2 });
    const made = world.desk.rows("customers").filter(({ email }) => email === "maria@keller.example");
    expect(made).toHaveLength(1);
    expect(made[0]).toMatchObject({ displayName: "Maria Keller", type: "Person", city: "Portland" });
    expect(world.booked()).toHaveLength(2);
  });

  it.each<[string, (world: ReturnType<typeof salesWorld>) => void, RegExp]>([
    ["blocked", ({ desk }) => desk.blockCustomer("C1"), /customer C1 is blocked \(All\)/],
    ["not there", ({ desk }) => desk.deleteCustomer("C1"), /there is no customer C1/],
  ])("that is %s makes a dead letter before anything is written", async (_name, act, why) => {
    const world = salesWorld();
    act(world);
    world.source.put(saleOf("1"));
    expect(await world.sync()).toMatchObject({ deadLettered: 1 });
    expect(world.aside("1")?.message).toMatch(why);
    expect(world.bc.ledger).toEqual([]);
  });

  it("is a person's choice where several have the address, and missing where none has", async () => {
    const world = salesWorld({ customers: {} });
    world.source.put(saleOf("1"));
    await world.sync();
    expect(world.aside("1")?.message).toMatch(/no customer has the order's e-mail address/);
    for (const number of ["C2", "C3"])
      world.desk.addCustomer({ number, displayName: number, email: "maria@keller.example" });
    await world.replay("1");
    expect(world.aside("1")?.message).toMatch(/customers C2, C3 have the order's e-mail address/);
    expect(JSON.stringify(world.store.lines)).not.toMatch(/keller/i);
  });
});

describe("SKUs", () => {
  it("name an item or one of its variants, in any case", async () => {
    const world = salesWorld();
    const variant = world.desk.addVariant("MUG", "RED");
    world.source.put(saleOf("1", { lines: [lineOf("1", { sku: "mug/red" }), lineOf("2", { sku: "pen" })] }));
    await world.sync();
    expect(world.desk.invoices[0]?.lines.slice(0, 2)).toMatchObject([
      { lineObjectNumber: "MUG", itemVariantId: variant.id },
      { lineObjectNumber: "PEN" },
    ]);
  });

  it("that are no item, or a blocked one, are told by SKU and line and book nothing", async () => {
    const world = salesWorld();
    world.desk.editItem("PEN", { blocked: true });
    world.source.put(saleOf("1", { lines: [lineOf("77", { sku: "CUP" })] }));
    world.source.put(saleOf("2", { lines: [lineOf("1", { sku: "PEN" })] }));
    world.source.put(saleOf("3"));
    expect(await world.sync()).toMatchObject({ created: 1, deadLettered: 1, waiting: 1 });
    expect(world.aside("1")).toMatchObject({ message: expect.stringMatching(/SKU "CUP" of line 77 is no item/) });
    expect(world.aside("2")).toMatchObject({ message: expect.stringMatching(/item PEN of SKU PEN is blocked/) });
  });
});

describe("a refusal at posting", () => {
  it("is a dead letter with Business Central's sentence, and its replay posts the same draft", async () => {
    const world = salesWorld();
    world.desk.closePeriod("2026-12-31");
    world.source.put(saleOf("1"));
    expect(await world.sync()).toMatchObject({ deadLettered: 1 });
    expect(world.aside("1")).toMatchObject({
      message: expect.stringMatching(/Posting Date is not within your range of allowed posting dates/),
      correlationId: expect.any(String),
    });
    world.desk.openPeriods();
    await world.replay("1");
    expect(world.booked()).toEqual(["ORD-1 28.25"]);
    expect(world.desk.invoices).toHaveLength(1);
    expect(world.desk.invoices[0]?.lines.filter(({ lineType }) => lineType === "Comment")).toHaveLength(1);
  });
});

describe("what stands there already under our number", () => {
  it("is adopted when it agrees, as after a lost state", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1"));
    world.source.put(saleOf("2"));
    world.desk.refusePosting("S-INV102002", "dimensionMissing");
    await world.sync();
    expect(world.booked()).toEqual(["ORD-1 28.25"]);
    Object.assign(world.store.state, { asides: Object.create(null), intents: Object.create(null) });
    for (const [key] of [...world.store.state.deliveries.entries()])
      world.store.state.deliveries.set(key, { ...emptyDelivery(key) });
    world.desk.allowPosting("S-INV102002");
    await world.sync();
    expect(world.booked()).toEqual(["ORD-1 28.25", "ORD-2 28.25"]);
    expect(world.desk.invoices).toHaveLength(2);
    expect(world.told().slice(-3)).toEqual([
      expect.stringMatching(/^noticed invoice: found there under our number/),
      expect.stringMatching(/^noticed invoice: found there under our number/),
      "posted post: ",
    ]);
  });

  it("is a dead letter when it does not", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1"));
    await world.sync();
    world.store.state.deliveries.set("1", emptyDelivery("1"));
    world.source.put(saleOf("1", { lines: [lineOf("1", { quantity: 3 })] }));
    expect(await world.sync()).toMatchObject({ deadLettered: 1 });
    expect(world.aside("1")?.message).toBe(
      "Business Central: a document with our number ORD-1 is not ours: its lines differ",
    );
    expect(world.booked()).toEqual(["ORD-1 28.25"]);
  });
});

const emptyDelivery = (document: string) => ({
  versions: {},
  steps: {},
  memo: {},
  closed: false,
  at: "",
  document,
  ref: document,
});

describe("answers that were lost", () => {
  const create = /POST .*salesInvoices$/;
  const post = /NAV\.post$/;
  it.each<[string, RegExp, "resetBefore" | "resetAfter" | "serverError" | "truncated"]>([
    ["of a draft before it was made", create, "resetBefore"],
    ["of a draft after it was made", create, "resetAfter"],
    ["of a draft, cut in half", create, "truncated"],
    ["of a posting before it was done", post, "resetBefore"],
    ["of a posting after it was done", post, "resetAfter"],
    ["of a posting with an error", post, "serverError"],
  ])("%s are looked up, and the sale is booked once", async (_name, kind, fault) => {
    const world = salesWorld();
    world.source.put(saleOf("1"));
    world.failOnce(kind, fault);
    await world.sync();
    await world.sync();
    await world.sync();
    expect(world.booked()).toEqual(["ORD-1 28.25"]);
    expect(world.desk.invoices).toHaveLength(1);
    expect(world.store.state.asides).toEqual({});
    expect(world.store.state.intents).toEqual({});
  });

  it("are ended by a person who names a document only where that has our number", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1"));
    world.failOnce(create, "resetBefore");
    await world.sync();
    world.clock.advance(-16 * 60_000);
    expect(await world.replay("1", { ending: { adopt: "S-INV999" } })).toMatchObject({ deadLettered: 1 });
    expect(world.aside("1")?.message).toMatch(/S-INV999 has not our external document number ORD-1/);
    expect(await world.replay("1")).toMatchObject({ deadLettered: 1 });
    expect(world.desk.invoices).toEqual([]);
  });

  it("are ended by a person who wants it made anyway", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1"));
    world.failOnce(create, "resetBefore");
    await world.sync();
    world.clock.advance(-16 * 60_000);
    await world.replay("1", { ending: "createAnyway" });
    expect(world.booked()).toEqual(["ORD-1 28.25"]);
  });

  it("of a comment do not write it twice", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1", { shipments: [parcel("11"), parcel("12")] }));
    world.failOnce(/\$batch$/, "resetAfter", 2);
    await world.sync();
    await world.sync();
    expect(world.booked()).toEqual(["ORD-1 28.25"]);
    const comments = world.desk.invoices[0]?.lines.filter(({ lineType }) => lineType === "Comment");
    expect(comments?.map(({ description }) => description)).toEqual([
      "2026-11-20 UPS ups_ground: 1Z11",
      "2026-11-20 UPS ups_ground: 1Z12",
    ]);
  });
});

describe("posting in the background", () => {
  it("is never asked twice by itself, and told when it is done", async () => {
    const world = salesWorld();
    world.bc.switches.posting = "queued";
    world.source.put(saleOf("1"));
    expect(await world.sync()).toMatchObject({ waiting: 1 });
    expect(await world.sync({ ignoreSchedule: true })).toMatchObject({ waiting: 1 });
    expect(world.bc.requests.filter((request) => request.endsWith("NAV.post"))).toHaveLength(1);
    expect(world.aside("1")?.message).toMatch(/has not posted it yet: look at its job queue/);
    world.desk.runJobs();
    await world.sync({ ignoreSchedule: true });
    expect(world.booked()).toEqual(["ORD-1 28.25"]);
    expect(world.store.state.asides).toEqual({});
    expect(documentsIn(world.memo("1"))[0]?.posted?.invoice).toMatch(/^PS-INV/);
  });

  it("is asked once more when a person wants it", async () => {
    const world = salesWorld();
    world.bc.switches.posting = "queued";
    world.source.put(saleOf("1"));
    await world.sync();
    world.bc.switches.posting = "immediate";
    await world.replay("1");
    expect(world.booked()).toEqual(["ORD-1 28.25"]);
  });
});

describe("a platform that takes no lines with their header", () => {
  it.each([
    ["invoice", "ORD-1 28.25"],
    ["orderPosted", "ORD-1 28.25"],
  ])("is given the header first, then the lines: %s", async (booking, booked) => {
    const world = salesWorld({ booking });
    world.bc.switches.deepInsert = "broken";
    world.source.put(saleOf("1"));
    expect(await world.sync()).toMatchObject({ created: 1 });
    expect(world.booked()).toEqual([booked]);
    expect(await world.sync()).toMatchObject({ unchanged: 1, drift: 0 });
  });

  it.each([
    ["resetBefore", "ORD-1-G2 28.25"],
    ["resetAfter", "ORD-1 28.25"],
  ] as const)("is not left with half of a document: %s", async (fault, booked) => {
    const world = salesWorld();
    world.bc.switches.deepInsert = "broken";
    world.source.put(saleOf("1"));
    // The first batch looks for the document.
    world.failOnce(/\$batch/, fault, 2);
    for (let run = 0; run < 4; run += 1) await world.sync();
    expect(world.booked()).toEqual([booked]);
    expect(world.desk.invoices).toHaveLength(1);
  });
});

describe("a customisation that stops half way", () => {
  it("leaves nothing of a draft that was refused, and the replay makes it whole", async () => {
    const world = salesWorld();
    world.bc.switches.deepInsert = "half";
    const account = world.desk.rows("accounts").find(({ number }) => number === "40200");
    const { books } = world.desk.company;
    const row = books.byId("accounts", account?.id);
    if (!row) throw new Error("no freight account");
    books.remove(row);
    world.source.put(saleOf("1"));
    expect(await world.sync()).toMatchObject({ deadLettered: 1 });
    expect(world.aside("1")?.message).toMatch(/40200.*cannot be found/);
    expect(world.desk.invoices).toEqual([]);
    world.desk.add("accounts", { number: "40200", displayName: "Freight" });
    await world.replay("1");
    expect(world.booked()).toEqual(["ORD-1 28.25"]);
  });

  it("makes a draft with lines missing, which is deleted and made anew", async () => {
    const world = salesWorld();
    world.source.put(saleOf("1", { lines: [lineOf("1"), lineOf("2", { sku: "PEN" })] }));
    world.desk.closePeriod("2026-12-31");
    await world.sync();
    const line = world.desk.invoices[0]?.lines[1];
    const { books } = world.desk.company;
    const row = books.byId("salesInvoiceLines", line?.id);
    if (row) books.remove(row);
    world.desk.openPeriods();
    await world.replay("1");
    expect(world.booked()).toEqual(["ORD-1-G2 49.25"]);
    expect(world.desk.invoices).toHaveLength(1);
  });
});
