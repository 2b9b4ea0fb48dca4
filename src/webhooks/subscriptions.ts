import { AuthError, RejectedError, UnknownOutcomeError } from "../core/errors.ts";
import { type Failpoint, noFailpoint } from "../core/failpoint.ts";
import type { WebhookSubscription, WebhookSubscriptions } from "../core/system.ts";

/** What became of a subscription. */
export type SubscriptionDone = "created" | "renewed" | "unchanged" | "deleted" | "refused";

/** A subscription that is there, or one that is wanted and has no id yet. */
export type WantedSubscription = Partial<WebhookSubscription> & Pick<WebhookSubscription, "topic" | "url">;

/** A subscription and what became of it; in a dry run what would. */
export interface ChangedSubscription {
  subscription: WantedSubscription;
  done: SubscriptionDone;
  /** Why it was refused: the account has no right to be told of that, say. */
  refusal?: unknown;
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
  /** The secret that proves the calls makes room for another one first. */
  isSecretAnew?: boolean;
  failpoint?: Failpoint;
  /** Comes before a renewal, whose handshake may end what it should renew. Throws where that had better not begin. */
  beforeRenewal?(held: WebhookSubscription): Promise<void>;
}

/** Whether a subscription is due to be renewed. Pure. */
export function isDue(held: WebhookSubscription, { renewWithinMs }: WebhookSubscriptions, now: Date): boolean {
  const { endsAt, isOutdated } = held;
  if (isOutdated) return true;
  return endsAt !== undefined && endsAt.getTime() - now.getTime() <= renewWithinMs;
}

/** Makes what is missing and renews what is due; run twice it leaves one subscription a topic. */
export async function subscribe(
  hooks: WebhookSubscriptions,
  topics: readonly string[],
  options: ChangeOptions,
): Promise<Changes> {
  const { url, now, isDry, isSecretAnew = false, failpoint = noFailpoint, beforeRenewal } = options;
  const isNewSecret = isDry ? isSecretAnew : (await hooks.makeSecret?.(isSecretAnew)) === "made";
  failpoint("webhooks.secret");
  const there = await hooks.list(url);
  const heldOrMade = async (topic: string, held: WebhookSubscription | undefined): Promise<ChangedSubscription> => {
    if (held && !isNewSecret && !isDue(held, hooks, now)) return { subscription: held, done: "unchanged" };
    if (isDry) return { subscription: held ?? { topic, url }, done: held ? "renewed" : "created" };
    if (!held) return { subscription: await created(hooks, topic, url), done: "created" };
    await beforeRenewal?.(held);
    return { subscription: await hooks.renew(held), done: "renewed" };
  };
  const wanted = topics.map((topic) => ({ topic, url }));
  return oneByOne(wanted, hooks, async ({ topic }) => {
    const held = there.find((one) => one.topic === topic && !one.isStale);
    const others = there.filter((one) => one.topic === topic && one !== held);
    const made = await heldOrMade(topic, held);
    failpoint("webhooks.created");
    // Only afterwards, so that nothing is missed meanwhile.
    if (!isDry) for (const other of others) await hooks.remove(other);
    return [made, ...others.map((subscription) => ({ subscription, done: "deleted" as const }))];
  });
}

/** Creates a subscription; after a lost answer it is looked up. Throws the first error when it is not there. */
async function created(hooks: WebhookSubscriptions, topic: string, url: string): Promise<WebhookSubscription> {
  try {
    return await hooks.create(topic, url);
  } catch (error) {
    if (!(error instanceof UnknownOutcomeError)) throw error;
    const found = (await hooks.list(url)).find((one) => one.topic === topic && !one.isStale);
    if (found) return found;
    const hint = "Run it again: it looks first whether the subscription is there.";
    throw new UnknownOutcomeError(error.message, { ...error.context, hint, cause: error });
  }
}

/** Renews subscriptions; `isAll`: those too that are not due. Stale ones are left to `subscribe`. */
export async function renew(
  hooks: WebhookSubscriptions,
  { url, now, isDry, isAll, beforeRenewal }: ChangeOptions & { isAll: boolean },
): Promise<Changes> {
  const there = (await hooks.list(url)).filter(({ isStale }) => !isStale);
  const isNewSecret = !isDry && there.length > 0 && (await hooks.makeSecret?.()) === "made";
  return oneByOne(there, hooks, async (held) => {
    // What lasts needs no renewal.
    const isWanted = held.endsAt !== undefined && (isAll || isDue(held, hooks, now));
    if (!isWanted && !isNewSecret) return [{ subscription: held, done: "unchanged" }];
    if (!isDry) await beforeRenewal?.(held);
    return [{ subscription: isDry ? held : await hooks.renew(held), done: "renewed" }];
  });
}

/** Ends all subscriptions that call the address, stale ones too. */
export async function unsubscribe(hooks: WebhookSubscriptions, { url, isDry }: ChangeOptions): Promise<Changes> {
  return oneByOne(await hooks.list(url), hooks, async (held) => {
    if (!isDry) await hooks.remove(held);
    return [{ subscription: held, done: "deleted" }];
  });
}

/**
 * One after the other to the first error: a receiver that fails one handshake fails the next too. Where there are no
 * handshakes, what is refused is so for its own sake, for want of a scope say, and holds up nothing else.
 */
async function oneByOne<T extends WantedSubscription>(
  items: readonly T[],
  { hasHandshake }: WebhookSubscriptions,
  change: (item: T) => Promise<ChangedSubscription[]>,
): Promise<Changes> {
  const done: ChangedSubscription[] = [];
  for (const item of items) {
    try {
      done.push(...(await change(item)));
    } catch (error) {
      if (hasHandshake || !isRefusal(error)) return { done: done.filter(({ refusal }) => !refusal), error };
      done.push({ subscription: item, done: "refused", refusal: error });
    }
  }
  const [first] = done;
  // Where all are refused, it is not for the sake of one.
  return first && done.every(({ refusal }) => refusal) ? { done: [], error: first.refusal } : { done };
}

function isRefusal(error: unknown): boolean {
  return error instanceof RejectedError || (error instanceof AuthError && error.context.code === "403");
}
