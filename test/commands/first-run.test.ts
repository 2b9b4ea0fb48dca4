import { describe, expect, it } from "vitest";
import { canAsk, firstRunAsked, firstRunText } from "../../src/commands/support/first-run.ts";

describe("what a first run says", () => {
  it.each([
    [{ documents: 1, isAtMost: false }, "first run, about to create 1 document"],
    [{ documents: 1_200, isAtMost: true }, "first run, about to create up to 1,200 documents"],
    [{ documents: 12, isAtMost: false, buys: { what: "label", count: 13 } }, "first run, about to buy 13 labels"],
    [
      { documents: 1_200, isAtMost: true, buys: { what: "label" } },
      "first run, about to buy labels for up to 1,200 orders",
    ],
  ])("%j", (about, text) => {
    expect(firstRunText(about)).toBe(text);
  });

  it("goes on without asking where nobody is there, or nothing is bought", async () => {
    const said: string[] = [];
    const firstRun = (isAsked: boolean) =>
      firstRunAsked({ name: () => "erp-shop orders", say: (text) => said.push(text), isAsked });
    expect(await firstRun(false)({ documents: 2, isAtMost: false, buys: { what: "label", count: 2 } })).toBe(true);
    expect(await firstRun(true)({ documents: 2, isAtMost: false })).toBe(true);
    expect(await firstRun(true)({ documents: 0, isAtMost: false, buys: { what: "label", count: 0 } })).toBe(true);
    // Of nothing nothing is said.
    expect(said).toEqual([
      "erp-shop orders: first run, about to buy 2 labels.",
      "erp-shop orders: first run, about to create 2 documents.",
    ]);
  });

  it.each([
    [{ yes: false, "no-input": false }, true, false, true],
    [{ yes: true, "no-input": false }, true, false, false],
    [{ yes: false, "no-input": true }, true, false, false],
    [{ yes: false, "no-input": false }, false, false, false],
    [{ yes: false, "no-input": false }, true, true, false],
  ])("asks only a person at a terminal who did not agree before: %j", (flags, isTty, isJson, asks) => {
    const surroundings = { isTty } as Parameters<typeof canAsk>[0]["surroundings"];
    expect(canAsk({ surroundings }, { flags, isJson })).toBe(asks);
  });
});
