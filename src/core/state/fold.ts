import type { Delivery } from "../delivery.ts";
import type { Hash, Json } from "../json.ts";
import type { NamedBudget } from "../report.ts";
import { Deliveries } from "./deliveries.ts";
import type {
  AsideLine,
  IntentLine,
  LineDraft,
  LineStamp,
  LoggedError,
  RecordName,
  ResultLine,
  RunLine,
  SeenLine,
} from "./lines.ts";

/** A write whose result is not known. */
export type OpenIntent = Omit<IntentLine, "kind"> & { at: string };

/** A record that is set aside. */
export type Aside = Omit<AsideLine, "kind" | "calls"> & { at: string; id: string; restored?: Restored };

/** A state that came from a backup: writes after `since` may be missing in it. */
export interface Restored {
  /** When a person said so. */
  at: string;
  /** Everything up to here is in the backup. */
  since: string;
}

/** A flow's log, folded. Maps are keyed by foreign text and so have no prototype. */
export interface FlowState {
  cursor?: Json;
  account?: Json;
  /** Settings that froze with the first delivery, by path. */
  frozen?: { [path: string]: Json };
  /** Something was delivered, now or ever. */
  hasDelivered?: true;
  /** End of the last run that read to the end and was not stopped. */
  lastSuccessAt?: string;
  /** What stops the flow: the error of its last run, and since when its runs end like that. */
  stopped?: { since: string; error: LoggedError; exitCode: number };
  /** The state is a restored backup, and no run has read its source to the end since. */
  restored?: Restored;
  /** Calls left with the systems when the last run ended. */
  budgets?: NamedBudget[];
  /** Drift that the last run saw. */
  drift: number;
  /** Open or lately touched deliveries, by delivery key. */
  deliveries: Deliveries;
  /** By `<key>#<step>`. */
  intents: Record<string, OpenIntent>;
  /** By source record id. */
  asides: Record<string, Aside>;
  /** Versions of records that a person dropped, by record id: they rest until they change. */
  dropped: Record<string, string>;
}

/** The state of a flow that never ran. */
export function emptyState(): FlowState {
  return {
    drift: 0,
    deliveries: new Deliveries(),
    intents: Object.create(null),
    asides: Object.create(null),
    dropped: Object.create(null),
  };
}

/** The name of an open intent. */
export function intentName(key: string, step: string): string {
  return `${key}#${step}`;
}

/** A delivery of which nothing was sent yet. */
export function newDelivery(document: string, ref: Json, at: string): Delivery {
  return { versions: {}, steps: {}, memo: {}, closed: false, at, document, ref };
}

/** Without prototype: objects whose members' names are all different are slow and large in any other form. */
function withVersion({ versions }: Delivery, { id, version }: Pick<RecordName, "id" | "version">) {
  const now: Delivery["versions"] = Object.assign(Object.create(null), versions);
  now[id] = version;
  return now;
}

/** The delivery after a result; `sent` are the hashes that its intent told. Pure. */
export function withResult(
  delivery: Delivery,
  line: ResultLine & { at: string },
  sent?: Readonly<Record<string, Hash>>,
): Delivery {
  const memo = { ...delivery.memo, ...line.memo };
  for (const name of Object.keys(memo)) if (memo[name] === null) delete memo[name];
  const step = {
    at: line.at,
    naturalKey: line.naturalKey,
    fields: line.hashes ?? sent ?? delivery.steps[line.step]?.fields ?? {},
    ...(line.target === undefined ? {} : { target: line.target }),
    ...(line.recorded ? { recorded: line.recorded } : {}),
  };
  return {
    versions: line.settled ? withVersion(delivery, line.record) : delivery.versions,
    steps: line.outcome === undefined ? delivery.steps : { ...delivery.steps, [line.step]: step },
    memo,
    closed: line.closed ?? false,
    at: line.at,
    document: line.document,
    ref: line.record.ref,
  };
}

function foldSeen(state: FlowState, line: SeenLine): void {
  for (const { key, record, version } of line.versions) {
    const delivery = state.deliveries.get(key);
    if (delivery) state.deliveries.set(key, { ...delivery, versions: withVersion(delivery, { id: record, version }) });
  }
  for (const key of line.closed) {
    const delivery = state.deliveries.get(key);
    if (delivery) state.deliveries.set(key, { ...delivery, closed: true });
  }
}

/** An interrupted run says nothing of what the next one will meet, and a narrow one nothing of what stopped a whole one. */
function foldEnd(state: FlowState, { at, error, exitCode = 1, narrow }: RunLine & { at: string }): void {
  if (error === undefined && narrow) return;
  if (error === undefined) delete state.stopped;
  else if (exitCode !== 130) state.stopped = { since: state.stopped?.since ?? at, error, exitCode };
}

/** Of two restores in a row the older backup counts: what both miss is missing. */
function foldRestored(state: FlowState, { at, since = at }: RunLine & { at: string }): void {
  const before = state.restored?.since;
  state.restored = { at, since: before !== undefined && before < since ? before : since };
}

/** A flow that has read past a restore is as sure as ever, but for the records that it could not take up on the way. */
function foldComplete(state: FlowState, at: string): void {
  state.lastSuccessAt = at;
  const { restored } = state;
  if (restored === undefined) return;
  delete state.restored;
  for (const [id, aside] of Object.entries(state.asides)) state.asides[id] = { ...aside, restored };
}

/** Applies one line to the state, in place. The delivery a line changes must have been loaded when it was filed before. */
export function fold(state: FlowState, line: LineDraft & Pick<LineStamp, "at" | "id">): void {
  switch (line.kind) {
    case "run":
      if (line.account !== undefined) state.account = line.account;
      if (line.frozen !== undefined) state.frozen = line.frozen;
      if (line.budgets) state.budgets = line.budgets;
      if (line.event === "end" && !line.narrow) state.drift = line.counts?.drift ?? 0;
      if (line.event === "restored") foldRestored(state, line);
      if (line.complete) foldComplete(state, line.at);
      if (line.event === "end") foldEnd(state, line);
      return;
    case "intent": {
      const { kind: _, ...intent } = line;
      state.intents[intentName(line.key, line.step)] = intent;
      delete state.dropped[line.record.id];
      return;
    }
    case "result": {
      const intent = state.intents[intentName(line.key, line.step)];
      delete state.intents[intentName(line.key, line.step)];
      const before = state.deliveries.get(line.key);
      if (!before && line.outcome === undefined) return;
      if (line.outcome !== undefined && !line.recorded) state.hasDelivered = true;
      state.deliveries.set(
        line.key,
        withResult(before ?? newDelivery(line.document, line.record.ref, line.at), line, intent?.hashes),
      );
      return;
    }
    case "aside": {
      const { kind: _, calls: __, ...aside } = line;
      const restored = state.asides[line.record.id]?.restored;
      state.asides[line.record.id] = { ...aside, ...(restored === undefined ? {} : { restored }) };
      delete state.dropped[line.record.id];
      return;
    }
    case "resolved":
      delete state.asides[line.record];
      if (line.dropped !== undefined) state.dropped[line.record] = line.dropped;
      return;
    case "seen":
      foldSeen(state, line);
      return;
    case "cursor":
      state.cursor = line.cursor;
  }
}
