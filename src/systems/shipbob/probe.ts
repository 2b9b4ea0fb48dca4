import type { Channel } from "../../connectors/shipbob/account/schema.ts";
import type { ShipBobClient } from "../../connectors/shipbob/client.ts";
import type { ShipBobAccountSettings } from "../../connectors/shipbob/config.ts";
import { ConfigError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Probe } from "../../core/system.ts";

/** The flows of a pair that are on. */
export type FlowsOn = Readonly<
  Record<"orders" | "shipments" | "products" | "inventory" | "charges", { enabled: boolean }>
>;

/** What each flow may not do without (3). */
const scopesOf = {
  orders: ["orders_read", "orders_write"],
  shipments: ["orders_read", "tracking_read"],
  products: ["products_read", "products_write"],
  inventory: ["inventory_read"],
  charges: ["billing_read"],
} as const;

/** Names the account without secrets. Pure. */
export function accountOf({ apiUrl, channelId }: ShipBobAccountSettings): Json {
  return { system: "shipbob", host: new URL(apiUrl).host, channelId: channelId ?? null };
}

/** Whether the token may write in a channel: it belongs to its own application (2). Pure. */
export function isWritable({ scopes }: Channel): boolean {
  return scopes.some((scope) => scope.endsWith("_write"));
}

/** Reads the channels: who we are, and what the token may not do that the pair's flows want. Throws ConfigError without the channel. */
export async function probeShipBob(
  client: ShipBobClient,
  settings: ShipBobAccountSettings,
  flows: FlowsOn,
): Promise<Probe> {
  const channels = await client.account.channels();
  const { serverTime } = client;
  const time = serverTime === undefined ? {} : { serverTime };
  const host = new URL(settings.apiUrl).host;
  const { channelId } = settings;
  if (channelId === undefined) {
    return {
      identity: `${host}: ${channels.map(({ name }) => name).join(", ") || "no channels"}`,
      warnings: [],
      ...time,
    };
  }
  const own = channels.find(({ id }) => id === channelId);
  if (!own) throw noChannel(channelId, channels);
  const identity = `${host}: channel ${own.name || own.id}${own.application_name ? ` of ${own.application_name}` : ""}`;
  return { identity, warnings: warningsOn(own, flows), ...time };
}

function warningsOn(channel: Channel, flows: FlowsOn): string[] {
  // A channel that tells no scopes proves nothing.
  if (channel.scopes.length === 0) return [];
  const wants = (["orders", "shipments", "products", "inventory", "charges"] as const).flatMap((flow) =>
    flows[flow].enabled ? scopesOf[flow].map((scope) => ({ flow, scope })) : [],
  );
  const missing = wants.filter(({ scope }) => !channel.scopes.includes(scope));
  return [...new Set(missing.map(({ scope }) => scope))].map((scope) => {
    const named = missing.filter((one) => one.scope === scope).map(({ flow }) => flow);
    return `The token lacks ${scope} in channel ${channel.id}, which the flow of ${named.join(" and ")} wants.`;
  });
}

function noChannel(channelId: number, channels: readonly Channel[]): ConfigError {
  const there = channels.map(({ id, name }) => `${id} (${name})`).join(", ") || "none";
  const hint = `Set channelId to one of those that the token sees: ${there}.`;
  return new ConfigError(`ShipBob has no channel ${channelId} for this token.`, {
    system: "shipbob",
    field: "channelId",
    hint,
  });
}
