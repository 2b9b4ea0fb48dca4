import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { auditEntries } from "../../src/core/audit.ts";
import { verifyFlows } from "../../src/core/verify.ts";
import type { Mlc } from "../../src/mlc.ts";
import { addOrder, held, sync, type World, worldWith } from "./orders-kit.ts";

/** Copies the profile away; what comes back puts the copy in its place, as a restore does. */
function backUp({ home }: World): () => void {
  const [profile, copy] = [join(home, "default"), join(home, "backup")];
  cpSync(profile, copy, { recursive: true });
  return () => {
    rmSync(profile, { recursive: true });
    cpSync(copy, profile, { recursive: true });
  };
}

const verified = (mlc: Mlc) => verifyFlows(mlc, () => mlc.secrets.macKey());

const shipments = async (world: World) => {
  const report = await (await world.open()).sync({ command: "sync shipments", flows: ["shipments"] });
  world.clock.advance(60_000);
  return report?.flows[0];
};

/** Two orders and a shipment before the backup, two orders, an edit, a cancellation and two shipments after it. */
async function restoredWorld(): Promise<{ world: World; restore: () => void }> {
  const world = await worldWith();
  for (const number of ["SO-1", "SO-2", "SO-3"]) addOrder(world, number);
  await sync(world);
  world.shipstation.print(held(world, "usmf-SO-1")?.orderId ?? 0);
  await shipments(world);
  const restore = backUp(world);
  world.clock.advance(3_600_000);
  for (const number of ["SO-4", "SO-5"]) addOrder(world, number);
  world.fno.edit("usmf", "SO-2", { DeliveryAddressStreet: "9 Later Road" });
  world.fno.cancel("usmf", "SO-3");
  await sync(world);
  for (const key of ["usmf-SO-2", "usmf-SO-4"]) world.shipstation.print(held(world, key)?.orderId ?? 0);
  await shipments(world);
  world.clock.advance(3_600_000);
  restore();
  return { world, restore };
}

/** Everything that both sides hold and every write they took. */
const ledgers = ({ shipstation, fno }: World) =>
  structuredClone({
    orders: shipstation.orders.map(({ orderKey, orderStatus }) => `${orderKey} ${orderStatus}`),
    taken: shipstation.ledger,
    notes: fno.attachments,
    rows: fno.trackingRows,
  });

const statusOf = async (world: World) =>
  (await (await world.open()).status()).flows.map(({ flow, restoredAt }) => [flow, restoredAt !== null]);

it("a marked restore sends nothing again: what was delivered after the backup is found and adopted", async () => {
  const { world } = await restoredWorld();
  const before = ledgers(world);
  expect(await (await world.open()).markRestored()).toBe(2);
  expect(await statusOf(world)).toEqual([
    ["orders", true],
    ["shipments", true],
  ]);
  world.clock.advance(10 * 60_000);
  expect(await sync(world)).toMatchObject({ created: 2, deadLettered: 0, unknown: 0, exitCode: 0 });
  expect(await shipments(world)).toMatchObject({ deadLettered: 0, unknown: 0, editedThere: 2 });
  expect(ledgers(world)).toEqual(before);
  expect(await statusOf(world)).toEqual([
    ["orders", false],
    ["shipments", false],
  ]);
  const verdicts = await verified(await world.open());
  expect(verdicts.map(({ problem }) => problem)).toEqual([undefined, undefined]);
  world.close();
});

it("without the mark, too, no order is made twice: its key makes every write an upsert", async () => {
  const { world } = await restoredWorld();
  const { orders } = ledgers(world);
  // The one that was shipped in between is refused there, so a person sees it.
  expect(await sync(world)).toMatchObject({ deadLettered: 1 });
  expect(ledgers(world).orders).toEqual(orders);
  world.close();
});

it("an order that changed since it was delivered is adopted and updated, and one that is not ours is set aside", async () => {
  const world = await worldWith();
  addOrder(world, "SO-1");
  await sync(world);
  const restore = backUp(world);
  for (const number of ["SO-2", "SO-3"]) addOrder(world, number);
  await sync(world);
  restore();
  world.fno.edit("usmf", "SO-2", { DeliveryAddressStreet: "9 Later Road" });
  const shipTo = held(world, "usmf-SO-3")?.shipTo;
  if (!shipTo) throw new Error("SO-3 is not there");
  world.shipstation.edit(held(world, "usmf-SO-3")?.orderId ?? 0, { shipTo: { ...shipTo, name: "Somebody Else" } });
  await (await world.open()).markRestored();
  const taken = world.shipstation.ledger.length;
  expect(await sync(world)).toMatchObject({ deadLettered: 1, exitCode: 3 });
  expect(world.shipstation.ledger.slice(taken).map(({ key }) => key)).toEqual(["usmf-SO-2"]);
  expect(held(world, "usmf-SO-2")?.shipTo).toMatchObject({ street1: "9 Later Road" });
  expect(held(world, "usmf-SO-3")?.shipTo).toMatchObject({ name: "Somebody Else" });
  world.close();
});

it("the log goes on from the backup, and its chain stays whole", async () => {
  const { world } = await restoredWorld();
  await (await world.open()).markRestored();
  await (await world.open()).markRestored();
  await sync(world);
  const mlc = await world.open();
  const verdicts = await verified(mlc);
  expect(verdicts.map(({ problem, torn }) => [problem, torn])).toEqual([
    [undefined, false],
    [undefined, false],
  ]);
  const events: unknown[] = [];
  for await (const { kind, event, since } of auditEntries(mlc.disk, mlc.stateDir, { flow: "orders" }))
    if (kind === "run" && event !== "start") events.push([event, since]);
  const backedUpAt = "2026-11-21T16:01:00.000Z";
  expect(events).toEqual([
    ["end", undefined],
    ["restored", backedUpAt],
    ["restored", backedUpAt],
    ["end", undefined],
  ]);
  world.close();
});
