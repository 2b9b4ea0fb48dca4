import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jumpingClock } from "../../src/core/clock.ts";
import type { Planned, RunOptions, ToldAside } from "../../src/core/sync/run.ts";
import { BusinessCentralSandbox } from "../../src/sandbox/bc.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import type { SimulatedVendor } from "../../src/sandbox/kit.ts";
import type { ShipStationSwitches } from "../../src/sandbox/shipstation/switches.ts";
import { ShipStationSandbox } from "../../src/sandbox/shipstation.ts";
import { profileOnDisk, routed } from "../profile.ts";

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
  const route = routed(hosts, (request) => {
    const { hostname, pathname, search } = new URL(request.url);
    if (hostname !== "login.test")
      calls.push(`${request.method} ${decodeURIComponent(pathname + search).replace(/^.*companies\([^)]+\)/, "bc")}`);
    return standIn.answer?.(request);
  });
  const secrets = {
    "bc.clientSecret": clientSecret,
    "shipstation.apiKey": "key-1",
    "shipstation.apiSecret": "ss-secret",
  };
  const { home, open, remove } = await profileOnDisk({ clock, fetch: route, secrets });
  const configure = async (pair: Record<string, unknown>) =>
    (await open()).settings.save({
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
      readdirSync(join(home, "default"), { recursive: true, encoding: "utf8", withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
        .join("\n"),
    close: remove,
  };
}
