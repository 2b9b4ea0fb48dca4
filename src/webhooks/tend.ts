import { UnavailableError } from "../core/errors.ts";
import type { WebhookSubscription, WebhookSubscriptions } from "../core/system.ts";
import type { NotedWebhooks, Seen } from "./subscription-notes.ts";
import { type Changes, isDue, renew, subscribe } from "./subscriptions.ts";

/** What a system's subscriptions are tended with. */
export interface TendOptions {
  hooks: WebhookSubscriptions;
  url: string;
  now: Date;
  note: NotedWebhooks | undefined;
  /** Throws UnavailableError where mlc's own receiver is not reached at the address. */
  reach(): Promise<void>;
}

/** What became of a system's subscriptions. */
export interface Tended {
  seen: Seen;
  /** What was made again: it told of nothing since nobody knows when. */
  remade: string[];
  error?: unknown;
}

/** A renewal with so little left can cost no more than that. */
const lastChanceMs = 6 * 3_600_000;

/**
 * Renews what is due and makes again what was there and is gone. One refused handshake ends a subscription, so mlc's own
 * receiver is asked first.
 */
export async function tend({ hooks, url, now, note, reach }: TendOptions): Promise<Tended> {
  const topics = note && note.topics.length > 0 ? note.topics : await hooks.topics();
  const options = { url, now, isDry: false, beforeRenewal: reachFirst(now, reach) };
  const there = await hooks.list(url);
  const live = there.filter(({ isStale }) => !isStale);
  const lost = topics.filter((topic) => isNoted(note, topic) && !live.some((one) => one.topic === topic));
  const isWorkToDo = lost.length > 0 || live.some((one) => isDue(one, hooks, now));
  const changes = isWorkToDo ? await change(lost) : { done: [] };
  const seen = { url, topics, there: isWorkToDo ? await hooks.list(url) : there, refused: note?.refused ?? [] };
  const remade = changes.done.filter(({ done }) => done === "created").map(({ subscription }) => subscription.topic);
  return { seen, remade, ...(changes.error === undefined ? {} : { error: changes.error }) };

  async function change(lost: readonly string[]): Promise<Changes> {
    const renewed = await renew(hooks, { ...options, isAll: false });
    if (renewed.error !== undefined || lost.length === 0) return renewed;
    try {
      if (hooks.hasHandshake) await reach();
      const made = await subscribe(hooks, lost, options);
      return { ...made, done: [...renewed.done, ...made.done] };
    } catch (error) {
      return { done: renewed.done, error };
    }
  }
}

function isNoted(note: NotedWebhooks | undefined, topic: string): boolean {
  return note?.subscriptions.some((one) => one.topic === topic) === true;
}

/** Has a renewal wait for the receiver, once for all, but where it ends so soon that nothing can be lost. Pure. */
export function reachFirst(now: Date, reach: () => Promise<void>): (held: WebhookSubscription) => Promise<void> {
  let reached: Promise<void> | undefined;
  return async ({ endsAt }) => {
    if (endsAt && endsAt.getTime() - now.getTime() <= lastChanceMs) return;
    reached ??= reach();
    await reached;
  };
}

/** Of a receiver that is not reached, so that its subscriptions are better left alone. Pure. */
export function notReached(name: string, publicUrl: string, why: string): UnavailableError {
  const message = `mlc's own receiver is not reached at ${publicUrl}: ${why}; the subscriptions of ${name} are left as they are, as a bad answer would end them`;
  const hint = `See that \`mlc listen\` runs and is reached there, then run \`mlc webhooks renew ${name}\`.`;
  return new UnavailableError(message, { system: name, hint });
}
