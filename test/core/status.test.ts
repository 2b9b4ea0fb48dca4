import { expect, it } from "vitest";
import { emptyState } from "../../src/core/state/fold.ts";
import { budgetsOf } from "../../src/core/status.ts";

const now = new Date("2026-11-21T12:00:00Z");
const budget = (remaining: number, resetAt: string) => ({ name: "shipper track", limit: 100, remaining, resetAt });
const seen = (...budgets: ReturnType<typeof budget>[]) => ({ ...emptyState(), budgets });

it("takes of two flows that saw one window the count that is lower, in either order", () => {
  const [earlier, later] = [budget(90, "2026-11-22T00:00:00Z"), budget(70, "2026-11-22T00:00:00Z")];
  expect(budgetsOf([seen(earlier), seen(later)], now)).toEqual([later]);
  expect(budgetsOf([seen(later), seen(earlier)], now)).toEqual([later]);
});

it("takes the newer window, and a full one once it is over", () => {
  const [before, after] = [budget(5, "2026-11-21T00:00:00Z"), budget(80, "2026-11-22T00:00:00Z")];
  expect(budgetsOf([seen(before), seen(after)], now)).toEqual([after]);
  expect(budgetsOf([seen(before)], now)).toEqual([{ name: "shipper track", limit: 100, remaining: 100 }]);
});
