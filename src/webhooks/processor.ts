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
  /** Runs a flow once from its cursor; false when it could not begin or was stopped. Never rejects. */
  run(flow: EventFlow): Promise<boolean>;
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

const sold: FlowName[] = ["sales", "orders"];
const shipped: FlowName[] = ["sales", "shipments"];

/** The flows that read, or wait for, what a topic tells of, by the first pattern that fits. */
const topicFlows: Readonly<Record<Route, readonly (readonly [RegExp, readonly FlowName[]])[]>> = {
  shipstation: [
    [/ORDER_NOTIFY/, sold],
    [/SHIP/, shipped],
    [/FULFILLMENT/, shipped],
  ],
  "shipstation-v2": [
    [/^SHIPMENT_CREATED/, sold],
    [/^(LABEL|FULFILLMENT|TRACK)/, shipped],
  ],
  shipbob: [
    [/^order\./, ["orders", "shipments"]],
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
const againMs = 60_000;
const lookMs = 250;
const most = 10_000;

/** The flows of the connected pairs that an event asks for. Pure. */
export function flowsFor(
  config: ConfigFile,
  { route, topic, record }: Pick<PendingRecord, "route" | "topic" | "record">,
): EventFlow[] {
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
    const isDone = await run(flow);
    if (!isDone) failed.add(nameOf(flow));
    notBefore.set(nameOf(flow), clock.now().getTime() + (isDone ? gapMs : againMs));
  }
  const done = due.filter(({ flows }) => !flows.some((flow) => failed.has(nameOf(flow))));
  if (!signal.aborted && done.length > 0) await inbox.settle(done.map(({ record }) => record));
}

/** Each flow once, in the order in which a run of all has them. */
function inOrder(flows: readonly EventFlow[]): EventFlow[] {
  const once = new Map<string, EventFlow>();
  for (const flow of flows) {
    const { ignoreSchedule = false, told = [], named = [] } = once.get(nameOf(flow)) ?? {};
    once.set(nameOf(flow), {
      ...flow,
      ignoreSchedule: flow.ignoreSchedule || ignoreSchedule,
      told: [...new Set([...told, ...flow.told])],
      named: [...named, ...flow.named],
    });
  }
  const order = [...new Set(flows.map(({ pair }) => pair))].flatMap(flowsOf).map(nameOf);
  return [...once.entries()]
    .sort(([one], [other]) => order.indexOf(one) - order.indexOf(other))
    .map(([, flow]) => flow);
}

function nameOf({ pair, flow }: ChosenFlow): string {
  return `${pair} ${flow}`;
}
