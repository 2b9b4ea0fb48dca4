import type { ShipBobAccount } from "../../connectors/shipbob/account/calls.ts";
import type { ShippingMethod } from "../../connectors/shipbob/account/schema.ts";
import type { ShipBobAccountSettings, ShipBobPairSettings } from "../../connectors/shipbob/config.ts";
import type { KeptSecret } from "../../core/secrets/store.ts";
import type { Check } from "../../core/system.ts";
import { isWritable } from "./probe.ts";

/** What the checks look at. */
export interface Checked {
  account: ShipBobAccount;
  settings: ShipBobAccountSettings;
  pair: Pick<ShipBobPairSettings, "shippingMethods" | "shippingMethod" | "fulfillmentCenters">;
  now: Date;
  /** Undefined with a personal access token, which does not end. */
  refreshToken: KeptSecret | undefined;
}

const dayMs = 24 * 60 * 60_000;
/** A refresh token ends after 30 days (3); one as old as this was not replaced by the runs of days. */
const lateDays = 25;

/** Looks whether what the settings name is in the account, and how old its sign-in is. */
export async function shipBobChecks({ account, settings, pair, now, refreshToken }: Checked): Promise<Check[]> {
  return [
    ...(await channelChecks(account, settings)),
    ...(await methodChecks(account, pair)),
    ...(await centerChecks(account, pair)),
    ...(refreshToken ? [ageCheck(refreshToken, now)] : []),
  ];
}

async function channelChecks(account: ShipBobAccount, { channelId }: ShipBobAccountSettings): Promise<Check[]> {
  const name = "channel";
  const own = (await account.channels()).find(({ id }) => id === channelId);
  const fix = "Run `mlc connect shipbob` and choose the channel of the token's own application.";
  if (!own) return [{ name, state: "failed", message: `the token sees no channel ${channelId ?? ""}`, fix }];
  if (own.scopes.length === 0 || isWritable(own)) {
    return [{ name, state: "ok", message: `channel ${own.name || own.id} may be written to` }];
  }
  return [{ name, state: "failed", message: `channel ${own.name || own.id} may only be read`, fix }];
}

async function methodChecks(account: ShipBobAccount, { shippingMethods, shippingMethod }: Checked["pair"]) {
  const methods = await account.shippingMethods();
  const named = Object.entries(shippingMethods).map(([mode, method]) => [`shippingMethods.${mode}`, method] as const);
  const rows = shippingMethod === undefined ? named : [...named, ["shippingMethod", shippingMethod] as const];
  const checks = rows.map(([path, method]) => methodCheck(path, method, methods));
  if (shippingMethod !== undefined) return checks;
  const usual = methods.find((row) => row.default === true && row.active !== false);
  if (usual)
    return [...checks, { name: "shippingMethod", state: "ok", message: `the default is ${usual.name}` } as const];
  const message = "the account has no default shipping method: orders whose delivery mode has no row are set aside";
  const fix = "Set shippingMethod, or give every delivery mode a row in shippingMethods.";
  return [...checks, { name: "shippingMethod", state: "warning", message, fix } as const];
}

/** ShipBob ships by Standard, without a word, what it has no such method for (5.1). */
function methodCheck(name: string, method: string, methods: readonly ShippingMethod[]): Check {
  const row = methods.find((one) => one.name === method);
  if (row && row.active !== false) return { name, state: "ok", message: `${method} is a method of the account` };
  const active = methods.filter(({ active }) => active !== false).map((one) => one.name);
  const what = row ? `${method} is not active any more` : `the account has no shipping method ${method}`;
  return { name, state: "failed", message: what, fix: `Set ${name} to one of ${active.join(", ") || "none"}.` };
}

async function centerChecks(account: ShipBobAccount, { fulfillmentCenters }: Checked["pair"]): Promise<Check[]> {
  const ids = Object.keys(fulfillmentCenters);
  if (ids.length === 0) return [];
  const locations = await account.locations();
  return ids.map((id) => {
    const name = `fulfillmentCenters.${id}`;
    const location = locations.find((one) => String(one.id) === id);
    if (location && location.is_active !== false) {
      return { name, state: "ok", message: `${location.name || id} is there, for ${fulfillmentCenters[id]}` };
    }
    const there = locations.map((one) => `${one.id} (${one.name})`).join(", ") || "none";
    const message = location ? `${location.name || id} is not active` : `the account has no location ${id}`;
    return { name, state: "failed", message, fix: `Set it to one of ${there}.` };
  });
}

function ageCheck({ setAt }: KeptSecret, now: Date): Check {
  const name = "sign-in";
  if (setAt === undefined) return { name, state: "ok", message: "the refresh token is of an age that nobody knows" };
  const days = Math.floor((now.getTime() - setAt.getTime()) / dayMs);
  const message = `the refresh token is ${days} ${days === 1 ? "day" : "days"} old; it ends after 30`;
  if (days < lateDays) return { name, state: "ok", message };
  const state = days < 30 ? "warning" : "failed";
  const fix = days < 30 ? "Run `mlc sync`, which replaces it." : "Run `mlc connect shipbob` and sign in again.";
  return { name, state, message, fix };
}
