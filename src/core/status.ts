import type { FlowStatus } from "./report.ts";
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

/** One sentence for each cause for which a person is needed. Pure. */
export function attentionOf(flows: readonly FlowStatus[]): string[] {
  return flows.flatMap(({ pair, flow, deadLetters, unknown }) => [
    ...(deadLetters > 0
      ? [`${pair} ${flow}: ${deadLetters} set aside; see \`mlc audit --status dead\`, mend them, then \`mlc replay\`.`]
      : []),
    ...(unknown > 0 ? [`${pair} ${flow}: ${unknown} with unknown outcome; see \`mlc audit --status unknown\`.`] : []),
  ]);
}
