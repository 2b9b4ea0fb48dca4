import { describe, expect, it } from "vitest";
import { type Fault, type FaultPlan, faultMix, seededRandom } from "../../src/sandbox/kit.ts";
import { openWorld } from "./world.ts";

type World = Awaited<ReturnType<typeof openWorld>>;

/** Runs flows until a run ends without an error, half an hour apart, as cron would. */
async function untilCalm(world: World, flow: string): Promise<void> {
  for (let run = 0; run < 60; run += 1) {
    const report = await (await world.open()).sync({ command: `sync ${flow}`, flows: [flow], ignoreSchedule: true });
    world.clock.advance(30 * 60_000);
    const backlog = (await (await world.open()).status()).flows.find((status) => status.flow === flow)?.backlog;
    if (report?.flows.every(({ error }) => error === undefined) && backlog === 0 && run > 2) return;
  }
  throw new Error(`${flow} never became calm`);
}

/** What each side must hold in the end: every order once, every shipment noted once. */
function expectLedgersEqual(world: World): void {
  const created = world.shipstation.ledger.filter(({ action }) => action === "create").map(({ key }) => key);
  expect(created.length).toBe(68);
  expect(new Set(created).size).toBe(68);
  const noted = world.fno.attachments.map(
    ({ SalesOrderNumber, AttachmentDescription }) => `${SalesOrderNumber} ${AttachmentDescription}`,
  );
  expect(new Set(noted).size).toBe(noted.length);
  expect(noted.length).toBe(world.shipstation.shipments.length);
}

async function wholeDay(world: World, faults: { orders: FaultPlan; erp?: FaultPlan }): Promise<void> {
  world.shipstation.faults = faults.orders;
  world.fno.faults = faults.erp;
  await untilCalm(world, "orders");
  for (const { orderId } of world.shipstation.orders.slice(0, 25)) world.shipstation.print(orderId);
  await untilCalm(world, "shipments");
}

const everyFault: Fault[] = [
  "throttled",
  "throttledBare",
  "serverError",
  "unavailable",
  "resetBefore",
  "resetAfter",
  "truncated",
  "html",
];

describe("nothing is lost and nothing goes twice", () => {
  it("when a quarter of all writes is answered by a dropped connection after the commit", async () => {
    const world = await openWorld();
    const random = seededRandom(7);
    const dropped: FaultPlan = ({ method, url }) =>
      method === "POST" && !url.includes("token") && random() < 0.25 ? "resetAfter" : undefined;
    await wholeDay(world, { orders: dropped, erp: dropped });
    expectLedgersEqual(world);
    world.close();
  });

  it.each([
    [0.05, 1],
    [0.05, 2],
    [0.3, 3],
    [0.3, 4],
    [0.3, 5],
  ])("under a mix of all faults, share %d, seed %i", async (share, seed) => {
    const world = await openWorld();
    await wholeDay(world, { orders: faultMix(seed, share, everyFault), erp: faultMix(seed + 100, share, everyFault) });
    expectLedgersEqual(world);
    world.close();
  });
});
