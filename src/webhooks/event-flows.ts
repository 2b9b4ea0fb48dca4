import type { ConfigFile } from "../core/config.ts";
import type { Named } from "../core/ports.ts";
import type { FlowName } from "../flows/names.ts";
import { type ChosenFlow, cadenceOf, connectedPairs, flowsOf, moves } from "../flows/open.ts";
import { pairKinds } from "../systems/index.ts";
import type { EventLine } from "./inbox/lines.ts";
import type { PendingRecord } from "./inbox/pending.ts";
import { type Route, routes } from "./receive/receiver.ts";

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

/** The flows of the connected pairs that an event asks for. Pure. */
export function flowsFor(config: ConfigFile, event: Pick<PendingRecord, "route" | "topic" | "record">): EventFlow[] {
  return chosenFor(config, event.route, namesFor(event)).map((one) => eventFlow(one, event));
}

/** The flows that all of an event asks for, each once and in the order in which a run of all has them. Pure. */
export function flowsOfEvent(
  config: ConfigFile,
  { route, topic, records }: Pick<EventLine, "route" | "topic" | "records">,
): EventFlow[] {
  const flows = new Map<string, EventFlow>();
  for (const record of records) for (const flow of flowsFor(config, { route, topic, record })) addFlow(flows, flow);
  return inOrder([...flows.values()]);
}

/** The flows that events of a system ever ask for. Pure. */
export function flowsToldBy(system: string): FlowName[] {
  const told = routes.filter((route) => systemOf(route) === system).flatMap((route) => topicFlows[route]);
  return [...new Set(told.flatMap(([, flows]) => flows))];
}

/** Adds what is asked of a flow to what was asked of it before. */
export function addFlow(flows: Map<string, EventFlow>, asked: EventFlow): void {
  const flow = flows.get(nameOf(asked)) ?? { ...asked, told: [], named: [] };
  flow.ignoreSchedule ||= asked.ignoreSchedule;
  flow.told.push(...asked.told);
  flow.named.push(...asked.named);
  flows.set(nameOf(asked), flow);
}

/** The names of the flows that read what an event tells of. Pure. */
export function namesFor({ route, topic, record }: Pick<PendingRecord, "route" | "topic" | "record">): FlowName[] {
  // Notifications of several sets come in one body: the record says which it is.
  const told = route === "bc" ? record.id : topic;
  return topicFlows[route].filter(([pattern]) => pattern.test(told)).flatMap(([, flows]) => flows);
}

/** The flows of these names that run for a path's system, as the config has them. Pure. */
export function chosenFor(config: ConfigFile, route: Route, names: readonly FlowName[]): ChosenFlow[] {
  const system = systemOf(route);
  const pairs = connectedPairs(config).filter((pair) =>
    [pairKinds[pair]?.erp, pairKinds[pair]?.shipper].includes(system),
  );
  return pairs
    .flatMap(flowsOf)
    .filter((one) => names.includes(one.flow) && moves(config, one) && cadenceOf(config, one).enabled);
}

/** A flow as an event asks for it. Pure. */
export function eventFlow(one: ChosenFlow, { route, record }: Pick<PendingRecord, "route" | "record">): EventFlow {
  const isList = record.kind === "resourceUrl";
  return { ...one, ignoreSchedule: route === "fedex", told: isList ? [record.id] : [], named: isList ? [] : [record] };
}

/** Flows in the order in which a run of all has them. Pure. */
export function inOrder(flows: readonly EventFlow[]): EventFlow[] {
  const order = [...new Set(flows.map(({ pair }) => pair))].flatMap(flowsOf).map(nameOf);
  return [...flows].sort((one, other) => order.indexOf(nameOf(one)) - order.indexOf(nameOf(other)));
}

/** What a flow is called in one profile. Pure. */
export function nameOf({ pair, flow }: ChosenFlow): string {
  return `${pair} ${flow}`;
}
