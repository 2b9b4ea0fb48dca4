import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noFailpoint } from "../../../src/core/failpoint.ts";
import { type PartName, Parts, partOf } from "../../../src/core/state/parts.ts";
import { stateSchema } from "../../../src/core/state/schema.ts";
import { sealed } from "../../../src/core/state/seal.ts";
import { Snapshots } from "../../../src/core/state/snapshot.ts";
import { cursor, flowDir, intent, macKey, open, plain, result } from "./kit.ts";
import { MemoryDisk } from "./memory-disk.ts";

const many = Array.from({ length: 60 }, (_, index) => `k${index}`);
const split = { deliveriesInOneFile: 50 };

const partFiles = (disk: MemoryDisk) => disk.paths().filter((path) => /state-\d+-\d+\.json/.test(path));
const namesIn = (disk: MemoryDisk, file: string): PartName[] =>
  JSON.parse(disk.content(`${flowDir}/${file}`).toString()).parts ?? [];
const pathsIn = (disk: MemoryDisk, file: string) => namesIn(disk, file).map((name) => `${flowDir}/${name.file}`);

/** Saved split, then one delivery changed and saved again. */
async function savedTwice(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const store = await open(disk, split);
  await store.append([...many.map((key) => result(key)), cursor("one")]);
  await store.save();
  await store.append([result("k7", { version: "2" }), cursor("two")]);
  await store.save();
  return disk;
}

describe("many open deliveries", () => {
  it("stand in parts that state.json names, and are all there after a power cut", async () => {
    const disk = await savedTwice();
    disk.powerCut();
    expect(JSON.parse(disk.content(`${flowDir}/state.json`).toString()).state).toMatchObject({
      deliveries: {},
      cursor: "two",
    });
    expect(pathsIn(disk, "state.json")).toHaveLength(16);
    const { state } = await open(disk, split);
    expect([...state.deliveries.texts().keys()].sort()).toEqual([...many].sort());
    expect(state.deliveries.get("k7")?.versions).toEqual({ "usmf/k7": "2" });
  });

  it("cost a save only the parts that changed, in the process that wrote them and in the next", async () => {
    const disk = await savedTwice();
    const [before, after] = [pathsIn(disk, "state.1.json"), pathsIn(disk, "state.json")];
    const changed = after.filter((path) => !before.includes(path));
    expect(changed).toEqual([`${flowDir}/state-63-${String(partOf("k7")).padStart(2, "0")}.json`]);
    const again = await open(disk, split);
    await again.append([result("k8"), result("k9")]);
    disk.calls = [];
    await again.save();
    const parts = new Set([partOf("k8"), partOf("k9")]);
    const written = [...parts].sort((left, right) => left - right).map((part) => String(part).padStart(2, "0"));
    expect(disk.calls.filter((call) => call.startsWith("write"))).toEqual([
      ...written.map((part) => `write ${flowDir}/state-65-${part}.json.tmp`),
      `write ${flowDir}/state.json.tmp`,
    ]);
  });

  it("are safe by name before a state.json that names them is written", async () => {
    const disk = await savedTwice();
    const store = await open(disk, split);
    await store.append([result("k8")]);
    disk.calls = [];
    await store.save();
    const steps = disk.calls.filter((call) => /^(write|rename|syncDirectory|remove)/.test(call));
    const part = `${flowDir}/state-64-${String(partOf("k8")).padStart(2, "0")}.json.tmp`;
    expect(steps.slice(-8)).toEqual([
      `write ${part}`,
      `rename ${part}`,
      `syncDirectory ${flowDir}`,
      `write ${flowDir}/state.json.tmp`,
      `rename ${flowDir}/state.json`,
      `rename ${flowDir}/state.json.tmp`,
      `syncDirectory ${flowDir}`,
      expect.stringMatching(/^remove .*\/state-61-\d\d\.json$/),
    ]);
  });

  it("are named before anything else is removed: both snapshots stay whole, and no other part stays", async () => {
    const disk = new MemoryDisk();
    const store = await open(disk, { ...split, closedPerFiling: 1 });
    for (let round = 0; round < 8; round += 1) {
      await store.append(many.slice(0, 10 * round).map((key) => result(key, { version: String(round) })));
      if (round === 7) await store.append(many.slice(0, 55).map((key) => result(key, { closed: true })));
      await store.append([cursor(String(round))]);
      await store.save();
      const named = [...pathsIn(disk, "state.json"), ...(round > 0 ? pathsIn(disk, "state.1.json") : [])];
      expect(partFiles(disk)).toEqual([...new Set(named)].sort());
      expect(pathsIn(disk, "state.json").length > 0).toBe(round === 6);
    }
    await store.append([cursor("last")]);
    await store.save();
    expect(partFiles(disk)).toEqual([]);
    expect((await (await open(disk)).load(many)).size).toBe(60);
  });

  it("are removed of a save that a crash left unnamed", async () => {
    const disk = await savedTwice();
    for (const name of ["state-9-01.json", "state-9-02.json.tmp"]) disk.put(`${flowDir}/${name}`, Buffer.from("{}"));
    const store = await open(disk, split);
    await store.append([cursor("three")]);
    await store.save();
    expect(partFiles(disk).filter((path) => path.includes("state-9-"))).toEqual([]);
  });

  it("read the same whatever was split, joined, filed, saved and opened in between", async () => {
    const key = fc.integer({ min: 0, max: 7 }).map((number) => `k${number}`);
    const act = fc.oneof(
      fc.record({ do: fc.constant("result" as const), key, closed: fc.boolean() }),
      fc.record({ do: fc.constantFrom("save" as const, "open" as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
        const [disk, whole] = [new MemoryDisk(), new MemoryDisk()];
        const sizes = { closedPerFiling: 3, deliveriesInOneFile: 3 };
        let [store, twin] = [await open(disk, sizes), await open(whole, { closedPerFiling: 3 })];
        for (const [at, one] of acts.entries()) {
          if (one.do === "result") {
            const line = result(one.key, { version: String(at), ...(one.closed ? { closed: true } : {}) });
            for (const each of [store, twin]) await each.append([line]);
          } else if (one.do === "save") {
            for (const each of [store, twin]) await each.save();
          } else {
            disk.powerCut();
            [store, twin] = [await open(disk, sizes), await open(whole, { closedPerFiling: 3 })];
          }
          expect(plain(store.state)).toEqual(plain(twin.state));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("spread evenly over the parts", () => {
    const counts = new Map<number, number>();
    for (let number = 0; number < 16_000; number += 1) {
      const part = partOf(`erp-shipper/orders:usmf-SO-${number}`);
      counts.set(part, (counts.get(part) ?? 0) + 1);
    }
    expect(counts.size).toBe(16);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(200);
  });
});

describe("a damaged part", () => {
  it("makes its snapshot damaged: the older one and the log give the same state", async () => {
    const disk = await savedTwice();
    const right = plain((await open(disk, split)).state);
    const [path = ""] = pathsIn(disk, "state.json").filter((name) => !pathsIn(disk, "state.1.json").includes(name));
    const whole = disk.content(path);
    const foreign = sealed(macKey, { schema: stateSchema, deliveries: {} }).bytes;
    for (let at = 0; at < whole.length + 2; at += at < whole.length - 7 ? 7 : 1) {
      const twin = disk.copy();
      const changed = Buffer.from(whole);
      if (at < whole.length) changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      if (at === whole.length) await twin.remove(path);
      else twin.put(path, at > whole.length ? foreign : changed);
      const store = await open(twin, split);
      expect(plain(store.state)).toEqual(right);
      if (at < whole.length - 2) continue;
      await store.append([cursor("three")]);
      await store.save();
      twin.powerCut();
      expect(namesIn(twin, "state.1.json")).toEqual(namesIn(disk, "state.1.json"));
      expect((await open(twin)).state.cursor).toBe("three");
    }
  });

  it("of both snapshots has the state rebuilt from the log, and refused when that is gone", async () => {
    const disk = await savedTwice();
    const older = pathsIn(disk, "state.1.json");
    const [shared = ""] = pathsIn(disk, "state.json").filter((name) => older.includes(name));
    await disk.remove(shared);
    const store = await open(disk, split);
    expect([...store.state.deliveries.texts().keys()]).toEqual(many);
    await store.append([cursor("three")]);
    await store.save();
    expect((await open(disk, split)).state.cursor).toBe("three");
    await disk.remove(`${flowDir}/log-2026-03.jsonl`);
    await expect(open(disk, split)).rejects.toMatchObject({ exitCode: 7 });
    for (const path of pathsIn(disk, "state.json")) await disk.remove(path);
    await expect(open(disk, split)).rejects.toMatchObject({ exitCode: 7, context: { code: "LOG_MISSING" } });
  });
});

describe("a split snapshot of an older version", () => {
  it("is backed up whole and all of its parts are written anew", async () => {
    const disk = new MemoryDisk();
    const surroundings = { disk, dir: flowDir, key: macKey, failpoint: noFailpoint, readOnly: false };
    const store = await open(new MemoryDisk());
    await store.append([...many.map((key) => result(key)), intent("k1")]);
    const parts = await new Parts(surroundings).write(7, store.state.deliveries.texts());
    const position = { file: "log-2026-03.jsonl", offset: 9, seq: 7, mac: "m" };
    const fields = store.state.deliveries.names.lists;
    const old = { schema: 1, position, filed: 0, fields, state: { ...store.state, deliveries: {} }, parts };
    disk.put(`${flowDir}/state.json`, sealed(macKey, old).bytes);
    const snapshots = new Snapshots({ ...surroundings, ...split });
    const read = await snapshots.read();
    expect(plain(read.state)).toEqual(plain(store.state));
    const backup = JSON.parse(disk.content(`${flowDir}/state.v1.json`).toString());
    const deliveries = Object.fromEntries(store.state.deliveries.texts());
    expect([backup.schema, backup.parts]).toEqual([1, undefined]);
    expect(backup.state).toEqual({ ...(plain(store.state) as object), deliveries });
    await snapshots.write({ ...position, seq: 8 }, 0, read.state);
    expect(namesIn(disk, "state.json").filter((name) => !name.file.startsWith("state-8-"))).toEqual([]);
    expect(partFiles(disk)).toHaveLength(32);
  });
});
