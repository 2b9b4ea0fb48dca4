import { expect, it } from "vitest";
import { fillTemplate } from "../../src/core/parts.ts";

it("a template keeps its text, and a placeholder that nothing is known for", () => {
  const values = { legalEntity: "usmf", orderNumber: "SO-1" };
  expect(fillTemplate("{legalEntity}-{orderNumber}", values)).toBe("usmf-SO-1");
  expect(fillTemplate("{orderNumber}/{orderNumber}.", values)).toBe("SO-1/SO-1.");
  expect(fillTemplate("a{b}{c d}{}", values)).toBe("a{b}{c d}{}");
  expect(fillTemplate("{orderNumber}", { orderNumber: "$& {legalEntity}", legalEntity: "usmf" })).toBe(
    "$& {legalEntity}",
  );
});
