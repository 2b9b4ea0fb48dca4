import { StateError } from "./errors.ts";
import { refuseForeign, refuseThawed } from "./frozen.ts";
import type { Json } from "./json.ts";
import type { Document } from "./model.ts";

import { reportedError } from "./report.ts";
import { readAbsent } from "./sync/absent.ts";
import { noticeEdits } from "./sync/edits.ts";
import { type NarrowRun, narrowRun, readNarrow } from "./sync/named.ts";
import { announceFirstRun, cursors, isFirstRun, isWhole, listRequest, noteCursor, readPages } from "./sync/pages.ts";
import { processRecords } from "./sync/records.ts";
import { type Counts, FlowRun, loggedError, type SyncContext } from "./sync/run.ts";
import { isDue, noteArrived } from "./sync/waiting.ts";

/** What a flow's run came to. */
export interface FlowResult {
  counts: Counts;
  /** Only what a system's call named was read. */
  isNarrow: boolean;
  /** What stopped it. */
  error?: unknown;
}

/** Moves the documents of one flow once. Errors that stop the flow are returned, so that what was done is told all the same. */
export async function syncFlow<D extends Document>(context: SyncContext<D>): Promise<FlowResult> {
  const run = new FlowRun(context);
  let error: unknown;
  try {
    const { store, flow, account, frozen = {}, options } = context;
    if (!options.keepState) refuseForeign(store.state, account, `${flow.pair} ${flow.name}`);
    refuseThawed(store.state, frozen, flow.pair);
    run.log({ kind: "run", ...run.base, event: "start", command: options.command, account, frozen });
    await run.flush();
    await readAll(run);
  } catch (caught) {
    error = caught;
  }
  try {
    await end(run, error);
  } catch (caught) {
    if (!(caught instanceof StateError)) throw caught;
    // A disk that failed once makes the end fail too; the first of both names the cause.
    if (!(error instanceof StateError)) error = caught;
  }
  const { counts, isNarrow } = run;
  return { counts, isNarrow, ...(error === undefined ? {} : { error }) };
}

async function readAll<D extends Document>(run: FlowRun<D>): Promise<void> {
  const { options, flow } = run.context;
  if (options.only) {
    await readNamed(run, options.only, true);
    return;
  }
  const narrow = narrowRun(run);
  run.isNarrow = narrow !== undefined || isLeftToPolls(run);
  if (narrow && (await readDueAndNarrow(run, narrow))) {
    await run.flush();
    await tellSettled(run);
  }
  if (run.isNarrow) return;
  await noteArrived(run);
  await readNamed(run, dueRefs(run), false);
  const pages = flow.source.list(listRequest(run))[Symbol.asyncIterator]();
  const held = isFirstRun(run) ? await announceFirstRun(run, pages) : [];
  if (!held) {
    await pages.return?.();
    return;
  }
  if (flow.edits)
    await noticeEdits(run, flow.edits, cursors(run).edits, (cursor) =>
      noteCursor(run, { ...cursors(run), edits: cursor }),
    );
  await readPages(run, held, pages);
  if (flow.source.reads === "open" && isWhole(run)) {
    await readAbsent(run, (records) => processRecords(run, records, false));
  }
  if (flow.source.reads === "changes" && !run.dryRun) fileOld(run);
  await run.flush();
  await tellSettled(run);
}

/** False, and the run is a whole one, when only a listing finds the rest. */
async function readDueAndNarrow<D extends Document>(run: FlowRun<D>, narrow: NarrowRun): Promise<boolean> {
  await readNamed(run, dueRefs(run), false);
  run.isNarrow = await readNarrow(run, narrow);
  return run.isNarrow;
}

/** What costs money is begun by a run that tells how much it will be; it finds what the system's call named, too. */
function isLeftToPolls<D extends Document>(run: FlowRun<D>): boolean {
  const { options, flow } = run.context;
  return (options.named ?? options.told) !== undefined && flow.target.buys !== undefined && isFirstRun(run);
}

async function tellSettled<D extends Document>(run: FlowRun<D>): Promise<void> {
  const { flow, assertHeld } = run.context;
  if (run.dryRun || run.settled.length === 0) return;
  await assertHeld();
  await flow.source.settled?.(run.settled);
}

/** Records a run has to look at although its source would not list them: open intents, and what waited or stayed unknown and is due. */
function dueRefs<D extends Document>(run: FlowRun<D>): Json[] {
  const { store, flow } = run.context;
  const { intents, asides } = store.state;
  // Nobody can tell yet: to ask at each call would spend what the others need.
  const isLeft = (id: string) => run.isNarrow && asides[id]?.outcome === "unknown";
  const open = Object.values(intents).filter(({ record }) => !isLeft(record.id));
  const refs = new Map(open.map(({ record }) => [record.id, record.ref]));
  if (flow.source.reads !== "open") {
    for (const aside of Object.values(asides)) {
      const { outcome, record } = aside;
      const isUnknown = outcome === "unknown" && !isLeft(record.id);
      if (isUnknown || (outcome === "waiting" && isDue(run, aside))) refs.set(record.id, record.ref);
    }
  }
  return [...refs.values()];
}

async function readNamed<D extends Document>(run: FlowRun<D>, refs: readonly Json[], isForced: boolean): Promise<void> {
  const { flow, orders } = run.context;
  for (let start = 0; start < refs.length; start += 200) {
    const found = await flow.source.get(refs.slice(start, start + 200), isForced && start === 0, orders);
    const records = [...found.values()].filter((record) => record !== "gone");
    await processRecords(run, records, isForced);
  }
}

/** Days after which a delivery that nothing touched is filed; a later record of it is still found. */
const fileAfterDays = 14;

function fileOld<D extends Document>(run: FlowRun<D>): void {
  const { store, clock, flow } = run.context;
  const days = Math.max(fileAfterDays, flow.source.follows ?? 0);
  const before = new Date(clock.now().getTime() - days * 86_400_000).toISOString();
  const busy = new Set(
    [...Object.values(store.state.asides), ...Object.values(store.state.intents)].map(({ key }) => key),
  );
  const closed = [...store.state.deliveries.entries()]
    .filter(([key, delivery]) => !delivery.closed && delivery.at < before && !busy.has(key))
    .map(([key]) => key);
  if (closed.length > 0) run.log({ kind: "seen", ...run.base, versions: [], closed });
}

async function end<D extends Document>(run: FlowRun<D>, error: unknown): Promise<void> {
  run.countCalls();
  if (run.dryRun) return;
  const { counts } = run;
  const complete = error === undefined && isWhole(run) && !run.isDeclined;
  run.log({
    kind: "run",
    ...run.base,
    event: "end",
    command: run.context.options.command,
    counts: { ...counts },
    budgets: run.context.budgets(),
    ...(complete ? { complete } : {}),
    ...(run.isNarrow ? { narrow: true as const } : {}),
    ...(error === undefined ? {} : { error: loggedError(error), exitCode: reportedError(error).exitCode }),
  });
  await run.flush();
  await run.context.store.save();
}
