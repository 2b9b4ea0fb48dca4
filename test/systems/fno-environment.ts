import {
  type FnoLabelSettings,
  type FnoStockSettings,
  fnoPairSettings,
  fnoSettings,
} from "../../src/connectors/fno/config.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import type { SourceRecord } from "../../src/core/ports.ts";
import { Secret } from "../../src/core/secret.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import { type FnoOptions, FnoSandbox } from "../../src/sandbox/fno.ts";
import { type FnoPair, type FnoSystem, fnoSystem } from "../../src/systems/fno.ts";

/** What a test may set. */
export interface EnvironmentOptions {
  pair?: unknown;
  numberPattern?: string;
  forLabels?: FnoLabelSettings;
  forStock?: FnoStockSettings;
  forProducts?: FnoPair["forProducts"];
  sandbox?: Partial<FnoOptions>;
  legalEntities?: string[];
  clientSecret?: string;
  clock?: ReturnType<typeof jumpingClock>;
}

/** A simulated tenant and environment with a system that talks to them in-process. */
export function environment(options: EnvironmentOptions = {}) {
  const { clock = jumpingClock(new Date("2026-11-21T08:00:00Z")) } = options;
  const entra = new EntraSandbox({ clock, tenantId: "contoso", clientId: "app-1", clientSecret: "right" });
  const fno = new FnoSandbox({ clock, accepts: (token) => entra.accepts(token), ...options.sandbox });
  const urls: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    urls.push(request.url);
    return new URL(request.url).host === "login.example" ? entra.fetch(request) : fno.fetch(request);
  };
  const settings = fnoSettings.parse({
    host: "https://contoso.example",
    authority: "https://login.example",
    tenantId: "contoso",
    clientId: "app-1",
    legalEntities: options.legalEntities ?? ["usmf", "demf"],
  });
  const { numberPattern, forLabels, forStock, forProducts } = options;
  const side = fnoPairSettings.parse(options.pair ?? {});
  const pair = { ...side, ...(numberPattern ? { numberPattern } : {}), forLabels, forStock, forProducts };
  const system = fnoSystem(settings, pair, {
    fetch,
    clock,
    signal: new AbortController().signal,
    tokens: memoryTokenCache(),
    secrets: { clientSecret: new Secret(options.clientSecret ?? "right") },
    random: () => 0.5,
    timer: () => () => undefined,
  });
  return { clock, entra, fno, system, urls };
}

/** Every record that a system lists, page after page. */
export async function recordsOf(system: FnoSystem, more: { since?: Date; until?: Date } = {}): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  const now = new Date("2026-11-21T08:00:00Z");
  for await (const page of system.orderSource().list({ now, ...more })) records.push(...page.records);
  return records;
}
