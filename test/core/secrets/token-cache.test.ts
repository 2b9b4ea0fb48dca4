import { describe, expect, it } from "vitest";
import { jumpingClock } from "../../../src/core/clock.ts";
import { profileKey } from "../../../src/core/secrets/profile-key.ts";
import { makeKey } from "../../../src/core/secrets/store.ts";
import { tokenFiles } from "../../../src/core/secrets/token-cache.ts";
import { vaultStore } from "../../../src/core/secrets/vault.ts";
import { acquireLock } from "../../../src/core/state/lock.ts";
import type { Machine } from "../../../src/core/state/machine.ts";
import { counter } from "../state/kit.ts";
import { MemoryDisk } from "../state/memory-disk.ts";

const value = { token: "canary-token", expiresAt: "2026-03-01T09:00:00Z" };

function machine(pid: number): Machine {
  return { self: async () => ({ host: "h", pid, start: "1" }), process: async () => ({ runs: true, start: "1" }) };
}

/** The cache as one process sees it. */
function cache(disk: MemoryDisk, pid = 1, key = Buffer.alloc(32, 1)) {
  const clock = { ...jumpingClock(new Date(0)), sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };
  return tokenFiles({ disk, dir: "/p/tokens", key, machine: machine(pid), clock, lockToken: counter(String(pid)) });
}

describe("the token cache on disk", () => {
  it("is shared by processes and keeps neither token nor name in clear", async () => {
    const disk = new MemoryDisk();
    await cache(disk).put("host/tenant/client", value);
    expect(await cache(disk, 2).get("host/tenant/client")).toEqual(value);
    const [path = ""] = disk.paths();
    expect(path + disk.content(path).toString()).not.toMatch(/canary|tenant/);
    await cache(disk, 2).drop("host/tenant/client");
    expect(await cache(disk).get("host/tenant/client")).toBeUndefined();
  });

  it("takes a file under another name or key, or a damaged one, for no token", async () => {
    const disk = new MemoryDisk();
    await cache(disk).put("a", value);
    const [a = ""] = disk.paths();
    await cache(disk).put("b", value);
    const b = disk.paths().find((path) => path !== a) ?? "";
    disk.put(b, disk.content(a));
    expect(await cache(disk).get("b")).toBeUndefined();
    expect(await cache(disk, 1, Buffer.alloc(32, 2)).get("a")).toBeUndefined();
    for (const text of ["", "{}", "null", "[1]"]) {
      disk.put(a, Buffer.from(text));
      expect(await cache(disk).get("a")).toBeUndefined();
    }
  });

  it("lets one process at a time fetch a token, and the next one finds it", async () => {
    const disk = new MemoryDisk();
    let fetched = 0;
    const token = (process: ReturnType<typeof cache>) =>
      process.exclusive("a", async () => {
        const cached = await process.get("a");
        if (cached) return cached;
        fetched += 1;
        await new Promise((resolve) => setImmediate(resolve));
        await process.put("a", value);
        return value;
      });
    const [one, two] = [cache(disk, 1), cache(disk, 2)];
    const tokens = await Promise.all([token(one), token(two), token(one), token(two)]);
    expect(tokens).toEqual([value, value, value, value]);
    expect(fetched).toBe(1);
    expect(disk.paths()).toHaveLength(1);
  });

  it("goes on after work that failed, and without the lock when its holder hangs", async () => {
    const disk = new MemoryDisk();
    const one = cache(disk);
    await expect(one.exclusive("a", () => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
    expect(await one.exclusive("a", async () => 1)).toBe(1);
    await one.put("a", value);
    const name = disk.paths()[0]?.replace("/p/tokens/", "").replace(".json", ".lock") ?? "";
    const clock = jumpingClock(new Date(0));
    const token = () => "hanging";
    const hanging = { disk, dir: "/p/tokens", name, machine: machine(9), clock, token, command: "token" };
    await acquireLock({ ...hanging, mode: "fail", waitMs: 0 });
    const options = { disk, dir: "/p/tokens", key: Buffer.alloc(32, 1), machine: machine(1), clock };
    const waiting = tokenFiles({ ...options, lockToken: counter("w") });
    expect(await waiting.exclusive("a", async () => 2)).toBe(2);
  });
});

describe("the profile's key", () => {
  it("is refused when it is missing or no key", async () => {
    const store = vaultStore({ disk: new MemoryDisk(), path: "/p/v", profile: "p", key: Buffer.alloc(32, 1) });
    expect(() => profileKey({})).toThrow(/"mac".* is missing/);
    await store.write({ mac: makeKey() });
    expect(profileKey(await store.readAll())).toHaveLength(32);
    await store.write({ mac: "no key" });
    await expect(store.readAll().then(profileKey)).rejects.toThrow(/not a key/);
  });
});
