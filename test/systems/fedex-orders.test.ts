import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Fault, faultMix } from "../../src/sandbox/kit.ts";
import { openFedExWorld } from "./fedex-world.ts";

let world: Awaited<ReturnType<typeof openFedExWorld>>;
afterEach(() => world.close());

const create = "/ship/v1/shipments";
const oneDay = 24 * 3_600_000;

/** Lets one purchase meet a fault. */
function failOnce(fault: Fault): void {
  let left = 1;
  world.fedex.faults = (request) => (new URL(request.url).pathname === create && left-- > 0 ? fault : undefined);
}

describe("an order that gets a label", () => {
  it("is bought once, and label, answer and memo are kept", async () => {
    world = await openFedExWorld();
    world.addOrder("SO-1");
    expect(await world.sync()).toMatchObject({ created: 1, deadLettered: 0, unknown: 0 });
    expect(await world.sync()).toMatchObject({ created: 0, unchanged: 1 });
    const [label, ...others] = await world.labels("SO-1");
    const [shipment] = world.fedex.shipments;
    const number = shipment?.masterTrackingNumber ?? "";
    expect(others).toEqual([]);
    expect(label).toEqual({
      reference: "usmf-SO-1",
      master: number,
      pieces: [{ trackingNumber: number, file: `SO-1/${number}.pdf` }],
      service: "FEDEX_GROUND",
      shipDate: "2026-11-23",
      charge: { amount: expect.stringMatching(/^\d+\.\d+$/), currency: "USD" },
      references: { CUSTOMER_REFERENCE: "usmf-SO-1", P_O_NUMBER: "SO-1" },
      state: "live",
    });
    expect(readFileSync(join(world.labelsDir, "SO-1", `${number}.pdf`), "latin1")).toMatch(/^%PDF/);
    expect(world.files("answers")).toEqual(["usmf-SO-1.about.json", "usmf-SO-1.json"]);
    expect(world.purchases()).toBe(1);
    expect(await world.told()).toEqual(["created: no customer invoice yet"]);
  });

  it("has a label of each piece, in order, and pays once", async () => {
    world = await openFedExWorld({
      pair: { packing: "unit" },
      fedex: { label: { imageType: "ZPLII" } },
      switches: { docType: "PDF" },
    });
    world.addOrder("SO-1");
    await world.sync();
    const [label] = await world.labels("SO-1");
    expect(label?.pieces.map(({ file }) => file)).toEqual(
      label?.pieces.map(({ trackingNumber }) => `SO-1/${trackingNumber}.zpl`),
    );
    expect(label?.pieces).toHaveLength(2);
    expect(label?.pieces[0]?.trackingNumber).toBe(label?.master);
    expect(world.live("SO-1")).toBe(1);
  });

  it("has one shipment for each warehouse, under references of their own", async () => {
    world = await openFedExWorld();
    world.addOrder("SO-1", {
      lines: [
        { item: "A-1", quantity: 1, warehouse: "24" },
        { item: "A-1", quantity: 1, warehouse: "51" },
      ],
    });
    expect(await world.sync()).toMatchObject({ created: 1 });
    expect(world.fedex.ledger.map(({ key }) => key)).toEqual(["usmf-SO-1", "usmf-SO-1-2"]);
    expect(await world.sync()).toMatchObject({ unchanged: 1 });
  });

  it("shows its request in a dry run, which buys nothing", async () => {
    world = await openFedExWorld();
    world.addOrder("SO-1");
    const { planned } = await world.sync({ dryRun: true });
    expect(planned).toMatchObject([{ document: "SO-1", step: { payload: { accountNumber: { value: "700000000" } } } }]);
    expect(world.purchases()).toBe(0);
  });

  it("carries FedEx's warnings into the audit, without what it calls people", async () => {
    world = await openFedExWorld({ switches: { postalCityWarning: true } });
    world.addOrder("SO-1", {
      shipTo: {
        name: "Ána López",
        street: "Straße 1",
        city: "Austin",
        state: "TX",
        zip: "78701",
        country: "USA",
        iso: "US",
      },
    });
    await world.sync();
    expect((await world.told())[0]).toMatch(
      /^created: written in ASCII: .*personName.*; no customer invoice yet; SHIP\.RECIPIENT\.POSTALCITY\.MISMATCH/,
    );
    expect(world.texts()).not.toMatch(/L[oó]pez|Stra(ss|ß)e/);
  });

  it("is validated first where that is set, and needs a person when FedEx says no", async () => {
    world = await openFedExWorld({ pair: { validate: true } });
    world.addOrder("SO-1");
    expect((await world.sync()).asides).toEqual([]);
    expect(world.fedex.requests.filter((request) => request.includes("/ship/"))).toEqual([
      "POST /ship/v1/shipments/packages/validate",
      "POST /ship/v1/shipments",
    ]);
    world.fedex.switches.dimensions = "required";
    world.addOrder("SO-2");
    expect(await world.sync()).toMatchObject({ deadLettered: 1 });
    expect(world.purchases()).toBe(1);
  });
});

describe("an order that FedEx refuses", () => {
  it("is a dead letter in FedEx's words, without people's names, and stays one", async () => {
    world = await openFedExWorld({ switches: { dimensions: "required" } });
    world.addOrder("SO-1");
    const { asides, ...counts } = await world.sync();
    expect(counts).toMatchObject({ created: 0, deadLettered: 1 });
    expect(asides).toMatchObject([{ document: "SO-1", outcome: "dead" }]);
    await world.sync();
    expect(world.purchases()).toBe(1);
    expect(world.texts()).not.toContain("Lopez");
    world.fedex.switches.dimensions = "optional";
    expect(await world.replay("SO-1")).toMatchObject({ created: 1 });
    expect(world.live("SO-1")).toBe(1);
  });

  it.each([400, 500])("is told without what FedEx repeats of the request (%i)", async (status) => {
    world = await openFedExWorld();
    const shipTo = {
      name: "Jörg Müller",
      street: "Größe 1",
      city: "Austin",
      state: "TX",
      zip: "78701",
      country: "USA",
      iso: "US",
    };
    world.addOrder("SO-1", { shipTo });
    world.standIn.answer = (request) =>
      new URL(request.url).pathname === create
        ? Response.json({ errors: [{ code: "ODD", message: "Jorg Muller at GROSSE 1 is odd" }] }, { status })
        : undefined;
    const counts = await world.sync();
    expect(status === 400 ? counts.deadLettered : counts.unknown).toBe(1);
    expect(world.texts()).not.toMatch(/M[uü]ller|Gr(oss|öß)e|GROSSE/);
    if (status === 400) expect((await world.told()).at(-1)).toContain("*** at *** is odd");
  });

  it("waits for its invoice where that is required", async () => {
    world = await openFedExWorld({ pair: { requireInvoice: true } });
    world.addOrder("SO-1");
    expect(await world.sync()).toMatchObject({ waiting: 1, created: 0 });
    expect(world.purchases()).toBe(0);
  });
});

describe("an answer that was lost", () => {
  it("is read from the disk when it was kept", async () => {
    world = await openFedExWorld();
    world.addOrder("SO-1");
    // Half of an answer is kept, which is none; then a whole one, of which no process learnt.
    failOnce("truncated");
    expect(await world.sync()).toMatchObject({ unknown: 1 });
    expect(world.files("answers")).toHaveLength(2);
    const number = world.fedex.shipments[0]?.masterTrackingNumber ?? "";
    const reply = await answerOf(number);
    writeFileSync(join(world.labelsDir, "answers", "usmf-SO-1.json"), reply);
    expect(await world.sync()).toMatchObject({ created: 1, unknown: 0 });
    expect(await world.labels("SO-1")).toMatchObject([
      { master: number, state: "live", pieces: [{ file: `SO-1/${number}.pdf` }], charge: { currency: "USD" } },
    ]);
    expect((await world.told()).at(-2)).toContain("its answer was kept and is read again");
    expect(world.purchases()).toBe(1);
  });

  it.each(["resetAfter", "html", "truncated"] as const)(
    "by %s is found by its reference once FedEx shows that, and its label is replaced by a person",
    async (fault) => {
      world = await openFedExWorld();
      world.addOrder("SO-1");
      failOnce(fault);
      const isBought = fault !== "html";
      expect(await world.sync()).toMatchObject({ unknown: 1, created: 0 });
      expect(await world.sync()).toMatchObject({ unknown: 1 });
      world.clock.advance(2 * 3_600_000);
      expect(await world.sync()).toMatchObject(isBought ? { deadLettered: 1 } : { unknown: 1 });
      expect(world.purchases()).toBe(1);
      if (!isBought) return;
      expect(await world.labels("SO-1")).toMatchObject([{ state: "noLabel", reference: "usmf-SO-1" }]);
      expect((await world.told()).at(-1)).toMatch(/its label was lost/);
      expect(await world.replay("SO-1", { asked: "void:*" })).toMatchObject({ cancelled: 1 });
      expect(world.live("SO-1")).toBe(0);
      expect(await world.sync()).toMatchObject({ created: 0 });
      expect(await world.replay("SO-1")).toMatchObject({ created: 1 });
      expect(world.fedex.ledger.map(({ action, key }) => `${action} ${key}`)).toEqual([
        "create usmf-SO-1",
        "cancel usmf-SO-1",
        "create usmf-SO-1-g2",
      ]);
      expect(await world.labels("SO-1")).toMatchObject([{ state: "void" }, { state: "live" }]);
    },
  );

  it("of several pieces is found as one shipment", async () => {
    world = await openFedExWorld({ pair: { packing: "unit" }, switches: { referenceLagMs: 0 } });
    world.addOrder("SO-1");
    failOnce("resetAfter");
    expect(await world.sync()).toMatchObject({ deadLettered: 1 });
    const [label] = await world.labels("SO-1");
    expect(label).toMatchObject({ state: "noLabel", master: world.fedex.shipments[0]?.masterTrackingNumber });
    expect(label?.pieces).toHaveLength(2);
  });

  it("stays unknown when the reference is not unique", async () => {
    world = await openFedExWorld({
      pair: { packing: "unit" },
      switches: { referenceLagMs: 0, severalPieces: "notUnique" },
    });
    world.addOrder("SO-1");
    failOnce("resetAfter");
    const { asides, ...counts } = await world.sync();
    expect(counts).toMatchObject({ unknown: 1, deadLettered: 0 });
    expect(asides[0]?.error.message).toContain("several shipments carry the reference usmf-SO-1");
    expect(await world.sync()).toMatchObject({ unknown: 1 });
    expect(world.purchases()).toBe(1);
  });

  it("is none of a stranger's parcel that FedEx gives for the reference", async () => {
    world = await openFedExWorld();
    world.addOrder("SO-1");
    failOnce("resetAfter");
    const packageIdentifiers = [{ type: "CUSTOMER_REFERENCE", values: ["usmf-SO-11"] }];
    const stranger = {
      trackingNumberInfo: { trackingNumber: "794600009999" },
      additionalTrackingInfo: { packageIdentifiers },
    };
    const completeTrackResults = [{ trackingNumber: "794600009999", trackResults: [stranger] }];
    world.standIn.answer = (request) =>
      request.url.endsWith("/referencenumbers") ? Response.json({ output: { completeTrackResults } }) : undefined;
    expect(await world.sync()).toMatchObject({ unknown: 1, deadLettered: 0 });
    expect(await world.labels("SO-1")).toEqual([]);
  });

  it("stays unknown while Track is not well, and other orders are bought", async () => {
    world = await openFedExWorld();
    world.addOrder("SO-1");
    world.addOrder("SO-2");
    failOnce("resetAfter");
    world.fedex.switches.trackOutage = "errors";
    expect(await world.sync()).toMatchObject({ unknown: 1, created: 1 });
  });

  it("stays unknown over days, other orders go on, and a person ends it by another purchase", async () => {
    world = await openFedExWorld();
    world.addOrder("SO-1");
    failOnce("resetBefore");
    expect(await world.sync()).toMatchObject({ unknown: 1 });
    world.addOrder("SO-2");
    for (let day = 0; day < 3; day += 1) {
      world.clock.advance(oneDay);
      expect(await world.sync()).toMatchObject({ unknown: 1, created: day === 0 ? 1 : 0 });
    }
    expect(world.live("SO-1")).toBe(0);
    expect(await world.replay("SO-1", { ending: "createAnyway" })).toMatchObject({ created: 1, unknown: 0 });
    expect(world.live("SO-1")).toBe(1);
    expect(await world.sync()).toMatchObject({ unknown: 0, unchanged: 2 });
  });

  it("is ended by the number that a person found, which can be voided", async () => {
    world = await openFedExWorld({ switches: { referenceLagMs: 365 * oneDay } });
    world.addOrder("SO-1");
    failOnce("resetAfter");
    await world.sync();
    const number = world.fedex.shipments[0]?.masterTrackingNumber ?? "";
    await world.replay("SO-1", { ending: { adopt: number } });
    expect(await world.labels("SO-1")).toMatchObject([{ master: number, state: "live" }]);
    expect(await world.sync()).toMatchObject({ unchanged: 1, unknown: 0 });
    expect(await world.replay("SO-1", { asked: `void:${number}` })).toMatchObject({ cancelled: 1 });
    expect(world.live("SO-1")).toBe(0);
  });

  it("stops the flow when it is lost three times in a row", async () => {
    world = await openFedExWorld();
    for (let number = 1; number <= 6; number += 1) world.addOrder(`SO-${number}`);
    world.fedex.faults = (request) => (new URL(request.url).pathname === create ? "serverError" : undefined);
    const { error, ...counts } = await world.sync();
    expect(error).toMatchObject({ exitCode: 5 });
    expect(counts).toMatchObject({ unknown: 3 });
    expect(world.purchases()).toBe(3);
    world.fedex.faults = undefined;
    expect(await world.sync()).toMatchObject({ unknown: 3, created: 3 });
  });
});

describe("a label that is not wanted any more", () => {
  it("is voided when the order is cancelled, and only once", async () => {
    world = await openFedExWorld();
    world.addOrder("SO-1");
    await world.sync();
    world.fno.cancel("usmf", "SO-1");
    expect(await world.sync()).toMatchObject({ cancelled: 1 });
    expect(await world.sync()).toMatchObject({ cancelled: 0 });
    expect(world.live("SO-1")).toBe(0);
    expect(await world.labels("SO-1")).toMatchObject([{ state: "void" }]);
  });

  it("needs a person when FedEx has the parcel already", async () => {
    world = await openFedExWorld();
    world.addOrder("SO-1");
    await world.sync();
    world.fedex.tender(world.fedex.shipments[0]?.masterTrackingNumber ?? "");
    world.fno.cancel("usmf", "SO-1");
    const { asides, ...counts } = await world.sync();
    expect(counts).toMatchObject({ deadLettered: 1, cancelled: 0 });
    expect(asides[0]?.error.message).toMatch(/tendered/);
  });

  it("is left alone after a person's void, until that person asks for another", async () => {
    world = await openFedExWorld();
    world.addOrder("SO-1");
    await world.sync();
    await world.replay("SO-1", { asked: "void:*" });
    expect((await world.told()).at(-1)).toContain("voided by a person; `mlc replay usmf/SO-1` buys a new one");
    world.fno.edit("usmf", "SO-1", { DeliveryAddressStreet: "90 Cedar St" });
    expect(await world.sync()).toMatchObject({ created: 0, deadLettered: 0 });
    expect(world.live("SO-1")).toBe(0);
    expect(await world.replay("SO-1")).toMatchObject({ created: 1 });
    expect(await world.replay("SO-1")).toMatchObject({ created: 0 });
    expect(world.live("SO-1")).toBe(1);
  });

  it("is locked: a new address is told, not printed", async () => {
    world = await openFedExWorld();
    world.addOrder("SO-1");
    await world.sync();
    world.fno.edit("usmf", "SO-1", { DeliveryAddressStreet: "90 Cedar St" });
    expect(await world.sync()).toMatchObject({ skipped: 1, created: 0 });
    expect((await world.told()).at(-1)).toMatch(/^skipped: locked: street changed after label \d+ was bought/);
    expect(world.purchases()).toBe(1);
  });
});

describe("the print command", () => {
  const printing = (code: string) => [process.execPath, "-e", code, "{file}"];

  it("gets each label's file once", async () => {
    world = await openFedExWorld();
    const log = join(world.home, "printed");
    const code = `require("fs").appendFileSync(${JSON.stringify(log)}, process.argv[1] + "\\n")`;
    await withPair({ packing: "unit", printCommand: printing(code) });
    world.addOrder("SO-1");
    await world.sync();
    await world.sync();
    const [label] = await world.labels("SO-1");
    expect(readFileSync(log, "utf8").trim().split("\n")).toEqual(
      label?.pieces.map(({ file = "" }) => join(world.labelsDir, file)),
    );
  });

  it("does not undo a purchase when it fails, which is told", async () => {
    world = await openFedExWorld({ pair: { printCommand: printing("process.exit(3)") } });
    world.addOrder("SO-1");
    expect(await world.sync()).toMatchObject({ created: 1 });
    expect((await world.told())[0]).toMatch(/was not printed: printCommand: .* ended with code 3/);
  });
});

describe("a state that does not know of a label", () => {
  it("never has it bought again under its reference", async () => {
    world = await openFedExWorld();
    world.addOrder("SO-1");
    await world.sync();
    rmSync(join(world.home, "default", "state"), { recursive: true });
    const { asides, ...counts } = await world.sync();
    expect(counts).toMatchObject({ deadLettered: 1, created: 0 });
    expect(asides[0]?.error.message).toMatch(/FedEx made shipment \d+ under reference usmf-SO-1 before/);
    expect(world.purchases()).toBe(1);
  });

  it("has nothing bought after a restore until a person agrees", async () => {
    world = await openFedExWorld();
    world.addOrder("SO-1");
    await world.sync();
    await (await world.open()).markRestored();
    world.addOrder("SO-2");
    expect(await world.sync()).toMatchObject({ created: 0, unknown: 1 });
    expect(await world.sync({ yes: true })).toMatchObject({ created: 1, unknown: 0 });
    expect(world.purchases()).toBe(2);
  });
});

describe("a replay of an order that cannot be translated any more", () => {
  it("sets aside that order alone", async () => {
    world = await openFedExWorld();
    world.addOrder("SO-1");
    await world.sync();
    await world.replay("SO-1", { asked: "void:*" });
    const mlc = await world.open();
    await mlc.settings.save({ ...mlc.config, fedex: { apiUrl: "https://fedex.test", accountNumber: "700000000" } });
    expect(await world.replay("SO-1")).toMatchObject({ deadLettered: 1 });
    expect((await world.told()).at(-1)).toMatch(/shipFrom of warehouse 24/);
  });
});

describe("over faults of every kind", () => {
  it.each([1, 2, 3, 4])("no order ever has two labels (seed %i)", async (seed) => {
    world = await openFedExWorld();
    const count = 20;
    for (let number = 1; number <= count; number += 1) world.addOrder(`SO-${number}`);
    world.fedex.faults = faultMix(seed, 0.4, [
      "throttled",
      "serverError",
      "unavailable",
      "resetBefore",
      "resetAfter",
      "truncated",
      "html",
    ]);
    for (let run = 0; run < 8; run += 1) {
      await world.sync({ ignoreSchedule: true });
      for (let number = 1; number <= count; number += 1) expect(world.live(`SO-${number}`)).toBeLessThanOrEqual(1);
    }
    world.fedex.faults = undefined;
    world.clock.advance(2 * 3_600_000);
    await world.sync({ ignoreSchedule: true });
    const last = await world.sync({ ignoreSchedule: true });
    const kept = await Promise.all(Array.from({ length: count }, (_, index) => world.labels(`SO-${index + 1}`)));
    for (const [index, labels] of kept.entries()) {
      // What FedEx has is known, and what is not known is not there.
      expect(labels).toHaveLength(world.live(`SO-${index + 1}`));
    }
    expect(kept.filter((labels) => labels.length === 0)).toHaveLength(last.unknown);
  });
});

/** What FedEx answered to the purchase of a shipment, made again from what it holds. */
async function answerOf(number: string): Promise<string> {
  const row = world.fedex.shipments.find(({ masterTrackingNumber }) => masterTrackingNumber === number);
  return JSON.stringify({
    output: {
      transactionShipments: [
        {
          masterTrackingNumber: number,
          serviceType: row?.serviceType,
          shipDatestamp: row?.shipDate,
          pieceResponses: row?.pieces.map(({ trackingNumber, sequence, label }) => ({
            trackingNumber,
            packageSequenceNumber: sequence,
            packageDocuments: [{ contentType: "LABEL", docType: "PDF", encodedLabel: label }],
          })),
          completedShipmentDetail: {
            shipmentRating: {
              actualRateType: "A",
              shipmentRateDetails: [{ rateType: "A", currency: "USD", totalNetCharge: 14.37 }],
            },
          },
        },
      ],
    },
  });
}

async function withPair(more: Record<string, unknown>): Promise<void> {
  const mlc = await world.open();
  const pair = { flows: { orders: { startDate: "2026-11-01" } }, ...more };
  await mlc.settings.save({ ...mlc.config, "fno-fedex": pair });
}
