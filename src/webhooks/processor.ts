import type { Clock } from "../core/clock.ts";
import type { ConfigFile } from "../core/config.ts";
import type { Named } from "../core/ports.ts";
import type { FlowName } from "../flows/names.ts";
import { type ChosenFlow, cadenceOf, connectedPairs, flowsOf, moves } from "../flows/open.ts";
import { pairKinds } from "../systems/index.ts";
import type { Inbox } from "./inbox/inbox.ts";
import type { PendingRecord } from "./inbox/pending.ts";
import type { Route } from "./receive/receiver.ts";

/** What events are worked off with. */
export interface ProcessorOptions {
  inbox: Pick<Inbox, "waiting" | "settle">;
  clock: Clock;
  signal: AbortSignal;
  /** As it is now. */
  config(): ConfigFile;
  /** Runs a flow once; false when it could not begin or was stopped, `narrow` when only what was named was read. Never rejects. */
  run(flow: EventFlow): Promise<boolean | "narrow">;
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

/** Systems that call at each path. */
const systemOf = {
  shipstation: "shipstation",
  "shipstation-v2": "shipstation",
  shipbob: "shipbob",
  fedex: "fedex",
  bc: "bc",
  fno: "fno",
} as const satisfies Record<Route, string>;

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
export function flowsFor(config: ConfigFile, { route, topic, record }: PendingRecord): EventFlow[] {
  // Notifications of several sets come in one body: the record says which it is.
  const told = route === "bc" ? record.id : topic;
  const names = topicFlows[route].filter(([pattern]) => pattern.test(told)).flatMap(([, flows]) => flows);
  const system = systemOf[route];
  const pairs = connectedPairs(config).filter((pair) =>
    [pairKinds[pair]?.erp, pairKinds[pair]?.shipper].includes(system),
  );
  return pairs
    .flatMap(flowsOf)
    .filter((one) => names.includes(one.flow) && moves(config, one) && cadenceOf(config, one).enabled)
    .map((one) => ({
      ...one,
      ignoreSchedule: route === "fedex",
      ...(record.kind === "resourceUrl" ? { told: [record.id], named: [] } : { told: [], named: [record] }),
    }));
}

/** Runs the flows that events ask for until the signal; an event is done with once all of them read to their end. */
export async function processEvents(options: ProcessorOptions): Promise<void> {
  const { clock, signal } = options;
  const notBefore = new Map<string, number>();
  while (!signal.aborted) {
    await processWaiting(options, notBefore);
    await clock.sleep(lookMs, signal).catch(() => undefined);
  }
}

/** Works off what waits now; flows that ran a moment ago, or failed, are left for later. */
export async function processWaiting(options: ProcessorOptions, notBefore: Map<string, number>): Promise<void> {
  const { inbox, clock, signal, run } = options;
  const asked = inbox.waiting(most).map((record) => ({ record, flows: flowsFor(options.config(), record) }));
  const now = clock.now().getTime();
  const isEarly = (flow: EventFlow) => {
    const until = notBefore.get(nameOf(flow)) ?? 0;
    // A clock that was set back must hold up nothing.
    return until > now && until - now <= againMs;
  };
  const due = asked.filter(({ flows }) => !flows.some(isEarly));
  const failed = new Set<string>();
  for (const flow of inOrder(due.flatMap(({ flows }) => flows))) {
    if (signal.aborted) return;
    const began = clock.now().getTime();
    const done = await run(flow);
    if (!done) failed.add(nameOf(flow));
    const ended = clock.now().getTime();
    // What a vendor's budget makes slow gets rarer, and gathers more.
    const narrowGap = Math.min(Math.max(ended - began, narrowGapMs), gapMs);
    const gap = done === "narrow" ? narrowGap : done ? gapMs : againMs;
    notBefore.set(nameOf(flow), ended + gap);
  }
  const done = due.filter(({ flows }) => !flows.some((flow) => failed.has(nameOf(flow))));
  if (!signal.aborted && done.length > 0) await inbox.settle(done.map(({ record }) => record));
}

/** Each flow once, in the order in which a run of all has them. */
function inOrder(flows: readonly EventFlow[]): EventFlow[] {
  const once = new Map<string, EventFlow>();
  for (const flow of flows) {
    const one = once.get(nameOf(flow)) ?? { ...flow, told: [], named: [] };
    one.ignoreSchedule ||= flow.ignoreSchedule;
    one.told.push(...flow.told);
    one.named.push(...flow.named);
    once.set(nameOf(flow), one);
  }
  const order = [...new Set(flows.map(({ pair }) => pair))].flatMap(flowsOf).map(nameOf);
  return [...once.entries()]
    .sort(([one], [other]) => order.indexOf(one) - order.indexOf(other))
    .map(([, flow]) => bounded(flow));
}

/** A flow that names too much is run whole. */
function bounded(flow: EventFlow): EventFlow {
  const isMuch = flow.told.length + flow.named.length > mostNamed;
  return isMuch ? { ...flow, told: [], named: [] } : { ...flow, told: [...new Set(flow.told)] };
}

function nameOf({ pair, flow }: ChosenFlow): string {
  return `${pair} ${flow}`;
}
