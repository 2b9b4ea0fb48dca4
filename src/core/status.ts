import type { FlowStatus, NamedBudget } from "./report.ts";
import type { FlowState } from "./state/fold.ts";

/** How a flow stands, from its folded log. Pure. */
export function statusOf(pair: string, flow: string, state: FlowState, now: Date): FlowStatus {
  const outcomes = Object.values(state.asides).map(({ outcome }) => outcome);
  const number = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
  const { lastSuccessAt } = state;
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
  };
}

/** Calls left by what the last runs saw; a window that is over since then is full again. Pure. */
export function budgetsOf(states: readonly FlowState[], now: Date): NamedBudget[] {
  const newest = new Map<string, NamedBudget>();
  for (const budget of states.flatMap(({ budgets }) => budgets ?? [])) {
    const known = newest.get(budget.name);
    if (!known || (budget.resetAt ?? "") > (known.resetAt ?? "")) newest.set(budget.name, budget);
  }
  return [...newest.values()].map(({ name, limit, remaining, resetAt }) =>
    resetAt === undefined || resetAt <= now.toISOString()
      ? { name, limit, remaining: limit }
      : { name, limit, remaining, resetAt },
  );
}

/** One sentence for each cause for which a person is needed. Pure. */
export function attentionOf(flows: readonly FlowStatus[]): string[] {
  return flows.flatMap(({ pair, flow, deadLetters, unknown }) => [
    ...(deadLetters > 0
      ? [
          `${pair} ${flow}: ${deadLetters} set aside; see \`mlc audit --status dead\`, mend them, then \`mlc replay --all\`.`,
        ]
      : []),
    ...(unknown > 0 ? [`${pair} ${flow}: ${unknown} with unknown outcome; see \`mlc audit --status unknown\`.`] : []),
  ]);
}
