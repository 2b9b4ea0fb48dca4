import type { Clock } from "../core/clock.ts";
import type { ConfigFile } from "../core/config.ts";
import type { Named } from "../core/ports.ts";
import type { FlowName } from "../flows/names.ts";
import { type ChosenFlow, cadenceOf, connectedPairs, flowsOf, moves } from "../flows/open.ts";
import { pairKinds } from "../systems/index.ts";
import type { Inbox } from "./inbox/inbox.ts";
import type { EventLine } from "./inbox/lines.ts";
import type { PendingRecord } from "./inbox/pending.ts";
import { type Route, routes } from "./receive/receiver.ts";

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
  /** Flows whose last run failed by names: a name that a system cannot give must not hold up all others for ever. */
  wholeNext: Set<string>;
  /** Flows that were run for a record whose other flows were not yet, and up to which of its events. */
  done: Map<string, { last: number; flows: Set<string> }>;
}

/** A flow that events ask for. */
export interface EventFlow extends ChosenFlow {
  /** What it looks after by a schedule is looked at now: the event says that something became of it. */
  ignoreSchedule: boolean;
  /** Lists that the events point to, by address. */
  told: string[];
  /** What else they name. */
  named: Named[];
}

const systems = {
  shipstation: "shipstation",
  "shipstation-v2": "shipstation",
  shipbob: "shipbob",
  fedex: "fedex",
  bc: "bc",
  fno: "fno",
} as const satisfies Record<Route, string>;

/** The system that calls at a path. Pure. */
export function systemOf(route: Route): string {
  return systems[route];
}

const shipped: FlowName[] = ["sales", "shipments"];

/** The flows that read, or wait for, what a topic tells of, by the first pattern that fits. */
const topicFlows: Readonly<Record<Route, readonly (readonly [RegExp, readonly FlowName[]])[]>> = {
  shipstation: [
    // Of those that mlc made there it tells nothing new: no call tells of edits (V1, 6).
    [/ORDER_NOTIFY/, ["sales"]],
    [/SHIP/, shipped],
    [/FULFILLMENT/, shipped],
  ],
  "shipstation-v2": [
    [/^SHIPMENT_CREATED/, ["sales"]],
    [/^(LABEL|FULFILLMENT|TRACK)/, shipped],
  ],
  shipbob: [
    [/^order\./, ["shipments"]],
    [/^billing\./, ["charges"]],
  ],
  fedex: [[/^tracking$/, ["shipments"]]],
  bc: [
    [/items/i, ["products"]],
    [/customers/i, ["customers"]],
    [/sales(Orders|Invoices)/i, shipped],
  ],
  fno: [[/./, ["orders"]]],
};

/** A burst is worked off in one run. */
const gapMs = 5_000;
/** One that reads only what was named makes few calls, but a stream of events must leave calls to the others all the same. */
const narrowGapMs = 1_000;
/** So many records cost more calls by name than by a listing. */
const mostNamed = 500;
const againMs = 60_000;
const lookMs = 250;
const most = 10_000;

/** The flows of the connected pairs that an event asks for. Pure. */
export function flowsFor(config: ConfigFile, event: Pick<PendingRecord, "route" | "topic" | "record">): EventFlow[] {
  return chosenFor(config, event.route, namesFor(event)).map((one) => eventFlow(one, event));
}

/** The flows that all of an event asks for, each once and in the order in which a run of all has them. Pure. */
export function flowsOfEvent(
  config: ConfigFile,
  { route, topic, records }: Pick<EventLine, "route" | "topic" | "records">,
): EventFlow[] {
  const works = new Map<string, EventWork>();
  for (const record of records) for (const flow of flowsFor(config, { route, topic, record })) addWork(works, flow);
  return inOrder([...works.values()]).map(({ flow }) => flow);
}

/** The flows that events of a system ever ask for. Pure. */
export function flowsToldBy(system: string): FlowName[] {
  const told = routes.filter((route) => systemOf(route) === system).flatMap((route) => topicFlows[route]);
  return [...new Set(told.flatMap(([, flows]) => flows))];
}

function namesFor({ route, topic, record }: Pick<PendingRecord, "route" | "topic" | "record">): FlowName[] {
  // Notifications of several sets come in one body: the record says which it is.
  const told = route === "bc" ? record.id : topic;
  return topicFlows[route].filter(([pattern]) => pattern.test(told)).flatMap(([, flows]) => flows);
}

function chosenFor(config: ConfigFile, route: Route, names: readonly FlowName[]): ChosenFlow[] {
  const system = systemOf(route);
  const pairs = connectedPairs(config).filter((pair) =>
    [pairKinds[pair]?.erp, pairKinds[pair]?.shipper].includes(system),
  );
  return pairs
    .flatMap(flowsOf)
    .filter((one) => names.includes(one.flow) && moves(config, one) && cadenceOf(config, one).enabled);
}

function eventFlow(one: ChosenFlow, { route, record }: Pick<PendingRecord, "route" | "record">): EventFlow {
  const isList = record.kind === "resourceUrl";
  return { ...one, ignoreSchedule: route === "fedex", told: isList ? [record.id] : [], named: isList ? [] : [record] };
}

/** Nothing was worked off yet. */
export function noProgress(): EventProgress {
  return { notBefore: new Map(), atWork: new Map(), wholeNext: new Set(), done: new Map() };
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

/** A flow that is to run, and the records for which it does. */
interface EventWork {
  flow: EventFlow;
  records: { record: PendingRecord; asked: string[] }[];
}

/** Begins the flows that are asked for, side by side; those that are at work, ran a moment ago or failed are left for later. */
async function beginWaiting(options: ProcessorOptions, progress: EventProgress): Promise<{ begun: Promise<void>[] }> {
  const { inbox, clock, signal } = options;
  const [config, now] = [options.config(), clock.now().getTime()];
  const chosen = new Map<string, ChosenFlow[]>();
  const [over, works] = [[] as PendingRecord[], new Map<string, EventWork>()];
  for (const record of inbox.waiting(most)) {
    const names = namesFor(record);
    const topic = `${record.route} ${names}`;
    const flows = chosen.get(topic) ?? chosenFor(config, record.route, names);
    chosen.set(topic, flows);
    const asked = flows.map(nameOf);
    if (isOver(progress, record, asked)) over.push(record);
    for (const one of flows)
      if (isDue(progress, record, one, now)) addWork(works, eventFlow(one, record), { record, asked });
  }
  await settle(options, progress, over);
  return { begun: signal.aborted ? [] : inOrder([...works.values()]).map((work) => begin(options, progress, work)) };
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

function addWork(works: Map<string, EventWork>, asked: EventFlow, given?: EventWork["records"][number]): void {
  const work = works.get(nameOf(asked)) ?? { flow: { ...asked, told: [], named: [] }, records: [] };
  work.flow.ignoreSchedule ||= asked.ignoreSchedule;
  work.flow.told.push(...asked.told);
  work.flow.named.push(...asked.named);
  if (given) work.records.push(given);
  works.set(nameOf(asked), work);
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
  const asked = progress.wholeNext.has(name) ? { ...flow, told: [], named: [] } : bounded(flow);
  const isDone = await run(asked);
  const ended = clock.now().getTime();
  const rest = (ms: number) => progress.notBefore.set(name, ended + ms);
  // What a vendor's budget makes slow gets rarer, and gathers more.
  const narrowGap = Math.min(Math.max(ended - began, narrowGapMs), gapMs);
  rest(isDone === "narrow" ? narrowGap : isDone ? gapMs : againMs);
  // By turns, since a whole run may fail for what concerns no event.
  if (!isDone && asked.told.length + asked.named.length > 0) progress.wholeNext.add(name);
  else progress.wholeNext.delete(name);
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

/** In the order in which a run of all has them. */
function inOrder(works: readonly EventWork[]): EventWork[] {
  const order = [...new Set(works.map(({ flow }) => flow.pair))].flatMap(flowsOf).map(nameOf);
  return [...works].sort((one, other) => order.indexOf(nameOf(one.flow)) - order.indexOf(nameOf(other.flow)));
}

/** A flow that names too much is run whole. */
function bounded(flow: EventFlow): EventFlow {
  const isMuch = flow.told.length + flow.named.length > mostNamed;
  return isMuch ? { ...flow, told: [], named: [] } : { ...flow, told: [...new Set(flow.told)] };
}

function nameOf({ pair, flow }: ChosenFlow): string {
  return `${pair} ${flow}`;
}
