import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fedexSettings } from "../../src/connectors/fedex/config.ts";
import { createdIn } from "../../src/connectors/fedex/reply.ts";
import { referenceWindows } from "../../src/connectors/fedex/window.ts";
import { LabelStore } from "../../src/core/labels.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import { fedexChecks } from "../../src/systems/fedex/checks.ts";
import { delivered, type Purchase, purchaseFrom, purchaseOf } from "../../src/systems/fedex/purchase.ts";
import { body } from "../connectors/fedex-kit.ts";
import { nashville } from "./fedex-kit.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "mlc-purchase-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const reply = () =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, "../fixtures/fedex/create-reply-each-piece-repeats-the-total.json"), "utf8"),
  );

const about = (more: Partial<Purchase> = {}): Purchase => ({
  document: "SO-1",
  reference: "usmf-SO-1",
  references: { CUSTOMER_REFERENCE: "usmf-SO-1", P_O_NUMBER: "SO-1" },
  service: "FEDEX_GROUND",
  shipDate: "2026-11-23",
  imageType: "ZPLII",
  pieces: 2,
  ...more,
});

async function keptOf(answer: unknown, purchase = about()) {
  const store = new LabelStore(machineDisk(process.platform), dir);
  const created = createdIn(answer);
  if (!created) throw new Error("nothing was bought");
  const result = await delivered(store, created, purchase);
  return { ...result, kept: (await store.list()).map(({ file }) => file) };
}

describe("a purchase", () => {
  it("keeps each piece's label and the shipment's documents, named by what they are", async () => {
    const { label, kept, remarks } = await keptOf(reply());
    expect(kept).toEqual(["SO-1/790000000001-document-1.pdf", "SO-1/790000000001.zpl", "SO-1/790000000002.zpl"]);
    expect(label).toMatchObject({
      state: "live",
      service: "FEDEX_2_DAY",
      charge: { amount: "14.37", currency: "USD" },
      pieces: [{ file: "SO-1/790000000001.zpl" }, { file: "SO-1/790000000002.zpl" }],
    });
    expect(remarks).toEqual(["SHIP.RECIPIENT.POSTALCITY.MISMATCH: The postal code does not fit the city."]);
  });

  it.each([
    [
      "a piece without its label",
      ([, second]: { packageDocuments: unknown }[]) => {
        if (second) second.packageDocuments = [];
      },
      2,
    ],
    ["fewer pieces than were asked for", () => undefined, 3],
  ])("has lost its label with %s", async (_, change, pieces) => {
    const answer = reply();
    change(answer.output.transactionShipments[0].pieceResponses);
    const { label, remarks } = await keptOf(answer, about({ pieces }));
    expect(label.state).toBe("noLabel");
    expect(remarks[0]).toMatch(/^FedEx's answer has \d of \d labels$/);
  });

  it("says of itself what its answer is read with, and no one's name", () => {
    const purchase = purchaseOf(body, "SH-100231-1");
    expect(purchaseFrom(JSON.parse(JSON.stringify(purchase)))).toEqual(purchase);
    expect(purchase).toMatchObject({ shipDate: "2026-11-23", pieces: 1, imageType: "ZPLII" });
    expect(JSON.stringify(purchase)).not.toMatch(/Lopez|Cedar/);
  });
});

describe("the windows of a look-up", () => {
  it.each([
    ["2026-11-23", "2026-11-23", ["2026-11-22 2026-11-23"]],
    ["2026-10-20", "2026-11-23", ["2026-10-19 2026-11-18", "2026-11-18 2026-11-23"]],
    ["1970-01-01", "2026-11-23", ["2026-09-23 2026-10-23", "2026-10-23 2026-11-22", "2026-11-22 2026-11-23"]],
    ["2026-11-25", "2026-11-23", ["2026-11-23 2026-11-23"]],
  ])("of a label bought since %s, seen on %s, leave no day out", (since, today, expected) => {
    expect(referenceWindows(since, today).map(({ from, to }) => `${from} ${to}`)).toEqual(expected);
  });
});

describe("the check of addresses", () => {
  const settings = (shipFrom: unknown) => fedexSettings.parse({ accountNumber: "700000000", shipFrom });
  it.each([
    ["no address at all", {}, [], "failed"],
    ["one that the filter names and nobody has", { "24": nashville }, ["24", "51"], "failed"],
    ["all that the filter names", { "24": nashville, usmf: { "51": nashville } }, ["24", "51"], "ok"],
    ["no filter", { "24": nashville }, [], "warning"],
  ])("with %s", (_, shipFrom, warehouses, state) => {
    expect(fedexChecks(settings(shipFrom), warehouses)).toMatchObject([{ state }]);
  });
});
