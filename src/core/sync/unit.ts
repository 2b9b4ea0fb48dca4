import type { Call, Delivery, Outcome, Step } from "../delivery.ts";
import { MlcError } from "../errors.ts";
import type { Json } from "../json.ts";
import type { Document } from "../model.ts";
import { newDelivery } from "../state/fold.ts";
import type { AsideLine, RecordName, ResultLine } from "../state/lines.ts";
import { changedFields, fieldHashes, isDone, payloadHash } from "../steps.ts";
import { heldStep } from "./held.ts";
import { type FlowRun, loggedError, masked, versionOf } from "./run.ts";

/** One document on its way through the rounds. */
export interface Unit<D extends Document> {
  key: string;
  record: RecordName;
  document: D;
  delivery: Delivery;
  /** What this run's reads returned, by step name; `located` holds where the document belongs. */
  seen: Record<string, Json>;
  /** Names in `seen` of what read steps brought, which may not hold for long. */
  reads: Set<string>;
  /** A person named it: send again what is delivered. */
  isForced: boolean;
  /** Was settled at this very version when the run met it. */
  wasSettled: boolean;
  /** The record was settled before at any version. */
  wasKnown: boolean;
  /** With it all documents of the record that go under this key are through. */
  isLast: boolean;
  outcomes: Set<Outcome>;
  /** The other pair that has the document, so that nothing is done for it here. */
  heldBy?: string;
  /** Why a step has to wait; the other steps go on. */
  waiting?: Error;
  isOver: boolean;
  /** Counted against the limit. */
  isAdmitted: boolean;
  /** The last line logged for it; until that is flushed it can still be marked as settling. */
  lastLine?: ResultLine;
  /** Sends of a step whose outcome was not clear, by step name. */
  unclear: Map<string, number>;
}

/** A document at the start of its rounds. */
export function newUnit<D extends Document>(
  given: Pick<Unit<D>, "key" | "record" | "document" | "isForced"> & {
    delivery: Delivery | undefined;
    located?: Json;
    asked?: string;
    heldBy?: string | undefined;
    at: string;
    isLast?: boolean;
  },
): Unit<D> {
  const { key, record, document, isForced, delivery, located, asked, heldBy, at, isLast = true } = given;
  const version = delivery?.versions[record.id];
  return {
    key,
    record,
    document,
    delivery: delivery ?? newDelivery(document.number, record.ref, at),
    seen: { ...(located === undefined ? {} : { located }), ...(asked === undefined ? {} : { asked }) },
    reads: new Set(),
    isForced,
    wasSettled: version === record.version,
    wasKnown: version !== undefined,
    isLast,
    outcomes: new Set(),
    isOver: false,
    isAdmitted: false,
    unclear: new Map(),
    ...(heldBy === undefined ? {} : { heldBy }),
  };
}

const outcomeOf: Partial<Record<Step["action"], Outcome>> = {
  create: "created",
  update: "updated",
  cancel: "cancelled",
  post: "posted",
  delete: "withdrawn",
  skip: "skipped",
  notice: "noticed",
};

/** What the audit calls a success of the step. Pure. */
export function successOf(step: Step): Outcome {
  return step.outcome ?? outcomeOf[step.action] ?? "written";
}

/** A step that is only recorded. */
export function isRecorded(step: Step): boolean {
  return step.action === "skip" || step.action === "notice" || step.action === "wait";
}

/** The steps that are still to do: what `next` returns without the recorded ones that stand already. Pure but for `next`'s errors. */
export function remaining<D extends Document>(run: FlowRun<D>, unit: Unit<D>): Step[] {
  const { target } = run.context.flow;
  const steps =
    unit.heldBy === undefined
      ? target.next(unit.document, unit.delivery, unit.seen)
      : [heldStep(unit.key, unit.heldBy, run.context.flow.name)];
  return steps.filter((step) => !(step.action === "skip" || step.action === "notice") || !isDone(step, unit.delivery));
}

/** What a log line says of a source record: everything but its payload. Pure. */
export function nameOf({ id, version, ref }: RecordName): RecordName {
  return { id, version, ref };
}

/** The `result` line of a step, without what only the caller knows; `payload` where an intent of this run has told it. */
export function resultLine<D extends Document>(
  run: FlowRun<D>,
  unit: Unit<Document>,
  step: Step,
  more: Partial<Pick<ResultLine, "outcome" | "target" | "memo" | "remark" | "hashes" | "payload">> & {
    calls: readonly Call[];
  },
): ResultLine {
  const remark = more.remark ?? step.remark;
  const { number, personal } = unit.document;
  return {
    kind: "result",
    ...run.base,
    key: unit.key,
    document: number,
    record: unit.record,
    step: step.name,
    action: step.action,
    naturalKey: step.naturalKey,
    fields: changedFields(step, unit.delivery),
    payload: more.payload ?? payloadHash(step),
    // The intent has told them: with them in both, half of a log would be hashes.
    ...(more.payload === undefined ? { hashes: fieldHashes(step) } : {}),
    ...(isRecorded(step) ? { recorded: true as const } : {}),
    ...more,
    ...(remark === undefined ? {} : { remark: masked(remark, personal) }),
  };
}

const longestWaitMs = 12 * 3_600_000;
/** What may wait for ever is tried once a week in the end: thousands may, and each try is a line of the log. */
const longestEndlessWaitMs = 7 * 24 * 3_600_000;

/** Time between the tries of a waiting record: 15 min, then doubling up to 12 h. Pure. */
export function waitMs(attempts: number, longest: number = longestWaitMs): number {
  return Math.min(15 * 60_000 * 2 ** Math.max(0, attempts - 1), longest);
}

const gravity = { waiting: 1, dead: 2, unknown: 3 } as const;

/** Sets a record aside as dead, unknown or waiting; logs it only when that is news. */
export function setAside<D extends Document>(
  run: FlowRun<D>,
  about: Pick<Unit<Document>, "key" | "record"> & { document: string; personal: readonly string[] },
  outcome: AsideLine["outcome"],
  error: unknown,
  calls: readonly Call[] = [],
): AsideLine["outcome"] {
  const { store, clock, mapping, waitingMaxDays } = run.context;
  const isFurther = run.unsettled.has(versionOf(about.record));
  run.unsettled.add(versionOf(about.record));
  const now = clock.now();
  const before = store.state.asides[about.record.id];
  const isSame = before?.outcome === outcome && before.record.version === about.record.version;
  const since = isSame ? before.since : now.toISOString();
  const attempts = isSame ? before.attempts + 1 : 1;
  const isEndless =
    waitingMaxDays === Number.POSITIVE_INFINITY || (error instanceof MlcError && error.context.isEndless === true);
  if (outcome === "waiting" && !isEndless && now.getTime() - Date.parse(since) > waitingMaxDays * 86_400_000) {
    return setAside(run, about, "dead", error, calls);
  }
  const counted = { dead: "deadLettered", unknown: "unknown", waiting: "waiting" } as const;
  run.counts[counted[outcome]] += 1;
  const { record, document } = about;
  const masked = loggedError(error, about.personal);
  const longest = waitingMaxDays === Number.POSITIVE_INFINITY ? longestEndlessWaitMs : longestWaitMs;
  run.context.observer.aside?.({ record: record.id, document, outcome, error: loggedError(error), masked });
  if (isSame && outcome === "unknown") return outcome;
  // Of several documents of a record that are set aside the first of the gravest stands for it, and counts as one try.
  if (isFurther && before?.record.version === record.version && gravity[before.outcome] >= gravity[outcome])
    return outcome;
  run.log({
    kind: "aside",
    ...run.base,
    key: about.key,
    document: about.document,
    outcome,
    record: nameOf(about.record),
    mapping,
    error: masked,
    calls,
    attempts,
    since,
    ...(outcome === "waiting" ? { until: new Date(now.getTime() + waitMs(attempts, longest)).toISOString() } : {}),
  });
  return outcome;
}

/** Takes a record out of what is set aside, once all documents in it are settled. */
export function takeBack<D extends Document>(
  run: FlowRun<D>,
  unit: Pick<Unit<D>, "key" | "record" | "document">,
  how: string,
): void {
  const { record } = unit;
  if (!run.context.store.state.asides[record.id] || run.unsettled.has(versionOf(record))) return;
  run.log({
    kind: "resolved",
    ...run.base,
    key: unit.key,
    document: unit.document.number,
    outcome: "resolved",
    record: unit.record.id,
    how,
  });
}
