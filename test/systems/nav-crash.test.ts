import { beforeAll, describe, expect, it } from "vitest";
import { syncFailpoints } from "../../src/core/sync/run.ts";
import { Crash } from "../core/sync/memory-systems.ts";
import { navWorld, parcel } from "./nav-kit.ts";

const long = ["1Z999AA10123456784", "1Z999AA10123456785"].map((trackingNumber) => ({ trackingNumber }));

interface CrashAt {
  inRun: number;
  /** A place of the engine, or of a write on its way. */
  point: string;
  hit: number;
}

/** An order of two parcels that need comments, a released one, and then a void and a posting. */
async function stage(crashAt?: CrashAt) {
  const world = navWorld({ switches: { localisation: "northAmerica" } });
  const number = world.order();
  const released = world.order({ External_Document_No: "SS-2" });
  world.desk.release(released);
  world.ship(
    parcel("1", { packages: long }),
    parcel("2", { lines: [{ sku: "SKU-200", quantity: 5 }], shipDate: "2026-11-21" }),
    parcel("3", { orderKey: "k2", orderId: "2", orderNumber: "SS-2", number: "SS-2" }),
  );
  let crashes = 0;
  const run = async (index: number) => {
    let left = crashAt?.inRun === index ? crashAt.hit : 0;
    const failpoint = (name: string) => {
      if (world.store.isDead) throw new Crash(name);
      if (name !== crashAt?.point || left === 0) return;
      left -= 1;
      if (left > 0) return;
      crashes += 1;
      world.store.isDead = true;
      throw new Crash(name);
    };
    const isWrite = ({ method }: { method: string }) => method !== "GET";
    world.hooks.onRequest = (request) => {
      if (world.store.isDead || isWrite(request)) failpoint("write.before");
    };
    world.hooks.onAnswer = (request) => {
      if (isWrite(request)) failpoint("write.after");
    };
    await world.sync({ ignoreSchedule: true, failpoint }).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
    });
    world.store.isDead = false;
    world.restart();
  };
  await run(0);
  await run(1);
  world.ship(parcel("1", { packages: long, isVoided: true }));
  world.desk.postShipment(released);
  await run(2);
  await run(3);
  await run(4);
  const views = [number, released].map((one) => world.desk.orderOf(one));
  return { world, views, crashes };
}

const points = syncFailpoints.filter((name) => !name.startsWith("cursor"));
const cases: CrashAt[] = [
  ...points.flatMap((point) => [0, 2].flatMap((inRun) => [1, 2].map((hit) => ({ point, inRun, hit })))),
  ...["write.before", "write.after"].flatMap((point) => [
    ...Array.from({ length: 13 }, (_, index) => ({ point, inRun: 0, hit: index + 1 })),
    ...Array.from({ length: 4 }, (_, index) => ({ point, inRun: 2, hit: index + 1 })),
  ]),
];

describe("a crash", () => {
  let undisturbed: Awaited<ReturnType<typeof stage>>["views"];
  beforeAll(async () => {
    undisturbed = (await stage()).views;
  });

  it("is measured by what an undisturbed run leaves", async () => {
    const { views, world } = await stage();
    expect(views).toMatchObject([
      {
        tracking: "1Z2",
        agent: "UPS",
        comments: ["Tracking numbers: 1Z999AA10123456785", "Tracking numbers: 1Z2", "VOID: 1Z999AA10123456785"],
        lines: [{ toShip: 0 }, { toShip: 5, tracking: "1Z2" }],
      },
      { tracking: "1Z3", shipments: [{ tracking: "1Z3", agent: "UPS", service: "GROUND" }] },
    ]);
    expect((await world.sync()).requests).toEqual([]);
  });

  it.each(cases)("at $point, time $hit in run $inRun, leaves nothing out and nothing twice", async (crashAt) => {
    const crashed = await stage(crashAt);
    expect(crashed.crashes).toBe(1);
    expect(crashed.views).toEqual(undisturbed);
    expect(Object.keys(crashed.world.store.state.asides)).toEqual([]);
    expect((await crashed.world.sync()).requests).toEqual([]);
  });
});
