import { ulid } from "ulid";
import type { Clock } from "../core/clock.ts";
import { type ConfigFile, parseSettings } from "../core/config.ts";
import { worstExitCode } from "../core/errors.ts";
import type { Failpoint } from "../core/failpoint.ts";
import type { NamedRecord } from "../core/find-record.ts";
import { profileSections } from "../core/profile-settings.ts";
import type { ProfileState } from "../core/profile-state.ts";
import { exitCodeOf, type FlowReport, reportedError, type SyncReport } from "../core/report.ts";
import type { RunLog } from "../core/run-log.ts";
import type { HeldLock, IfRunning } from "../core/state/lock.ts";
import type { Requests } from "../core/state/requests.ts";
import type { Observer, RunOptions } from "../core/sync/run.ts";
import { pairKinds } from "../systems/index.ts";
import type { OpenSystems } from "../systems/open.ts";
import { type FoundRecord, handOver, ServedError, type ServedReplay, serveRequests, unattended } from "./hand-over.ts";
import { type ChosenFlow, chosenFlows, openFlow } from "./open.ts";
import { ordersFlowOf } from "./pair-orders.ts";
import { type ReplayRequest, refuseUnnamed, replayEvent, replayFlows } from "./replay.ts";
import { type FlowRunRequest, runFlow } from "./run.ts";
import { logFlowEnd, loggedRun, withAsidesLogged } from "./run-log.ts";

/** What a command asks of a run. */
export interface SyncRequest extends Omit<RunOptions, "only" | "ending" | "belongsTo"> {
  flows?: readonly string[];
  pair?: string;
  ifRunning?: IfRunning;
  /** Where the account is another one, begin the flow's state anew. */
  newState?: boolean;
}

/** Hears of a replay as it goes. */
export type ReplayObserver = Observer & { found?(pair: string, flow: string, record: NamedRecord): void };

/** What the runs of a profile stand on. */
export interface RunsOptions {
  state: ProfileState;
  requests: Requests;
  systems: OpenSystems;
  clock: Clock;
  signal: AbortSignal;
  failpoint: Failpoint;
  version: string;
  log?: RunLog | undefined;
  /** As it is now: a watch outlives its changes. */
  config(): ConfigFile;
  /** Hears what a run came to. */
  noteRun(request: RunOptions, report: SyncReport): Promise<void>;
  /** Has systems replace what would end by itself, whatever flows run. */
  keepSignInsFresh(): Promise<void>;
}

/** A replay that another run was asked to do waits so long for its answer. */
const answerWaitMs = 60_000;

/** The runs of a profile's flows, each under the profile's lock. */
export class Runs {
  readonly #options: RunsOptions;
  #serving: Promise<void> | undefined;

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  /** Runs flows once; undefined when another run holds the lock and `ifRunning` says skip. */
  sync(
    request: SyncRequest,
    observer: Observer & { flow?(pair: string, flow: string): void },
  ): Promise<SyncReport | undefined> {
    const { state, signal, config } = this.#options;
    return state.locked(request, async (lock) => {
      const report = await this.#run(request, request.command, async (run) => {
        const flows: FlowReport[] = [];
        const refused = new Map<string, unknown>();
        for (const chosen of chosenFlows(config(), request)) {
          observer.flow?.(chosen.pair, chosen.flow);
          flows.push(await this.#runFlow(chosen, { run, request, observer, lock, refused }));
          if (flows.at(-1)?.error?.exitCode === 7) break;
        }
        return flows;
      });
      const isOver = request.dryRun || signal.aborted || report.exitCode === 7;
      if (isOver) return report;
      const { keepSignInsFresh, noteRun } = this.#options;
      const noted = await alsoDone(report, () => noteRun(request, report));
      return this.#withoutOld(await alsoDone(noted, keepSignInsFresh), lock);
    });
  }

  /** The report, after what is older than the settings keep it was removed. */
  #withoutOld(report: SyncReport, lock: HeldLock): Promise<SyncReport> {
    const { state, config } = this.#options;
    return alsoDone(report, async () => {
      await lock.assertHeld();
      await state.removeOld(parseSettings(profileSections.retention, config().retention ?? {}, "retention"));
    });
  }

  /**
   * Sends records again, or has the run that holds the lock do it: "left" when that run has not come to it yet, "skipped"
   * when `ifRunning` says so.
   */
  async replay(request: ReplayRequest, observer: ReplayObserver): Promise<SyncReport | "left" | "skipped"> {
    const { state, requests, clock, signal } = this.#options;
    const { ifRunning = "wait", dryRun } = request;
    const here = (lock: HeldLock) => this.#replay(request, observer, lock);
    const command = commandOf(request);
    if (dryRun || ifRunning !== "wait") return (await state.locked({ command, ifRunning }, here)) ?? "skipped";
    const done = await state.locked({ command, ifRunning: "skip" }, here);
    if (done) return done;
    if (!request.event) await refuseUnnamed(state, chosenFlows(this.#options.config(), request), request.id);
    const served = await handOver(
      {
        requests,
        clock,
        signal,
        waitMs: answerWaitMs,
        tryHere: (answered) =>
          state.locked(
            { command, ifRunning: "skip" },
            async (lock) => (await answered()) ?? { report: await here(lock), found: [] },
          ),
      },
      request,
    );
    if (!served) return "left";
    if ("error" in served) throw new ServedError(served.error);
    for (const { pair, flow, record } of served.found) observer.found?.(pair, flow, record);
    return served.report;
  }

  /** Does what other processes asked for while this one holds the lock. */
  serve(lock: HeldLock): Promise<void> {
    this.#serving ??= serveRequests(this.#options.requests, (request) => this.#served(request, lock)).finally(() => {
      this.#serving = undefined;
    });
    return this.#serving;
  }

  async #served(request: ReplayRequest, lock: HeldLock): Promise<ServedReplay> {
    const found: FoundRecord[] = [];
    const observer = { found: (pair: string, flow: string, record: NamedRecord) => found.push({ pair, flow, record }) };
    return { report: await this.#replay(request, observer, lock), found };
  }

  #replay(request: ReplayRequest, observer: ReplayObserver, lock: HeldLock): Promise<SyncReport> {
    const command = commandOf(request);
    const { state } = this.#options;
    return this.#run(request, command, (run) => {
      const runFlow = (chosen: ChosenFlow, options: RunOptions) =>
        this.#runFlow(chosen, { run, request: options, observer, lock, refused: new Map() });
      const { event, dryRun } = request;
      if (event) return replayEvent(event, { command, ...(dryRun === undefined ? {} : { dryRun }) }, runFlow);
      const chosen = chosenFlows(this.#options.config(), flowsOf(request));
      return replayFlows({ ...{ state, run, command, runFlow }, found: observer.found }, chosen, request);
    });
  }

  async #run(
    { dryRun }: { dryRun?: boolean },
    command: string,
    work: (run: string) => Promise<FlowReport[]>,
  ): Promise<SyncReport> {
    const { clock, log } = this.#options;
    const run = ulid();
    return loggedRun({ log, clock, run, command, isDry: dryRun ?? false }, async () => {
      const startedAt = clock.now().toISOString();
      const flows = await work(run);
      return { run, startedAt, endedAt: clock.now().toISOString(), flows, exitCode: exitCodeOf(flows, dryRun) };
    });
  }

  /**
   * One run a flow at a time: those of a watch go side by side, and a replay comes in between. Of pairs that take orders
   * from one ERP one is at work at a time, or two could both find that no other has an order; and so of pairs that make
   * orders at one shipper or take them from there.
   */
  async #runFlow(chosen: ChosenFlow, request: FlowRunRequest): Promise<FlowReport> {
    const { state, requests, clock, signal, failpoint, version, log, systems, config } = this.#options;
    const wanted = () => (request.request.validate ? validating(config(), chosen.pair) : config());
    const surroundings = {
      state,
      clock,
      signal,
      failpoint,
      open: ({ pair, flow }: ChosenFlow) =>
        openFlow(
          { pair, flow },
          { settings: config()[pair], version, system: (name) => systems.get(wanted(), name, pair) },
        ),
      lookAgain: async (pair: string, key: string) => {
        await requests.put(unattended({ id: key, pair, flow: ordersFlowOf(pair) }));
      },
      callsMade: () => systems.calls,
      budgets: () => systems.budgets(),
    };
    const given = { ...request, observer: withAsidesLogged(request.observer, log, chosen) };
    const work = () => systems.counting(() => runFlow(surroundings, chosen, given));
    const alone = () => state.alone(chosen.pair, chosen.flow, work);
    const kind = chosen.flow === ordersFlowOf(chosen.pair) ? pairKinds[chosen.pair] : undefined;
    const report = await (kind
      ? state.alone(kind.erp, "orders", () => state.alone(kind.shipper, "orders", alone))
      : alone());
    logFlowEnd(log, report);
    return report;
  }
}

/** The report after work beside the flows, which says when that failed; the first failure is the one that is told. */
async function alsoDone(report: SyncReport, work: () => Promise<unknown>): Promise<SyncReport> {
  try {
    await work();
    return report;
  } catch (error) {
    const told = reportedError(error);
    return { error: told, ...report, exitCode: worstExitCode([report.exitCode, told.exitCode]) };
  }
}

/** The config with a pair's switch on that has the shipper check first; one without such a switch stays as it is. */
function validating(config: ConfigFile, pair: string): ConfigFile {
  const name = pairKinds[pair]?.validate;
  const settings = config[pair];
  if (name === undefined || settings === null || typeof settings !== "object") return config;
  return { ...config, [pair]: { ...settings, [name]: true } };
}

function commandOf({ id, asked }: ReplayRequest): string {
  if (asked?.startsWith("void:")) return `labels void ${id}`;
  return id === undefined ? "replay --all" : `replay ${id}`;
}

function flowsOf({ pair, flow }: ReplayRequest): { pair?: string | undefined; flows?: readonly string[] } {
  return flow === undefined ? { pair } : { pair, flows: [flow] };
}
