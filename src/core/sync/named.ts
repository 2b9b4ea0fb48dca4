import type { Document } from "../model.ts";
import type { Named, NamedPage, NamedReader, SourceRecord } from "../ports.ts";
import { noticeRecords } from "./edits.ts";
import { isWhole, listRequest } from "./pages.ts";
import { processRecords } from "./records.ts";
import type { FlowRun } from "./run.ts";

/** What is to be read by the source, and by what tells edits there. */
export interface NarrowRun {
  source?: Named[];
  edits?: Named[];
}

/** So many orders may be out of every listing in one narrow run; with more a whole one says whether a person must be asked. */
const mostUnlisted = 50;

/**
 * What a run reads where all it was asked for by a system's call can be read by itself; undefined: only a whole run will do.
 * The first run of a flow, and the first after a restore, is always whole. Pure.
 */
export function narrowRun<D extends Document>(run: FlowRun<D>): NarrowRun | undefined {
  const { options, store, flow } = run.context;
  const { named = [], told = [] } = options;
  const { lastSuccessAt, restored } = store.state;
  const things = [...named, ...told.map((id): Named => ({ kind: "resourceUrl", id }))];
  if (things.length === 0 || !isWhole(run) || lastSuccessAt === undefined || restored !== undefined) return undefined;
  const narrow: NarrowRun = {};
  for (const thing of things) {
    const readers = (["source", "edits"] as const).filter((name) => flow[name]?.named?.has(thing));
    if (readers.length === 0) return undefined;
    for (const name of readers) narrow[name] = [...(narrow[name] ?? []), thing];
  }
  return narrow;
}

/** Reads what was named and nothing else: no cursor moves and nothing is absent. False when only a listing finds the rest. */
export async function readNarrow<D extends Document>(run: FlowRun<D>, narrow: NarrowRun): Promise<boolean> {
  const { source, edits } = run.context.flow;
  let isAll = true;
  for await (const { records, isIncomplete } of read(run, edits, narrow.edits)) {
    if (edits) await noticeRecords(run, edits, records);
    await run.flush();
    isAll &&= !isIncomplete;
  }
  for await (const { records, unlisted = [], isIncomplete } of read(run, source, narrow.source)) {
    if (unlisted.length > mostUnlisted) return false;
    await processRecords(run, [...records, ...held(run, unlisted)], false);
    isAll &&= !isIncomplete;
  }
  return isAll;
}

async function* read<D extends Document>(
  run: FlowRun<D>,
  giver: { named?: NamedReader } | undefined,
  things: readonly Named[] | undefined,
): AsyncGenerator<NamedPage> {
  if (things && giver?.named) yield* giver.named.read(things, listRequest(run));
}

/** Those that a whole run would read by name, because the flow has them open or set aside. */
function held<D extends Document>(run: FlowRun<D>, records: readonly SourceRecord[]): SourceRecord[] {
  if (records.length === 0) return [];
  const { store, flow } = run.context;
  const { deliveries, asides } = store.state;
  const ids = new Set(records.map(({ id }) => id));
  const open = new Set(Object.keys(asides));
  for (const [, { closed, ref }] of deliveries.entries()) {
    const id = closed ? undefined : flow.source.idOf(ref);
    if (id !== undefined && ids.has(id)) open.add(id);
  }
  return records.filter(({ id }) => open.has(id));
}
