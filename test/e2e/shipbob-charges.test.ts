import { afterEach, describe, expect, it } from "vitest";
import { chargesCsv } from "../../src/flows/charges-report.ts";
import { openShipBobWorld } from "./shipbob-world.ts";

const [hour, day] = [3_600_000, 86_400_000];
const header = { mode: "headerField", headerField: { amount: "CustCost" } };
const flow = (afterMs = day) => ({ flows: ["charges"], afterMs, yes: true });
let world: Awaited<ReturnType<typeof openShipBobWorld>> | undefined;
afterEach(() => world?.close());

/** Orders that are shipped, in a world with these settings of charges; the labels are two days old. */
async function shipped(
  charges: Record<string, unknown>,
  numbers = ["SO-1"],
  given: Partial<Parameters<typeof openShipBobWorld>[0]> = {},
) {
  world = await openShipBobWorld({ ...given, pair: { charges } });
  const { addOrder, fno, sync, desk, clock } = world;
  fno.addProduct("usmf", { ItemNumber: "FREIGHT", ProductType: "Service" });
  for (const number of numbers) addOrder(number);
  await sync();
  for (const number of numbers) desk.ship(`usmf-${number}`);
  clock.advance(2 * day);
  return world;
}
const cost = (number = "SO-1") => world?.fields(number)[1];
const freight = (number = "SO-1") =>
  world?.fno
    .order("usmf", number)
    ?.lines.flatMap(({ values }) => (values.ItemNumber === "FREIGHT" ? [values.SalesPrice] : []));
const report = async (month: string) => (await world?.open())?.reports.charges(month);

describe("charges on a header field", () => {
  it("are the sum of all fees, come late and are refunded weeks later", async () => {
    const { desk, sync, clock } = await shipped(header);
    desk.charge("usmf-SO-1", { fee: "Per Pick Fee", amount: 0.5, taxRate: 10 });
    // It does not show before six hours are over.
    expect(await sync(flow(6 * hour))).toMatchObject({ created: 1 });
    expect(cost()).toBe(7.42);
    await sync(flow());
    expect(cost()).toBe(7.92);
    clock.advance(20 * day);
    desk.charge("usmf-SO-1", { fee: "Credit", amount: -7.42 });
    clock.advance(7 * hour);
    await sync(flow());
    expect(cost()).toBe(0.5);
    expect(await sync(flow())).toMatchObject({ updated: 0, created: 0, unchanged: 1 });
  });

  it("are seen although another one is dated far ahead", async () => {
    const { desk, sync, clock, shipbob } = await shipped(header, ["SO-1", "SO-2"]);
    desk.charge("usmf-SO-1", { fee: "Storage", amount: 1 });
    Object.assign(shipbob.transactions.at(-1) ?? {}, { at: "2027-06-01T00:00:00Z" });
    shipbob.switches.billingLagMs = -365 * day;
    await sync(flow());
    clock.advance(20 * day);
    desk.charge("usmf-SO-2", { fee: "Per Pick Fee", amount: 0.5 });
    clock.advance(7 * hour);
    await sync(flow());
    expect([cost("SO-1"), cost("SO-2")]).toEqual([8.42, 7.92]);
  });

  it("have their taxes where the settings say so", async () => {
    const { desk, sync, clock } = await shipped({ ...header, withTax: true });
    desk.charge("usmf-SO-1", { fee: "Duties", amount: 2, taxRate: 10 });
    clock.advance(7 * hour);
    await sync(flow());
    expect(cost()).toBe(9.62);
  });

  it("count a label that was made again twice, as ShipBob does", async () => {
    const { desk, sync, clock } = await shipped(header);
    desk.relabel("usmf-SO-1");
    clock.advance(7 * hour);
    await sync(flow());
    expect(cost()).toBe(14.84);
  });

  it("are the sum of both parcels of an order", async () => {
    world = await openShipBobWorld({ pair: { charges: header } });
    const lines = ["24", "51"].map((warehouse) => ({ item: "A-1", quantity: 1, price: 10, warehouse }));
    world.addOrder("SO-2", { lines });
    await world.sync();
    const [one = "", two = ""] = world.shipbob.orders.map(({ reference_id }) => reference_id);
    world.desk.ship(one);
    world.clock.advance(day);
    await world.sync(flow());
    expect(cost("SO-2")).toBe(7.42);
    world.desk.ship(two);
    world.clock.advance(day);
    await world.sync(flow());
    expect(cost("SO-2")).toBe(14.84);
  });

  it("of other channels are nobody's, though their order has our name, and cost no call each", async () => {
    const { desk, sync, shipbob, clock } = await shipped(header);
    for (const number of ["usmf-SO-1", "W-2", "W-3", "W-4"]) {
      desk.addOrder(theirs(number), 100_102);
      desk.ship(shipbob.shipments.at(-1)?.id ?? 0);
    }
    clock.advance(day);
    const before = shipbob.requests.length;
    expect(await sync(flow())).toMatchObject({ created: 1, notOurs: 4 });
    expect(shipbob.requests.slice(before).filter((request) => request.includes("/shipment/"))).toEqual([]);
    expect(cost()).toBe(7.42);
  });

  it("stop rather than lose what a cursor that turns in a circle keeps back", async () => {
    const { desk, sync, shipbob, clock } = await shipped(header);
    shipbob.switches.billingCursor = "loops";
    await sync(flow());
    expect(cost()).toBe(7.42);
    for (let count = 0; count < 1_000; count += 1) desk.charge("usmf-SO-1", { fee: "Credit", amount: -0.01 });
    clock.advance(7 * hour);
    expect((await sync(flow())).error?.message).toContain("in a circle");
    shipbob.switches.billingCursor = "sound";
    await sync(flow());
    expect(cost()).toBe(-2.58);
  });

  it("is written once where answers are lost", async () => {
    const { fno, sync } = await shipped(header);
    const patches = () => fno.ledger.filter(({ action }) => action === "PATCH SalesOrderHeadersV3").length;
    let lost = 0;
    fno.faults = ({ method }) => (method === "PATCH" && lost++ === 0 ? "resetAfter" : undefined);
    await sync(flow());
    expect(cost()).toBe(7.42);
    const before = patches();
    await sync(flow());
    expect(patches()).toBe(before);
  });
});

const theirs = (reference: string) => ({
  reference_id: reference,
  type: "DTC",
  shipping_method: "Standard",
  recipient: {
    name: "B",
    address: { address1: "1 A St", city: "Reno", state: "NV", country: "US", zip_code: "89501" },
  },
  products: [{ reference_id: "A-1", name: "A-1", quantity: 1 }],
});

describe("charges in a set of the customer's own", () => {
  const map = {
    document: "ContosoOrder",
    shipment: "ContosoShipment",
    amount: "ContosoAmount",
    tax: "ContosoTax",
    currency: "ContosoCurrency",
    chargedOn: "ContosoChargedAt",
    invoice: "ContosoInvoice",
  };
  const own = { mode: "customEntity", customEntity: { entity: "ContosoParcelCharges", map } };

  it("have a row for each parcel, made once though the answer was lost, and its invoice later", async () => {
    const { fno, sync, shipbob, desk } = await shipped(own);
    let lost = 0;
    fno.faults = ({ method }) => (method === "POST" && lost++ === 0 ? "resetAfter" : undefined);
    await sync(flow(10 * day));
    expect(lost).toBe(1);
    const shipment = String(shipbob.shipments[0]?.id);
    const row = { ContosoOrder: "SO-1", ContosoShipment: shipment, ContosoAmount: 7.42, ContosoTax: 0 };
    expect(fno.rowsOf("ContosoParcelCharges")).toEqual([expect.objectContaining({ ...row, ContosoInvoice: "" })]);
    const { id } = desk.closeInvoice();
    // Its charge does not move with the invoice: a charge of 12 days ago is read again.
    await sync(flow());
    expect(fno.rowsOf("ContosoParcelCharges")).toEqual([
      expect.objectContaining({ ...row, ContosoInvoice: String(id) }),
    ]);
  });
});

describe("charges as a line of freight", () => {
  const line = { mode: "orderLine", orderLine: { item: "FREIGHT" } };

  it("are one line, whose price follows what is charged and which is no goods to the shipper", async () => {
    const { sync, desk, shipbob, clock } = await shipped(line);
    await sync(flow());
    expect(freight()).toEqual([7.42]);
    desk.charge("usmf-SO-1", { fee: "Address Correction", amount: 3 });
    clock.advance(7 * hour);
    await sync(flow());
    expect(freight()).toEqual([10.42]);
    expect(await sync({ flows: ["orders"] })).toMatchObject({ created: 0, deadLettered: 0, editedThere: 0 });
    expect(shipbob.orders).toHaveLength(1);
  });

  it.each(["resetAfter", "resetBefore"] as const)("are one line after an answer that was lost (%s)", async (fault) => {
    const { fno, sync, desk, clock } = await shipped(line);
    let lost = 0;
    fno.faults = ({ method }) => (method === "POST" && lost++ === 0 ? fault : undefined);
    await sync(flow());
    desk.charge("usmf-SO-1", { fee: "Address Correction", amount: 3 });
    clock.advance(7 * hour);
    await sync(flow());
    expect(freight()).toEqual([10.42]);
  });

  it("are one line although F&O shows it late and every answer was lost", async () => {
    const { fno, sync } = await shipped(line);
    fno.switches.createdVisibleAfterMs = 60_000;
    fno.faults = ({ method, url }) => (method === "POST" && url.includes("Lines") ? "resetAfter" : undefined);
    await sync(flow(hour));
    fno.faults = undefined;
    await sync(flow(hour));
    await sync(flow(hour));
    expect(freight()).toEqual([7.42]);
  });

  it("leave a line alone that a person added, an order that is invoiced, and one in another currency", async () => {
    const { fno, sync, told } = await shipped(line, ["SO-1", "SO-2", "SO-3"]);
    fno.addLine("usmf", "SO-1", { item: "FREIGHT", quantity: 1, price: 15 });
    fno.invoice("usmf", "SO-2");
    fno.edit("usmf", "SO-3", { CurrencyCode: "EUR" });
    const ran = await sync(flow());
    expect([freight("SO-1"), freight("SO-2"), freight("SO-3")]).toEqual([[15], [], []]);
    expect(await told("charges")).toEqual([
      "noticed lineLeft: the charge of 7.42 USD was not written: the order has a line of FREIGHT that mlc did not add",
      "noticed lineLeft: the charge of 7.42 USD was not written: the order is invoiced",
    ]);
    expect(ran.asides.map(({ error }) => error.message)).toEqual([
      expect.stringContaining("is in EUR and charged in USD"),
    ]);
  });

  it("are refused where the orders flow would send the line as goods", async () => {
    world = await openShipBobWorld({ pair: { charges: line, flows: { orders: { serviceItems: "send" } } } });
    expect((await world.sync()).error?.message).toContain("must be skip where charges.mode is orderLine");
  });
});

describe("mlc charges", () => {
  it("writes nothing in mode none, and adds up each invoice to the cent, with or without its taxes", async () => {
    const { desk, fno, clock, shipbob } = await shipped({}, ["SO-1", "SO-2", "SO-3"]);
    for (let count = 0; count < 30; count += 1) desk.charge("usmf-SO-1", { fee: "Per Pick Fee", amount: 0.1 });
    desk.charge("usmf-SO-2", { fee: "Credit", amount: -7.42, taxRate: 10 });
    clock.advance(day);
    const { id } = desk.closeInvoice();
    clock.advance(day);
    desk.charge("usmf-SO-3", { fee: "Returns", amount: 4 });
    clock.advance(7 * hour);
    const { invoices, rows } = (await report("2026-11")) ?? { invoices: [], rows: [] };
    expect(invoices).toEqual([
      {
        invoice: String(id),
        date: "2026-11-26",
        type: "Shipping",
        total: "17.84",
        lines: "17.84",
        linesWithTax: "17.1",
        currency: "USD",
        isReconciled: true,
      },
    ]);
    expect(rows).toHaveLength(35);
    expect(rows.map(({ document }) => document)).toContain("SO-3");
    const credit = rows.find(({ type }) => type === "Credit");
    expect(credit).toMatchObject({ document: "SO-2", amount: "-7.42", tax: "-0.74", invoice: String(id) });
    expect(rows.at(-1)).toMatchObject({ fee: "Returns", invoice: "" });
    expect(fno.ledger).toEqual([]);
    const [names, first] = chargesCsv(rows).split("\r\n");
    expect(names).toBe("transactionId,date,document,reference,type,fee,amount,tax,currency,invoice");
    expect(first).toMatch(/^01JSANDB0X\d+,2026-11-23,SO-1,\d+,Charge,Shipping,7.42,0,USD,\d+$/);
    expect(shipbob.requests.filter((request) => request.includes("/shipment/"))).toEqual([]);
  });

  it("says which invoice does not add up", async () => {
    const { desk, clock } = await shipped({});
    desk.closeInvoice().amount += 0.01;
    clock.advance(day);
    expect((await report("2026-11"))?.invoices).toMatchObject([
      { total: "7.43", lines: "7.42", linesWithTax: "7.42", isReconciled: false },
    ]);
    expect((await report("2026-10"))?.rows).toEqual([]);
  });
});
