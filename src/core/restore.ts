import type { ProfileState } from "./profile-state.ts";
import type { OpenFlowStore } from "./state/flow-store.ts";
import type { FlowState } from "./state/fold.ts";

/** A flow by its names. */
interface NamedFlow {
  pair: string;
  flow: string;
}

/**
 * Marks flows as restored from a backup, in their logs; until each has read its source to the end, it looks up every write
 * before it is sent. Returns how many flows that are. To be called under the profile's lock.
 */
export async function markRestored(
  state: ProfileState,
  flows: readonly NamedFlow[],
  { run, command }: { run: string; command: string },
): Promise<number> {
  const named = new Map(flows.map(({ pair, flow }) => [`${pair}.${flow}`, { pair, flow }]));
  const opened: { named: NamedFlow; store: OpenFlowStore }[] = [];
  try {
    for (const { pair, flow } of named.values())
      opened.push({ named: { pair, flow }, store: await state.open(pair, flow, "write") });
    // What any flow knows of is in the backup of all.
    const since = new Date(Math.max(0, ...opened.map(({ store }) => lastKnownMs(store.state)))).toISOString();
    for (const { named: names, store } of opened) {
      await store.append([{ kind: "run", run, ...names, event: "restored", command, since }]);
      await store.save();
    }
    return opened.length;
  } finally {
    for (const { store } of opened) await store.close();
  }
}

/** The last instant that a state knows of; 0 when it knows none. Pure. */
function lastKnownMs({ lastSuccessAt, stopped, deliveries, intents, asides }: FlowState): number {
  let last = 0;
  for (const at of [lastSuccessAt, stopped?.since]) if (at !== undefined) last = Math.max(last, Date.parse(at));
  for (const [, { at }] of deliveries.entries()) last = Math.max(last, Date.parse(at));
  for (const entries of [intents, asides])
    for (const { at } of Object.values(entries)) last = Math.max(last, Date.parse(at));
  return last;
}
