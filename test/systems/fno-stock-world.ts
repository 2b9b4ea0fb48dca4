import type { z } from "zod";
import { fnoPairSettings, fnoSettings } from "../../src/connectors/fno/config.ts";
import { stockSettings } from "../../src/connectors/fno/stock-config.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import type { Ref } from "../../src/core/delivery.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { hashOf } from "../../src/core/json.ts";
import type { StockCount, StockLevel } from "../../src/core/model.ts";
import type { Page, Source, SourceRecord } from "../../src/core/ports.ts";
import { Secret } from "../../src/core/secret.ts";
import type { RunOptions } from "../../src/core/sync/run.ts";
import { syncFlow } from "../../src/core/sync.ts";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import { FnoSandbox } from "../../src/sandbox/fno.ts";
import { InventoryVisibilitySandbox } from "../../src/sandbox/inventory-visibility.ts";
import { type FnoPair, fnoSystem } from "../../src/systems/fno.ts";
import { MemoryStore } from "../core/sync/memory-systems.ts";

/** A level of the shipper's. */
export function level(sku: string, onHand: number, available = onHand): StockLevel {
  return { sku, name: sku, onHand, committed: onHand - available, available };
}

/** Counts as a source gives them: what is over is gone. */
class Counts implements Source<StockCount> {
  readonly system = "shipbob";
  readonly reads = "snapshot";
  levels: StockLevel[] = [];
  warehouse = "usmf/24";

  async *list({ now }: { now: Date }): AsyncGenerator<Page> {
    const countedAt = now.toISOString();
    const id = `1/${countedAt.slice(0, 10)}/${hashOf(this.levels)}`;
    yield { records: [{ id, version: id, ref: id, payload: { countedAt, levels: this.levels } }] };
  }

  async get(refs: readonly Ref[]): Promise<Map<string, SourceRecord | "gone">> {
    return new Map(refs.map((ref) => [String(ref), "gone"]));
  }

  idOf(ref: Ref): string {
    return String(ref);
  }

  read({ id, payload }: SourceRecord): StockCount[] {
    const { countedAt, levels } = payload as { countedAt: string; levels: StockLevel[] };
    const { warehouse } = this;
    const location = "Cicero (IL)";
    return [{ id, number: location, location, warehouse, countedAt, levels, final: true, personal: [] }];
  }
}

/** A simulated F&O with the add-in beside it, and the flow of stock to it. */
export function stockWorld(
  inventory: z.input<typeof stockSettings>,
  gateway = "https://gateway.eu.operations365.dynamics.com",
  more: Pick<FnoPair, "charges" | "forProducts"> = {},
) {
  const clock = jumpingClock(new Date("2026-11-21T08:00:00Z"));
  const entra = new EntraSandbox({ clock, tenantId: "contoso", clientId: "app-1", clientSecret: "right" });
  const accepts = (token: string) => entra.accepts(token);
  const fno = new FnoSandbox({ clock, accepts });
  const visibility = new InventoryVisibilitySandbox({ clock, accepts, gateway, environmentId: "env-1" });
  for (const item of ["MUG", "CAP", "PEN"]) fno.addProduct("usmf", { ItemNumber: item, ProductNumber: item });
  const requests: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { host, pathname } = new URL(request.url);
    requests.push(`${request.method} ${host}${pathname}`);
    if (host === "login.example") return entra.fetch(request);
    return /inventoryservice|operations365|evil/.test(host) ? visibility.fetch(request) : fno.fetch(request);
  };
  const stock = stockSettings.parse(inventory);
  const settings = fnoSettings.parse({
    host: "https://contoso.example",
    authority: "https://login.example",
    tenantId: "contoso",
    clientId: "app-1",
    legalEntities: ["usmf", "demf"],
  });
  const source = new Counts();
  const store = new MemoryStore();
  const system = () =>
    fnoSystem(
      settings,
      { ...fnoPairSettings.parse({}), inventory: stock, ...more },
      {
        fetch,
        clock,
        signal: new AbortController().signal,
        tokens: memoryTokenCache(),
        secrets: { clientSecret: new Secret("right") },
        random: () => 0.5,
        timer: () => () => undefined,
      },
    );
  /** Runs the flow as a new process would, an hour after the last one. */
  const sync = async (options: Partial<RunOptions> & { failpoint?: (name: string) => void } = {}) => {
    const { failpoint = () => {}, ...request } = options;
    const target = system().stockTarget();
    if (!target) throw new Error("nothing is written");
    return syncFlow({
      flow: { pair: "fno-shipbob", name: "inventory", source, target },
      store,
      clock,
      signal: new AbortController().signal,
      run: "run",
      options: { command: "sync inventory", ...request },
      observer: {},
      account: {},
      mapping: "",
      assertHeld: async () => {},
      findOrder: async () => undefined,
      lookAgain: async () => {},
      failpoint,
      callsMade: () => 0,
      budgets: () => [],
      waitingMaxDays: 14,
    }).finally(() => clock.advance(60 * 60_000));
  };
  const told = () =>
    store.lines.flatMap((line) =>
      line.kind === "result" && line.outcome ? [`${line.outcome} ${line.remark ?? line.step}`] : [],
    );
  return { clock, fno, visibility, source, store, system, sync, told, requests };
}
