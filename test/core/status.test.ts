import { expect, it } from "vitest";
import { holdsUpOrders } from "../../src/core/held-up.ts";
import { emptyState, fold } from "../../src/core/state/fold.ts";
import { budgetsOf, byAge, waitingIn } from "../../src/core/status.ts";

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

it("tells what holds up orders before the rest, and the oldest of both first", () => {
  const state = emptyState();
  const waits = (id: string, since: string, code = "NotYetError", outcome: "waiting" | "dead" = "waiting") => {
    const record = { id, version: "1", ref: null };
    const about = {
      run: "R",
      pair: "p",
      flow: "products",
      key: id,
      document: id,
      mapping: "m",
      calls: [],
      attempts: 1,
    };
    fold(state, {
      ...{ kind: "aside", ...about, outcome, record, since, until: "2026-11-22T00:00:00Z", at: since, id: "L" },
      error: { code, message: `no ${id}`, hint: "Add it." },
    });
  };
  waits("young", "2026-11-21T11:00:00Z");
  waits("old", "2026-11-20T12:00:00Z");
  waits("wanted", "2026-11-21T11:30:00Z", holdsUpOrders);
  waits("dead", "2026-11-20T11:30:00Z", "RejectedError", "dead");
  const told = byAge(waitingIn({ pair: "p", flow: "products" }, state, now));
  expect(told.map(({ document }) => document)).toEqual(["wanted", "old", "young"]);
  expect(told[1]).toEqual({
    ...{ pair: "p", flow: "products", document: "old", record: "old", since: "2026-11-20T12:00:00Z" },
    ...{ ageMs: 86_400_000, until: "2026-11-22T00:00:00Z", holdsUp: false, message: "no old", hint: "Add it." },
  });
});
