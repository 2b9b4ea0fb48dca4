import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { ConfigFile } from "../core/config.ts";
import type { EventStatus, RefusedCall, SyncReport, WebhookStatus } from "../core/report.ts";
import { type Disk, replaceFile } from "../core/state/disk.ts";
import { isHeld } from "../core/state/lock.ts";
import { thisMachine } from "../core/state/machine.ts";
import { fromSummed, summed } from "../core/state/seal.ts";
import type { RunOptions } from "../core/sync/run.ts";
import { utcMinute } from "../core/utc.ts";
import { sourceSystem } from "../flows/joins.ts";
import { connectedPairs, flowsOf } from "../flows/open.ts";
import { flowsToldBy, systemOf } from "./event-flows.ts";
import type { RouteStanding } from "./inbox/pending.ts";
import { type Route, routes } from "./receive/receiver.ts";

interface EventNotesOptions {
  disk: Disk;
  /** The profile's directory. */
  dir: string;
  clock: Clock;
  platform: NodeJS.Platform;
  config(): ConfigFile;
  /** Does work that no other of this process does at the same time. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

/** What a receiver noted of a system: reading the inbox itself may take many seconds. */
interface SystemNote {
  /** Since when the receiver would take its calls. */
  knownSince: string;
  lastAt?: string;
  waiting: number;
  waitingSince?: string;
  refused?: RefusedCall;
}

/** Polls are noted so often at most; a day is what they are held against. */
const noteMs = 600_000;
/**
 * A source is silent when a poll found a change there so long after its last event: the vendors' repeated attempts are over
 * by then, and a quiet week without changes is no silence.
 */
const silentMs = 86_400_000;
/** So long a refused call is warned of. */
const refusedMs = 86_400_000;

/** What is noted of events and polls, so that `status` can tell a source that went silent. */
export class EventNotes {
  readonly #options: EventNotesOptions;

  constructor(options: EventNotesOptions) {
    this.#options = options;
  }

  /** Notes what the inbox holds of each system whose calls are taken. Only for the receiver. Throws StateError. */
  async note(known: readonly Route[], standing: ReadonlyMap<Route, RouteStanding>): Promise<void> {
    const before = await this.#heard();
    const at = this.#options.clock.now().toISOString();
    const systems: Record<string, SystemNote> = {};
    for (const route of routes.filter((one) => known.includes(one))) {
      const system = systemOf(route);
      const held = systems[system] ?? { ...(before?.[system] ?? { knownSince: at }), waiting: 0 };
      if (!systems[system]) delete held.waitingSince;
      systems[system] = withRoute(held, route, standing.get(route));
    }
    if (JSON.stringify(systems) !== JSON.stringify(before)) await this.#write("events.json", { systems });
  }

  /** Notes that a poll wrote changes. Throws StateError. */
  async noteRun(request: RunOptions, { flows, endedAt }: SyncReport): Promise<void> {
    const wrote = flows.filter(({ created, updated, cancelled }) => created + updated + cancelled > 0);
    if (wrote.length === 0 || !isPoll(request) || !(await this.#heard())) return;
    await this.#options.alone(async () => {
      const polled = await this.#polled();
      const isNew = (name: string) => Math.abs(Date.parse(endedAt) - Date.parse(polled[name] ?? "")) < noteMs;
      const names = wrote.map(({ pair, flow }) => `${pair} ${flow}`).filter((name) => !isNew(name));
      if (names.length === 0) return;
      await this.#write("polled.json", { flows: { ...polled, ...Object.fromEntries(names.map((n) => [n, endedAt])) } });
    });
  }

  /** How the systems stand whose calls are taken; none where no receiver ever ran. */
  async status(subscriptions: readonly WebhookStatus[]): Promise<EventStatus[]> {
    const heard = await this.#heard();
    if (!heard) return [];
    const [polled, now, isListening] = [await this.#polled(), this.#options.clock.now(), await this.#isListening()];
    const ownOf = (name: string) =>
      subscriptions.filter(({ system }) => system === name).flatMap((one) => one.subscriptions);
    // ShipStation's V2 calls are proved by its own keys: they are taken whether anybody subscribed to them or not.
    const isWanted = ([system, { lastAt, refused }]: [string, SystemNote]) =>
      system !== "shipstation" || (lastAt ?? refused) !== undefined || ownOf(system).length > 0;
    const wanted = Object.entries(heard).filter(isWanted);
    return wanted.map(([system, { knownSince, lastAt, waiting, waitingSince, refused = null }]) => {
      const changedAt = this.#changedAt(system, polled);
      const own = ownOf(system);
      const isCalled = own.length === 0 || own.some(({ isLive }) => isLive);
      const quietMs = changedAt === undefined ? 0 : Date.parse(changedAt) - Date.parse(lastAt ?? knownSince);
      return {
        system,
        lastEventAt: lastAt ?? null,
        ageMs: lastAt === undefined ? null : Math.max(0, now.getTime() - Date.parse(lastAt)),
        waiting,
        waitingSince: waitingSince ?? null,
        changedAt: changedAt ?? null,
        isSilent: isCalled && quietMs > silentMs,
        refused,
        isListening,
      };
    });
  }

  /** When a poll last found a change of which the system's events would tell. */
  #changedAt(system: string, polled: Readonly<Record<string, string>>): string | undefined {
    const told = flowsToldBy(system);
    return connectedPairs(this.#options.config())
      .flatMap(flowsOf)
      .filter((one) => told.includes(one.flow) && sourceSystem(one) === system)
      .flatMap(({ pair, flow }) => polled[`${pair} ${flow}`] ?? [])
      .sort()
      .at(-1);
  }

  async #isListening(): Promise<boolean> {
    const { disk, dir, platform } = this.#options;
    return isHeld(disk, join(dir, "listen.lock"), thisMachine(platform));
  }

  /** A damaged note is none: the receiver writes it anew. */
  async #heard(): Promise<Record<string, SystemNote> | undefined> {
    const { disk, dir } = this.#options;
    const bytes = await disk.read(join(dir, "events.json"));
    return bytes && fromSummed<{ systems: Record<string, SystemNote> }>(bytes)?.systems;
  }

  async #polled(): Promise<Record<string, string>> {
    const { disk, dir } = this.#options;
    const bytes = await disk.read(join(dir, "polled.json"));
    return (bytes && fromSummed<{ flows: Record<string, string> }>(bytes)?.flows) ?? {};
  }

  #write(name: string, content: object): Promise<void> {
    const { disk, dir } = this.#options;
    return replaceFile(disk, join(dir, name), summed({ schema: 1, ...content }));
  }
}

/** A run that reads what changed at its sources: what a person picked out is no sign of that. Pure. */
function isPoll({ command, dryRun, since, until, limit, resend, named, told }: RunOptions): boolean {
  const narrowed = [since, until, limit, named, told].some((one) => one !== undefined);
  return command !== "listen" && !narrowed && !dryRun && !resend;
}

function withRoute(held: SystemNote, route: Route, standing: RouteStanding | undefined): SystemNote {
  if (!standing) return held;
  const refusedHere = standing.refused && { ...standing.refused, isSigned: route === "shipstation-v2" };
  const since = [held.waitingSince, standing.waitingSince].flatMap((one) => one ?? []).sort()[0];
  const last = [held.lastAt, standing.lastAt]
    .flatMap((one) => one ?? [])
    .sort()
    .at(-1);
  return {
    ...held,
    waiting: held.waiting + standing.waiting,
    ...(last === undefined ? {} : { lastAt: last }),
    ...(since === undefined ? {} : { waitingSince: since }),
    ...(refusedHere && refusedHere.at >= (held.refused?.at ?? "") ? { refused: refusedHere } : {}),
  };
}

/** What a person should know of events, though polling still brings everything. Pure. */
export function eventWarnings(events: readonly EventStatus[], now: Date): string[] {
  const refused = events.flatMap((one) => {
    const warning = refusedWarning(one, now);
    return warning ? [`${one.system}: ${warning.message}. ${warning.fix}`] : [];
  });
  const others = events.flatMap(({ system, lastEventAt, waiting, waitingSince, changedAt, isSilent, isListening }) => [
    ...(isSilent
      ? [
          `${system}: ${lastEventAt === null ? "no event ever came" : `no event since ${utcMinute(lastEventAt)}`}, but a poll found changes there on ${utcMinute(changedAt ?? "")}. See that \`mlc listen\` is reached at its public address and that ${system} calls it.`,
        ]
      : []),
    ...(waiting > 0 && !isListening
      ? [
          `${system}: what events told of waits since ${utcMinute(waitingSince ?? "")} and no \`mlc listen\` runs to work it off; until then polling has to find it.`,
        ]
      : []),
  ]);
  return [...refused, ...others];
}

/** What a person should know of a proved call that was refused within the last day, and do. Pure. */
export function refusedWarning(
  { system, refused }: Pick<EventStatus, "system" | "refused">,
  now: Date,
): { message: string; fix: string } | undefined {
  if (!refused || Math.abs(now.getTime() - Date.parse(refused.at)) > refusedMs) return undefined;
  const { at, elsewhere, isSigned } = refused;
  const proof = isSigned ? "its own signature" : "the right token";
  return {
    message: `a call with ${proof} would have had mlc send the account's keys to ${elsewhere} on ${utcMinute(at)}, and was refused`,
    fix: isSigned
      ? `Ask ${system}'s support whether the call is theirs.`
      : `The token is known to somebody: run \`mlc webhooks create ${system} --rotate\`.`,
  };
}
