import { holdsUpOrders } from "./held-up.ts";
import type { FlowStatus, NamedBudget, WaitingRecord } from "./report.ts";
import type { FlowState } from "./state/fold.ts";

/** A flow as the config has it. */
export interface Cadence {
  pair: string;
  flow: string;
  enabled: boolean;
  everyMs: number;
}

/** So many missed runs make a flow late, but never a wait that a long run may need. */
const missedRuns = 3;
const leastLateMs = 15 * 60_000;

/** How a flow stands, from its folded log. Pure. */
export function statusOf({ pair, flow, enabled, everyMs }: Cadence, state: FlowState, now: Date): FlowStatus {
  const outcomes = Object.values(state.asides).map(({ outcome }) => outcome);
  const number = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
  const { lastSuccessAt, stopped } = state;
  const wellUntil = lastSuccessAt ?? stopped?.since;
  const overdueMs = wellUntil === undefined ? 0 : now.getTime() - Date.parse(wellUntil);
  return {
    pair,
    flow,
    lastSuccessAt: lastSuccessAt ?? null,
    ageMs: lastSuccessAt === undefined ? null : now.getTime() - Date.parse(lastSuccessAt),
    backlog: Object.keys(state.intents).length,
    waiting: number("waiting"),
    deadLetters: number("dead"),
    unknown: number("unknown"),
    drift: state.drift,
    cursor: state.cursor ?? null,
    enabled,
    everyMs,
    late: enabled && overdueMs > Math.max(missedRuns * everyMs, leastLateMs),
    stopped: stopped ? stoppedOf(stopped) : null,
    restoredAt: state.restored?.at ?? null,
  };
}

function stoppedOf({ since, error, exitCode }: NonNullable<FlowState["stopped"]>): FlowStatus["stopped"] {
  const { message, hint } = error;
  return { since, message, ...(hint === undefined ? {} : { hint }), exitCode };
}

/** The records of a flow that wait, from its folded log. Pure. */
export function waitingIn(
  { pair, flow }: Pick<Cadence, "pair" | "flow">,
  { asides }: FlowState,
  now: Date,
): WaitingRecord[] {
  return Object.values(asides)
    .filter(({ outcome }) => outcome === "waiting")
    .map(({ document, record, since, until, error: { code, message, hint } }) => ({
      pair,
      flow,
      document,
      record: record.id,
      since,
      ageMs: now.getTime() - Date.parse(since),
      until: until ?? null,
      holdsUp: code === holdsUpOrders,
      message,
      ...(hint === undefined ? {} : { hint }),
    }));
}

/** What holds up orders first, then the oldest; what waits since the same moment by its number. Pure. */
export function byAge(records: readonly WaitingRecord[]): WaitingRecord[] {
  const rank = ({ holdsUp, since, document }: WaitingRecord) => `${holdsUp ? 0 : 1} ${since} ${document}`;
  return [...records].sort((one, other) => (rank(one) < rank(other) ? -1 : Number(rank(one) > rank(other))));
}

/** Calls left by what the last runs saw; a window that is over since then is full again. Pure. */
export function budgetsOf(states: readonly FlowState[], now: Date): NamedBudget[] {
  const newest = new Map<string, NamedBudget>();
  for (const budget of states.flatMap(({ budgets }) => budgets ?? [])) {
    const known = newest.get(budget.name);
    if (!known || isNewer(budget, known)) newest.set(budget.name, budget);
  }
  return [...newest.values()].map(({ name, limit, remaining, resetAt }) =>
    resetAt === undefined || resetAt <= now.toISOString()
      ? { name, limit, remaining: limit }
      : { name, limit, remaining, resetAt },
  );
}

/** Two flows may have seen one window; within it less is left the later it is. */
function isNewer(budget: NamedBudget, known: NamedBudget): boolean {
  const [at, before] = [budget.resetAt ?? "", known.resetAt ?? ""];
  return at > before || (at === before && budget.remaining < known.remaining);
}

/** One sentence for each cause for which a person is needed. Pure. */
export function attentionOf(flows: readonly FlowStatus[]): string[] {
  return flows.flatMap((status) => [...asideTexts(status), ...stopTexts(status)]);
}

function asideTexts({ pair, flow, deadLetters, unknown }: FlowStatus): string[] {
  return [
    ...(deadLetters > 0
      ? [
          `${pair} ${flow}: ${deadLetters} set aside; see \`mlc audit --status dead\`, mend them, then \`mlc replay --all\`.`,
        ]
      : []),
    ...(unknown > 0 ? [`${pair} ${flow}: ${unknown} with unknown outcome; see \`mlc audit --status unknown\`.`] : []),
  ];
}

/** Unreachable systems and interruptions pass by themselves, so nobody is needed before they have lasted. Pure. */
export function isPassing(exitCode: number): boolean {
  return [5, 11, 130, 143].includes(exitCode);
}

/** The name of the cause that a flow stands still. Pure. */
export function stopCause({ pair, flow }: { pair: string; flow: string }, exitCode: number): string {
  return `${pair} ${flow} stopped ${exitCode}`;
}

function stopTexts({ pair, flow, enabled, stopped, late, lastSuccessAt }: FlowStatus): string[] {
  if (!enabled) return [];
  const why = stopped ? `: ${stopped.message}${stopped.hint === undefined ? "" : ` ${stopped.hint}`}` : "";
  if (stopped && !isPassing(stopped.exitCode)) return [`${pair} ${flow}: stopped since ${stopped.since}${why}`];
  if (!late) return [];
  const since = lastSuccessAt === null ? "it has never ended well" : `no good run since ${lastSuccessAt}`;
  const next = stopped ? "" : ` Is mlc still started? Else set ${pair}.flows.${flow}.every to how often it is.`;
  return [`${pair} ${flow}: ${since}${why === "" ? "." : why}${next}`];
}

/** One name for each cause for which a person is needed: each record, and each way in which a flow stands still. Pure. */
export function causesOf(status: FlowStatus, { asides }: FlowState): string[] {
  const { pair, flow, enabled, stopped, late } = status;
  const records = Object.values(asides)
    .filter(({ outcome }) => outcome !== "waiting")
    .map(({ outcome, record }) => `${pair} ${flow} ${outcome} ${record.id}`);
  if (!enabled) return records;
  const stop = stopped && !isPassing(stopped.exitCode) ? [stopCause(status, stopped.exitCode)] : [];
  return [...records, ...stop, ...(late && stop.length === 0 ? [`${pair} ${flow} late`] : [])];
}
