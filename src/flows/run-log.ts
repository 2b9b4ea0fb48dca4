import type { FlowReport } from "../core/report.ts";
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
