import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jumpingClock } from "../../src/core/clock.ts";
import type { Planned, RunOptions, ToldAside } from "../../src/core/sync/run.ts";
import { type Mlc, openMlc } from "../../src/mlc.ts";
import { BusinessCentralSandbox } from "../../src/sandbox/bc.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import type { SimulatedVendor, SocketEnv } from "../../src/sandbox/kit.ts";
import type { ShipStationSwitches } from "../../src/sandbox/shipstation/switches.ts";
import { ShipStationSandbox } from "../../src/sandbox/shipstation.ts";

/** Simulated Business Central and ShipStation in this process, and a profile on disk that joins them. */
export async function openMasterDataWorld(
  given: {
    pair?: Record<string, unknown>;
    shipstation?: Record<string, unknown>;
    switches?: Partial<ShipStationSwitches>;
    /** Another pair's settings, by its name, with what it needs. */
    more?: Record<string, unknown>;
  } = {},
) {
  const clock = jumpingClock(new Date("2026-11-23T16:00:00Z"));
  const [tenantId, clientId, clientSecret] = [
    "5a11d000-0000-4000-8000-00000000cafe",
    "5a11d000-0000-4000-8000-0000000000c1",
    "entra-secret",
  ];
  const entra = new EntraSandbox({ clock, tenantId, clientId, clientSecret });
  const bc = new BusinessCentralSandbox({ clock, tenantId, accepts: (token) => entra.accepts(token) });
  const switches = { productsFromApiOrders: false, ...given.switches };
  const shipstation = new ShipStationSandbox({ clock, apiKey: "key-1", apiSecret: "ss-secret", switches });
  const hosts = new Map<string, SimulatedVendor>([
    ["login.test", entra],
    ["bc.test", bc],
    ["ss.test", shipstation],
  ]);
  /** Answers a request in a vendor's place where it gives something. */
  const standIn: { answer?: ((request: Request) => Response | undefined) | undefined } = {};
  /** Each call but those for tokens, as `GET /products?…`, without what never changes. */
  const calls: string[] = [];
  const route = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const vendor = hosts.get(url.hostname);
    if (!vendor) throw new Error(`nobody is ${request.url}`);
    if (vendor !== entra)
      calls.push(
        `${request.method} ${decodeURIComponent(url.pathname + url.search).replace(/^.*companies\([^)]+\)/, "bc")}`,
      );
    const env: SocketEnv = {};
    return standIn.answer?.(request) ?? vendor.fetch(request, env);
  };
  const home = mkdtempSync(join(tmpdir(), "mlc-master-data-"));
  const open = (): Promise<Mlc> =>
    openMlc({
      profile: "default",
      env: { MLC_HOME: home },
      platform: process.platform,
      homedir: home,
      version: "0.0.0",
      signal: new AbortController().signal,
      isTty: false,
      fetch: route,
      clock,
    });
  const first = await open();
  await first.disk.makeDirectory(first.dir);
  await first.secrets.makeVaultKey();
  await first.secrets.write(
    { "bc.clientSecret": clientSecret, "shipstation.apiKey": "key-1", "shipstation.apiSecret": "ss-secret" },
    "vault",
  );
  const configure = async (pair: Record<string, unknown>) =>
    (await open()).saveConfig({
      schema: 1,
      secrets: "vault",
      bc: {
        tenantId,
        environment: "production",
        company: "CRONUS USA, Inc.",
        clientId,
        apiUrl: "https://bc.test",
        authority: "https://login.test",
      },
      shipstation: { apiUrl: "https://ss.test", ...given.shipstation },
      "bc-shipstation": pair,
      ...given.more,
    });
  await configure(given.pair ?? {});
  /** Runs a flow as a new process would, sixteen minutes after the last one; `asked` are its calls. */
  const sync = async (flow: "products" | "customers", more: Partial<RunOptions> = {}) => {
    const [planned, asides]: [Planned[], ToldAside[]] = [[], []];
    const before = calls.length;
    const mlc = await open();
    const observer = { planned: (one: Planned) => planned.push(one), aside: (one: ToldAside) => asides.push(one) };
    const report = await mlc.sync({ command: `sync ${flow}`, flows: [flow], ...more }, observer);
    clock.advance(16 * 60_000);
    const done = report?.flows[0];
    if (!done) throw new Error("no flow ran");
    return { ...done, planned, asides, asked: calls.slice(before).filter((call) => !call.endsWith("/companies")) };
  };
  const replay = async (id: string) => {
    const report = await (await open()).replay({ id });
    clock.advance(16 * 60_000);
    const done = typeof report === "string" ? undefined : report.flows[0];
    if (!done) throw new Error("nothing was replayed");
    return done;
  };
  return {
    clock,
    bc,
    desk: bc.desk(),
    shipstation,
    standIn,
    calls,
    open,
    configure,
    sync,
    replay,
    home,
    status: async () => (await open()).status(),
    /** A product as ShipStation has it. */
    product: (sku: string): Record<string, unknown> => {
      const found = shipstation.products.find((one) => one.sku === sku);
      if (!found) throw new Error(`ShipStation has no ${sku}`);
      const { fields, name, active } = found;
      return { ...fields, name, active };
    },
    /** Everything that the profile has in text files. */
    texts: () =>
      readdirSync(first.dir, { recursive: true, encoding: "utf8", withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
        .join("\n"),
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}
