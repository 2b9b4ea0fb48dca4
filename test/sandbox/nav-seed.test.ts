import { expect, it } from "vitest";
import { seededRandom } from "../../src/sandbox/kit.ts";
import { NavSandbox } from "../../src/sandbox/nav.ts";
import { seedNav } from "../../src/sandbox/seed/nav.ts";

it("a seeded company has twelve orders of the last week, all but two released, the same for the same seed", () => {
  const seeded = (seed: number) => {
    const nav = new NavSandbox({ clock: { now: () => new Date("2026-11-20T09:00:00Z") }, users: [] });
    seedNav(nav.desk(), seededRandom(seed));
    return nav.desk().orders;
  };
  const orders = seeded(1);
  expect(orders.map(({ status }) => status).filter((status) => status === "Released")).toHaveLength(10);
  expect(orders.map(({ external }) => external)).toEqual(orders.map((_, index) => `SS-${1001 + index}`));
  expect(orders.every(({ orderDate, lines }) => orderDate > "2026-11-12" && lines.length > 0)).toBe(true);
  expect(orders.every(({ lines }) => lines.every(({ item, toShip, quantity }) => item && toShip === quantity))).toBe(
    true,
  );
  expect(seeded(1)).toEqual(orders);
  expect(seeded(2)).not.toEqual(orders);
});
