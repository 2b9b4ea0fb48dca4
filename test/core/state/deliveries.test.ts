import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Delivery } from "../../../src/core/delivery.ts";
import { hashOf } from "../../../src/core/json.ts";
import { Deliveries, FieldNames, storedDeliveries } from "../../../src/core/state/deliveries.ts";

const at = "2026-11-21T12:00:00.000Z";

function delivery(number: string, more: Partial<Delivery> = {}): Delivery {
  const step = { at, naturalKey: `usmf-${number}`, fields: { orderNumber: hashOf(number), items: hashOf([number]) } };
  return {
    versions: { [`usmf/${number}`]: hashOf(number) },
    steps: { order: { ...step, target: "900001" } },
    memo: { "orderId:order": 900001 },
    closed: false,
    at,
    document: number,
    ref: { legalEntity: "usmf", number },
    ...more,
  };
}

/** What a snapshot keeps of them, read again. */
function again(deliveries: Deliveries): Deliveries {
  const texts = Object.fromEntries(deliveries.texts());
  const { lists } = deliveries.names;
  return storedDeliveries(JSON.parse(JSON.stringify(texts)), new FieldNames(JSON.parse(JSON.stringify(lists))));
}

describe("deliveries", () => {
  it("come back from their texts as they were put in", () => {
    const hashes = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.json().map(hashOf)));
    const steps = fc.dictionary(
      fc.string(),
      fc.record(
        {
          at: fc.constant(at),
          naturalKey: fc.string(),
          fields: hashes,
          target: fc.string(),
          recorded: fc.constant(true),
        },
        { requiredKeys: ["at", "naturalKey", "fields"] },
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), steps, fc.boolean())), (given) => {
        const deliveries = new Deliveries();
        const expected = new Map<string, unknown>();
        for (const [key, some, closed] of given) {
          const one = { ...delivery("SO-1"), steps: some as Delivery["steps"], closed };
          deliveries.set(key, one);
          expected.set(key, plain(one));
        }
        const read = again(deliveries);
        for (const [key, one] of expected) expect(plain(read.get(key))).toEqual(one);
        expect(read.size).toBe(expected.size);
      }),
    );
  });

  it("are the same whether they were touched last or long ago", () => {
    const deliveries = new Deliveries();
    for (let count = 0; count < 3_000; count += 1) deliveries.set(`k${count}`, delivery(`SO-${count}`));
    expect(deliveries.size).toBe(3_000);
    expect(deliveries.get("k0")).toEqual(delivery("SO-0"));
    expect(deliveries.get("k2999")).toEqual(delivery("SO-2999"));
    deliveries.set("k0", delivery("SO-0", { memo: {} }));
    expect([deliveries.size, deliveries.get("k0")?.memo]).toEqual([3_000, {}]);
    deliveries.delete("k0");
    deliveries.delete("k2999");
    expect([deliveries.size, deliveries.has("k0"), deliveries.has("k2999")]).toEqual([2_998, false, false]);
  });

  it("keep the text of one that nobody touched", () => {
    const deliveries = new Deliveries();
    deliveries.set("a", delivery("SO-1"));
    const text = deliveries.texts().get("a");
    deliveries.set("b", delivery("SO-2"));
    expect(deliveries.texts().get("a")).toBe(text);
  });

  it("tell the closed ones, as objects and as text", () => {
    const deliveries = new Deliveries();
    deliveries.set("open", delivery('SO-1 "closed":true'));
    deliveries.set("closed", delivery("SO-2", { closed: true }));
    expect([...deliveries.closed()].map(([key]) => key)).toEqual(["closed"]);
    expect([...again(deliveries).closed()].map(([key]) => key)).toEqual(["closed"]);
  });

  it("speak of names of fields that were known before by the same numbers", () => {
    const first = new Deliveries();
    first.set("a", delivery("SO-1"));
    const second = again(first);
    second.set("b", delivery("SO-2", { steps: { note: { at, naturalKey: "n", fields: { text: hashOf("x") } } } }));
    const third = again(second);
    expect(third.names.lists).toEqual([["orderNumber", "items"], ["text"]]);
    expect([third.get("a")?.steps.order?.fields, third.get("b")?.steps.note?.fields]).toEqual([
      { orderNumber: hashOf("SO-1"), items: hashOf(["SO-1"]) },
      { text: hashOf("x") },
    ]);
  });
});

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
