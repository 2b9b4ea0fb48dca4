import type { Clock } from "../core/clock.ts";
import { MlcError } from "../core/errors.ts";
import type { Failpoint } from "../core/failpoint.ts";
import type { ProfileState } from "../core/profile-state.ts";
import { type FlowReport, type NamedBudget, reportedError } from "../core/report.ts";
import type { OpenFlowStore } from "../core/state/flow-store.ts";
import type { HeldLock } from "../core/state/lock.ts";
import { heldBy, madeBy } from "../core/sync/held.ts";
import { type Observer, type RunOptions, zeroCounts } from "../core/sync/run.ts";
import { syncFlow } from "../core/sync.ts";
import type { ChosenFlow, OpenFlow } from "./open.ts";
import { ordersFlowOf, orderThere, PairOrders } from "./pair-orders.ts";
import { type OpenRival, rivalsOf } from "./rivals.ts";

/** What every flow of a profile runs with. */
export interface FlowSurroundings {
  state: ProfileState;
  clock: Clock;
  signal: AbortSignal;
  failpoint: Failpoint;
  open(chosen: ChosenFlow): Promise<OpenFlow | undefined>;
  /** Has the orders flow of a pair look at an order once more, under the lock that is held. */
  lookAgain(pair: string, key: string): Promise<void>;
  callsMade(): number;
  budgets(): NamedBudget[];
}

/** What all flows of one run share. */
export interface FlowRunRequest {
  run: string;
  request: RunOptions & { newState?: boolean };
  observer: Observer;
  lock: HeldLock;
  /** Systems that refused our credentials in this run: their other flows stop before they send. */
  refused: Map<string, unknown>;
}

/** Runs one flow under the lock that is held; what stops it is told in its report. */
export async function runFlow(
  surroundings: FlowSurroundings,
  chosen: ChosenFlow,
  given: FlowRunRequest,
): Promise<FlowReport> {
  const { state, clock, signal, failpoint, callsMade, budgets } = surroundings;
  const { pair, flow } = chosen;
  const { run, request, observer, lock, refused } = given;
  const began = clock.now().getTime();
  const report = (counts = zeroCounts(), error?: unknown, isNarrow = false): FlowReport => ({
    pair,
    flow,
    ...counts,
    durationMs: clock.now().getTime() - began,
    ...(isNarrow ? { narrow: true } : {}),
    ...(error === undefined ? {} : { error: reportedError(error) }),
  });
  let store: OpenFlowStore | undefined;
  let orders: PairOrders | undefined;
  let rivals: OpenRival[] = [];
  try {
    const open = await surroundings.open(chosen);
    if (!open) return report();
    for (const system of [open.flow.source.system, open.flow.target.system])
      if (refused.has(system)) return report(undefined, refused.get(system));
    store = request.newState ? await state.openAnew(pair, flow, open.account) : await state.open(pair, flow, "write");
    const own = store;
    const isOwn = flow === ordersFlowOf(pair);
    orders = isOwn ? undefined : await PairOrders.open(state, pair);
    const others = orders;
    rivals = isOwn ? await rivalsOf(state, pair, open) : [];
    const { counts, error, isNarrow } = await syncFlow({
      ...open,
      store,
      clock,
      signal,
      run,
      options: request,
      observer,
      assertHeld: () => lock.assertHeld(),
      findOrder: (order) => (others ? others.find(order) : orderThere(own, order)),
      ...(others ? { orders: others } : {}),
      heldElsewhere: rivals.length === 0 ? undefined : flow === "sales" ? madeBy(rivals) : heldBy(rivals),
      lookAgain: (key) => surroundings.lookAgain(pair, key),
      failpoint,
      callsMade,
      budgets,
    });
    if (error instanceof MlcError && error.disposition === "stopSystem" && error.context.system)
      refused.set(error.context.system, error);
    return report(counts, error, isNarrow);
  } catch (error) {
    return report(undefined, error);
  } finally {
    for (const rival of rivals) await rival.store.close();
    await orders?.close();
    await store?.close();
  }
}
