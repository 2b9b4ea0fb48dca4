import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createReplySchema } from "../../src/connectors/fedex/schema.ts";
import { bought } from "../../src/mappings/fedex/reply.ts";

const text = readFileSync(
  join(import.meta.dirname, "../fixtures/fedex/create-reply-each-piece-repeats-the-total.json"),
  "utf8",
);
const parsed = (body: unknown) => bought(createReplySchema.parse(body));

/** The fixture's reply with its only shipment changed. */
function withShipment(change: Record<string, unknown>) {
  const { output } = JSON.parse(text);
  return { output: { transactionShipments: [{ ...output.transactionShipments[0], ...change }] } };
}

it("reads what was bought: the rate that is billed once, pieces in order, and documents that came along", () => {
  const label = { contentType: "LABEL", docType: "ZPLII" };
  expect(parsed(JSON.parse(text))).toEqual({
    master: "790000000001",
    service: "FEDEX_2_DAY",
    shipDate: "2026-11-23",
    charge: { amount: "14.37", currency: "USD" },
    pieces: [
      { sequence: 1, trackingNumber: "790000000001", documents: [{ ...label, base64: "XlhCMQ==" }] },
      { sequence: 2, trackingNumber: "790000000002", documents: [{ ...label, base64: "XlhCMg==" }] },
    ],
    documents: [{ contentType: "COMMERCIAL_INVOICE", docType: "PDF", base64: "JVBERg==" }],
    warnings: ["SHIP.RECIPIENT.POSTALCITY.MISMATCH: The postal code does not fit the city."],
  });
});

it.each([
  ["there is no rating", {}],
  ["no rate is the one that is billed", { actualRateType: "RATED", shipmentRateDetails: [{ rateType: "OTHER" }] }],
  ["the billed rate has no amount", { actualRateType: "A", shipmentRateDetails: [{ rateType: "A", currency: "USD" }] }],
  ["nothing says which is billed", { shipmentRateDetails: [{ currency: "USD", totalNetCharge: 3 }] }],
])("has no charge when %s", (_, shipmentRating) => {
  const found = parsed(withShipment({ completedShipmentDetail: { shipmentRating } }));
  expect(found).toMatchObject({ master: "790000000001" });
  expect(found).not.toHaveProperty("charge");
});

it("takes the master's number from the first piece, and a single piece's from the master", () => {
  expect(
    parsed(withShipment({ masterTrackingNumber: undefined, pieceResponses: [{ trackingNumber: "79" }] })),
  ).toMatchObject({ master: "79", pieces: [{ sequence: 1, trackingNumber: "79" }] });
  expect(parsed(withShipment({ pieceResponses: [{ packageDocuments: [] }] }))).toMatchObject({
    pieces: [{ sequence: 1, trackingNumber: "790000000001" }],
  });
});

it.each([
  ["a job", { output: { jobId: "89sxxxxx233ae24ff31xxxxx" } }],
  ["a shipment without a number", withShipment({ masterTrackingNumber: "", pieceResponses: [] })],
  ["errors", { errors: [{ code: "INTERNAL.SERVER.ERROR" }] }],
])("knows of nothing bought in an answer with %s", (_, body) => {
  expect(parsed(body)).toBeUndefined();
});
