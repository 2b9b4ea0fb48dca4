import { jumpingClock } from "../../src/core/clock.ts";
import type { Disk } from "../../src/core/state/disk.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import { type CustomFields, FnoSandbox } from "../../src/sandbox/fno.ts";
import type { SimulatedVendor } from "../../src/sandbox/kit.ts";
import { seededRandom } from "../../src/sandbox/kit.ts";
import { seedOrders } from "../../src/sandbox/seed.ts";
import { ShipStationSandbox } from "../../src/sandbox/shipstation.ts";
import { profileOnDisk, routed } from "../profile.ts";

/** The simulated vendors in this process, and a profile on disk that is connected to them. */
export async function openWorld({
  seeded = true,
  pair = {},
  fnoSettings = {},
  fnoSecrets = { "fno.clientSecret": "entra-secret" },
  certificate,
  customFields = {},
  hasV2 = true,
  disk,
}: {
  seeded?: boolean;
  pair?: Record<string, unknown>;
  fnoSettings?: Record<string, unknown>;
  fnoSecrets?: Record<string, string>;
  /** The one uploaded to the app registration, PEM. */
  certificate?: string;
  /** Fields that the customer put on F&O's order headers. */
  customFields?: CustomFields;
  /** Whether the V2 key is connected, too. */
  hasV2?: boolean;
  /** Instead of the machine's. */
  disk?: Disk;
} = {}) {
  const clock = jumpingClock(new Date("2026-11-21T16:00:00Z"));
  const entra = new EntraSandbox({
    clock,
    tenantId: "tenant-1",
    clientId: "client-1",
    clientSecret: "entra-secret",
    environmentHost: "fno.test",
    ...(certificate === undefined ? {} : { certificate }),
  });
  const fno = new FnoSandbox({ clock, accepts: (token) => entra.accepts(token), customFields });
  const shipstation = new ShipStationSandbox({ clock, apiKey: "key-1", apiSecret: "ss-secret", apiKeyV2: "v2-secret" });
  if (seeded) seedOrders(fno, seededRandom(1));
  /** Every address that was called, oldest first; also of hosts that are nobody's. */
  const urls: string[] = [];
  const hosts = new Map<string, SimulatedVendor>([
    ["login.test", entra],
    ["fno.test", fno],
    ["ssapi.test", shipstation],
    ["api.test", shipstation],
  ]);
  const toVendors = routed(hosts);
  const route: typeof fetch = (input, init) => {
    const request = new Request(input, init);
    urls.push(decodeURIComponent(request.url));
    return toVendors(request);
  };
  const secrets = {
    ...fnoSecrets,
    "shipstation.apiKey": "key-1",
    "shipstation.apiSecret": "ss-secret",
    ...(hasV2 ? { "shipstation.apiKeyV2": "v2-secret" } : {}),
  };
  const { home, open, remove } = await profileOnDisk({ clock, fetch: route, secrets, disk });
  await (await open()).settings.save({
    schema: 1,
    secrets: "vault",
    fno: {
      host: "https://fno.test",
      authority: "https://login.test",
      tenantId: "tenant-1",
      clientId: "client-1",
      legalEntities: ["usmf", "demf"],
      ...fnoSettings,
    },
    shipstation: { apiUrl: "https://ssapi.test", apiUrlV2: "https://api.test" },
    "fno-shipstation": pair,
  });
  return {
    clock,
    entra,
    fno,
    shipstation,
    /** Vendors by host name; a test may add its own. */
    hosts,
    urls,
    route,
    home,
    open,
    close: remove,
  };
}
