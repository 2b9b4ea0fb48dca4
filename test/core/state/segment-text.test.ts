import fc from "fast-check";
import { expect, it } from "vitest";
import type { Delivery } from "../../../src/core/delivery.ts";
import { sealed } from "../../../src/core/state/seal.ts";
import { deliveriesIn } from "../../../src/core/state/segment-text.ts";
import { macKey as key } from "./kit.ts";

const head = '{"schema":1,"deliveries":{';

function delivery(document: string, memo: Delivery["memo"] = {}): Delivery {
  return { versions: { [document]: "v1" }, steps: {}, memo, closed: true, at: "2026-01-01", document, ref: document };
}

function textOf(deliveries: Record<string, Delivery>): Buffer {
  return sealed(key, { schema: 1, deliveries }).bytes;
}

it("finds what parsing all of it would find, whatever keys and values hold", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom('"', "\\", '":{', "{}", '\\":{', "ä/1"));
  const deliveries = fc.dictionary(text, fc.tuple(text, text), { maxKeys: 8, noNullPrototype: true });
  fc.assert(
    fc.property(deliveries, text, (given, other) => {
      const all = Object.fromEntries(
        Object.entries(given).map(([name, [document, value]]) => [
          name,
          delivery(document, { [value]: { [name]: {} } }),
        ]),
      );
      const wanted = [...Object.keys(all), other];
      const found = deliveriesIn(textOf(all), { key, head, wanted });
      expect(Object.fromEntries(found ?? [])).toEqual(JSON.parse(JSON.stringify(all)));
    }),
  );
});

it("takes no member of another delivery for one", () => {
  const bytes = textOf({ "usmf/1": delivery("1", { "usmf/2": { number: 1 } }), "usmf/2": delivery("2") });
  expect(deliveriesIn(bytes, { key, head, wanted: ["usmf/2"] })?.get("usmf/2")?.document).toBe("2");
});

it("leaves a file that is changed anywhere, cut or of another shape to whoever reads it whole", () => {
  const bytes = textOf({ "usmf/1": delivery("1") });
  for (let at = 0; at < bytes.length; at += 1) {
    const twin = Buffer.from(bytes);
    twin.writeUInt8(twin.readUInt8(at) ^ 4, at);
    expect(deliveriesIn(twin, { key, head, wanted: ["usmf/1"] })).toBeUndefined();
    expect(deliveriesIn(bytes.subarray(0, at), { key, head, wanted: ["usmf/1"] })).toBeUndefined();
  }
  expect(deliveriesIn(bytes, { key, head: '{"schema":2,', wanted: ["usmf/1"] })).toBeUndefined();
});
