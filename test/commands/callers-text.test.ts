import { expect, it } from "vitest";
import { callersText } from "../../src/commands/support/callers-text.ts";

const isSubscribed = (system: string) => system === "bc";

it("who starts a receiver is told whose calls it takes and what has the others call", () => {
  const connected = ["schema", "fno", "bc", "shipstation", "fedex", "nav", "fno-fedex"];
  expect(callersText({ connected, known: ["shipstation-v2", "fedex", "bc"], isSubscribed })).toBe(
    [
      "Takes calls of fedex, bc.",
      "Not set up to call yet: shipstation, fno; see `mlc webhooks create`, `mlc webhooks guide fno`.",
    ].join("\n"),
  );
  expect(callersText({ connected: ["bc"], known: ["bc"], isSubscribed })).toBe("Takes calls of bc.");
});

it("a receiver that nobody could call says so", () => {
  expect(callersText({ connected: ["schema", "nav"], known: [], isSubscribed })).toContain("No system is connected");
});
