import fc from "fast-check";
import { expect, it } from "vitest";
import { oneDelivery } from "../../../src/core/state/one-delivery.ts";
import { open, plain, result } from "./kit.ts";
import { MemoryDisk } from "./memory-disk.ts";

const text = (deliveries: unknown) => Buffer.from(JSON.stringify({ schema: 1, deliveries, mac: "m" }));
const delivery = (memo: Record<string, unknown>) => ({ versions: { "usmf/a": "1" }, steps: {}, memo, closed: true });

it("finds each delivery of a file just as it is when all of the file is read", () => {
  const keys = fc.uniqueArray(fc.string(), { minLength: 1 });
  fc.assert(
    fc.property(keys, fc.array(fc.jsonValue()), (names, values) => {
      const all = Object.create(null);
      for (const [index, name] of names.entries()) all[name] = delivery({ of: name, holds: values[index] ?? '}\\"{' });
      const read = JSON.parse(text(all).toString()).deliveries;
      for (const name of names) expect(oneDelivery(text(all), name) ?? read[name]).toEqual(read[name]);
    }),
  );
});

it("does not guess: a name that stands in two places, or before another shape, is left to a full reading", () => {
  expect(oneDelivery(text({ a: delivery({ a: delivery({}) }) }), "a")).toBeUndefined();
  expect(oneDelivery(text({ a: { memo: {} } }), "a")).toBeUndefined();
  expect(oneDelivery(text({ b: delivery({ note: '"a":{"versions":{' }) }), "a")).toBeUndefined();
  const whole = text({ a: delivery({}) });
  expect(oneDelivery(whole.subarray(0, whole.length - 15), "a")).toBeUndefined();
});

it("a filed delivery that changed and was filed again is found as it is now, however it was found before", async () => {
  const store = await open(new MemoryDisk(), { closedPerFiling: 1 });
  for (const version of ["1", "2", "3"]) {
    await store.append([result("a", { closed: true, version }), result("b", { closed: true, version })]);
    await store.save();
    for (let time = 0; time < 12; time += 1)
      for (const key of ["a", "b"])
        expect(plain((await store.load([key])).get(key))).toMatchObject({ versions: { [`usmf/${key}`]: version } });
  }
});

it("names at the target are found after their deliveries were filed", async () => {
  const store = await open(new MemoryDisk(), { closedPerFiling: 1 });
  await store.append([result("a", { closed: true, naturalKey: "n-a" })]);
  await store.save();
  expect(await store.holder("n-a")).toBe("a");
  await store.append([result("b", { naturalKey: "n-a" })]);
  expect(await store.holder("n-a")).toBe("b");
});
