import { jumpingClock } from "../../src/core/clock.ts";
import { timeoutFailure } from "../../src/core/http/failure.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { LabelStore } from "../../src/core/labels.ts";
import { Secret } from "../../src/core/secret.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import type { RunOptions } from "../../src/core/sync/run.ts";
import { syncFlow } from "../../src/core/sync.ts";
import { openFlow } from "../../src/flows/open.ts";
import { type NavOptions, NavSandbox } from "../../src/sandbox/nav.ts";
import { ShipStationSandbox } from "../../src/sandbox/shipstation.ts";
import { systemKinds } from "../../src/systems/index.ts";
import { MemoryStore } from "../core/sync/memory-systems.ts";

const minutes = 60_000;
const company = "CRONUS USA, Inc.";
const pair = "nav-shipstation";

/** What ShipStation can be spoken to with. */
export const navPairKeys: [string, Record<string, string>][] = [
  ["V1 keys alone", { apiKey: "key", apiSecret: "secret" }],
  ["V1 and V2 keys", { apiKey: "key", apiSecret: "secret", apiKeyV2: "key2" }],
  ["a V2 key alone", { apiKeyV2: "key2" }],
];

/** What a world of the pair is opened with. */
export interface NavPairOptions {
  settings?: object;
  /** NAV's own, beside its address and user. */
  nav?: object;
  switches?: NavOptions["switches"];
  customFields?: NavOptions["customFields"];
}

/** A company in the simulated NAV, a simulated ShipStation, and the flow between them. */
export function navPairWorld(shopSecrets: Record<string, string>, options: NavPairOptions = {}) {
  const clock = jumpingClock(new Date("2026-11-20T18:00:00Z"));
  const { switches = {}, customFields = {} } = options;
  const users = [{ name: "SYNC", accessKey: "right" }];
  const nav = new NavSandbox({ clock, companies: [company], users, switches, customFields });
  const desk = nav.desk();
  const access = { apiKey: "key", apiSecret: "secret", apiKeyV2: "key2", limitV1: 10_000, limitV2: 10_000 };
  const shop = new ShipStationSandbox({ clock, ...access });
  const store = new MemoryStore();
  const settings = { shippingAgents: { "ups/ups_ground": "UPS/GROUND" }, ...options.settings };
  /** What people do while mlc is at work: called before NAV sees a request. */
  const hooks: {
    onRequest?: (request: Request) => void;
    /** Which requests get no answer in the time that mlc waits: never taken, or done all the same. */
    isLate?: () => "taken" | "lost" | undefined;
  } = {};
  const inTime = async (request: Request, server: typeof nav | typeof shop) => {
    const late = hooks.isLate?.();
    const answer = late === "lost" ? undefined : await server.fetch(request);
    if (answer && late === undefined) return answer;
    clock.advance(minutes);
    throw timeoutFailure();
  };
  const system = async (name: string) => {
    const kind = systemKinds[name];
    if (!kind) throw new Error(name);
    const secrets = name === "nav" ? { password: "right" } : shopSecrets;
    const own =
      name === "nav"
        ? { baseUrl: `https://nav.contoso.example:7048${nav.path}`, company, username: "SYNC", ...options.nav }
        : {};
    return kind.build(
      own,
      { name: pair, settings },
      {
        clock,
        signal: new AbortController().signal,
        tokens: memoryTokenCache(),
        random: () => 0,
        secrets: Object.fromEntries(Object.entries(secrets).map(([id, value]) => [id, new Secret(value)])),
        labels: new LabelStore(machineDisk("linux"), "/nowhere"),
        fetch: async (input) => {
          const request = new Request(input);
          if (name !== "nav") return inTime(request, shop);
          hooks.onRequest?.(request);
          return inTime(request, nav);
        },
      },
    );
  };
  /** Runs the flow as a new process would, a while after the last one. */
  const sync = async (afterMs = 20 * 60_000, more: Partial<RunOptions> = {}) => {
    clock.advance(afterMs);
    const open = await openFlow({ pair, flow: "shipments" }, { settings, version: "1", system });
    if (!open) throw new Error("There is no such flow.");
    return syncFlow({
      flow: open.flow,
      store,
      clock,
      signal: new AbortController().signal,
      run: "run",
      options: { command: "sync shipments", ...more },
      observer: {},
      account: open.account,
      mapping: open.mapping,
      assertHeld: async () => {},
      findOrder: async () => undefined,
      lookAgain: async () => {},
      failpoint: () => {},
      callsMade: () => 0,
      budgets: () => [],
      waitingMaxDays: open.waitingMaxDays,
    });
  };
  /** The order of a number of the shop's, as it stands in NAV. */
  const orderOf = (external: string) => desk.orders.find((order) => order.external === external);
  return { clock, nav, desk, shop, store, hooks, sync, orderOf };
}

/** A world of the pair. */
export type NavPairWorld = ReturnType<typeof navPairWorld>;
