import { join } from "node:path";
import { ulid } from "ulid";
import type { Clock } from "./core/clock.ts";
import { type ConfigFile, isSettings, type Settings, writeConfig } from "./core/config.ts";
import { ConfigError } from "./core/errors.ts";
import { type Failpoint, failpointFrom } from "./core/failpoint.ts";
import type { NamedRecord } from "./core/find-record.ts";
import { refuseThawed } from "./core/frozen.ts";
import type { TokenCache } from "./core/http/token-cache.ts";
import { pingSystem } from "./core/ping.ts";
import type { System } from "./core/ports.ts";
import { openProfile, type Surroundings } from "./core/profile.ts";
import { ProfileState } from "./core/profile-state.ts";
import {
  exitCodeOf,
  type FlowReport,
  type FlowStatus,
  type NamedBudget,
  type PingRow,
  type StatusReport,
  type SyncReport,
} from "./core/report.ts";
import type { Secret } from "./core/secret.ts";
import { ProfileSecrets } from "./core/secrets/profile-secrets.ts";
import type { Disk } from "./core/state/disk.ts";
import type { FlowState } from "./core/state/fold.ts";
import type { IfRunning } from "./core/state/lock.ts";
import { thisMachine } from "./core/state/machine.ts";
import { attentionOf, budgetsOf, statusOf } from "./core/status.ts";
import type { Observer, RunOptions } from "./core/sync/run.ts";
import { flowNames } from "./flows/names.ts";
import { type ChosenFlow, cadenceOf, chosenFlows, connectedPairs, frozenOf, openFlow } from "./flows/open.ts";
import { type ReplayRequest, replayFlows } from "./flows/replay.ts";
import { type FlowRunRequest, runFlow } from "./flows/run.ts";
import { pairKinds, systemKinds } from "./systems/index.ts";
import { OpenSystems } from "./systems/open.ts";

/** What a command asks of a run. */
export interface SyncRequest extends Omit<RunOptions, "only" | "ending" | "belongsTo"> {
  flows?: readonly string[];
  pair?: string;
  ifRunning?: IfRunning;
  /** Where the account is another one, begin the flow's state anew. */
  newState?: boolean;
}

/** A profile at work: its config, secrets, systems and flows. */
export class Mlc {
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  readonly disk: Disk;
  /** The profile's directory. */
  readonly dir: string;
  /** What its flows have done. */
  readonly state: ProfileState;
  config: ConfigFile;
  readonly #secrets: ProfileSecrets;
  readonly #systems: OpenSystems;
  readonly #failpoint: Failpoint;

  constructor(
    surroundings: Surroundings,
    parts: { clock: Clock; disk: Disk; dir: string; config: ConfigFile; secrets: ProfileSecrets },
  ) {
    this.surroundings = surroundings;
    this.clock = parts.clock;
    this.disk = parts.disk;
    this.dir = parts.dir;
    this.config = parts.config;
    this.#secrets = parts.secrets;
    this.#failpoint = failpointFrom(surroundings.env);
    const { env, platform, signal, fetch: ownFetch = fetch } = surroundings;
    this.#systems = new OpenSystems({ secrets: parts.secrets, env, clock: parts.clock, signal, fetch: ownFetch });
    this.state = new ProfileState({
      disk: this.disk,
      dir: this.dir,
      clock: this.clock,
      platform,
      signal,
      failpoint: this.#failpoint,
      macKey: () => this.#secrets.macKey(),
    });
  }

  get secrets(): ProfileSecrets {
    return this.#secrets;
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

  async saveConfig(config: ConfigFile): Promise<void> {
    await this.disk.makeDirectory(this.dir);
    await writeConfig(this.disk, join(this.dir, "config.json"), config);
    this.config = config;
    this.#systems.clear();
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
    pair: unknown,
    secrets: Readonly<Record<string, Secret>>,
    tokens?: TokenCache,
  ): System {
    return this.#systems.build(name, settings, pair, secrets, tokens);
  }

  /** The secrets of one system, by their own names. */
  async secretsOf(name: string): Promise<Record<string, Secret>> {
    return this.#systems.secretsOf(name);
  }

  /** Runs flows once under the profile's lock; undefined when another run holds it and `ifRunning` says skip. */
  async sync(
    request: SyncRequest,
    observer: Observer & { flow?(pair: string, flow: string): void } = {},
  ): Promise<SyncReport | undefined> {
    return this.state.locked(request, (lock) =>
      this.#run(request, async (run) => {
        const flows: FlowReport[] = [];
        const refused = new Map<string, unknown>();
        for (const chosen of chosenFlows(this.config, request)) {
          observer.flow?.(chosen.pair, chosen.flow);
          flows.push(await this.#runFlow(chosen, { run, request, observer, lock, refused }));
          if (flows.at(-1)?.error?.exitCode === 7) break;
        }
        return flows;
      }),
    );
  }

  /** Sends records again through the same path; the observer hears first what each was. */
  async replay(
    request: ReplayRequest,
    observer: Observer & { found?(pair: string, flow: string, record: NamedRecord): void } = {},
  ): Promise<SyncReport | undefined> {
    const command = request.id === undefined ? "replay --all" : `replay ${request.id}`;
    return this.state.locked({ command, ...request }, (lock) =>
      this.#run(request, (run) =>
        replayFlows(
          {
            state: this.state,
            run,
            command,
            found: observer.found,
            runFlow: (chosen, options) =>
              this.#runFlow(chosen, { run, request: options, observer, lock, refused: new Map() }),
          },
          chosenFlows(this.config, request),
          request,
        ),
      ),
    );
  }

  /** Refuses settings of a pair that would name delivered documents otherwise. Throws ConfigError. */
  async refuseThawed(pair: string, settings: unknown): Promise<void> {
    const frozen = frozenOf(pair, settings);
    for (const flow of flowNames) {
      const store = await this.state.open(pair, flow, "read");
      await store.close();
      refuseThawed(store.state, frozen[flow] ?? {}, pair);
    }
  }

  /** How every flow of every pair stands. */
  async status(): Promise<StatusReport> {
    const [flows, states] = [[] as FlowStatus[], [] as FlowState[]];
    for (const chosen of chosenFlows(this.config, {})) {
      const store = await this.state.open(chosen.pair, chosen.flow, "read");
      flows.push(statusOf(cadenceOf(this.config, chosen), store.state, this.clock.now()));
      states.push(store.state);
      await store.close();
    }
    return { flows, budgets: budgetsOf(states, this.clock.now()), attention: attentionOf(flows) };
  }

  /** Calls left with the systems that this process has talked to, by system and API. */
  budgets(): NamedBudget[] {
    return this.#systems.budgets();
  }

  /** One cheap call to each connected system, side by side. */
  async ping(only?: string): Promise<PingRow[]> {
    if (only === undefined && this.systems.length === 0)
      throw new ConfigError("No system is connected yet", { hint: "Run `mlc connect`." });
    if (only !== undefined && !this.systems.includes(only)) this.systemOf(only, undefined, {}, {});
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

  async #run({ dryRun }: { dryRun?: boolean }, work: (run: string) => Promise<FlowReport[]>): Promise<SyncReport> {
    const run = ulid();
    const startedAt = this.clock.now().toISOString();
    const flows = await work(run);
    return { run, startedAt, endedAt: this.clock.now().toISOString(), flows, exitCode: exitCodeOf(flows, dryRun) };
  }

  #runFlow(chosen: ChosenFlow, request: FlowRunRequest): Promise<FlowReport> {
    const { clock, state } = this;
    const { signal, version } = this.surroundings;
    const surroundings = {
      state,
      clock,
      signal,
      failpoint: this.#failpoint,
      open: ({ pair, flow }: ChosenFlow) =>
        openFlow({ pair, flow }, { settings: this.config[pair], version, system: (name) => this.system(name, pair) }),
      callsMade: () => this.#systems.calls,
      budgets: () => this.budgets(),
    };
    return runFlow(surroundings, chosen, request);
  }
}

/** Opens a profile with all it has. Throws ConfigError when its config cannot be read. */
export async function openMlc(surroundings: Surroundings): Promise<Mlc> {
  const { disk, dir, clock, config } = await openProfile(surroundings);
  const { profile, env, platform, isTty, signal } = surroundings;
  const kind = config.secrets === "vault" || config.secrets === "keychain" ? config.secrets : undefined;
  const machine = thisMachine(platform);
  const secrets = new ProfileSecrets({ disk, dir, profile, kind, env, isTty, clock, machine, lockToken: ulid, signal });
  return new Mlc(surroundings, { clock, disk, dir, config, secrets });
}
