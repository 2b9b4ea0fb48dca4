import { fnoSettings } from "../../connectors/fno/config.ts";
import { shipStationSettings } from "../../connectors/shipstation/config.ts";
import { parseSettings } from "../../core/config.ts";
import { ConfigError, UsageError } from "../../core/errors.ts";
import { receiverAddress } from "../../core/settings.ts";
import type { Mlc } from "../../mlc.ts";
import { fnoTest, type Naming, type TrialGiven } from "../../webhooks/trial/call.ts";
import { type TrialKind, trialKinds, trialOf } from "../../webhooks/trial/events.ts";
import { sendTrial, type TrialAnswer, trialAnswer, trialUrl } from "../../webhooks/trial/send.ts";

/** What `webhooks trigger` was asked for. */
export interface TriggerGiven {
  event: string;
  url: string;
  naming: Naming;
  /** Another one for each call. */
  unique: string;
}

/** What a trial came to. */
export interface TriggerJson extends TrialAnswer {
  event: string;
  /** Where it was sent; of a token only the name is there. */
  url: string;
  status: number;
  /** What else is good to know. */
  note?: string;
}

/** An event that can be triggered, or why not. */
export interface TriggerEvent {
  event: string;
  /** Flags that name its record. */
  flags: string[];
  state: "ready" | "not connected" | "no secret" | "cannot be made";
}

const flags = { id: "--id", order: "--order", tracking: "--tracking", legalEntity: "--legal-entity" } as const;

/** The V2 events (ShipStation, 7.4), of which mlc can make none. */
const v2 = "shipstation-v2";

/** Makes a call to the profile's receiver as the system would. Throws UsageError, ConfigError, UnavailableError. */
export async function triggered(mlc: Mlc, { event: name, url, naming, unique }: TriggerGiven): Promise<TriggerJson> {
  const { kind, event } = meant(name);
  refuseNaming(kind, name, naming);
  if (mlc.settingsOf(kind.system) === undefined) {
    const hint = `Run \`mlc connect ${kind.system}\` first.`;
    throw new ConfigError(`${kind.title} is not connected`, { system: kind.system, hint });
  }
  const secret = (await mlc.settings.readSecret(kind.entry))?.value.reveal();
  if (!secret) {
    const message = `${kind.entry}, which proves calls of ${kind.title}, is not there yet`;
    throw new ConfigError(message, { system: kind.system, hint: `Run \`${kind.makes}\`.` });
  }
  const given = { naming, secret, unique, now: mlc.clock.now(), ...settingsOf(mlc) };
  const call = kind.call(event, given);
  const to = trialUrl(typedUrl(url), call.route);
  const status = await sendTrial(to, call, mlc.surroundings.signal);
  const note = kind.system === "fno" && status === 200 ? fnoNote(mlc, event) : undefined;
  const shown = call.token === undefined ? to : `${to}/<token>`;
  return { event: name, url: shown, status, ...trialAnswer(status), ...(note === undefined ? {} : { note }) };
}

function meant(name: string): { kind: TrialKind; event: string } {
  const found = trialOf(name);
  if (found) return found;
  if (name.split(".", 1)[0] === v2) {
    throw new UsageError("ShipStation signs its V2 events with keys that only ShipStation has", {
      hint: "Have ShipStation send one: void a label there, or buy one, and watch `mlc listen`.",
    });
  }
  throw new UsageError(`There is no event ${name}`, { hint: "`mlc webhooks trigger` alone lists them." });
}

function refuseNaming(kind: TrialKind, name: string, naming: Naming): void {
  const typed = Object.entries(naming).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  const allowed: readonly string[] = kind.naming;
  const wrong = typed.find((key) => !allowed.includes(key));
  if (wrong === undefined) return;
  const taken = kind.naming.map((key) => flags[key]).join(" and ");
  const flag = Object.entries(flags).find(([key]) => key === wrong)?.[1];
  throw new UsageError(`${name} has no ${flag}`, { hint: `Name its record with ${taken}.` });
}

function typedUrl(url: string): string {
  const parsed = receiverAddress("/").safeParse(url);
  if (parsed.success) return parsed.data;
  throw new UsageError(`--url ${parsed.error.issues[0]?.message}`, { hint: "Leave it out for a receiver here." });
}

/** What calls are made of beside what is named; a system that is not connected has none of it. */
function settingsOf(mlc: Mlc): Pick<TrialGiven, "apiUrl" | "legalEntities" | "orderNumberPath"> {
  const { shipstation = {}, fno } = mlc.config;
  const { apiUrl } = parseSettings(shipStationSettings, shipstation, "shipstation");
  if (fno === undefined) return { apiUrl, legalEntities: [], orderNumberPath: undefined };
  const { legalEntities, webhooks } = parseSettings(fnoSettings, fno, "fno");
  return { apiUrl, legalEntities, orderNumberPath: webhooks?.orderNumberPath?.split(".") };
}

function fnoNote(mlc: Mlc, event: string): string | undefined {
  const { events = [] } = parseSettings(fnoSettings, mlc.config.fno, "fno").webhooks ?? {};
  if (event === fnoTest) return "It is F&O's test of an endpoint: nothing follows from it.";
  if (events.length === 0 || events.includes(event)) return undefined;
  return `fno.webhooks.events does not have ${event}, so nothing follows from it.`;
}

/** The events there are, and whether the profile can make them. */
export async function triggerEvents(mlc: Mlc): Promise<TriggerEvent[]> {
  const rows: TriggerEvent[] = [];
  for (const kind of trialKinds) {
    const isConnected = mlc.settingsOf(kind.system) !== undefined;
    const hasSecret = isConnected && (await mlc.settings.readSecret(kind.entry)) !== undefined;
    const state = hasSecret ? "ready" : isConnected ? "no secret" : "not connected";
    const own = kind.system === "fno" && isConnected ? ownEvents(mlc) : [];
    for (const event of new Set([...own, ...kind.events]))
      rows.push({ event: `${kind.system}.${event}`, flags: namingOf(kind, event), state });
  }
  return [...rows, { event: `${v2}.*`, flags: [], state: "cannot be made" }];
}

function namingOf(kind: TrialKind, event: string): string[] {
  return event === fnoTest ? [] : kind.naming.map((key) => flags[key]);
}

function ownEvents(mlc: Mlc): readonly string[] {
  const { events = [] } = parseSettings(fnoSettings, mlc.config.fno, "fno").webhooks ?? {};
  return events.length > 0 ? events : ["SalesOrderConfirmedBusinessEvent"];
}
