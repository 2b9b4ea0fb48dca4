import { ulid } from "ulid";
import type { Clock } from "../core/clock.ts";
import type { ConfigFile } from "../core/config.ts";
import type { Failpoint } from "../core/failpoint.ts";
import type { NamedRecord } from "../core/find-record.ts";
import type { ProfileState } from "../core/profile-state.ts";
import { exitCodeOf, type FlowReport, reportedError, type SyncReport } from "../core/report.ts";
import type { RunLog } from "../core/run-log.ts";
import type { HeldLock, IfRunning } from "../core/state/lock.ts";
import type { Requests } from "../core/state/requests.ts";
import type { Observer, RunOptions } from "../core/sync/run.ts";
import type { OpenSystems } from "../systems/open.ts";
import { type FoundRecord, handOver, ServedError, type ServedReplay, serveRequests } from "./hand-over.ts";
import { type ChosenFlow, chosenFlows, openFlow } from "./open.ts";
import { type ReplayRequest, refuseUnnamed, replayFlows } from "./replay.ts";
import { type FlowRunRequest, runFlow } from "./run.ts";
import { logFlowEnd, withAsidesLogged } from "./run-log.ts";

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
  /** Where what happens is written down, when somebody wants it. */
  log: RunLog | undefined;
  /** As it is now: a watch outlives its changes. */
  config(): ConfigFile;
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
    return this.#options.state.locked(request, (lock) =>
      this.#run(request, async (run) => {
        const flows: FlowReport[] = [];
        const refused = new Map<string, unknown>();
        for (const chosen of chosenFlows(this.#options.config(), request)) {
          observer.flow?.(chosen.pair, chosen.flow);
          flows.push(await this.#runFlow(chosen, { run, request, observer, lock, refused }));
          if (flows.at(-1)?.error?.exitCode === 7) break;
        }
        return flows;
      }),
    );
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
    await refuseUnnamed(state, chosenFlows(this.#options.config(), request), request.id);
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
    return this.#run({ ...request, command }, (run) =>
      replayFlows(
        {
          state,
          run,
          command,
          found: observer.found,
          runFlow: (chosen, options) =>
            this.#runFlow(chosen, { run, request: options, observer, lock, refused: new Map() }),
        },
        chosenFlows(this.#options.config(), request),
        request,
      ),
    );
  }

  #run(
    { command, dryRun }: { command: string; dryRun?: boolean },
    work: (run: string) => Promise<FlowReport[]>,
  ): Promise<SyncReport> {
    const run = ulid();
    const { log } = this.#options;
    const logged = () => this.#logged({ run, command, ...(dryRun ? { dryRun } : {}) }, work);
    return log ? log.within(run, logged) : logged();
  }

  async #logged(
    { run, command, dryRun }: { run: string; command: string; dryRun?: true },
    work: (run: string) => Promise<FlowReport[]>,
  ): Promise<SyncReport> {
    const { clock, log } = this.#options;
    const startedAt = clock.now();
    log?.add({ event: "runStart", run, command, ...(dryRun ? { dryRun } : {}) });
    const ended = (exitCode: number) => {
      log?.add({ event: "runEnd", run, exitCode, ms: clock.now().getTime() - startedAt.getTime() });
      log?.flush();
    };
    const flows = await work(run).catch((error: unknown) => {
      ended(reportedError(error).exitCode);
      throw error;
    });
    const exitCode = exitCodeOf(flows, dryRun);
    ended(exitCode);
    return { run, startedAt: startedAt.toISOString(), endedAt: clock.now().toISOString(), flows, exitCode };
  }

  /** One run a flow at a time: those of a watch go side by side, and a replay comes in between. */
  #runFlow(chosen: ChosenFlow, request: FlowRunRequest): Promise<FlowReport> {
    const { state, clock, signal, failpoint, version, systems, log, config } = this.#options;
    const surroundings = {
      state,
      clock,
      signal,
      failpoint,
      open: ({ pair, flow }: ChosenFlow) =>
        openFlow(
          { pair, flow },
          { settings: config()[pair], version, system: (name) => systems.get(config(), name, pair) },
        ),
      callsMade: () => systems.calls,
      budgets: () => systems.budgets(),
    };
    const observer = withAsidesLogged(request.observer, log, chosen);
    return state.alone(chosen.pair, chosen.flow, async () => {
      const report = await systems.counting(() => runFlow(surroundings, chosen, { ...request, observer }));
      logFlowEnd(log, report);
      return report;
    });
  }
}

function commandOf({ id }: ReplayRequest): string {
  return id === undefined ? "replay --all" : `replay ${id}`;
}
