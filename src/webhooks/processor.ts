import type { Clock } from "../core/clock.ts";
import type { ConfigFile } from "../core/config.ts";
import type { ChosenFlow } from "../flows/open.ts";
import { addFlow, chosenFor, type EventFlow, eventFlow, inOrder, nameOf, namesFor } from "./event-flows.ts";
import type { Inbox } from "./inbox/inbox.ts";
import type { PendingRecord } from "./inbox/pending.ts";

/** What events are worked off with. */
export interface ProcessorOptions {
  inbox: Pick<Inbox, "waiting" | "settle">;
  clock: Clock;
  signal: AbortSignal;
  /** As it is now. */
  config(): ConfigFile;
  /** Runs a flow once; false when it could not begin or was stopped, `narrow` when only what was named was read. Never rejects. */
  run(flow: EventFlow): Promise<boolean | "narrow">;
  /** Hears why what was done could not be noted; it is done again then. */
  warn(error: unknown): void;
}

/** How far the work on events is; in memory alone, for what is not settled asks again at the next start. */
export interface EventProgress {
  /** When a flow may run again, by its name. */
  notBefore: Map<string, number>;
  /** Flows that run. */
  atWork: Map<string, Promise<void>>;
  /** Flows that were run for a record whose other flows were not yet, and up to which of its events. */
  done: Map<string, { last: number; flows: Set<string> }>;
}

/** A burst is worked off in one run. */
const gapMs = 5_000;
/** One that reads only what was named makes few calls, but a stream of events must leave calls to the others all the same. */
const narrowGapMs = 1_000;
/** So many records cost more calls by name than by a listing. */
const mostNamed = 500;
const againMs = 60_000;
const lookMs = 250;
const most = 10_000;

/** Nothing was worked off yet. */
export function noProgress(): EventProgress {
  return { notBefore: new Map(), atWork: new Map(), done: new Map() };
}

/** Runs the flows that events ask for until the signal; an event is done with once all of them read to their end. */
export async function processEvents(options: ProcessorOptions): Promise<void> {
  const { clock, signal } = options;
  const progress = noProgress();
  while (!signal.aborted) {
    // Not waited for: one flow that takes long keeps no other from beginning.
    await beginWaiting(options, progress);
    await clock.sleep(lookMs, signal).catch(() => undefined);
  }
  await Promise.all(progress.atWork.values());
}

/** Works off what waits now; resolves when the flows that it began have ended. */
export async function processWaiting(options: ProcessorOptions, progress: EventProgress): Promise<void> {
  await Promise.all((await beginWaiting(options, progress)).begun);
}

/** A record that waits, and the flows that it asks for. */
interface Told {
  record: PendingRecord;
  asked: string[];
}

/** A flow that is to run, and the records for which it does. */
interface EventWork {
  flow: EventFlow;
  records: Told[];
}

/** Begins the flows that are asked for, side by side; those that are at work, ran a moment ago or failed are left for later. */
async function beginWaiting(options: ProcessorOptions, progress: EventProgress): Promise<{ begun: Promise<void>[] }> {
  const { inbox, clock, signal } = options;
  const [config, now] = [options.config(), clock.now().getTime()];
  const chosen = new Map<string, ChosenFlow[]>();
  const [over, flows, told] = [[] as PendingRecord[], new Map<string, EventFlow>(), new Map<string, Told[]>()];
  for (const record of inbox.waiting(most)) {
    const names = namesFor(record);
    const topic = `${record.route} ${names}`;
    const wanted = chosen.get(topic) ?? chosenFor(config, record.route, names);
    chosen.set(topic, wanted);
    const asked = wanted.map(nameOf);
    if (isOver(progress, record, asked)) over.push(record);
    for (const one of wanted.filter((flow) => isDue(progress, record, flow, now))) {
      const name = nameOf(one);
      addFlow(flows, eventFlow(one, record));
      told
        .set(name, told.get(name) ?? [])
        .get(name)
        ?.push({ record, asked });
    }
  }
  await settle(options, progress, over);
  const works = inOrder([...flows.values()]).map((flow) => ({ flow, records: told.get(nameOf(flow)) ?? [] }));
  return { begun: signal.aborted ? [] : works.map((work) => begin(options, progress, work)) };
}

function isDue({ notBefore, atWork, done }: EventProgress, record: PendingRecord, flow: ChosenFlow, now: number) {
  const name = nameOf(flow);
  const until = notBefore.get(name) ?? 0;
  // A clock that was set back must hold up nothing.
  if (atWork.has(name) || (until > now && until - now <= againMs)) return false;
  const held = done.get(record.key);
  return !(held?.last === record.last && held.flows.has(name));
}

function isOver({ done }: EventProgress, { key, last }: PendingRecord, asked: readonly string[]): boolean {
  const held = done.get(key);
  return asked.every((name) => held?.last === last && held.flows.has(name));
}

function begin(options: ProcessorOptions, progress: EventProgress, work: EventWork): Promise<void> {
  const name = nameOf(work.flow);
  const ended = runWork(options, progress, work).finally(() => progress.atWork.delete(name));
  progress.atWork.set(name, ended);
  return ended;
}

async function runWork(options: ProcessorOptions, progress: EventProgress, work: EventWork): Promise<void> {
  const { clock, run } = options;
  const { flow, records } = work;
  const name = nameOf(flow);
  const began = clock.now().getTime();
  const isDone = await run(bounded(flow));
  const ended = clock.now().getTime();
  const rest = (ms: number) => progress.notBefore.set(name, ended + ms);
  // What a vendor's budget makes slow gets rarer, and gathers more.
  const narrowGap = Math.min(Math.max(ended - began, narrowGapMs), gapMs);
  rest(isDone === "narrow" ? narrowGap : isDone ? gapMs : againMs);
  if (!isDone) return;
  for (const { record } of records) {
    const held = progress.done.get(record.key);
    const flows = held?.last === record.last ? held.flows : new Set<string>();
    progress.done.set(record.key, { last: record.last, flows: flows.add(name) });
  }
  const over = records.filter(({ record, asked }) => isOver(progress, record, asked)).map(({ record }) => record);
  if (!(await settle(options, progress, over))) rest(againMs);
}

/** Notes what is done with; false where that cannot be written, so that it is run again. */
async function settle({ inbox, warn }: ProcessorOptions, progress: EventProgress, over: readonly PendingRecord[]) {
  if (over.length === 0) return true;
  for (const { key } of over) progress.done.delete(key);
  try {
    await inbox.settle(over);
    return true;
  } catch (error) {
    warn(error);
    return false;
  }
}

/** A flow that names too much is run whole. */
function bounded(flow: EventFlow): EventFlow {
  const isMuch = flow.told.length + flow.named.length > mostNamed;
  return isMuch ? { ...flow, told: [], named: [] } : { ...flow, told: [...new Set(flow.told)] };
}
