import fc from "fast-check";
import { expect, it } from "vitest";
import { hashOf, KnownHashes } from "../../src/core/json.ts";

it("known hashes are those that are made, however often and for however many values they are asked", () => {
  const known = new KnownHashes();
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect([known.of(value), known.of(value)]).toEqual([hashOf(value), hashOf(value)]);
    }),
    { seed: 1 },
  );
  for (let value = 0; value < 25_000; value += 1) known.of(value);
  expect(known.of(7)).toBe(hashOf(7));
});
