import fc from "fast-check";
import { expect, it } from "vitest";
import { hashOfText } from "../../src/core/json.ts";
import { halvesOf, IdSet } from "../../src/webhooks/inbox/id-set.ts";

it("holds what a Set would, also ids that would stand at one place and one that is all zeros", () => {
  // Few upper halves: most ids want the same few places.
  const id = fc.oneof(
    fc.tuple(fc.nat(3), fc.nat(200)).map(([high, low]) => halves(high, low)),
    fc.nat(1000).map((number) => hashOfText(String(number))),
  );
  fc.assert(
    fc.property(fc.array(id, { maxLength: 400 }), fc.array(id), (added, asked) => {
      const [ids, wanted] = [new IdSet(), new Set<string>()];
      for (const one of added) {
        ids.add(halvesOf(one));
        wanted.add(one === halves(0, 0) ? halves(0, 1) : one);
      }
      for (const one of [...added, ...asked])
        expect(ids.has(halvesOf(one))).toBe(wanted.has(one) || (one === halves(0, 0) && wanted.has(halves(0, 1))));
    }),
  );
});

const halves = (high: number, low: number) => [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");
