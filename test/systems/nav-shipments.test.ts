import { describe, expect, it } from "vitest";
import { navWorld, parcel } from "./nav-kit.ts";

describe("an open order", () => {
  it("gets number, agent, dates and quantities, once", async () => {
    const world = navWorld();
    const number = world.order();
    world.ship(parcel("1"));
    const first = await world.sync();
    expect(first.error).toBeUndefined();
    console.log(world.told(), world.writes(), world.desk.orderOf(number), first.counts);
    const again = await world.sync();
    console.log(again);
  });
});
