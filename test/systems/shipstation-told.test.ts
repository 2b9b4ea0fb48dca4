import { expect, it } from "vitest";
import type { Named } from "../../src/core/ports.ts";
import { shipmentList } from "../../src/systems/shipstation/records.ts";
import { toldReader } from "../../src/systems/shipstation/told.ts";

const now = new Date("2026-11-21T12:00:00Z");
const told = (query: string): Named => ({
  kind: "resourceUrl",
  id: `https://ssapi.shipstation.com/shipments${query}`,
});

/** Reads a list of an account that has these rows. */
function reading(rows: { shipmentId: number; createDate?: string }[]) {
  const client = {
    async *list() {
      yield { rows };
    },
  };
  return toldReader(client, { kinds: [shipmentList({})], lookBack: 30 }, async (_, given) =>
    given.map(({ shipmentId }) => ({ id: String(shipmentId), version: "1", ref: null, payload: null })),
  );
}

it("rows of before the first run's look are moved by no call, whoever has the token", async () => {
  const reader = reading([
    { shipmentId: 1, createDate: "2024-01-01T00:00:00.0000000" },
    { shipmentId: 2, createDate: "2026-11-20T00:00:00.0000000" },
    { shipmentId: 3 },
  ]);
  const ids: string[] = [];
  for await (const { records } of reader.read([told("?batchId=1")], { now })) ids.push(...records.map(({ id }) => id));
  expect(ids).toEqual(["2", "3"]);
});

it.each([
  ["?batchId=1&includeShipmentItems=False", true],
  ["?storeID=1&importBatch=5cbb8d25-f8a7-48d4-a0a2-ee5a4d6b2fa1", true],
  ["?orderNumber=SO-1", true],
  ["", false],
  ["?storeID=1", false],
  ["?batchId=", false],
  ["?createDateStart=2010-01-01&pageSize=500", false],
])("a list at %s is of few rows: %s", (query, isFew) => {
  expect(reading([]).has(told(query))).toBe(isFew);
});
