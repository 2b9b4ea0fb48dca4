import type { Document } from "../model.ts";
import type { FlowState } from "../state/fold.ts";
import type { FlowRun } from "./run.ts";

type Aside = FlowState["asides"][string];

/** Whether a waiting record is to be tried now. */
export function isDue<D extends Document>(run: FlowRun<D>, { until, record }: Aside): boolean {
  const { context, arrived, isNarrow } = run;
  const { options, clock } = context;
  // A call about one record is no reason to try all the others.
  const isAny = options.ignoreSchedule && !isNarrow;
  return isAny || until === undefined || until <= clock.now().toISOString() || arrived.has(record.id);
}

/** Has the target say for which of the waiting records something has come: these do not wait until they are due. */
export async function noteArrived<D extends Document>(run: FlowRun<D>): Promise<void> {
  const { store, flow } = run.context;
  const asides = Object.values(store.state.asides);
  const waiting = asides.filter((aside) => aside.outcome === "waiting" && !isDue(run, aside));
  if (waiting.length === 0) return;
  const arrived = await flow.target.arrived?.([...new Set(waiting.map(({ key }) => key))], store);
  for (const { key, record } of waiting) if (arrived?.has(key)) run.arrived.add(record.id);
}
