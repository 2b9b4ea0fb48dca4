import { canonicalJson, type Json } from "../json.ts";
import type { Document } from "../model.ts";
import type { ListRequest, Page } from "../ports.ts";
import { placed, processRecords, settle } from "./records.ts";
import { FlowRun, type Planned } from "./run.ts";
import { Settling } from "./settling.ts";

/** Cursors of a flow, each the source's own JSON. */
interface Cursors {
  source?: Json;
  edits?: Json;
}

/** Whether nothing narrows the run: what it did not see is really absent, and its cursor may move. Pure. */
export function isWhole<D extends Document>(run: FlowRun<D>): boolean {
  const { since, until, limit, only } = run.context.options;
  if (run.isNarrow) return false;
  return since === undefined && until === undefined && limit === undefined && only === undefined;
}

/** Whether the flow has never made anything, so that a person should hear how much it is about to make. Pure. */
export function isFirstRun<D extends Document>(run: FlowRun<D>): boolean {
  const { store, flow } = run.context;
  const { state } = store;
  if (flow.source.reads !== "open") return false;
  return state.lastSuccessAt === undefined && state.deliveries.size === 0 && !run.dryRun;
}

/** Records of a first run that are held to be counted before the first of them is written. */
const mostHeld = 500;

/**
 * Tells how many documents the first run is about to make: counted by a dry pass over its first pages where these are
 * all, else as the source counts them. Returns the pages it has read; undefined when a person does not want them made.
 */
export async function announceFirstRun<D extends Document>(
  run: FlowRun<D>,
  pages: AsyncIterator<Page>,
): Promise<Page[] | undefined> {
  const { observer, options, flow } = run.context;
  const held: Page[] = [];
  if (!observer.firstRun) return held;
  let records = 0;
  for (let next = await pages.next(); !next.done; next = await pages.next()) {
    held.push(next.value);
    records += next.value.records.length;
    if (records <= mostHeld && records < (options.limit ?? Number.POSITIVE_INFINITY)) continue;
    const all = (await flow.source.count?.(listRequest(run))) ?? records;
    const documents = Math.min(all, options.limit ?? all);
    return (await isWanted(run, { documents, isAtMost: true })) ? held : undefined;
  }
  let count = 0;
  const planned = ({ step }: Planned) => {
    if (step.action === "create") count += 1;
  };
  const dry = new FlowRun({ ...run.context, observer: { planned }, options: { ...options, dryRun: true } });
  for (const page of held) await processRecords(dry, page.records, false);
  return (await isWanted(run, { documents: dry.counts.created, isAtMost: false, count })) ? held : undefined;
}

/** Whether the run goes on once it was said what it is about to make. */
async function isWanted<D extends Document>(
  run: FlowRun<D>,
  { count, ...about }: { documents: number; isAtMost: boolean; count?: number },
): Promise<boolean> {
  const { observer, flow } = run.context;
  const { buys: what } = flow.target;
  const buys = what === undefined ? {} : { buys: { what, ...(count === undefined ? {} : { count }) } };
  run.isDeclined = (await observer.firstRun?.({ ...about, ...buys })) === false;
  return !run.isDeclined;
}

/** How far the flow has read. Pure. */
export function cursors<D extends Document>(run: FlowRun<D>): Cursors {
  const { cursor } = run.context.store.state;
  if (cursor === null || typeof cursor !== "object" || Array.isArray(cursor)) return {};
  const { source, edits } = cursor;
  return { ...(source === undefined ? {} : { source }), ...(edits === undefined ? {} : { edits }) };
}

/** Notes how far the source is read, unless something narrows the run; kept with the next append. */
export function noteCursor<D extends Document>(run: FlowRun<D>, next: Cursors): void {
  if (run.dryRun || !isWhole(run) || canonicalJson(next) === canonicalJson(cursors(run))) return;
  run.context.failpoint("cursor.before");
  run.log({ kind: "cursor", ...run.base, cursor: { ...next } });
  run.context.failpoint("cursor.after");
}

/** What the source is asked for. */
export function listRequest<D extends Document>(run: FlowRun<D>): ListRequest {
  const { options, clock } = run.context;
  const { source } = cursors(run);
  const { since, until } = options;
  return {
    now: clock.now(),
    ...(source === undefined ? {} : { cursor: source }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(run.context.flow.source.reads === "watch" ? watchRequest(run) : {}),
    ...(run.context.flow.source.reads === "changes" ? { waiting: waitingIn(run) } : {}),
    ...(run.context.flow.source.follows === undefined ? {} : followRequest(run)),
  };
}

function waitingIn<D extends Document>(run: FlowRun<D>): NonNullable<ListRequest["waiting"]> {
  const asides = Object.values(run.context.store.state.asides);
  return asides.flatMap(({ outcome, record }) => (outcome === "waiting" ? [record] : []));
}

/** What a source that watches open deliveries is told of them. */
function watchRequest<D extends Document>(run: FlowRun<D>): Partial<ListRequest> {
  const { store, orders } = run.context;
  return {
    open: [...store.state.deliveries.entries()].flatMap(([, { closed, ref }]) => (closed ? [] : [ref])),
    ...(orders === undefined ? {} : { orders }),
    ...dueBy(run),
  };
}

/** What a source that follows open deliveries is told of them: a delivery may hold several records, and has the ref of one. */
function followRequest<D extends Document>(run: FlowRun<D>): Partial<ListRequest> {
  const { deliveries } = run.context.store.state;
  const followed = () =>
    [...deliveries.entries()].flatMap(([, { closed, versions }]) => (closed ? [] : Object.keys(versions)));
  return { followed, ...dueBy(run) };
}

function dueBy<D extends Document>({ context: { store, options } }: FlowRun<D>): Partial<ListRequest> {
  const { lastSuccessAt } = store.state;
  return {
    ...(lastSuccessAt === undefined ? {} : { lastRunAt: new Date(lastSuccessAt) }),
    ...(options.ignoreSchedule ? { ignoreSchedule: true } : {}),
  };
}

/** Reads the source to its end, the pages held first. */
export async function readPages<D extends Document>(
  run: FlowRun<D>,
  held: Page[],
  pages: AsyncIterator<Page>,
): Promise<void> {
  // While a page is on its way to the target, the next one is read; a limit may need no next one.
  const isAhead = run.left === Number.POSITIVE_INFINITY;
  let isThere = false;
  const following = () => {
    isThere = held.length > 0;
    const next =
      held.length > 0 ? Promise.resolve(held.shift()) : pages.next().then(({ value }) => value as Page | undefined);
    // Whoever waits for it hears of its failure; until then it must not end the process.
    next.then(() => (isThere = true)).catch(() => undefined);
    return next;
  };
  const settling = new Settling(run);
  let next = following();
  // Lets go of the records once they are read: as they came they are larger than all that is made of them.
  const taken = async () => {
    const page = await next;
    if (page && isAhead) next = following();
    return page && { located: await placed(run, page.records, settling), cursor: page.cursor };
  };
  try {
    for (let page = await taken(); page; page = await taken()) {
      const { located, cursor } = page;
      await settle(run, located, settling);
      if (cursor !== undefined) settling.mark(() => noteCursor(run, { ...cursors(run), source: cursor }));
      // A source that takes its time does not keep what came back in memory alone.
      if (!isAhead || !isThere) await settling.end();
      if (run.left <= 0) break;
      if (!isAhead) next = following();
    }
    await settling.end();
  } catch (error) {
    await settling.end().catch(() => undefined);
    throw error;
  }
  await pages.return?.();
}
