import { randomBytes } from "node:crypto";
import { ulid } from "ulid";
import { storedFlows } from "./core/audit.ts";
import type { Clock } from "./core/clock.ts";
import { type ConfigFile, isSettings, type Settings } from "./core/config.ts";
import { ConfigError } from "./core/errors.ts";
import { failpointFrom } from "./core/failpoint.ts";
import { refuseThawed } from "./core/frozen.ts";
import { pingSystem } from "./core/ping.ts";
import { openProfile, type Surroundings } from "./core/profile.ts";
import { ProfileConfig, secretsOf } from "./core/profile-config.ts";
import { ProfileState } from "./core/profile-state.ts";
import type { NamedBudget, PingRow, StatusReport, SyncReport } from "./core/report.ts";
import { markRestored } from "./core/restore.ts";
import type { Secret } from "./core/secret.ts";
import type { ProfileSecrets } from "./core/secrets/profile-secrets.ts";
import type { Disk } from "./core/state/disk.ts";
import { requestsIn } from "./core/state/requests.ts";
import type { Observer } from "./core/sync/run.ts";
import type { System } from "./core/system.ts";
import { connectedPairs, flowsOf, frozenOf } from "./flows/open.ts";
import type { ReplayRequest } from "./flows/replay.ts";
import { Reports } from "./flows/reports.ts";
import { type ReplayObserver, Runs, type SyncRequest } from "./flows/runs.ts";
import { Standing } from "./flows/standing.ts";
import { pairKinds, systemKinds } from "./systems/index.ts";
import type { ForPair } from "./systems/kinds.ts";
import { OpenSystems, type Trial } from "./systems/open.ts";
import { keepSignInsFresh, signInsIn } from "./systems/sign-ins.ts";
import { EventNotes, eventWarnings } from "./webhooks/event-notes.ts";
import { whyNotReached } from "./webhooks/reached.ts";
import { Webhooks } from "./webhooks/webhooks.ts";

/** A profile at work: its config, secrets, systems and flows. */
export class Mlc {
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  readonly disk: Disk;
  /** The profile's directory. */
  readonly dir: string;
  /** What its flows have done. */
  readonly state: ProfileState;
  /** The subscriptions by which its systems call it. */
  readonly webhooks: Webhooks;
  /** What is noted of their calls. */
  readonly eventNotes: EventNotes;
  /** What is only read from the systems. */
  readonly reports: Reports;
  /** What somebody set. */
  readonly settings: ProfileConfig;
  readonly #secrets: ProfileSecrets;
  readonly #systems: OpenSystems;
  readonly #runs: Runs;
  readonly #standing: Standing;

  constructor(
    surroundings: Surroundings,
    parts: { clock: Clock; disk: Disk; dir: string; config: ConfigFile; secrets: ProfileSecrets },
  ) {
    this.surroundings = surroundings;
    this.clock = parts.clock;
    this.disk = parts.disk;
    this.dir = parts.dir;
    this.#secrets = parts.secrets;
    const { clock, disk, dir, secrets } = parts;
    const { env, platform, signal, version, fetch: ownFetch = fetch, log } = surroundings;
    const failpoint = failpointFrom(env);
    const settings = new ProfileConfig({ ...parts, signal, platform, saved: () => this.#systems.clear() });
    this.settings = settings;
    const machine = { disk, dir, failpoint, env, clock, signal, fetch: ownFetch, log };
    const systems = new OpenSystems({
      ...{ ...machine, secrets },
      keepSecret: (entry, value) => settings.keepSecret(entry, value),
      readSecret: (entry) => settings.readSecret(entry),
    });
    this.#systems = systems;
    const state = new ProfileState({
      disk,
      dir,
      clock,
      platform,
      signal,
      failpoint,
      macKey: () => secrets.macKey(),
      beforeRelease: (lock) => this.#runs.serve(lock),
    });
    this.state = state;
    const system = (name: string, pair: string) => this.system(name, pair);
    this.reports = new Reports({ state, clock, config: () => this.config, system });
    this.webhooks = new Webhooks({
      disk,
      dir,
      clock,
      failpoint,
      config: () => this.config,
      systems: () => this.systems,
      system: (name) => this.system(name, this.pairOf(name)),
      changeConfig: (change) => settings.change(change),
      whyNotReached: async (publicUrl) => {
        const nonce = randomBytes(16).toString("hex");
        return whyNotReached(publicUrl, { fetch: ownFetch, key: await secrets.macKey(), nonce });
      },
      locked: (mode, work) =>
        settings.lockedFile({ name: "webhooks.lock", command: "a change of webhooks", mode }, work),
    });
    this.eventNotes = new EventNotes({
      ...{ disk, dir, clock, platform, config: () => this.config },
      alone: (work) => state.alone("", "polled", work),
    });
    this.#standing = new Standing({
      ...{ state, systems, secrets, clock, disk, dir, config: () => this.config },
      events: async () => {
        const webhooks = await this.webhooks.status();
        const events = await this.eventNotes.status(webhooks);
        return { webhooks, events, warnings: eventWarnings(events, clock.now()) };
      },
    });
    const requests = requestsIn({ disk, dir, ulid: () => ulid(clock.now().getTime()) });
    this.#runs = new Runs({
      keepSignInsFresh: async () => {
        const signIns = signInsIn(this.config, await secrets.list(), clock.now());
        await keepSignInsFresh(signIns, (name) => this.system(name));
      },
      state,
      requests,
      systems,
      clock,
      signal,
      failpoint,
      version,
      log,
      config: () => this.config,
      noteRun: (request, report) => this.eventNotes.noteRun(request, report),
    });
  }

  get secrets(): ProfileSecrets {
    return this.#secrets;
  }

  get config(): ConfigFile {
    return this.settings.current;
  }

  get stateDir(): string {
    return this.state.dir;
  }

  /** Ids of the systems that are connected. */
  get systems(): string[] {
    return Object.keys(systemKinds).filter((name) => this.config[name] !== undefined);
  }

  /** Ids of the pairs that are connected. */
  get pairs(): string[] {
    return connectedPairs(this.config);
  }

  /** Builds a connected system; `pair` gives it the settings of the pair it works in. Throws ConfigError. */
  async system(name: string, pair?: string): Promise<System> {
    return this.#systems.get(this.config, name, pair);
  }

  /** What somebody set for a system or pair; undefined when it is not connected. */
  settingsOf(name: string): Settings | undefined {
    const settings = Object.hasOwn(this.config, name) ? this.config[name] : undefined;
    return isSettings(settings) ? settings : undefined;
  }

  /** The first connected pair that a system works in. */
  pairOf(name: string): string | undefined {
    return this.pairs.find((id) => pairKinds[id]?.erp === name || pairKinds[id]?.shipper === name);
  }

  /** Builds a system from settings that are not saved, as `connect` tries them. Throws ConfigError. */
  systemOf(
    name: string,
    settings: unknown,
    pair: ForPair | undefined,
    secrets: Readonly<Record<string, Secret>>,
    trial?: Trial,
  ): System {
    return this.#systems.build(name, settings, pair, secrets, trial);
  }

  /** The secrets of one system, by their own names. */
  async secretsOf(name: string): Promise<Record<string, Secret>> {
    return this.#systems.secretsOf(name);
  }

  /** Runs flows once under the profile's lock; undefined when another run holds it and `ifRunning` says skip. */
  sync(
    request: SyncRequest,
    observer: Observer & { flow?(pair: string, flow: string): void } = {},
  ): Promise<SyncReport | undefined> {
    return this.#runs.sync(request, observer);
  }

  /** Sends records again through the same path, or leaves it to the run at work; the observer hears first what each was. */
  replay(request: ReplayRequest, observer: ReplayObserver = {}): Promise<SyncReport | "left" | "skipped"> {
    return this.#runs.replay(request, observer);
  }

  /** Does what other processes asked for, while a run of this one is at work. */
  async serve(): Promise<void> {
    if (this.state.isAtWork) await this.state.locked({ command: "replay" }, (lock) => this.#runs.serve(lock));
  }

  /** Refuses settings of a pair that would name delivered documents otherwise. Throws ConfigError. */
  async refuseThawed(pair: string, settings: unknown): Promise<void> {
    const frozen = frozenOf(pair, settings);
    for (const { flow } of flowsOf(pair)) {
      const store = await this.state.open(pair, flow, "read");
      await store.close();
      refuseThawed(store.state, frozen[flow] ?? {}, pair);
    }
  }

  /** Marks the state of every flow, also of those that never ran, as a restored backup; returns how many flows that are. */
  async markRestored(): Promise<number> {
    const command = "doctor --restored";
    const marked = await this.state.locked({ command }, async () => {
      const stored = await storedFlows(this.disk, this.stateDir);
      const connected = this.pairs.flatMap(flowsOf);
      return markRestored(this.state, [...stored, ...connected], { run: ulid(), command });
    });
    return marked ?? 0;
  }

  /** How every flow of every pair stands. */
  async status(): Promise<StatusReport> {
    return this.#standing.status();
  }

  /** Tells the watchdog and the program of the config how the profile does after a run; what went wrong with that. */
  alert(report: SyncReport): Promise<unknown[]> {
    return this.#standing.alert(report);
  }

  /** Calls left with the systems that this process has talked to, by system and API. */
  budgets(): NamedBudget[] {
    return this.#systems.budgets();
  }

  /** One cheap call to each connected system, side by side. */
  async ping(only?: string): Promise<PingRow[]> {
    if (only === undefined && this.systems.length === 0)
      throw new ConfigError("No system is connected yet", { hint: "Run `mlc connect`." });
    if (only !== undefined && !this.systems.includes(only)) this.systemOf(only, undefined, undefined, {});
    const names = only === undefined ? this.systems : [only];
    return Promise.all(
      names.map((name) => {
        const pair = this.pairOf(name);
        return pingSystem({
          name,
          open: () => this.system(name, pair),
          clock: this.clock,
          isPaired: pair !== undefined,
        });
      }),
    );
  }
}

/** Opens a profile with all it has. Throws ConfigError when its config cannot be read. */
export async function openMlc(surroundings: Surroundings): Promise<Mlc> {
  const profile = await openProfile(surroundings);
  return new Mlc(surroundings, { ...profile, secrets: secretsOf(profile) });
}
