import type { Document } from "../model.ts";
import type { Named, NamedReader, SourceRecord } from "../ports.ts";
import { noticeRecords } from "./edits.ts";
import { isWhole, listRequest } from "./pages.ts";
import { processRecords } from "./records.ts";
import type { FlowRun } from "./run.ts";

/** A reader with what it is to read. */
interface Asked {
  reader: NamedReader;
  things: Named[];
}

/** What is to be read of the source, and of what tells edits at the target. */
interface NarrowRun {
  source?: Asked;
  edits?: Asked;
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
    const of = (["source", "edits"] as const).find((name) => flow[name]?.named?.has(thing));
    const reader = of && flow[of]?.named;
    if (!of || !reader) return undefined;
    narrow[of] ??= { reader, things: [] };
    narrow[of].things.push(thing);
  }
  return narrow;
}

/** Reads what was named and nothing else: no cursor moves and nothing is absent. False when only a listing finds the rest. */
export async function readNarrow<D extends Document>(
  run: FlowRun<D>,
  { source, edits: asked }: NarrowRun,
): Promise<boolean> {
  const { edits } = run.context.flow;
  let isAll = true;
  if (asked && edits)
    for await (const { records, isIncomplete } of asked.reader.read(asked.things, listRequest(run))) {
      await noticeRecords(run, edits, records);
      await run.flush();
      isAll &&= !isIncomplete;
    }
  if (!source) return isAll;
  for await (const { records, unlisted = [], isIncomplete } of source.reader.read(source.things, listRequest(run))) {
    if (unlisted.length > mostUnlisted) return false;
    await processRecords(run, [...records, ...held(run, unlisted)], false);
    isAll &&= !isIncomplete;
  }
  return isAll;
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
