import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jumpingClock } from "../../src/core/clock.ts";
import { BusinessCentralSandbox } from "../../src/sandbox/bc.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import type { SimulatedVendor } from "../../src/sandbox/kit.ts";
import { ShipStationSandbox } from "../../src/sandbox/shipstation.ts";
import { profileOnDisk, routed } from "../profile.ts";

const clientId = "5a11d000-0000-4000-8000-0000000000c1";
const tenantId = "5a11d000-0000-4000-8000-00000000cafe";

/** The web shop of the simulated ShipStation. */
export const shop = 771200;

const stock = { customers: { account: "C1" }, lines: { shippingAccount: "40200" } };

/** Business Central and ShipStation, simulated in this process, and a profile on disk in which they are a pair. */
export async function openPairWorld(pair: Record<string, unknown> = {}, shipstationSettings: object = {}) {
  const clock = jumpingClock(new Date("2026-11-21T16:00:00Z"));
  const entra = new EntraSandbox({ clock, tenantId, clientId, clientSecret: "entra-secret" });
  const bc = new BusinessCentralSandbox({ clock, tenantId, accepts: (token) => entra.accepts(token) });
  const keys = { apiKey: "key-1", apiSecret: "ss-secret", apiKeyV2: "v2-secret" };
  const shipstation = new ShipStationSandbox({ clock, ...keys });
  const desk = bc.desk();
  for (const number of ["MUG", "PEN", "CAP"]) desk.addItem({ number, displayName: number, unitPrice: 1 });
  desk.addVariant("CAP", "RED");
  desk.addCustomer({ number: "C1", displayName: "Web shop", email: "shop@web.example" });
  desk.add("accounts", { number: "22700", displayName: "Tax collected" });
  const hosts = new Map<string, SimulatedVendor>([
    ["login.test", entra],
    ["bc.test", bc],
    ["ssapi.test", shipstation],
    ["api.test", shipstation],
  ]);
  const route = routed(hosts);
  const own = Object.entries(keys).map(([name, value]) => [`shipstation.${name}`, value]);
  const secrets = { "bc.clientSecret": "entra-secret", ...Object.fromEntries(own) };
  const { home, open, remove } = await profileOnDisk({ clock, fetch: route, secrets });
  const configure = async (more: Record<string, unknown>, others: Record<string, unknown> = {}) =>
    (await open()).settings.save({
      schema: 1,
      secrets: "vault",
      bc: {
        apiUrl: "https://bc.test",
        authority: "https://login.test",
        tenantId,
        clientId,
        environment: "production",
        company: "CRONUS USA, Inc.",
      },
      shipstation: { apiUrl: "https://ssapi.test", apiUrlV2: "https://api.test", ...shipstationSettings },
      "bc-shipstation": { ...stock, ...pair, ...more },
      ...others,
    });
  await configure({});
  /** Runs flows as a new process would, and lets some time pass. */
  const sync = async (flows: readonly string[], minutes = 16, more: object = {}) => {
    const report = await (await open()).sync({ command: "sync", flows, ...more });
    clock.advance(minutes * 60_000);
    return report?.flows ?? [];
  };
  /** All that the profile has on disk, as text. */
  const files = (dir = home): string =>
    readdirSync(dir, { withFileTypes: true })
      .map((entry) => {
        const path = join(dir, entry.name);
        return entry.isDirectory() ? files(path) : readFileSync(path, "latin1");
      })
      .join("\n");
  /** Lines of a flow's log. */
  const log = (flow: string): Record<string, unknown>[] => {
    const dir = join(home, "default", "state", `bc-shipstation.${flow}`);
    return readdirSync(dir)
      .filter((name) => name.endsWith(".jsonl"))
      .sort()
      .flatMap((name) => readFileSync(join(dir, name), "utf8").trim().split("\n"))
      .map((line) => JSON.parse(line));
  };
  return {
    ...{ clock, entra, bc, desk, shipstation, hosts, route, home, open, configure, sync, files, log },
    close: remove,
  };
}

/** A world of the pair. */
export type PairWorld = Awaited<ReturnType<typeof openPairWorld>>;
