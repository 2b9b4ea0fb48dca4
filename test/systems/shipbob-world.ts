import { jumpingClock } from "../../src/core/clock.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { LabelStore } from "../../src/core/labels.ts";
import { Secret } from "../../src/core/secret.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import { type ShipBobOptions, ShipBobSandbox } from "../../src/sandbox/shipbob.ts";
import type { SystemContext } from "../../src/systems/context.ts";
import { systemKinds } from "../../src/systems/index.ts";

export const start = new Date("2026-11-21T12:00:00Z");
export const channelId = 100_101;
export const application = {
  clientId: "client-1",
  clientSecret: "secret-of-the-application",
  name: "mlc",
  redirectUris: ["http://127.0.0.1:53682/callback"],
};

export interface ShipBobWorld {
  sandbox?: Partial<ShipBobOptions>;
  settings?: object;
  pair?: object;
  secrets?: Record<string, string>;
}

/** A simulated account, and systems over it that share what a profile keeps. */
export function shipBobWorld(world: ShipBobWorld = {}) {
  const clock = jumpingClock(start);
  const sandbox = new ShipBobSandbox({ clock, token: "pat", applications: [application], ...world.sandbox });
  const kept = new Map(
    Object.entries(world.secrets ?? { accessToken: "pat" }).map(([name, value]) => [name, { value, setAt: start }]),
  );
  const tokens = memoryTokenCache();
  const system = () => {
    const context: SystemContext = {
      clock,
      tokens,
      random: () => 1,
      signal: new AbortController().signal,
      fetch: async (input, init) => sandbox.fetch(new Request(input, init)),
      secrets: Object.fromEntries([...kept].map(([name, { value }]) => [name, new Secret(value)])),
      labels: new LabelStore(machineDisk(process.platform), "/nowhere"),
      keepSecret: async (name, value) => void kept.set(name, { value, setAt: clock.now() }),
      readSecret: async (name) => {
        const entry = kept.get(name);
        return entry && { value: new Secret(entry.value), setAt: entry.setAt };
      },
    };
    const settings = { channelId, ...world.settings };
    const pair = { name: "fno-shipbob", settings: world.pair ?? {} };
    const built = systemKinds.shipbob?.build(settings, pair, context);
    if (!built) throw new Error("no shipbob");
    return built;
  };
  return { clock, sandbox, kept, system };
}
