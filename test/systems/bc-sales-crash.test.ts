import { describe, expect, it } from "vitest";
import { Crash } from "../core/sync/memory-systems.ts";
import { lineOf, parcel, saleOf, salesWorld } from "./bc-sales-world.ts";

type World = ReturnType<typeof salesWorld>;

/** Two sales of which one leaves in two parts. */
const early = () => [
  saleOf("1", { lines: [lineOf("1", { quantity: 3, shipped: 1, tax: "1" })], shipments: [parcel("11")] }),
  saleOf("2", { lines: [lineOf("1", { tax: "0.5" }), lineOf("2", { sku: "PEN", unitPrice: "1.99" })] }),
];
const late = () => [
  saleOf("1", { lines: [lineOf("1", { quantity: 3, tax: "1" })], shipments: [parcel("11"), parcel("12")] }),
  ...early().slice(1),
];

const lines = { shippingAccount: "40200", tax: "account", taxAccount: "22700" };
const invoices = ["ORD-1 18.08", "ORD-1-2 21.67", "ORD-2 32.73"];
const wholes = ["ORD-1 18.75", "ORD-1 21", "ORD-2 32.73"];

/** Kills the process when a place is met for the nth time; returns whether it was. */
async function runTo(world: World, place: string, count: number): Promise<boolean> {
  let left = count;
  await world.sync({}, (name) => {
    if (name !== place || --left > 0 || world.store.isDead) return;
    world.store.isDead = true;
    throw new Crash(name);
  });
  const wasMet = world.store.isDead;
  world.store.isDead = false;
  return wasMet;
}

describe("a crash at any step, and a restart", () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ["invoices", { lines }, invoices],
    ["orders that are posted", { lines, booking: "orderPosted" }, invoices],
    ["orders made on arrival that are posted", { lines, booking: "orderPosted", bookOn: "new" }, wholes],
  ])("books %s once, to the cent", async (_name, pair, expected) => {
    for (const place of ["intent.before", "intent.after", "send.before", "send.after", "result.before"]) {
      for (let count = 1, wasMet = true; wasMet && count < 30; count += 1) {
        const world = salesWorld(pair);
        for (const sale of early()) world.source.put(sale);
        const wasMetEarly = await runTo(world, place, count);
        await world.sync();
        for (const sale of late()) world.source.put(sale);
        wasMet = wasMetEarly || (await runTo(world, place, count));
        await world.sync({ ignoreSchedule: true });
        await world.sync({ ignoreSchedule: true });
        expect([place, count, world.booked().sort()]).toEqual([place, count, expected]);
        expect(world.drafts()).toEqual([]);
        expect(world.desk.orders).toEqual([]);
        expect(world.store.state.intents).toEqual({});
        expect(world.store.state.asides).toEqual({});
      }
    }
  });

  it.each([
    ["resetBefore", 2],
    ["resetAfter", 1],
    ["serverError", 3],
    ["truncated", 3],
  ] as const)("%s of a request books each once", async (fault, stride) => {
    for (const booking of ["invoice", "orderPosted"]) {
      for (let count = 1; count <= 16; count += stride) {
        const world = salesWorld({ lines, booking });
        for (const sale of late()) world.source.put(sale);
        world.failOnce(/v2\.0/, fault, count);
        for (let runs = 0; runs < 4; runs += 1)
          await world.sync({ ignoreSchedule: true }).catch((error: unknown) => {
            if (!(error instanceof Error) || !/UnavailableError|ContractError/.test(error.name)) throw error;
          });
        expect([fault, booking, count, world.booked().sort()]).toEqual([
          fault,
          booking,
          count,
          ["ORD-1 39.75", "ORD-2 32.73"],
        ]);
        expect(world.store.state.asides).toEqual({});
        expect(world.desk.invoices).toHaveLength(2);
      }
    }
  });
});
