import type { Clock } from "../core/clock.ts";
import { type FlowReport, reportedError, type SyncReport } from "../core/report.ts";
import type { RunLog } from "../core/run-log.ts";
import type { Observer } from "../core/sync/run.ts";
import type { ChosenFlow } from "./open.ts";

/** An observer of a flow's run that also writes down what is set aside, masked. */
export function withAsidesLogged(observer: Observer, log: RunLog | undefined, { pair, flow }: ChosenFlow): Observer {
  if (!log) return observer;
  return {
    ...observer,
    aside: (one) => {
      const { document, record, outcome, masked } = one;
      const { code, field, message } = masked;
      const named = field === undefined ? {} : { field };
      log.add({ event: "aside", pair, flow, document, record, outcome, code, ...named, message });
      observer.aside?.(one);
    },
  };
}

/** Writes down what a flow came to. */
export function logFlowEnd(log: RunLog | undefined, { pair, flow, durationMs, error, ...counts }: FlowReport): void {
  const stopped = error === undefined ? {} : { error: `${error.kind}: ${error.message}` };
  log?.add({ event: "flowEnd", pair, flow, ...counts, ms: durationMs, ...stopped });
}

/** Does a run's work with its beginning and end written down, and what happens between them under its id. */
export async function loggedRun(
  given: { log: RunLog | undefined; clock: Clock; run: string; command: string; isDry: boolean },
  work: () => Promise<SyncReport>,
): Promise<SyncReport> {
  const { log, clock, run, command, isDry } = given;
  if (!log) return work();
  const began = clock.now().getTime();
  const ended = (exitCode: number) => {
    log.add({ event: "runEnd", exitCode, ms: clock.now().getTime() - began });
    log.flush();
  };
  return log.within(run, async () => {
    log.add({ event: "runStart", command, ...(isDry ? { dryRun: true } : {}) });
    try {
      const report = await work();
      ended(report.exitCode);
      return report;
    } catch (error) {
      ended(reportedError(error).exitCode);
      throw error;
    }
  });
}
