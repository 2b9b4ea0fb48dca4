import { describe, expect, it } from "vitest";
import { isDue } from "../../src/systems/fedex/tracking-schedule.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const shipped = "2026-11-23";
const noon = Date.parse(`${shipped}T12:00:00Z`);

/** How often each of some parcels is asked for in a day that begins so long after the noon of their ship date, at a run every 15 minutes. */
function asksAt(age: number): number[] {
  return Array.from({ length: 50 }, (_, index) => {
    const parcel = { id: String(794600000000 + index), shippedOn: shipped, maxDays: 90 };
    let asks = 0;
    for (let at = noon + age; at < noon + age + day; at += 15 * minute)
      if (isDue(parcel, new Date(at - 15 * minute + 10_000), new Date(at))) asks += 1;
    return asks;
  });
}

describe("the schedule of tracking", () => {
  it.each([
    ["before its day", -5 * day, 6],
    ["on its day", 0, 96],
    ["on its fourth day", 3 * day, 96],
    ["after a week", 7 * day, 6],
    ["after 18 days", 18 * day, 6],
    ["after a month", 30 * day, 1],
    ["after 80 days", 80 * day, 1],
    ["after 100 days", 100 * day, 0],
  ])("%s", (_, age, usual) => {
    const asks = asksAt(age);
    expect(Math.min(...asks)).toBe(usual);
    // What fell due while a run was under way is asked for once more.
    expect(Math.max(...asks)).toBeLessThanOrEqual(2 * usual);
    expect(asks.filter((one) => one === usual).length).toBeGreaterThan(35);
  });

  it("takes its leave of a parcel that is too old at the first run after that, however late it is, and once", () => {
    const parcel = { id: "1", shippedOn: shipped, maxDays: 10 };
    const at = (days: number) => new Date(Date.parse(`${shipped}T00:00:00Z`) + days * day);
    expect(isDue(parcel, at(9.9), at(10.01))).toBe(true);
    expect(isDue(parcel, at(9.9), at(200))).toBe(true);
    expect(isDue(parcel, at(10.01), at(10.02))).toBe(false);
    expect(isDue(parcel, at(10.01), at(200))).toBe(false);
  });

  it("takes everything as due at a first run", () => {
    expect(isDue({ id: "1", shippedOn: shipped, maxDays: 90 }, undefined, new Date(noon + 50 * day))).toBe(true);
  });

  it("asks for what fell due while no run could", () => {
    const parcel = { id: "1", shippedOn: shipped, maxDays: 90 };
    expect(isDue(parcel, new Date(noon + 30 * day), new Date(noon + 31 * day))).toBe(true);
  });

  it("spreads parcels of one day over the runs", () => {
    const at = noon + 30 * day;
    const ids = Array.from({ length: 960 }, (_, index) => String(794600000000 + index));
    const due = ids.filter((id) =>
      isDue({ id, shippedOn: shipped, maxDays: 90 }, new Date(at - 15 * minute), new Date(at)),
    );
    expect(due.length).toBeGreaterThan(2);
    expect(due.length).toBeLessThan(40);
  });
});
