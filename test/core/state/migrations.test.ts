import { describe, expect, it } from "vitest";
import { type ConfigFile, readConfig, writeConfig } from "../../../src/core/config.ts";
import { noFailpoint } from "../../../src/core/failpoint.ts";
import { closeBox, derivedKey } from "../../../src/core/secrets/box.ts";
import { vaultStore } from "../../../src/core/secrets/vault.ts";
import { Filed } from "../../../src/core/state/filed.ts";
import { requestsIn } from "../../../src/core/state/requests.ts";
import { sealed, summed } from "../../../src/core/state/seal.ts";
import { cursor, flowDir, macKey, open, result } from "./kit.ts";
import { MemoryDisk } from "./memory-disk.ts";

const path = "/p/config.json";
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

describe("a config of an older version", () => {
  const old = json({ schema: 0, host: "h" });
  const migrations = { 0: ({ schema: _, ...rest }: object & { schema: number }) => ({ schema: 1, fno: rest }) };

  it("is read in today's shape and stays beside the one that takes its place", async () => {
    const disk = new MemoryDisk();
    disk.put(path, old);
    const config = await readConfig(disk, path, migrations);
    expect(config).toEqual({ schema: 1, fno: { host: "h" } });
    expect(disk.paths()).toEqual([path]);
    await writeConfig(disk, path, config);
    disk.powerCut();
    expect(disk.content("/p/config.v0.json")).toEqual(old);
    expect(await readConfig(disk, path)).toEqual(config);
    const next: ConfigFile = { ...config, secrets: "vault" };
    await writeConfig(disk, path, next);
    expect(disk.content("/p/config.v0.json")).toEqual(old);
    expect(disk.paths()).toEqual([path, "/p/config.v0.json"]);
  });

  it("keeps its place when there is no room for the copy", async () => {
    const disk = new MemoryDisk();
    disk.put(path, old);
    disk.failFromNow("write", 1, "ENOSPC");
    await expect(writeConfig(disk, path, { schema: 1 })).rejects.toMatchObject({ exitCode: 7 });
    expect(disk.content(path)).toEqual(old);
  });

  it("is refused when nothing leads on from it, and so is a newer one", async () => {
    for (const schema of [0, 2, "1", undefined]) {
      const disk = new MemoryDisk();
      disk.put(path, json({ schema }));
      await expect(readConfig(disk, path)).rejects.toMatchObject({ exitCode: 6, hint: expect.stringContaining("mlc") });
    }
  });
});

it("a vault of an older version is opened, taken over, and stays beside the new one", async () => {
  const disk = new MemoryDisk();
  const key = Buffer.alloc(32, 1);
  const place = "/p/vault.json";
  const box = closeBox(derivedKey(key, "mlc vault"), JSON.stringify(["default", "vault.json", 0]), '{"old":"s"}');
  const old = json({ schema: 0, check: "", ...box });
  disk.put(place, old);
  const migrations = { 0: () => ({ schema: 1, values: { "new.name": "s" } }) };
  const store = vaultStore({ disk, path: place, profile: "default", key, migrations });
  expect((await store.readAll())["new.name"]?.reveal()).toBe("s");
  await store.write({ more: "m" });
  expect(disk.content("/p/vault.v0.json")).toEqual(old);
  expect(Object.keys(await vaultStore({ disk, path: place, profile: "default", key }).readAll())).toEqual([
    "new.name",
    "more",
  ]);
  disk.put(place, old);
  const today = vaultStore({ disk, path: place, profile: "default", key });
  await expect(today.readAll()).rejects.toMatchObject({ exitCode: 7, context: { code: "SCHEMA_UNKNOWN" } });
});

it("a snapshot of an older version is taken over with its parts, and a whole copy of it stays", async () => {
  const disk = new MemoryDisk();
  const store = await open(disk, { deliveriesInOneFile: 1 });
  await store.append([result("a"), result("b"), cursor("1")]);
  await store.save();
  const { mac: _, ...data } = JSON.parse(disk.content(`${flowDir}/state.json`).toString());
  expect(data.parts.length).toBeGreaterThan(0);
  disk.put(`${flowDir}/state.json`, sealed(macKey, { ...data, schema: 1 }).bytes);
  const reader = await open(disk, { deliveriesInOneFile: 1, readOnly: true });
  expect(reader.state.deliveries.size).toBe(2);
  expect(disk.paths()).not.toContain(`${flowDir}/state.v1.json`);
  const again = await open(disk, { deliveriesInOneFile: 1 });
  await again.append([cursor("2")]);
  await again.save();
  expect(Object.keys(JSON.parse(disk.content(`${flowDir}/state.v1.json`).toString()).state.deliveries)).toHaveLength(2);
  disk.powerCut();
  expect((await open(disk)).state.cursor).toBe("2");
});

it("a file of closed deliveries of an older version is read in today's shape and never rewritten", async () => {
  const disk = new MemoryDisk();
  const store = await open(disk, { closedPerFiling: 1 });
  await store.append([result("a", { closed: true })]);
  await store.save();
  const file = `${flowDir}/closed/00001.json`;
  const { deliveries } = JSON.parse(disk.content(file).toString());
  const old = sealed(macKey, { schema: 0, filed: deliveries }).bytes;
  disk.put(file, old);
  const options = { disk, dir: `${flowDir}/closed`, key: macKey, failpoint: noFailpoint };
  const segmentMigrations = { 0: (found: object) => ({ schema: 1, deliveries: (found as { filed: object }).filed }) };
  expect(await new Filed({ ...options, segmentMigrations }, 1).delivery("a")).toMatchObject({ document: "A" });
  expect(disk.content(file)).toEqual(old);
  await expect(new Filed(options, 1).delivery("a")).rejects.toMatchObject({ context: { code: "SCHEMA_UNKNOWN" } });
});

it("a request of an unknown version is refused by name", async () => {
  const disk = new MemoryDisk();
  const id = "0".repeat(26);
  disk.put(`/p/requests/${id}.json`, summed({ schema: 0, request: "r" }));
  const requests = requestsIn({ disk, dir: "/p", ulid: () => id });
  await expect(requests.list()).rejects.toMatchObject({ exitCode: 7, context: { code: "SCHEMA_UNKNOWN" } });
});
