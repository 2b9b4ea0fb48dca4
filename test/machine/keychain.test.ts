import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { sandboxCredentials } from "../../src/commands/support/sandboxes.ts";
import { type Bench, openBench } from "../process/fixture.ts";
import { wants } from "./kit.ts";

const { clientSecret, apiKey, apiSecret, apiKeyV2 } = sandboxCredentials;
const values = [clientSecret, apiKey, apiSecret, apiKeyV2];

/** A D-Bus session with a keyring in it. */
interface Session {
  env: Record<string, string>;
  close(): Promise<void>;
}

/** Begins a session whose keyrings are those of a home directory; `password` opens them, or makes the first. */
async function session(home: string, password?: string): Promise<Session> {
  const runtime = join(home, "run");
  rmSync(runtime, { recursive: true, force: true });
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  const how = password === undefined ? "--start" : "--unlock";
  // The daemon goes with the bus, which goes with the shell, which goes when its input ends.
  // Who asks before it has its name has the bus start a second one, which leaves again.
  const isNamed = `dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus /org/freedesktop/DBus \\
    org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets`;
  const script = `printf %s "$1" | gnome-keyring-daemon ${how} --components=secrets > /dev/null
    for try in $(seq 200); do ${isNamed} | grep -q true && break; sleep 0.05; done
    echo "$DBUS_SESSION_BUS_ADDRESS"; cat > /dev/null`;
  const child = spawn("dbus-run-session", ["--", "/bin/sh", "-c", script, "sh", password ?? ""], {
    env: { PATH: process.env.PATH ?? "", HOME: home, XDG_RUNTIME_DIR: runtime },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").once("data", (text: string) => resolve(text.trim()));
    child.on("error", reject);
    child.on("close", () => reject(new Error("the D-Bus session ended before it began")));
  });
  return {
    env: { DBUS_SESSION_BUS_ADDRESS: address, HOME: home, XDG_RUNTIME_DIR: runtime },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

let home = "";
beforeAll(() => {
  wants("dbus-run-session", "dbus");
  wants("gnome-keyring-daemon", "gnome-keyring");
  home = mkdtempSync(join(tmpdir(), "mlc-keyring-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

let bench: Bench;
let open: Session | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
  await bench.close();
});

const mlc = (
  args: readonly string[],
  { stdin = "", env = {} }: { stdin?: string; env?: Record<string, string> } = {},
) => bench.run(args, { stdin, env: { ...open?.env, ...env } });
const connect = async () => {
  const flags = ["--no-input", "--secrets-stdin", "--store", "keychain"];
  const { fno, shipstation } = bench.settings;
  const sets = (settings: Record<string, unknown>) =>
    Object.entries(settings).flatMap(([path, value]) => ["--set", `${path}=${value}`]);
  const first = await mlc(["connect", "fno", ...flags, ...sets(fno)], { stdin: JSON.stringify({ clientSecret }) });
  const secrets = JSON.stringify({ apiKey, apiSecret, apiKeyV2 });
  const second = await mlc(["connect", "shipstation", ...flags, ...sets(shipstation)], { stdin: secrets });
  const pair = await mlc(["connect", "fno-shipstation", "--no-input"]);
  expect([first.code, second.code, pair.code]).toEqual([0, 0, 0]);
};
const config = () => JSON.parse(readFileSync(join(bench.home, "default", "config.json"), "utf8"));
const kept = async () => JSON.parse((await mlc(["secrets", "list", "--json"])).stdout);

// A dozen and more processes each, beside all other tests.
vi.setConfig({ testTimeout: 180_000 });

describe("a keyring that is open", () => {
  it("keeps the secrets from connect to sync, and through the vault and back", async () => {
    bench = await openBench({ connected: false });
    open = await session(join(home, "open"), "pw");
    await connect();
    expect(config().secrets).toBe("keychain");
    const sync = await mlc(["sync", "--limit", "1"]);
    // Some of the seeded orders want a person.
    expect([sync.code, bench.shipstation.orders.length]).toEqual([3, 1]);
    expect((await mlc(["status"])).code).toBe(3);
    expect((await mlc(["audit", "verify"])).code).toBe(0);
    const first = await kept();
    expect(first.store).toBe("keychain");
    expect(first.secrets.map(({ name }: { name: string }) => name)).toEqual([
      ...["fno.clientSecret", "mac", "shipstation.apiKey", "shipstation.apiKeyV2", "shipstation.apiSecret"],
    ]);
    expect(values.filter((value) => JSON.stringify(first).includes(value))).toEqual([]);

    const toVault = await mlc(["secrets", "move", "--to", "vault", "--no-input"]);
    expect([toVault.code, config().secrets]).toEqual([0, "vault"]);
    expect(await kept()).toEqual({ ...first, store: "vault" });
    expect((await bench.run(["sync", "--limit", "1"])).code).toBe(0);
    const back = await mlc(["secrets", "move", "--to", "keychain", "--no-input"]);
    expect([back.code, config().secrets]).toEqual([0, "keychain"]);
    expect(await kept()).toEqual(first);
    expect((await mlc(["audit", "verify"])).code).toBe(0);
    expect((await mlc(["ping"])).code).toBe(0);
  });

  it.each(["move-copied", "move-switched"])("loses no secret when a move is killed at %s", async (point) => {
    bench = await openBench();
    open = await session(join(home, "open"), "pw");
    const before = await kept();
    for (const to of ["keychain", "vault"]) {
      const killed = await mlc(["secrets", "move", "--to", to], { env: { MLC_FAILPOINT: point } });
      expect([killed.code, killed.stderr]).toEqual([null, ""]);
      expect((await kept()).secrets).toEqual(before.secrets);
      expect((await mlc(["secrets", "move", "--to", to])).code).toBe(0);
      expect(await kept()).toEqual({ ...before, store: to });
      const other = to === "vault" ? "keychain" : "vault";
      const again = await mlc(["secrets", "move", "--to", to]);
      expect(again.stderr).not.toContain(`left in the ${other}`);
    }
    expect((await mlc(["ping"])).code).toBe(0);
  });
});

describe("a keyring that cannot be used ends with 6 and names the vault", () => {
  const refused = async (env: Record<string, string>, message: string) => {
    for (const args of [["sync"], ["secrets", "list"]]) {
      const { code, stderr, stdout } = await mlc(args, { env });
      expect([code, stderr.includes(message), stderr.includes("--store vault")]).toEqual([6, true, true]);
      expect(values.filter((value) => (stderr + stdout).includes(value))).toEqual([]);
    }
  };

  it("when there is no bus", async () => {
    bench = await openBench({ connected: false, seeded: false });
    open = await session(join(home, "open"), "pw");
    await connect();
    await refused({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${home}/none` }, "no keychain in this session");
  });

  it("when nobody has unlocked it", async () => {
    bench = await openBench({ connected: false, seeded: false });
    open = await session(join(home, "locked"), "pw");
    await connect();
    await open.close();
    open = await session(join(home, "locked"));
    await refused({}, "The keychain is locked");
  });

  it("when the bus accepts and never answers", async () => {
    bench = await openBench({ connected: false, seeded: false });
    open = await session(join(home, "open"), "pw");
    await connect();
    const path = join(home, "hung");
    const bus = await new Promise<Server>((resolve) => {
      const server = createServer((socket) => socket.on("error", () => {}).resume());
      server.listen(path, () => resolve(server));
    });
    await refused({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` }, "gave no answer within 4 s");
    bus.close();
  });
});
