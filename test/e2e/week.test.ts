import { describe, expect, it } from "vitest";
import { hopeless, withoutSlip } from "./week/books.ts";
import { simulate } from "./week.ts";

describe("days of work under watch", () => {
  it.each([1, 2, 3])(
    "leave the books of both sides equal, with faults and power cuts (seed %i)",
    async (seed) => {
      const plan = { seed, days: 1, ordersADay: 40, faultShare: 0.02, powerCuts: 6, sleepsAtNight: true };
      const { books, disagreements, status, handles } = await simulate(plan);
      expect(disagreements).toEqual([]);
      expect(status.flows).toMatchObject([
        { flow: "orders", backlog: 0, unknown: 0, waiting: 0, deadLetters: hopeless(books) },
        { flow: "shipments", backlog: 0, unknown: 0, waiting: withoutSlip(books), deadLetters: 0 },
      ]);
      expect(handles.length).toBeGreaterThan(80);
      expect(Math.max(...handles)).toBe(handles[0]);
    },
    120_000,
  );
});
