import type { Ref } from "../delivery.ts";
import { AttentionError } from "../errors.ts";
import type { Document } from "../model.ts";
import type { SourceRecord } from "../ports.ts";
import { recoverGone } from "./look-up.ts";
import { logResult } from "./rounds.ts";
import type { FlowRun } from "./run.ts";
import { newUnit, takeBack } from "./unit.ts";

/** So many may vanish in one run without a person being asked; above it the share decides. */
const harmlessNumber = 50;
const harmlessShare = 0.2;

/** Reads by name the orders that are open here but were not listed, and lets a mass disappearance wait for a person. */
export async function readAbsent<D extends Document>(
  run: FlowRun<D>,
  process: (records: readonly SourceRecord[]) => Promise<void>,
): Promise<void> {
  const { store, flow, options } = run.context;
  const { source } = flow;
  const refs = new Map<string, Ref>();
  for (const [, { closed, ref }] of store.state.deliveries.entries((key) => !run.hasMetKey(key)))
    if (!closed && !run.hasMet(source.idOf(ref))) refs.set(source.idOf(ref), ref);
  for (const { record } of Object.values(store.state.asides))
    if (!run.hasMet(record.id)) refs.set(record.id, record.ref);
  const open = run.size + refs.size;
  if (refs.size === 0) return;
  const found = await source.get([...refs.values()]);
  const records = [...found.values()].filter((record) => record !== "gone");
  const gone = [...found].flatMap(([id, record]) => (record === "gone" ? [id] : []));
  const vanished = gone.length + records.filter((record) => isCancelled(run, record)).length;
  if (vanished > harmlessNumber && vanished > open * harmlessShare && !options.yes) {
    throw new AttentionError(
      `${source.system}: ${vanished} of ${open} open orders came back deleted or cancelled at once`,
      {
        system: source.system,
        hint: "Check that this is meant, then run `mlc sync orders --yes`.",
      },
    );
  }
  await process(records);
  for (const id of gone) await closeGone(run, id);
}

function isCancelled<D extends Document>(run: FlowRun<D>, record: SourceRecord): boolean {
  try {
    return run.context.flow.source
      .read(record)
      .every((document) => "status" in document && document.status === "cancelled");
  } catch {
    // Unreadable is not cancelled; the rounds will set the record aside with its reason.
    return false;
  }
}

/** A record that was deleted at its source cancels nothing; what stands at the target is told and filed. */
async function closeGone<D extends Document>(run: FlowRun<D>, id: string): Promise<void> {
  if (run.dryRun) return;
  const { store, clock, flow } = run.context;
  const entry = [...store.state.deliveries.entries()].find(
    ([, delivery]) => flow.source.idOf(delivery.ref) === id && !delivery.closed,
  );
  const aside = store.state.asides[id];
  const key = entry?.[0] ?? aside?.key ?? id;
  const document = { number: entry?.[1].document ?? aside?.document ?? id, final: true, personal: [] };
  const record = { id, version: "gone", ref: entry?.[1].ref ?? aside?.record.ref ?? null, payload: null };
  const unit = newUnit<Document>({
    key,
    record,
    document,
    isForced: false,
    delivery: entry?.[1],
    at: clock.now().toISOString(),
  });
  const step = {
    name: "gone",
    action: "notice" as const,
    naturalKey: "",
    payload: { gone: true },
    repeatable: true,
    remark: `deleted in ${flow.source.system}; what was sent to ${flow.target.system} is left as it is`,
  };
  await recoverGone(run, unit);
  if (entry || unit.outcomes.size > 0) {
    logResult(run, unit, step, { calls: [] });
    if (unit.lastLine) Object.assign(unit.lastLine, { settled: true, closed: true });
    run.counts.skipped += 1;
  }
  takeBack(run, unit, "deleted at the source");
  await run.flush();
}
