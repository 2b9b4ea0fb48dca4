import type { NamedRecord } from "./find-record.ts";
import type { FlowState } from "./state/fold.ts";
import type { LineDraft, RunLine } from "./state/lines.ts";

const how = "dropped by a person";

/**
 * The lines that end what is open of a record: its writes of unknown outcome count as done, and it rests until it changes.
 * None when nothing of it is open. Pure.
 */
export function dropLines(
  state: FlowState,
  { id, key, document }: Pick<NamedRecord, "id" | "key" | "document">,
  base: Pick<RunLine, "run" | "pair" | "flow">,
): LineDraft[] {
  const intents = Object.values(state.intents).filter((intent) => intent.key === key && intent.record.id === id);
  const version = (state.asides[id] ?? intents[0])?.record.version;
  if (version === undefined) return [];
  return [
    ...intents.map(
      ({ record, step, action, naturalKey, payload, hashes }): LineDraft => ({
        kind: "result",
        ...base,
        key,
        document,
        record,
        step,
        action,
        naturalKey,
        payload,
        hashes,
        outcome: "resolved",
        calls: [],
        fields: [],
        recorded: true,
        remark: how,
      }),
    ),
    { kind: "resolved", ...base, key, document, outcome: "resolved", record: id, how, dropped: version },
  ];
}
