import { fnoSettings } from "../connectors/fno/config.ts";
import { shipStationSettings } from "../connectors/shipstation/config.ts";
import { type ConfigFile, parseSettings } from "../core/config.ts";
import { isLoopback } from "../core/settings.ts";
import type { KeySet } from "./receive/key-set.ts";
import type { KnownCallers } from "./receive/receiver.ts";
import { shipStationKeysUrl } from "./receive/shipstation-v2.ts";

interface KnownGiven {
  config: ConfigFile;
  /** A secret as it is kept at this moment. */
  secret(entry: string): Promise<string | undefined>;
  keys: KeySet;
}

/** Where ShipStation's keys are: of a simulated one on this machine its own, else always the same address. Pure. */
export function keysUrlIn(config: ConfigFile): string {
  const { data } = shipStationSettings.safeParse(config.shipstation ?? {});
  const own = URL.parse(data?.apiUrlV2 ?? "");
  return own && isLoopback(own.hostname) ? `${own.origin}/jwks` : shipStationKeysUrl;
}

/** The vendors that may call by a profile's settings and secrets: one without its secret is not known. Throws ConfigError. */
export async function knownCallers({ config, secret, keys }: KnownGiven): Promise<KnownCallers> {
  const of = async (system: string, name: string) =>
    config[system] === undefined ? undefined : secret(`${system}.${name}`);
  const known: KnownCallers = {};
  const token = await of("shipstation", "webhookToken");
  if (config.shipstation !== undefined) {
    const { apiUrl, apiUrlV2 } = parseSettings(shipStationSettings, config.shipstation, "shipstation");
    if (token) known.shipstation = { token, apiUrl };
    if (await of("shipstation", "apiKeyV2")) known["shipstation-v2"] = { keys, apiUrlV2 };
  }
  const shipbob = await of("shipbob", "webhookSecret");
  // While one is replaced both count, the new one first.
  if (shipbob) known.shipbob = { secrets: shipbob.split(/[\s,]+/).filter((one) => one !== "") };
  const fedex = await of("fedex", "webhookSecret");
  if (fedex) known.fedex = { secret: fedex };
  const bc = await of("bc", "webhookSecret");
  if (bc) known.bc = { secret: bc };
  const fno = await of("fno", "webhookToken");
  if (fno) known.fno = { token: fno, ...eventsOf(config.fno) };
  return known;
}

function eventsOf(settings: unknown) {
  const { events = [], orderNumberPath } = parseSettings(fnoSettings, settings, "fno").webhooks ?? {};
  return {
    eventIds: events,
    ...(orderNumberPath === undefined ? {} : { orderNumberPath: orderNumberPath.split(".") }),
  };
}
