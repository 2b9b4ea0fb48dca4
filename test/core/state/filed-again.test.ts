import { expect, it } from "vitest";
import { open, plain, result } from "./kit.ts";
import { MemoryDisk } from "./memory-disk.ts";

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
