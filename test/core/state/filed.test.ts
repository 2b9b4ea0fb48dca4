import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyIndex, keyHash } from "../../../src/core/state/key-index.ts";
import { sealed } from "../../../src/core/state/seal.ts";
import { cursor, flowDir, macKey, open, result } from "./kit.ts";
import { MemoryDisk } from "./memory-disk.ts";

const keys = ["a", "b", "c"];

/** Three deliveries, each filed in a file of its own. */
async function filedThrice(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const store = await open(disk, { closedPerFiling: 1 });
  for (const key of keys) {
    await store.append([result(key, { closed: true, naturalKey: `n-${key}` })]);
    await store.save();
  }
  return disk;
}

describe("filed deliveries", () => {
  it("are not read while the open ones answer, and found by key and natural key when they miss", async () => {
    const disk = await filedThrice();
    const store = await open(disk);
    await store.append([result("open")]);
    disk.calls = [];
    await store.load(["open"]);
    await store.holder("open");
    expect(disk.calls).toEqual([]);
    expect([...(await store.load([...keys, "none"])).keys()]).toEqual(keys);
    for (const key of keys) expect(await store.holder(`n-${key}`)).toBe(key);
    expect(await store.holder("a")).toBeUndefined();
  });

  it("keep the indexes of the two snapshots and no older ones", async () => {
    const names = (await filedThrice()).paths().filter((path) => path.includes("index"));
    expect(names).toEqual([`${flowDir}/closed/index-00002.bin`, `${flowDir}/closed/index-00003.bin`]);
  });

  it("cost a save nothing when there are none to file", async () => {
    const disk = await filedThrice();
    const store = await open(disk);
    await store.append([cursor("x")]);
    disk.calls = [];
    await store.save();
    expect(disk.calls.filter((call) => /write|read/.test(call))).toEqual([`write ${flowDir}/state.json.tmp`]);
  });

  it("are found by the files themselves when the index is damaged or missing", async () => {
    const disk = await filedThrice();
    const path = `${flowDir}/closed/index-00003.bin`;
    const whole = disk.content(path);
    for (let at = 0; at <= whole.length; at += 1) {
      const twin = disk.copy();
      if (at === whole.length) await twin.remove(path);
      else {
        whole.writeUInt8(whole.readUInt8(at) ^ 4, at);
        twin.put(path, whole);
        whole.writeUInt8(whole.readUInt8(at) ^ 4, at);
      }
      expect([...(await (await open(twin)).load(keys)).keys()]).toEqual(keys);
    }
  });

  it("stop the run when one of their files is damaged or missing, and come back from the log as the hint says", async () => {
    const disk = await filedThrice();
    const path = `${flowDir}/closed/00002.json`;
    for (const missing of [true, false]) {
      const twin = disk.copy();
      if (missing) await twin.remove(path);
      else twin.put(path, twin.content(path).subarray(3));
      const store = await open(twin);
      await expect(store.load(["b"])).rejects.toMatchObject({ exitCode: 7, context: { code: "FILE_DAMAGED" } });
      await expect(store.append([result("b")])).rejects.toMatchObject({ exitCode: 7 });
      await store.append([cursor("on")]);
      for (const name of ["state.json", "state.1.json"]) await twin.remove(`${flowDir}/${name}`);
      const rebuilt = await open(twin, { closedPerFiling: 2 });
      expect([...(await rebuilt.load(keys)).keys()]).toEqual(keys);
      expect(rebuilt.state.cursor).toBe("on");
      await rebuilt.save();
      expect(await (await open(twin)).holder("n-b")).toBe("b");
    }
  });

  it("of a newer mlc are refused", async () => {
    const disk = await filedThrice();
    disk.put(`${flowDir}/closed/00002.json`, sealed(macKey, { schema: 2, deliveries: {} }).bytes);
    const newer = { exitCode: 7, context: { code: "SCHEMA_NEWER" } };
    await expect((await open(disk)).load(["b"])).rejects.toMatchObject(newer);
  });

  it("are found while they are on their way into the files", async () => {
    const store = await open(new MemoryDisk(), { closedPerFiling: 1 });
    await store.append([result("a", { closed: true }), result("b", { closed: true })]);
    await store.save();
    await store.append([result("c", { closed: true })]);
    const saving = store.save();
    const looking = Promise.all([store.load(["a", "c"]), store.holder("c"), store.holder("a")]);
    await store.append([result("d", { closed: true })]);
    await Promise.all([saving, store.save()]);
    const [found, ...holders] = await looking;
    expect([[...found.keys()], holders]).toEqual([
      ["a", "c"],
      ["c", "a"],
    ]);
    expect([...(await store.load(["a", "b", "c", "d"])).keys()]).toEqual(["a", "b", "c", "d"]);
  });

  it("fill a file up to its size and then the next", async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    const many = Array.from({ length: 2_050 }, (_, index) => `k${index}`);
    await store.append(many.map((key) => result(key, { closed: true })));
    await store.save();
    const sizes = ["00001", "00002"].map(
      (name) => Object.keys(JSON.parse(disk.content(`${flowDir}/closed/${name}.json`).toString()).deliveries).length,
    );
    expect(sizes).toEqual([2_048, 2]);
    expect((await (await open(disk)).load(many)).size).toBe(2_050);
  });
});

describe("the index of keys", () => {
  it("names every file a hash was added for, newest first, before and after it went to disk", () => {
    const entries = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 9 })));
    fc.assert(
      fc.property(fc.array(entries), (rounds) => {
        let index = new KeyIndex();
        const expected = new Map<number, Set<number>>();
        for (const round of rounds) {
          for (const [hash, segment] of round) {
            index.add(hash, segment);
            expected.set(hash, (expected.get(hash) ?? new Set()).add(segment));
          }
          const found = (hash: number) => [...new Set(index.segments(hash))];
          const right = (hash: number) => [...(expected.get(hash) ?? [])].sort((left, other) => other - left);
          for (let hash = 0; hash <= 40; hash += 1) expect(found(hash)).toEqual(right(hash));
          index = KeyIndex.parse(macKey, index.bytes(macKey)) ?? new KeyIndex();
          for (let hash = 0; hash <= 40; hash += 1) expect(found(hash)).toEqual(right(hash));
        }
      }),
    );
  });

  it("hashes to 48 bits and keeps the two kinds of keys apart", () => {
    expect(keyHash("delivery", "a")).toBeLessThan(2 ** 48);
    expect(keyHash("delivery", "a")).not.toBe(keyHash("natural", "a"));
  });
});
