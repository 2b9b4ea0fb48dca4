import { describe, expect, it } from "vitest";
import { noFailpoint } from "../../../src/core/failpoint.ts";
import { emptyState } from "../../../src/core/state/fold.ts";
import { migrated, stateSchema } from "../../../src/core/state/schema.ts";
import { sealed } from "../../../src/core/state/seal.ts";
import { Snapshots } from "../../../src/core/state/snapshot.ts";
import { cursor, flowDir, macKey, open, plain, result } from "./kit.ts";
import { MemoryDisk } from "./memory-disk.ts";

const newest = `${flowDir}/state.json`;
const older = `${flowDir}/state.1.json`;

async function savedTwice(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const store = await open(disk);
  for (const name of ["one", "two"]) {
    await store.append([result(name), cursor(name)]);
    await store.save();
  }
  return disk;
}

describe("a flow's snapshots", () => {
  it("keeps the last two", async () => {
    const disk = await savedTwice();
    expect(disk.content(newest).toString()).toContain('"cursor":"two"');
    expect(disk.content(older).toString()).toContain('"cursor":"one"');
  });

  it("reads every flipped bit as damage and takes the older one with the log", async () => {
    const disk = await savedTwice();
    const whole = disk.content(newest);
    for (let at = 0; at < whole.length; at += 7) {
      const twin = disk.copy();
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      twin.put(newest, changed);
      expect((await open(twin)).state.cursor).toBe("two");
    }
  });

  it("keeps the older whole one when the newest is damaged, and the damaged one for a person to see", async () => {
    const disk = await savedTwice();
    disk.put(newest, Buffer.from("half"));
    const store = await open(disk);
    await store.append([cursor("three")]);
    disk.failFromNow("rename", 2, "EIO");
    await expect(store.save()).rejects.toMatchObject({ exitCode: 7 });
    expect(disk.content(older).toString()).toContain('"cursor":"one"');
    disk.fault = undefined;
    disk.powerCut({ names: true });
    expect((await open(disk)).state.cursor).toBe("three");
    expect(disk.content(`${flowDir}/state.damaged.json`).toString()).toBe("half");
  });

  it("refuses a snapshot of a newer mlc", async () => {
    const disk = await savedTwice();
    disk.put(newest, sealed(macKey, { schema: stateSchema + 1, position: {}, filed: 0, state: {} }).bytes);
    await expect(open(disk)).rejects.toMatchObject({ exitCode: 7, context: { code: "SCHEMA_NEWER" } });
  });

  it.each([1, 2])(
    "takes over one of version %i, whose deliveries are no texts, and keeps a backup of it",
    async (was) => {
      const disk = await savedTwice();
      const { mac: _, fields: __, ...data } = JSON.parse(disk.content(newest).toString());
      const { deliveries } = plain((await open(disk)).state) as { deliveries: object };
      const old = sealed(macKey, { ...data, schema: was, state: { ...data.state, deliveries } }).bytes;
      disk.put(newest, old);
      const store = await open(disk);
      expect([...store.state.deliveries.texts().keys()]).toEqual(["one", "two"]);
      expect(plain(store.state)).toMatchObject({ deliveries });
      await store.append([cursor("three")]);
      await store.save();
      expect(disk.content(newest).toString()).toContain(`{"schema":${stateSchema},`);
      expect(disk.content(`${flowDir}/state.v${was}.json`)).toEqual(old);
    },
  );

  it("migrates an older one and keeps a backup of it", async () => {
    const disk = new MemoryDisk();
    const position = { file: "log-2026-03.jsonl", offset: 9, seq: 1, mac: "m" };
    const old = sealed(macKey, { schema: 0, position, filed: 0, state: { ...emptyState(), cursor: 1 } }).bytes;
    disk.put(newest, old);
    const options = { disk, dir: flowDir, key: macKey, failpoint: noFailpoint, readOnly: false };
    const migrations = { 0: (data: object) => ({ ...data, schema: stateSchema }) };
    const read = await new Snapshots({ ...options, migrations }).read();
    expect(read).toMatchObject({ schema: stateSchema, position, state: { cursor: 1 } });
    expect(disk.content(`${flowDir}/state.v0.json`)).toEqual(old);
  });

  it("refuses a shape that no step leads on from", () => {
    expect(() => migrated({ schema: 0 }, 2, { 0: (data) => ({ ...data, schema: 1 }) }, "f")).toThrow(/cannot read/);
  });

  it("leaves the old snapshots whole when the disk refuses any call of a save", async () => {
    for (const call of ["write", "rename", "syncDirectory"] as const) {
      for (const nth of [1, 2, 3, 4]) {
        const disk = new MemoryDisk();
        const store = await open(disk, { closedPerFiling: 1 });
        await store.append([result("a"), cursor("one")]);
        await store.save();
        await store.append([result("b", { closed: true }), cursor("two")]);
        disk.failFromNow(call, nth, "ENOSPC");
        await store.save().catch((error: unknown) => expect(error).toMatchObject({ exitCode: 7 }));
        disk.fault = undefined;
        disk.powerCut();
        const again = await open(disk);
        expect(again.state.cursor).toBe("two");
        expect([...(await again.load(["a", "b"])).keys()]).toEqual(["a", "b"]);
      }
    }
  });
});
