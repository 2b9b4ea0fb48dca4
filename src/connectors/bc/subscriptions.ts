import { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import type { Secret } from "../../core/secret.ts";
import { queryParts } from "../odata/query.ts";
import { odata } from "../odata/text.ts";
import type { BcCalls, Given } from "./calls.ts";
import { type Subscription, subscription } from "./environment.ts";
import type { BcWrites } from "./writes.ts";

const resource = z.looseObject({ resource: z.string() });

/** Webhook subscriptions: they live for 3 days, and every creation and renewal has BC call the receiver (BC, 7). */
export class BcSubscriptions {
  readonly #calls: BcCalls;
  readonly #writes: BcWrites;

  constructor(calls: BcCalls, writes: BcWrites) {
    this.#calls = calls;
    this.#writes = writes;
  }

  /** All subscriptions of the environment that the app sees, other companies' too. May be repeated. */
  list(): Promise<Given<Subscription[]>> {
    return this.#calls.rows(this.#calls.api("subscriptions"), subscription);
  }

  /** The resource that a set of the company is subscribed to by. */
  async resourceOf(set: string): Promise<string> {
    return `/api/v2.0/companies(${(await this.#calls.company()).id})/${set}`;
  }

  /** The sets of the company that subscriptions are to, by subscription; those of other companies are left out. */
  async setsOf(subscriptions: readonly Subscription[]): Promise<Map<Subscription, string>> {
    const start = bare(await this.resourceOf(""));
    const ours = subscriptions.filter(({ resource }) => bare(resource).startsWith(start));
    return new Map(ours.map((one) => [one, one.resource.split("/").at(-1) ?? ""]));
  }

  /** Subscribes to a set, unless that is done already: it looks first, so it may be called again after a lost answer. */
  async create(set: string, notificationUrl: string, clientState: Secret): Promise<Given<Subscription>> {
    const wanted = await this.resourceOf(set);
    const there = await this.list();
    const held = there.value.find(
      (one) => one.notificationUrl === notificationUrl && isSameResource(one.resource, wanted),
    );
    if (held) return { value: held, calls: there.calls };
    const revealed = clientState.reveal();
    const json = { notificationUrl, resource: wanted, clientState: revealed };
    const about = { what: `subscribe to ${set}`, hint: `${handshakeHint(notificationUrl)}, then run it again.` };
    const creation = { schema: subscription, about, hidden: [revealed] };
    const { value, calls } = await this.#writes.create(this.#calls.api("subscriptions"), json, creation);
    return { value, calls: [...there.calls, ...calls] };
  }

  /** Renews a subscription for 3 days more. May be repeated. */
  async renew(held: Subscription, clientState: Secret): Promise<Given<Subscription>> {
    const { notificationUrl, resource: to } = held;
    const hidden = [clientState.reveal()];
    const changes = { notificationUrl, resource: to, clientState: hidden[0] };
    const set = to.split("/").at(-1);
    const about = { what: `renew the subscription to ${set}`, hint: `${handshakeHint(notificationUrl)}.` };
    return this.#writes.patch({ path: this.#path(held), held, changes, schema: subscription, about, hidden });
  }

  /** Ends a subscription; one that has ended is well. May be repeated. */
  async remove(held: Subscription): Promise<readonly Call[]> {
    return this.#writes.remove(this.#path(held), held, { what: "end a subscription" });
  }

  /** The sets that can be subscribed to. May be repeated. */
  async supported(): Promise<Given<string[]>> {
    const { id } = await this.#calls.company();
    const query = queryParts({ filter: odata`resource eq ${"v2.0*"}` }).join("&");
    const path = `${this.#calls.root}/api/microsoft/runtime/beta/companies(${id})/webhookSupportedResources?${query}`;
    const { value, calls } = await this.#calls.rows(path, resource);
    return { value: value.map((row) => row.resource), calls };
  }

  /** Its key is a string in quotes (BC, 7.1). */
  #path({ subscriptionId }: Subscription): string {
    return this.#calls.api(`subscriptions(${encodeURIComponent(odata`${subscriptionId}`.text)})`);
  }
}

/** The reference has the resource with and without the slash at its front. */
function isSameResource(one: string, other: string): boolean {
  return bare(one) === bare(other);
}

function bare(resource: string): string {
  return resource.replace(/^\/+/, "").toLowerCase();
}

/** BC makes and renews a subscription only when the address answers it with the token that it sends (BC, 7.1). */
function handshakeHint(url: string): string {
  return `See that the receiver is running and that Business Central reaches it at ${url} and gets its validation token back`;
}
