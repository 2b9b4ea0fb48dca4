import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { jumpingClock } from "../../src/core/clock.ts";
import { type Mlc, openMlc } from "../../src/mlc.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import { FnoSandbox } from "../../src/sandbox/fno.ts";
import type { SimulatedVendor } from "../../src/sandbox/kit.ts";
import { type ShipBobOptions, ShipBobSandbox } from "../../src/sandbox/shipbob.ts";
import { type Ended, type RunOptions, runMlc } from "./fixture.ts";

const [tenantId, clientId, clientSecret] = ["tenant-1", "client-1", "entra-secret"];

/** Fields of the customer's own on F&O's order header. */
const customFields = {
  CustTracking: { type: "Edm.String", maxLength: 200 },
  CustCost: { type: "Edm.Decimal" },
} as const;

/** What a profile of F&O with ShipBob is told beside the addresses. */
export interface ShipBobBenchOptions {
  pair?: Record<string, unknown>;
  /** Added to ShipBob's settings. */
  shipbob?: Record<string, unknown>;
  /** How ShipBob is signed in to; a personal access token when left out. */
  secrets?(shipbob: ShipBobSandbox): Record<string, string>;
  sandbox?: Partial<ShipBobOptions>;
}

/** Simulated F&O and ShipBob on loopback, and a profile on disk that joins them. */
export async function openShipBobBench(given: ShipBobBenchOptions = {}) {
  const clock = jumpingClock(new Date("2026-11-23T06:00:00Z"));
  const entra = new EntraSandbox({ clock, tenantId, clientId, clientSecret });
  const fno = new FnoSandbox({ clock, customFields, accepts: (token) => entra.accepts(token) });
  const shipbob = new ShipBobSandbox({ clock, token: "pat", ...given.sandbox });
  const served = await Promise.all([entra, fno, shipbob].map(serveOne));
  const [authority = "", host = "", apiUrl = ""] = served.map(({ url }) => url);
  const home = mkdtempSync(join(tmpdir(), "mlc-process-shipbob-"));
  const env = () => ({
    MLC_HOME: home,
    MLC_VAULT_KEY_FILE: join(home, "vault.key"),
    MLC_TEST_NOW: clock.now().toISOString(),
  });
  const open = (): Promise<Mlc> =>
    openMlc({
      profile: "default",
      env: env(),
      platform: process.platform,
      homedir: home,
      version: "0.0.0",
      signal: new AbortController().signal,
      isTty: false,
    });
  const mlc = await open();
  await mlc.disk.makeDirectory(mlc.dir);
  await mlc.secrets.makeVaultKey();
  const signIn = given.secrets?.(shipbob) ?? { "shipbob.accessToken": "pat" };
  await mlc.secrets.write({ "fno.clientSecret": clientSecret, ...signIn }, "vault");
  await mlc.settings.save({
    schema: 1,
    secrets: "vault",
    fno: { host, authority, tenantId, clientId, legalEntities: ["usmf"] },
    shipbob: { apiUrl, authUrl: apiUrl, channelId: 100_101, ...given.shipbob },
    "fno-shipbob": given.pair ?? {},
  });
  return {
    clock,
    fno,
    shipbob,
    home,
    get env() {
      return env();
    },
    /** Opens the profile in this process, which is many times cheaper than one of its own. */
    open,
    run: (args: readonly string[], options: RunOptions = {}): Promise<Ended> =>
      runMlc(args, { ...options, env: { ...env(), ...options.env } }),
    close: async () => {
      await Promise.all(served.map(({ close }) => close()));
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** What `openShipBobBench` gives. */
export type ShipBobBench = Awaited<ReturnType<typeof openShipBobBench>>;

async function serveOne(vendor: SimulatedVendor): Promise<{ url: string; close(): Promise<void> }> {
  const server = serve({ fetch: (request, env) => vendor.fetch(request, env), hostname: "127.0.0.1", port: 0 });
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
