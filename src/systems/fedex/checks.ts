import { type FedExSettings, shipFromOf } from "../../connectors/fedex/config.ts";
import type { Check } from "../../core/system.ts";

/** Looks at what the pair wants of the settings: an address for each warehouse that it takes orders of. Pure. */
export function fedexChecks(settings: FedExSettings, warehouses: readonly string[]): Check[] {
  const name = "addresses of warehouses";
  const known = Object.keys(settings.shipFrom);
  const fix = "Run `mlc connect fedex` and enter where each warehouse ships from.";
  if (known.length === 0) {
    const message = "shipFrom is empty: no warehouse has an address, so every order becomes a dead letter.";
    return [{ name, state: "failed", message, fix }];
  }
  const missing = warehouses.filter((warehouse) => !isKnown(settings, warehouse));
  if (missing.length > 0) {
    const message = `shipFrom has no address of ${missing.join(", ")}, which flows.orders.filter names.`;
    return [{ name, state: "failed", message, fix }];
  }
  if (warehouses.length > 0) return [{ name, state: "ok", message: `shipFrom has ${warehouses.join(", ")}.` }];
  const message = `shipFrom has ${known.join(", ")}; orders of other warehouses become dead letters.`;
  const hint = "Name the warehouses in flows.orders.filter.warehouses, so that orders of others are left alone.";
  return [{ name, state: "warning", message, fix: hint }];
}

/** For all legal entities, or for one at least. */
function isKnown(settings: FedExSettings, warehouse: string): boolean {
  return ["", ...Object.keys(settings.shipFrom)].some(
    (entity) => shipFromOf(settings, entity, warehouse) !== undefined,
  );
}
