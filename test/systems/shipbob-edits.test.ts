import { expect, it } from "vitest";
import { MappingError } from "../../src/core/errors.ts";
import { ShipBobEditSource } from "../../src/systems/shipbob/edit-source.ts";

const row = (id: number, more: object = {}) => ({
  id,
  reference_id: `usmf-SO-${id}`,
  created_date: "2026-11-21T11:00:00Z",
  products: [{ reference_id: "D0001", quantity: 2 }],
  ...more,
});

async function readAll(...rows: { id: number }[]) {
  const source = new ShipBobEditSource({
    ordersUpdated: async function* () {
      yield rows;
    },
    ordersById: async () => [],
    shipment: async () => undefined,
  });
  const records = [];
  for await (const page of source.list({ now: new Date("2026-11-21T12:00:00Z") })) records.push(...page.records);
  return { source, records };
}

it("tells of every order beside one that cannot be read", async () => {
  const { source, records } = await readAll(row(1, { products: "none" }), row(2));
  expect(() => records[0] && source.read(records[0])).toThrow(MappingError);
  expect(records[1] && source.read(records[1])).toMatchObject([{ id: "2", values: { products: [["D0001", 2]] } }]);
});

it("tells of a review that no shipment tells of", async () => {
  const shipment = { id: 9, order_id: 2, status: "ImportReview" };
  const reviewed = { status: "ImportReview" };
  const { source, records } = await readAll(row(1, reviewed), row(2, { ...reviewed, shipments: [shipment] }));
  const values = records.flatMap((record) => source.read(record).map((order) => order.values));
  expect(values.map(({ importReview }) => importReview)).toEqual([true, undefined]);
});
