import { ShipBobCalls } from "../../src/connectors/shipbob/calls.ts";
import { shipBobSettings } from "../../src/connectors/shipbob/config.ts";
import { ShipBobProducts } from "../../src/connectors/shipbob/products/calls.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { hashOf } from "../../src/core/json.ts";
import { Secret } from "../../src/core/secret.ts";
import type { Planned, RunOptions } from "../../src/core/sync/run.ts";
import { syncFlow } from "../../src/core/sync.ts";
import { joins } from "../../src/flows/joins.ts";
import { type ShipBobOptions, ShipBobSandbox } from "../../src/sandbox/shipbob.ts";
import { ShipBobProductTarget } from "../../src/systems/shipbob/product-target.ts";
import { clock, MemoryStore } from "../core/sync/memory-systems.ts";
import { type EnvironmentOptions, environment } from "./fno-environment.ts";

/** What a world is opened with. */
export interface ProductsOptions extends EnvironmentOptions {
  shipbob?: Partial<ShipBobOptions>;
  customsValue?: "none" | "salesPrice";
  version?: string;
}

/** Simulated F&O and ShipBob in this process, and the products flow between them. */
export function productsWorld(options: ProductsOptions = {}) {
  const forProducts = { categories: [], inactiveStates: ["Obsolete"], ...options.forProducts };
  const { fno, system } = environment({ legalEntities: ["usmf"], ...options, clock, forProducts });
  const shipbob = new ShipBobSandbox({ clock, token: "pat", ...options.shipbob });
  const calls: string[] = [];
  /** Sees each request to ShipBob before it is answered. */
  const hooks: { onRequest?: ((request: Request) => void) | undefined } = {};
  const store = new MemoryStore();
  const planned: Planned[] = [];
  const { version = "2026-01", customsValue = "none" } = options;

  const target = () => {
    const access = {
      settings: shipBobSettings.parse({ channelId: 100101, version }),
      secrets: { accessToken: new Secret("pat") },
      tokens: memoryTokenCache(),
      clock,
      random: () => 0,
      fetch: async (input: string | URL | Request) => {
        const request = new Request(input);
        const { pathname, search } = new URL(request.url);
        calls.push(`${request.method} ${pathname.replace(`/${version}`, "")}${search}`);
        hooks.onRequest?.(request);
        return shipbob.fetch(request, {});
      },
    };
    return new ShipBobProductTarget(new ShipBobProducts(new ShipBobCalls(access)), { version, customsValue });
  };

  /** Runs the flow as a new process would, 20 minutes after the last one; `asked` are its calls to ShipBob. */
  const sync = async (more: Partial<RunOptions> & { failpoint?: (name: string) => void } = {}) => {
    const { failpoint = () => {}, ...request } = more;
    const before = calls.length;
    const shipper = { name: "shipbob", probe: system.probe, account: () => null, productTarget: target };
    const flow = joins.products("fno-shipbob", system, shipper);
    if (!flow) throw new Error("products cannot be moved");
    const result = await syncFlow({
      flow,
      store,
      clock,
      signal: new AbortController().signal,
      run: "run",
      options: { command: "sync products", ...request },
      observer: { planned: (one) => planned.push(one) },
      account: {},
      mapping: hashOf(options.pair ?? {}),
      assertHeld: async () => {},
      findOrder: async () => undefined,
      lookAgain: async () => {},
      failpoint,
      callsMade: () => 0,
      budgets: () => [],
      waitingMaxDays: 14,
    });
    clock.advance(20 * 60_000);
    return { ...result, asked: calls.slice(before) };
  };
  /** A released product that weighs a kilogram. */
  const release = (item: string, values: Record<string, string | number> = {}) =>
    fno.addProduct("usmf", { ItemNumber: item, ProductNumber: item, NetProductWeight: 1, ...values });
  const addVariant = (item: string, color: string) =>
    fno.addProductRow("ReleasedProductVariantsV2", {
      dataAreaId: "usmf",
      ProductMasterNumber: item,
      ProductColorId: color,
    });
  return {
    clock,
    fno,
    system,
    shipbob,
    store,
    planned,
    hooks,
    sync,
    target,
    release,
    addVariant,
    /** Each product at ShipBob with its SKUs: `Shirt: T-Red, T-Blue`. */
    there: () => shipbob.products.map(({ name, variants }) => `${name}: ${variants.map(({ sku }) => sku).join(", ")}`),
    /** A variant as ShipBob keeps it. */
    variant: (sku: string): Record<string, unknown> => {
      const found = shipbob.products.flatMap(({ variants }) => variants).find((one) => one.sku === sku);
      if (!found) throw new Error(`ShipBob has no ${sku}`);
      const { name, status, fields } = found;
      return { ...fields, name, status };
    },
    /** Outcome and remark or error of every entry. */
    told: () =>
      store.lines.flatMap((line) =>
        "outcome" in line && line.outcome
          ? [
              `${line.outcome} ${line.kind === "aside" ? line.error.message : (line.kind === "result" && line.remark) || ""}`.trim(),
            ]
          : [],
      ),
  };
}
