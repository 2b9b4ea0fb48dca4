import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../core/clock.ts";
import type { ConfigFile } from "../core/config.ts";
import { ConfigError, MlcError, UsageError } from "../core/errors.ts";
import type { Failpoint } from "../core/failpoint.ts";
import { refuseOpenTls } from "../core/http/open-tls.ts";
import { LabelStore, labelsDirOf } from "../core/labels.ts";
import type { NamedBudget } from "../core/report.ts";
import type { RunLog } from "../core/run-log.ts";
import type { Secret } from "../core/secret.ts";
import type { ProfileSecrets } from "../core/secrets/profile-secrets.ts";
import type { KeptSecret } from "../core/secrets/store.ts";
import type { Disk } from "../core/state/disk.ts";
import type { System } from "../core/system.ts";
import type { SystemContext } from "./context.ts";
import { pairKinds, systemKinds } from "./index.ts";
import type { ForPair } from "./kinds.ts";

/** What the systems of a profile are built with. */
export interface OpenSystemsOptions {
  secrets: ProfileSecrets;
  disk: Disk;
  /** The profile's directory. */
  dir: string;
  failpoint: Failpoint;
  env: NodeJS.ProcessEnv;
  clock: Clock;
  signal: AbortSignal;
  fetch: typeof fetch;
  /** Keeps a secret by its whole name, while nobody moves them. */
  keepSecret(entry: string, value: string): Promise<void>;
  /** Reads one anew by its whole name. */
  readSecret(entry: string): Promise<KeptSecret | undefined>;
  log?: RunLog | undefined;
}

/** What a system that is only tried keeps for itself until it is connected. */
export type Trial = Partial<Pick<SystemContext, "tokens" | "keepSecret" | "readSecret">>;

/** The systems that this process has built, each once for the pair it works in. */
export class OpenSystems {
  readonly #options: OpenSystemsOptions;
  readonly #built = new Map<string, System>();
  /** The count of the flow that a call is made for: flows of a watch share the systems. */
  readonly #counts = new AsyncLocalStorage<{ calls: number }>();

  constructor(options: OpenSystemsOptions) {
    this.#options = options;
  }

  /** Calls that all systems have made for the work that asks. */
  get calls(): number {
    return this.#counts.getStore()?.calls ?? 0;
  }

  /** Does work whose calls are counted for itself. */
  counting<T>(work: () => Promise<T>): Promise<T> {
    return this.#counts.run({ calls: 0 }, work);
  }

  /** Forgets what was built, as the settings are others now. */
  clear(): void {
    this.#built.clear();
  }

  /** A connected system; `pair` gives it the settings of the pair it works in. Throws ConfigError. */
  async get(config: ConfigFile, name: string, pair?: string): Promise<System> {
    const known = this.#built.get(`${name} ${pair}`);
    if (known) return known;
    const shipper = config[pairKinds[pair ?? ""]?.shipper ?? ""];
    const forPair =
      pair === undefined ? undefined : { name: pair, settings: config[pair], others: othersOf(config, pair), shipper };
    const built = this.build(name, config[name], forPair, await this.secretsOf(name));
    this.#built.set(`${name} ${pair}`, built);
    return built;
  }

  /** Builds a system from settings that are not saved, as `connect` tries them. Throws ConfigError. */
  build(
    name: string,
    settings: unknown,
    pair: ForPair | undefined,
    secrets: Readonly<Record<string, Secret>>,
    trial: Trial = {},
  ): System {
    const kind = systemKinds[name];
    if (!kind) throw new UsageError(`${name} is not a system that mlc knows: ${Object.keys(systemKinds).join(", ")}`);
    if (settings === undefined)
      throw new ConfigError(`${kind.title} is not connected`, { hint: `Run \`mlc connect ${name}\`.` });
    const { disk, dir, failpoint, env, clock, signal, fetch, log } = this.#options;
    // Settings that are not whole yet may name a host all the same.
    refuseOpenTls(env, kind.settings.safeParse(settings).data ?? settings);
    const context: SystemContext = {
      fetch,
      clock: log ? toldClock(clock, name, log) : clock,
      signal,
      tokens: this.#options.secrets.tokens(),
      secrets,
      random: Math.random,
      keepSecret: (secret, value) => this.#options.keepSecret(`${name}.${secret}`, value),
      readSecret: (secret) => this.#options.readSecret(`${name}.${secret}`),
      labels: new LabelStore(disk, labelsDirOf(dir), failpoint),
      onCall: (call) => {
        const count = this.#counts.getStore();
        if (count) count.calls += 1;
        log?.add({ event: "call", system: name, ...call });
      },
      onTokenCall: (call) => log?.add({ event: "call", system: name, ...call }),
      ...trial,
    };
    return kind.build(settings, pair, context);
  }

  /** The secrets of one system, by their own names. */
  async secretsOf(name: string): Promise<Record<string, Secret>> {
    const all = await this.#options.secrets.all();
    const prefix = `${name}.`;
    return Object.fromEntries(
      Object.entries(all).flatMap(([key, secret]) =>
        key.startsWith(prefix) ? [[key.slice(prefix.length), secret]] : [],
      ),
    );
  }

  /** Calls left with the systems of pairs whose counts all processes share; a system that cannot be opened tells none. */
  async sharedBudgets(config: ConfigFile, pairs: readonly string[]): Promise<NamedBudget[]> {
    const budgets: NamedBudget[] = [];
    for (const pair of pairs) {
      try {
        const system = await this.get(config, pairKinds[pair]?.shipper ?? "", pair);
        if (!system.loadBudgets) continue;
        await system.loadBudgets();
        budgets.push(...budgetsOf(system));
      } catch (error) {
        // What is wrong with it is told where it is used; how the flows stand can be said all the same.
        if (!(error instanceof MlcError)) throw error;
      }
    }
    return budgets;
  }

  /** Calls left with the systems that this process has talked to, by system and API. */
  budgets(): NamedBudget[] {
    return [...this.#built.values()].flatMap(budgetsOf);
  }
}

/** What is set for the pairs beside one, by name. Pure. */
function othersOf(config: ConfigFile, pair: string): Record<string, unknown> {
  const others = Object.keys(pairKinds).filter((name) => name !== pair && config[name] !== undefined);
  return Object.fromEntries(others.map((name) => [name, config[name]]));
}

function budgetsOf(system: System): NamedBudget[] {
  return Object.entries(system.budgets?.() ?? {}).map(([api, { limit, remaining, resetAt }]) => ({
    name: `${system.name} ${api}`,
    limit,
    remaining,
    ...(resetAt === undefined ? {} : { resetAt: resetAt.toISOString() }),
  }));
}

/** A system waits only for its budget or before it repeats a call; a log that is read for why it took so long wants both. */
function toldClock(clock: Clock, system: string, log: RunLog): Clock {
  return {
    now: () => clock.now(),
    sleep: (ms, signal) => {
      log.add({ event: "wait", system, ms: Math.round(ms) });
      return clock.sleep(ms, signal);
    },
  };
}
