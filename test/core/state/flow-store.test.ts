import { describe, expect, it } from "vitest";
import { StateError } from "../../../src/core/errors.ts";
import type { OpenFlowStore } from "../../../src/core/state/flow-store.ts";
import { stateFailpoints } from "../../../src/core/state/flow-store.ts";
import type { LineDraft } from "../../../src/core/state/lines.ts";
import { cursor, flowDir, intent, Killed, killAt, ofRun, open, plain, result } from "./kit.ts";
import { MemoryDisk } from "./memory-disk.ts";

/** Sizes under which some work files, splits and joins deliveries. */
const small = { closedPerFiling: 5, deliveriesInOneFile: 2 };

/** A run's worth of everything: intents, results, closed deliveries in number, re-opened ones, a cursor, snapshots. */
async function work(store: OpenFlowStore, acknowledged: string[]): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    const keys = [0, 1, 2].map((number) => `k${round}-${number}`);
    await store.append(keys.map((key) => intent(key)));
    await store.append(keys.map((key) => result(key, { closed: true })));
    acknowledged.push(...keys);
    if (round === 3) await store.append([result("k0-0", { version: "2" })]);
    if (round === 4) await store.append([result("k0-0", { version: "3", closed: true })]);
    await store.append([cursor(String(round))]);
    await store.save();
  }
}

async function holdsAll(store: OpenFlowStore, keys: readonly string[]): Promise<void> {
  const found = await store.load(keys);
  expect([...found.keys()].sort()).toEqual([...keys].sort());
  for (const key of keys) expect(await store.holder(key)).toBe(key);
}

describe("a flow's store", () => {
  it("gives back after a restart what was folded before", async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    await store.append([intent("a"), intent("b")]);
    await store.append([result("a")]);
    await store.save();
    await store.append([cursor("later")]);
    disk.powerCut();
    const again = await open(disk);
    expect(plain(again.state)).toEqual(plain(store.state));
    expect(Object.keys(again.state.intents)).toEqual(["b#order"]);
    expect(again.state.cursor).toBe("later");
  });

  it("loses nothing acknowledged when it is killed at any failpoint, any time it is met, with or without power", async () => {
    const met = new Set<string>();
    for (const name of stateFailpoints) {
      for (let nth = 1; ; nth += 1) {
        const acknowledged: string[] = [];
        const disk = new MemoryDisk();
        const run = open(disk, { failpoint: killAt(name, nth), ...small }).then((store) => work(store, acknowledged));
        const error = await run.then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error === undefined) break;
        expect(error).toBeInstanceOf(Killed);
        met.add(name);
        for (const cut of [undefined, {}, { keep: 40 }, { keep: 1_000_000 }, { names: true }]) {
          const twin = disk.fork();
          if (cut) twin.powerCut(cut);
          else twin.killProcess();
          const store = await open(twin, small);
          await holdsAll(store, acknowledged);
          await store.save();
          twin.powerCut();
          const finished: string[] = [];
          await work(await open(twin, small), finished);
          twin.powerCut();
          await holdsAll(await open(twin), finished);
        }
      }
    }
    expect([...met].sort()).toEqual([...stateFailpoints].sort());
  });

  it("stops with exit 7 and loses nothing when the disk refuses any call from any moment on", async () => {
    const calls = [
      "append",
      "appendWrite",
      "appendSync",
      "write",
      "rename",
      "syncDirectory",
      "read",
      "remove",
    ] as const;
    for (const call of calls) {
      for (let nth = 1; ; nth += 1) {
        const acknowledged: string[] = [];
        const disk = new MemoryDisk();
        disk.fault = { call, nth, code: "ENOSPC" };
        const run = open(disk, small).then((store) => work(store, acknowledged));
        const error = await run.then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error === undefined) break;
        expect(error, `${call} ${nth}`).toMatchObject({ exitCode: 7, context: { code: "ENOSPC" } });
        disk.fault = undefined;
        for (const twin of [disk.fork(), disk]) {
          if (twin === disk) disk.powerCut();
          const store = await open(twin, small);
          await holdsAll(store, acknowledged);
          await work(store, []);
        }
      }
    }
  });

  it("reads the older snapshot and the log when the newest is damaged, and the whole log when both are", async () => {
    const disk = new MemoryDisk();
    const store = await open(disk, { closedPerFiling: 4 });
    await work(store, []);
    for (const names of [["state.json"], ["state.json", "state.1.json"]]) {
      const twin = disk.copy();
      for (const name of names) twin.put(`${flowDir}/${name}`, twin.content(`${flowDir}/${name}`).subarray(0, 50));
      const again = await open(twin, { closedPerFiling: 4 });
      await holdsAll(again, ["k0-0", "k0-1", "k3-2", "k5-0"]);
      expect(again.state.cursor).toBe("5");
      await again.append([cursor("6")]);
      await again.save();
      twin.powerCut();
      expect((await open(twin)).state.cursor).toBe("6");
    }
  });

  it("keeps every member of the state through snapshots, split or not, and through a rebuild from the log", async () => {
    const run = { kind: "run", ...ofRun, command: "sync orders" } as const;
    const aside = { key: "x", document: "X", record: { id: "usmf/x", version: "1", ref: "x" }, mapping: "mm" };
    const error = { code: "E", message: "no" };
    const told = { outcome: "dead", error, calls: [], attempts: 1, since: "2026-03-01T08:00:00.000Z" } as const;
    const budgets = [{ name: "shipper", remaining: 7, limit: 40 }];
    const lines: LineDraft[] = [
      { ...run, event: "start", account: { erp: "a" }, frozen: { keyTemplate: "{orderNumber}" } },
      { kind: "aside", ...ofRun, ...aside, ...told },
      {
        kind: "resolved",
        ...ofRun,
        key: "x",
        document: "X",
        outcome: "resolved",
        record: "usmf/x",
        how: "dropped",
        dropped: "1",
      },
      { kind: "aside", ...ofRun, ...aside, ...told, record: { ...aside.record, id: "usmf/y" } },
      ...["a", "b", "c", "d"].map((key) => result(key)),
      result("e", { closed: true }),
      intent("f"),
      cursor("4"),
      { ...run, event: "restored", since: "2026-02-01T00:00:00.000Z" },
      { ...run, event: "end", counts: { drift: 2 }, budgets, complete: true },
      { ...run, event: "restored", since: "2026-02-02T00:00:00.000Z" },
    ];
    const members = {
      account: { erp: "a" },
      frozen: { keyTemplate: "{orderNumber}" },
      hasDelivered: true,
      budgets,
      lastSuccessAt: "2026-03-01T08:00:00.000Z",
      drift: 2,
      cursor: "4",
      dropped: { "usmf/x": "1" },
      asides: { "usmf/y": { attempts: 1, restored: { since: "2026-02-01T00:00:00.000Z" } } },
      restored: { at: "2026-03-01T08:00:00.000Z", since: "2026-02-02T00:00:00.000Z" },
      intents: { "f#order": { key: "f" } },
    };
    for (const sizes of [{}, small, { closedPerFiling: 1 }]) {
      const disk = new MemoryDisk();
      const store = await open(disk, sizes);
      await store.append(lines);
      const unsaved = plain(store.state);
      expect(unsaved).toMatchObject(members);
      expect(plain((await open(disk, sizes)).state)).toEqual(unsaved);
      await store.save();
      disk.powerCut();
      const again = await open(disk, sizes);
      expect(plain(again.state)).toEqual(plain(store.state));
      expect(Object.keys(again.state).sort()).toEqual([...Object.keys(members), "deliveries"].sort());
      await disk.remove(`${flowDir}/state.json`);
      expect(plain((await open(disk, sizes)).state)).toEqual(unsaved);
    }
  });

  it("knows that something was delivered when all of it is filed, and also after a skip alone that nothing was", async () => {
    const disk = new MemoryDisk();
    const store = await open(disk, { closedPerFiling: 1 });
    await store.append([result("skipped", { recorded: true })]);
    await store.save();
    expect((await open(disk)).state.hasDelivered).toBeUndefined();
    await store.append([result("a", { closed: true }), result("skipped", { closed: true })]);
    await store.save();
    const again = await open(disk);
    expect([again.state.deliveries.size, again.state.hasDelivered]).toEqual([0, true]);
  });

  it("refuses a state whose log is gone instead of reading it as empty", async () => {
    const disk = new MemoryDisk();
    await work(await open(disk), []);
    for (const damaged of [true, false]) {
      const twin = disk.copy();
      await twin.remove(`${flowDir}/log-2026-03.jsonl`);
      if (damaged) for (const name of ["state.json", "state.1.json"]) twin.put(`${flowDir}/${name}`, Buffer.from("{}"));
      await expect(open(twin)).rejects.toThrow(/missing/);
      await expect(open(twin, { readOnly: true })).rejects.toBeInstanceOf(StateError);
    }
  });

  it("lets the newest filing of a key win and opens a filed delivery again when a line touches it", async () => {
    const disk = new MemoryDisk();
    const store = await open(disk, { closedPerFiling: 1 });
    await store.append([result("a", { naturalKey: "n1", closed: true })]);
    await store.save();
    expect(store.state.deliveries.size).toBe(0);
    await store.append([result("a", { naturalKey: "n1-g2", version: "2", closed: true })]);
    await store.save();
    const again = await open(disk);
    expect((await again.load(["a"])).get("a")?.versions).toEqual({ "usmf/a": "2" });
    expect(await again.holder("n1-g2")).toBe("a");
    expect(await again.holder("n1")).toBeUndefined();
    await again.append([result("a", { naturalKey: "n1-g3", version: "3" })]);
    expect(again.state.deliveries.get("a")?.closed).toBe(false);
    expect(await again.holder("n1-g2")).toBeUndefined();
  });

  it("writes nothing when it is opened to be read", async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    await store.append([result("a")]);
    const before = disk.copy();
    const reader = await open(disk, { readOnly: true });
    expect((await reader.load(["a"])).size).toBe(1);
    await expect(reader.append([cursor("x")])).rejects.toThrow(/read only/);
    await expect(reader.save()).rejects.toThrow(/read only/);
    expect(disk.paths()).toEqual(before.paths());
  });

  it("writes a snapshot by itself after so many lines", async () => {
    const disk = new MemoryDisk();
    const store = await open(disk, { linesPerSnapshot: 3 });
    await store.append([intent("a"), intent("b")]);
    expect(disk.paths()).not.toContain(`${flowDir}/state.json`);
    await store.append([result("a")]);
    expect(disk.paths()).toContain(`${flowDir}/state.json`);
  });

  it("keeps an intended delivery out of the files", async () => {
    const store = await open(new MemoryDisk(), { closedPerFiling: 1 });
    await store.append([result("a", { closed: true }), intent("a")]);
    await store.save();
    expect([...store.state.deliveries.texts().keys()]).toEqual(["a"]);
  });

  it("survives keys that are names of the prototype", async () => {
    const disk = new MemoryDisk();
    const store = await open(disk, { closedPerFiling: 1 });
    await store.append([result("__proto__", { closed: true }), result("constructor", { closed: true })]);
    await store.save();
    await holdsAll(await open(disk), ["__proto__", "constructor"]);
  });
});
