import { join } from "node:path";
import { ulid } from "ulid";
import { type Clock, jumpingClock, systemClock } from "./core/clock.ts";
import {
  type ConfigFile,
  isSettings,
  parseSettings,
  pathParts,
  readConfig,
  type Settings,
  valueAt,
  writeConfig,
} from "./core/config.ts";
import { ConfigError, MlcError, UsageError } from "./core/errors.ts";
import { type Failpoint, failpointFrom } from "./core/failpoint.ts";
import type { NamedRecord } from "./core/find-record.ts";
import { refuseThawed } from "./core/frozen.ts";
import { refuseOpenTls } from "./core/http/open-tls.ts";
import type { TokenCache } from "./core/http/token-cache.ts";
import { hashOf, type Json } from "./core/json.ts";
import type { Document } from "./core/model.ts";
import { pingSystem } from "./core/ping.ts";
import type { Flow, System } from "./core/ports.ts";
import { ProfileState } from "./core/profile-state.ts";
import {
  exitCodeOf,
  type FlowReport,
  type FlowStatus,
  type NamedBudget,
  type PingRow,
  reportedError,
  type StatusReport,
  type SyncReport,
} from "./core/report.ts";
import type { Secret } from "./core/secret.ts";
import { ProfileSecrets } from "./core/secrets/profile-secrets.ts";
import { type Disk, machineDisk } from "./core/state/disk.ts";
import type { OpenFlowStore } from "./core/state/flow-store.ts";
import type { FlowState } from "./core/state/fold.ts";
import type { HeldLock, IfRunning } from "./core/state/lock.ts";
import { thisMachine } from "./core/state/machine.ts";
import { attentionOf, budgetsOf, statusOf } from "./core/status.ts";
import { type Observer, type RunOptions, zeroCounts } from "./core/sync/run.ts";
import { syncFlow } from "./core/sync.ts";
import { ordersFlow } from "./flows/orders.ts";
import { shipmentsFlow } from "./flows/shipments.ts";
import type { SystemContext } from "./systems/context.ts";
import { pairKinds, systemKinds } from "./systems/index.ts";

/** The flows in the order in which they run. */
export const flowNames = ["orders", "shipments"] as const;
/** A flow's name. */
export type FlowName = (typeof flowNames)[number];

/** Where mlc runs and what it is told by its surroundings. */
export interface Surroundings {
  profile: string;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  homedir: string;
  version: string;
  signal: AbortSignal;
  isTty: boolean;
  /** Instead of the machine's: tests and the demo. */
  fetch?: typeof fetch;
  clock?: Clock;
}

/** What a command asks of a run. */
export interface SyncRequest extends Omit<RunOptions, "only" | "ending" | "belongsTo"> {
  flows?: readonly string[];
  pair?: string;
  ifRunning?: IfRunning;
  /** Where the account is another one, begin the flow's state anew. */
  newState?: boolean;
}

/** What a command asks of a replay. */
export interface ReplayRequest {
  /** Record key, log id or document number; absent: everything that is set aside. */
  id?: string;
  pair?: string;
  ending?: RunOptions["ending"];
  /** Leave what is open of it undone until the record changes; nothing is sent. */
  drop?: boolean;
  belongsTo?: string;
  dryRun?: boolean;
  ifRunning?: IfRunning;
}

/** What a flow needs to run or to be looked at. */
interface OpenFlow {
  flow: Flow<Document>;
  account: Json;
  frozen: { [path: string]: Json };
  mapping: string;
  waitingMaxDays: number;
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
  readonly #systems = new Map<string, System>();
  readonly #failpoint: Failpoint;
  #calls = 0;

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
    const { platform, signal } = surroundings;
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
    return Object.keys(pairKinds).filter((name) => this.config[name] !== undefined);
  }

  async saveConfig(config: ConfigFile): Promise<void> {
    await this.disk.makeDirectory(this.dir);
    await writeConfig(this.disk, join(this.dir, "config.json"), config);
    this.config = config;
    this.#systems.clear();
  }

  /** Builds a connected system; `pair` gives it the settings of the pair it works in. Throws ConfigError. */
  async system(name: string, pair?: string): Promise<System> {
    const known = this.#systems.get(`${name} ${pair}`);
    if (known) return known;
    const built = this.systemOf(
      name,
      this.config[name],
      pair === undefined ? {} : this.config[pair],
      await this.secretsOf(name),
    );
    this.#systems.set(`${name} ${pair}`, built);
    return built;
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
    tokens: TokenCache = this.#secrets.tokens(),
  ): System {
    const kind = systemKinds[name];
    if (!kind) throw new UsageError(`${name} is not a system that mlc knows: ${Object.keys(systemKinds).join(", ")}`);
    if (settings === undefined)
      throw new ConfigError(`${kind.title} is not connected`, { hint: `Run \`mlc connect ${name}\`.` });
    refuseOpenTls(this.surroundings.env, kind.settings.safeParse(settings).data);
    const context: SystemContext = {
      fetch: this.surroundings.fetch ?? fetch,
      clock: this.clock,
      signal: this.surroundings.signal,
      tokens,
      secrets,
      random: Math.random,
      onCall: () => {
        this.#calls += 1;
      },
    };
    return kind.build(settings, pair, context);
  }

  /** The secrets of one system, by their own names. */
  async secretsOf(name: string): Promise<Record<string, Secret>> {
    const all = await this.#secrets.all();
    const prefix = `${name}.`;
    return Object.fromEntries(
      Object.entries(all).flatMap(([key, secret]) =>
        key.startsWith(prefix) ? [[key.slice(prefix.length), secret]] : [],
      ),
    );
  }

  /** Runs flows once under the profile's lock; undefined when another run holds it and `ifRunning` says skip. */
  async sync(
    request: SyncRequest,
    observer: Observer & { flow?(pair: string, flow: string): void } = {},
  ): Promise<SyncReport | undefined> {
    return this.state.locked(request, async (lock) => {
      const run = ulid();
      const startedAt = this.clock.now().toISOString();
      const flows: FlowReport[] = [];
      const refused = new Map<string, unknown>();
      for (const { pair, flow } of this.#chosenFlows(request)) {
        observer.flow?.(pair, flow);
        flows.push(await this.#runFlow({ pair, name: flow, run, request, observer, lock, refused }));
        if (flows.at(-1)?.error?.exitCode === 7) break;
      }
      return {
        run,
        startedAt,
        endedAt: this.clock.now().toISOString(),
        flows,
        exitCode: exitCodeOf(flows, request.dryRun),
      };
    });
  }

  /** Sends records again through the same path; the observer hears first what each was. */
  async replay(
    request: ReplayRequest,
    observer: Observer & { found?(pair: string, flow: string, record: NamedRecord): void } = {},
  ): Promise<SyncReport | undefined> {
    const { id, ending, belongsTo, dryRun } = request;
    const command = id === undefined ? "replay --all" : `replay ${id}`;
    return this.state.locked({ command, ...request }, async (lock) => {
      const run = ulid();
      const startedAt = this.clock.now().toISOString();
      const flows: FlowReport[] = [];
      for (const { pair, flow } of this.#chosenFlows(request)) {
        const records = await this.state.named(pair, flow, id);
        if (records.length === 0) continue;
        refuseAmbiguous(records, id);
        for (const record of records) observer.found?.(pair, flow, record);
        const options: RunOptions = {
          command,
          only: records.map(({ ref }) => ref),
          ...(ending === undefined ? {} : { ending }),
          ...(belongsTo === undefined ? {} : { belongsTo }),
          ...(dryRun === undefined ? {} : { dryRun }),
        };
        flows.push(
          request.drop
            ? await dropped(this.state, { pair, flow, run, records, isDry: dryRun ?? false })
            : await this.#runFlow({ pair, name: flow, run, request: options, observer, lock, refused: new Map() }),
        );
      }
      if (flows.length === 0 && id !== undefined) {
        throw new UsageError(`${id} is no record, log entry or document that mlc knows`, {
          hint: "Look it up with `mlc audit`.",
        });
      }
      return {
        run,
        startedAt,
        endedAt: this.clock.now().toISOString(),
        flows,
        exitCode: exitCodeOf(flows, request.dryRun),
      };
    });
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
    for (const { pair, flow } of this.#chosenFlows({})) {
      const store = await this.state.open(pair, flow, "read");
      flows.push(statusOf(pair, flow, store.state, this.clock.now()));
      states.push(store.state);
      await store.close();
    }
    return { flows, budgets: budgetsOf(states, this.clock.now()), attention: attentionOf(flows) };
  }

  /** Calls left with the systems that this process has talked to, by system and API. */
  budgets(): NamedBudget[] {
    return [...this.#systems.values()].flatMap((system) =>
      Object.entries(system.budgets?.() ?? {}).map(([api, { limit, remaining, resetAt }]) => ({
        name: `${system.name} ${api}`,
        limit,
        remaining,
        ...(resetAt === undefined ? {} : { resetAt: resetAt.toISOString() }),
      })),
    );
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

  #chosenFlows({ pair, flows }: { pair?: string; flows?: readonly string[] }): { pair: string; flow: FlowName }[] {
    if (pair !== undefined && !this.pairs.includes(pair)) {
      throw new UsageError(
        `${pair} is not a connected pair${this.pairs.length > 0 ? `: ${this.pairs.join(", ")}` : ""}`,
        {
          hint: "Run `mlc connect` to add one.",
        },
      );
    }
    const pairs = pair === undefined ? this.pairs : [pair];
    if (pairs.length === 0) throw new ConfigError("No pair is connected yet", { hint: "Run `mlc connect`." });
    return pairs.flatMap((id) =>
      flowNames.filter((name) => flows === undefined || flows.includes(name)).map((flow) => ({ pair: id, flow })),
    );
  }

  async #openFlow(pair: string, name: FlowName): Promise<OpenFlow | undefined> {
    const kind = pairKinds[pair];
    if (!kind) throw new ConfigError(`${pair} is not a pair that mlc knows`);
    const settings = parseSettings(kind.settings, this.config[pair] ?? {}, pair) as PairSettings;
    if (settings.flows?.[name]?.enabled === false) return undefined;
    const [erp, shipper] = [await this.system(kind.erp, pair), await this.system(kind.shipper, pair)];
    const join = { orders: ordersFlow, shipments: shipmentsFlow } as const;
    const flow = join[name](pair, erp, shipper) as Flow<Document> | undefined;
    if (!flow) return undefined;
    const account = { [erp.name]: accountOf(erp), [shipper.name]: accountOf(shipper) };
    return {
      flow,
      account,
      frozen: frozenOf(pair, this.config[pair] ?? {})[name] ?? {},
      mapping: hashOf([this.surroundings.version, this.config[pair] ?? {}]),
      waitingMaxDays: settings.waiting?.maxDays ?? 14,
    };
  }

  async #runFlow(given: {
    pair: string;
    name: FlowName;
    run: string;
    request: RunOptions & { newState?: boolean };
    observer: Observer;
    lock: HeldLock;
    /** Systems that refused our credentials in this run: their other flows stop before they send. */
    refused: Map<string, unknown>;
  }): Promise<FlowReport> {
    const { pair, name, run, request, observer, lock, refused } = given;
    const began = this.clock.now().getTime();
    const report = (counts = zeroCounts(), error?: unknown): FlowReport => ({
      pair,
      flow: name,
      ...counts,
      durationMs: this.clock.now().getTime() - began,
      ...(error === undefined ? {} : { error: reportedError(error) }),
    });
    let store: OpenFlowStore | undefined;
    let orders: OpenFlowStore | undefined;
    try {
      const open = await this.#openFlow(pair, name);
      if (!open) return report();
      for (const system of [open.flow.source.system, open.flow.target.system])
        if (refused.has(system)) return report(undefined, refused.get(system));
      store = request.newState
        ? await this.state.openAnew(pair, name, open.account)
        : await this.state.open(pair, name, "write");
      orders = name === "orders" ? store : await this.state.open(pair, "orders", "read");
      const orderStore = orders;
      const { counts, error } = await syncFlow({
        ...open,
        store,
        clock: this.clock,
        signal: this.surroundings.signal,
        run,
        options: request,
        observer,
        assertHeld: () => lock.assertHeld(),
        findOrder: async ({ naturalKey, id }) => {
          const key =
            naturalKey === undefined ? orderStore.holderOfTarget(id ?? "") : await orderStore.holder(naturalKey);
          const delivery = key === undefined ? undefined : (await orderStore.load([key])).get(key);
          return key === undefined || delivery === undefined ? undefined : { key, delivery };
        },
        failpoint: this.#failpoint,
        callsMade: () => this.#calls,
        budgets: () => this.budgets(),
      });
      if (error instanceof MlcError && error.disposition === "stopSystem" && error.context.system)
        refused.set(error.context.system, error);
      return report(counts, error);
    } catch (error) {
      return report(undefined, error);
    } finally {
      if (orders !== store) await orders?.close();
      await store?.close();
    }
  }
}

/** The part of any pair's settings that the flows themselves read. */
interface PairSettings {
  flows?: Partial<Record<FlowName, { enabled?: boolean }>>;
  waiting?: { maxDays?: number };
}

/** The settings of each flow of a pair that freeze with its first delivery, by path. */
function frozenOf(pair: string, settings: unknown): Partial<Record<string, { [path: string]: Json }>> {
  const kind = pairKinds[pair];
  if (!kind) return {};
  const { success, data } = kind.settings.safeParse(settings);
  // What else is wrong with them is told where they are used.
  if (!success) return {};
  return Object.fromEntries(
    Object.entries(kind.frozen).map(([flow, paths]) => [
      flow,
      Object.fromEntries(paths.map((path) => [path, String(valueAt(data, pathParts(path)) ?? "")])),
    ]),
  );
}

/** The account's name; all loopback hosts count as one, since simulated vendors change their ports. */
function accountOf(system: System): Json {
  const text = JSON.stringify(system.account()).replace(/\b(localhost|127\.0\.0\.1|\[::1\])(:\d+)?/g, "loopback");
  return JSON.parse(text) as Json;
}

async function dropped(state: ProfileState, given: Parameters<ProfileState["drop"]>[0]): Promise<FlowReport> {
  const { pair, flow } = given;
  return { pair, flow, ...zeroCounts(), skipped: await state.drop(given), durationMs: 0 };
}

function refuseAmbiguous(records: readonly NamedRecord[], id: string | undefined): void {
  if (id === undefined) return;
  const keys = [...new Set(records.map(({ key }) => key))];
  if (keys.length > 1) {
    throw new UsageError(`${id} names more than one record: ${keys.join(", ")}`, {
      hint: `Name one of them, like \`mlc replay ${keys[0]}\`.`,
    });
  }
}

/** The directory that holds all profiles. */
export function homeOf({ env, platform, homedir }: Pick<Surroundings, "env" | "platform" | "homedir">): string {
  if (env.MLC_HOME) return env.MLC_HOME;
  if (platform === "win32") return join(env.LOCALAPPDATA ?? join(homedir, "AppData", "Local"), "mlc");
  return join(homedir, ".mlc");
}

/** Opens a profile. Throws ConfigError when its config cannot be read. */
export async function openMlc(surroundings: Surroundings): Promise<Mlc> {
  const { profile, env, platform } = surroundings;
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(profile))
    throw new UsageError(`${JSON.stringify(profile)} is not a profile name`, { hint: "Use letters, digits, - and _." });
  const disk = machineDisk(platform);
  const dir = join(homeOf(surroundings), profile);
  // Tests of real processes set the clock; waiting then takes no time.
  const clock = surroundings.clock ?? (env.MLC_TEST_NOW ? jumpingClock(new Date(env.MLC_TEST_NOW)) : systemClock);
  const config = await readConfig(disk, join(dir, "config.json"));
  const kind = config.secrets === "vault" || config.secrets === "keychain" ? config.secrets : undefined;
  const { isTty, signal } = surroundings;
  const machine = thisMachine(platform);
  const secrets = new ProfileSecrets({ disk, dir, profile, kind, env, isTty, clock, machine, lockToken: ulid, signal });
  return new Mlc(surroundings, { clock, disk, dir, config, secrets });
}
