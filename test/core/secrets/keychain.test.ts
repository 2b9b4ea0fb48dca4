import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/core/errors.ts";
import { keychainStore } from "../../../src/core/secrets/keychain.ts";
import { type Entries, readEntries, writeEntries } from "../../../src/core/secrets/keychain-entries.ts";

const built = join(import.meta.dirname, "../../../dist/core/secrets/keychain-child.js");

function memory(accounts = new Map<string, string>()): { accounts: Map<string, string>; entries: Entries } {
  const entries: Entries = (account) => ({
    get: async () => accounts.get(account),
    set: async (value) => {
      accounts.set(account, value);
    },
    remove: async () => {
      accounts.delete(account);
    },
  });
  return { accounts, entries };
}

describe("entries of the keychain", () => {
  it("hold values of any length in parts of at most what Windows takes", async () => {
    const { accounts, entries } = memory();
    const long = "ü".repeat(5_000);
    await writeEntries(entries, { "erp.privateKey": long, short: "s", empty: "" });
    expect(await readEntries(entries)).toEqual({ "erp.privateKey": long, short: "s", empty: "" });
    expect(Math.max(...[...accounts.values()].map((value) => value.length))).toBeLessThan(1_280);
  });

  it("leave nothing of a longer or removed value", async () => {
    const { accounts, entries } = memory();
    await writeEntries(entries, { a: "x".repeat(3_000), b: "y".repeat(3_000) });
    await writeEntries(entries, { a: "short", b: null });
    expect(await readEntries(entries)).toEqual({ a: "short" });
    expect([...accounts.keys()].sort()).toEqual(["names", "secret:a"]);
  });

  it("refuse a value of which a part is missing", async () => {
    const { accounts, entries } = memory();
    await writeEntries(entries, { a: "x".repeat(3_000) });
    accounts.delete("secret:a#2");
    await expect(readEntries(entries)).rejects.toThrow(/"secret:a" is not whole/);
  });

  it("keep every other value when a write stops after any call", async () => {
    const { accounts } = memory();
    await writeEntries(memory(accounts).entries, { keep: "k", change: "x".repeat(2_000) });
    for (let stop = 1; ; stop += 1) {
      const twin = new Map(accounts);
      let calls = 0;
      const stopping: Entries = (account) => {
        const entry = memory(twin).entries(account);
        const counted = () => {
          calls += 1;
          if (calls >= stop) throw new Error("stopped");
        };
        return {
          get: entry.get,
          set: async (value) => {
            counted();
            await entry.set(value);
          },
          remove: async () => {
            counted();
            await entry.remove();
          },
        };
      };
      const stopped = await writeEntries(stopping, { fresh: "f", other: null }).then(
        () => false,
        () => true,
      );
      expect(await readEntries(memory(twin).entries)).toMatchObject({ keep: "k", change: "x".repeat(2_000) });
      if (!stopped) break;
    }
  });
});

describe("the keychain's child process", () => {
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "mlc-keychain-"));
  });
  afterAll(() => rm(dir, { recursive: true }));

  async function child(source: string): Promise<string> {
    const path = join(dir, `${Math.abs(hash(source))}.mjs`);
    await writeFile(path, source);
    return path;
  }
  const hash = (text: string) => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) | 0, 0);
  const read = (program: string, env: Record<string, string> = {}, timeoutMs = 5_000) =>
    keychainStore({ service: "mlc test", env, isTty: false, child: program, timeoutMs })
      .readAll()
      .catch((error: unknown) => error);

  it("gets the request on stdin, never as an argument, and gives secrets back masked", async () => {
    const program = await child(
      `let text = ""; for await (const chunk of process.stdin) text += chunk;
       process.stdout.write(JSON.stringify({ values: { request: text, args: process.argv.slice(2).join() } }));`,
    );
    const secrets = await keychainStore({ service: "s", env: {}, isTty: false, child: program }).readAll();
    expect(secrets.request?.reveal()).toBe('{"service":"s"}');
    expect(secrets.args?.reveal()).toBe("");
    expect(JSON.stringify(secrets)).not.toContain("service");
  });

  it.each([
    ["KEYCHAIN_LOCKED", `console.log('{"failed":"keychain","message":"Secret Service: object locked"}')`],
    ["KEYCHAIN_ABSENT", `console.log('{"failed":"keychain","message":"Platform failure: DBus error: x"}')`],
    ["KEYCHAIN_BINDING", `console.log('{"failed":"binding","message":"Cannot find native binding"}')`],
    ["KEYCHAIN_BINDING", "process.exit(7)"],
    ["KEYCHAIN_OTHER", `console.log('{"failed":"keychain","message":"the entry is not whole"}')`],
  ])("tells %s, and names the vault as the way out", async (code, source) => {
    const error = await read(await child(source));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ exitCode: 6, context: { code } });
    expect((error as ConfigError).hint).toContain("mlc connect --store vault");
  });

  it("is killed when it hangs", async () => {
    const error = await read(await child("setInterval(() => {}, 1000)"), {}, 300);
    expect(error).toMatchObject({ context: { code: "KEYCHAIN_HUNG" } });
    expect((error as ConfigError).hint).toContain("mlc connect --store vault");
  });

  it("finds no keychain where there is no bus", async () => {
    const error = await read(built, { DBUS_SESSION_BUS_ADDRESS: `unix:path=${dir}/none` });
    expect(error).toMatchObject({ context: { code: "KEYCHAIN_ABSENT" } });
  });

  it("is killed although the bus that hangs blocks its whole thread", async () => {
    const path = join(dir, "bus");
    const bus = createServer((socket) => socket.on("error", () => {}).resume()).listen(path);
    const error = await read(built, { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` }, 700);
    expect(error).toMatchObject({ context: { code: "KEYCHAIN_HUNG" } });
    await new Promise((resolve) => bus.close(resolve));
  });
});
