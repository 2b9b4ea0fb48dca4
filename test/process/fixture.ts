import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxNav } from "../../src/commands/support/sandbox-nav.ts";
import {
  type Sandboxes,
  sandboxCredentials,
  sandboxFedEx,
  serveSandboxes,
} from "../../src/commands/support/sandboxes.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { openMlc } from "../../src/mlc.ts";

/** What a process said and how it ended. */
export interface Ended {
  stdout: string;
  stderr: string;
  code: number | null;
}

/** What surrounds a process. */
export interface RunOptions {
  env?: Record<string, string>;
  stdin?: string;
  /** Sees the process as it begins, to signal it or to close its pipes. */
  started?(child: ReturnType<typeof spawn>): void;
}

const root = join(import.meta.dirname, "..", "..");

/** Runs the built `mlc` with exactly this environment beside PATH. `npm test` builds it first. */
export function runMlc(args: readonly string[], { env = {}, stdin = "", started }: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "bin", "run.js"), ...args], {
      env: { PATH: process.env.PATH ?? "", ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ stdout, stderr, code }));
    // A process that does not read its input may be gone before all is written.
    child.stdin.on("error", () => {});
    child.stdin.end(stdin);
    started?.(child);
  });
}

/** A profile in a directory of its own, and the simulated vendors that it may be connected to. */
export interface Bench extends Sandboxes {
  home: string;
  /** The vendors' clock, which processes start at. */
  clock: ReturnType<typeof jumpingClock>;
  env: Record<string, string>;
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
}

/** Starts the vendors and connects a profile to them by its files, unless `connected` is false. */
export async function openBench({
  connected = true,
  seeded = true,
  pair = {},
  fedex,
  bc,
  nav,
  limitV1 = 10_000,
  certificate,
  homeName = "mlc-process-",
}: {
  connected?: boolean;
  seeded?: boolean;
  pair?: Record<string, unknown>;
  /** Settings of fno-fedex, which is connected in the place of fno-shipstation then. */
  fedex?: Record<string, unknown>;
  /** Settings of bc-shipstation, which is connected in its place. */
  bc?: Record<string, unknown>;
  /** Settings of nav-shipstation, which is connected in its place. */
  nav?: Record<string, unknown>;
  limitV1?: number;
  /** Uploaded to the app registration, PEM. */
  certificate?: string;
  /** How the name of the profiles' directory begins. */
  homeName?: string;
} = {}): Promise<Bench> {
  const clock = jumpingClock(new Date("2026-11-21T16:00:00Z"));
  const vendors = await serveSandboxes({
    clock,
    seeded,
    limitV1,
    ...(certificate === undefined ? {} : { certificate }),
  });
  const home = mkdtempSync(join(tmpdir(), homeName));
  const env = { MLC_HOME: home, MLC_VAULT_KEY_FILE: join(home, "vault.key"), MLC_ZONE: "Europe/Berlin" };
  const others = {
    ...(fedex ? { "fno-fedex": fedex } : {}),
    ...(bc ? { "bc-shipstation": bc } : {}),
    ...(nav ? { "nav-shipstation": nav } : {}),
  };
  const pairs = Object.keys(others).length > 0 ? others : { "fno-shipstation": pair };
  if (connected) await connect(home, env, vendors, pairs);
  return {
    ...vendors,
    home,
    clock,
    env,
    run: (args, options = {}) =>
      runMlc(args, { ...options, env: { ...env, MLC_TEST_NOW: clock.now().toISOString(), ...options.env } }),
    close: async () => {
      await vendors.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Writes what `mlc connect` would write. */
async function connect(
  home: string,
  env: Record<string, string>,
  { settings }: Sandboxes,
  pairs: Record<string, Record<string, unknown>>,
): Promise<void> {
  const mlc = await openMlc({
    profile: "default",
    env,
    platform: process.platform,
    homedir: home,
    version: "0.0.0",
    signal: new AbortController().signal,
    isTty: false,
  });
  const { clientSecret, apiKey, apiSecret, apiKeyV2 } = sandboxCredentials;
  await mlc.disk.makeDirectory(mlc.dir);
  await mlc.secrets.makeVaultKey();
  await mlc.secrets.write(
    {
      "fno.clientSecret": clientSecret,
      "shipstation.apiKey": apiKey,
      "shipstation.apiSecret": apiSecret,
      "shipstation.apiKeyV2": apiKeyV2,
      ...("bc-shipstation" in pairs ? { "bc.clientSecret": clientSecret } : {}),
      ...("nav-shipstation" in pairs ? { "nav.password": sandboxNav.accessKey } : {}),
      ...("fno-fedex" in pairs ? fedexSecrets() : {}),
    },
    "vault",
  );
  await mlc.settings.save({
    schema: 1,
    secrets: "vault",
    fno: settings.fno,
    shipstation: settings.shipstation,
    ...("fno-fedex" in pairs ? { fedex: settings.fedex } : {}),
    ...("bc-shipstation" in pairs ? { bc: settings.bc } : {}),
    ...("nav-shipstation" in pairs ? { nav: settings.nav } : {}),
    ...pairs,
  });
}

function fedexSecrets(): Record<string, string> {
  return Object.fromEntries(Object.entries(sandboxFedEx.secrets).map(([name, value]) => [`fedex.${name}`, value]));
}

/** The JSON objects of an output of one a line. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Keeps secrets of the profile of a bench, and moves its clock to the machine's, by which a receiver runs. */
export async function keepForReceiver({ env, home, clock }: Bench, secrets: Record<string, string>): Promise<void> {
  const signal = new AbortController().signal;
  const mlc = await openMlc({
    ...{ profile: "default", env, platform: process.platform, homedir: home, version: "0.0.0", signal, isTty: false },
  });
  await mlc.secrets.write(secrets, "vault");
  clock.advance(Date.now() - clock.now().getTime());
}
