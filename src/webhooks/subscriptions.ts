import { UnknownOutcomeError } from "../core/errors.ts";
import type { WebhookSubscription, WebhookSubscriptions } from "../core/system.ts";

/** What became of a subscription. */
export type SubscriptionDone = "created" | "renewed" | "unchanged" | "deleted";

/** A subscription and what became of it; in a dry run what would. */
export interface ChangedSubscription {
  /** Absent where a dry run would create it. */
  subscription: Partial<WebhookSubscription> & Pick<WebhookSubscription, "topic" | "url">;
  done: SubscriptionDone;
}

/** What was done before something went wrong, and what that was. */
export interface Changes {
  done: ChangedSubscription[];
  error?: unknown;
}

/** How subscriptions are changed. */
export interface ChangeOptions {
  url: string;
  now: Date;
  isDry: boolean;
}

/** Whether a subscription is due to be renewed. Pure. */
export function isDue({ endsAt }: WebhookSubscription, { renewWithinMs }: WebhookSubscriptions, now: Date): boolean {
  return endsAt !== undefined && endsAt.getTime() - now.getTime() <= renewWithinMs;
}

/** Makes what is missing and renews what is due; run twice it leaves one subscription a topic. */
export async function subscribe(
  hooks: WebhookSubscriptions,
  topics: readonly string[],
  { url, now, isDry }: ChangeOptions,
): Promise<Changes> {
  const there = await hooks.list(url);
  const isNewSecret = !isDry && (await hooks.makeSecret?.()) === "made";
  return oneByOne(topics, async (topic) => {
    const held = there.find((one) => one.topic === topic);
    if (held && !isNewSecret && !isDue(held, hooks, now)) return { subscription: held, done: "unchanged" };
    if (isDry) return { subscription: held ?? { topic, url }, done: held ? "renewed" : "created" };
    if (held) return { subscription: await hooks.renew(held), done: "renewed" };
    return { subscription: await created(hooks, topic, url), done: "created" };
  });
}

/** Creates a subscription; after a lost answer it is looked up. Throws the first error when it is not there. */
async function created(hooks: WebhookSubscriptions, topic: string, url: string): Promise<WebhookSubscription> {
  try {
    return await hooks.create(topic, url);
  } catch (error) {
    if (!(error instanceof UnknownOutcomeError)) throw error;
    const found = (await hooks.list(url)).find((one) => one.topic === topic);
    if (found) return found;
    const hint = "Run it again: it looks first whether the subscription is there.";
    throw new UnknownOutcomeError(error.message, { ...error.context, hint, cause: error });
  }
}

/** Renews subscriptions; `isAll`: those too that are not due. */
export async function renew(
  hooks: WebhookSubscriptions,
  { url, now, isDry, isAll }: ChangeOptions & { isAll: boolean },
): Promise<Changes> {
  const there = await hooks.list(url);
  const isNewSecret = !isDry && there.length > 0 && (await hooks.makeSecret?.()) === "made";
  return oneByOne(there, async (held) => {
    // What lasts needs no renewal.
    const isWanted = held.endsAt !== undefined && (isAll || isDue(held, hooks, now));
    if (!isWanted && !isNewSecret) return { subscription: held, done: "unchanged" };
    return { subscription: isDry ? held : await hooks.renew(held), done: "renewed" };
  });
}

/** Ends all subscriptions that call the address. */
export async function unsubscribe(hooks: WebhookSubscriptions, { url, isDry }: ChangeOptions): Promise<Changes> {
  return oneByOne(await hooks.list(url), async (held) => {
    if (!isDry) await hooks.remove(held);
    return { subscription: held, done: "deleted" };
  });
}

/** One after the other to the first error: a receiver that fails one handshake fails the next too. */
async function oneByOne<T>(items: readonly T[], change: (item: T) => Promise<ChangedSubscription>): Promise<Changes> {
  const done: ChangedSubscription[] = [];
  try {
    for (const item of items) done.push(await change(item));
    return { done };
  } catch (error) {
    return { done, error };
  }
}
