import { reportedError } from "../core/report.ts";
import type { WebhookSubscription } from "../core/system.ts";
import type { ChangedSubscription, Changes, SubscriptionDone, WantedSubscription } from "./subscriptions.ts";

/** A subscription, or a thing that mlc wants to be told of and has none for. */
export interface WebhookRow {
  system: string;
  topic: string;
  url: string;
  id: string | null;
  /** Null where nobody knows, or it is gone. */
  createdAt: string | null;
  /** Null where it lasts, or is gone. */
  endsAt: string | null;
  state: "live" | "gone";
  done?: SubscriptionDone;
  /** Why it was refused. */
  reason?: string;
}

/** What a command did, or would do, to the end or to the first error. */
export interface WebhookRows {
  rows: WebhookRow[];
  error?: unknown;
}

/** The row of a subscription that is there. Pure. */
export function rowOf(system: string, { topic, url, id, createdAt, endsAt, isStale }: WantedSubscription): WebhookRow {
  return {
    ...{ system, topic, url, id: id ?? null, createdAt: createdAt?.toISOString() ?? null },
    ...{ endsAt: endsAt?.toISOString() ?? null, state: isStale ? "gone" : "live" },
  };
}

/** The rows of what was done. Pure. */
export function rowsOf(system: string, { done, error }: Changes): WebhookRows {
  const rows = done.map((one): WebhookRow => {
    const row = rowOf(system, one.subscription);
    const isGone = one.done === "deleted" || one.done === "refused";
    return { ...row, state: isGone ? "gone" : "live", done: one.done, ...reasonOf(one) };
  });
  return error === undefined ? { rows } : { rows, error };
}

function reasonOf({ refusal }: ChangedSubscription): Pick<WebhookRow, "reason"> {
  return refusal === undefined ? {} : { reason: reportedError(refusal).message };
}

/** The rows of what mlc wants to be told of and no subscription is there for. Pure. */
export function goneRows(
  system: string,
  url: string,
  topics: readonly string[],
  there: readonly Pick<WebhookSubscription, "topic">[],
): WebhookRow[] {
  return topics
    .filter((topic) => !there.some((one) => one.topic === topic))
    .map((topic) => ({ system, topic, url, id: null, createdAt: null, endsAt: null, state: "gone" }));
}
