import type { Clock } from "../core/clock.ts";
import type { ConfigFile } from "../core/config.ts";
import { ConfigError, UsageError } from "../core/errors.ts";
import type { Failpoint } from "../core/failpoint.ts";
import type { WebhookStatus } from "../core/report.ts";
import type { Disk } from "../core/state/disk.ts";
import type { System, WebhookSubscriptions } from "../core/system.ts";
import { pairKinds, systemKinds } from "../systems/index.ts";
import { Addresses } from "./addresses.ts";
import { type EventFlow, flowsFor, flowsToldBy } from "./event-flows.ts";
import { publicUrlOver } from "./reached.ts";
import { isRoute, type Route } from "./receive/receiver.ts";
import { goneRows, rowOf, rowsOf, type WebhookRow, type WebhookRows } from "./rows.ts";
import { type NotedWebhooks, type Seen, SubscriptionNotes, webhookStatus } from "./subscription-notes.ts";
import { type Changes, renew, subscribe, unsubscribe } from "./subscriptions.ts";
import { notReached, reachFirst, tend } from "./tend.ts";

/** The webhooks of a profile stand on these. */
export interface WebhooksOptions {
  disk: Disk;
  /** The profile's directory. */
  dir: string;
  clock: Clock;
  /** As it is now. */
  config(): ConfigFile;
  /** Connected systems, by id. */
  systems(): readonly string[];
  system(name: string): Promise<System>;
  changeConfig(change: (config: ConfigFile) => Promise<ConfigFile>): Promise<void>;
  /** Does work while no other process changes subscriptions; undefined when one does and `mode` is skip. */
  locked<T>(mode: "wait" | "skip", work: () => Promise<T>): Promise<T | undefined>;
  failpoint: Failpoint;
  /** Why mlc's own receiver is not reached under a public address; undefined when it is. */
  whyNotReached(publicUrl: string): Promise<string | undefined>;
}

/** What a subscription that is made again may have missed. */
export interface Missed {
  route: Route;
  topic: string;
}

/** What came of tending the subscriptions. */
export interface TendedAll {
  /** What went wrong, which stops nothing. */
  errors: unknown[];
  missed: Missed[];
}

/** How subscriptions are made. */
export interface CreateGiven {
  isDry: boolean;
  /** With another secret than before, which counts no more at once. */
  isSecretAnew?: boolean;
}

/** How often a run looks whether a subscription is due. */
const lookMs = 3_600_000;

/** The subscriptions by which the systems of a profile call mlc. */
export class Webhooks {
  readonly #options: WebhooksOptions;
  /** Where the systems reach mlc. */
  readonly addresses: Addresses;
  readonly #notes: SubscriptionNotes;

  constructor(options: WebhooksOptions) {
    this.#options = options;
    const { config, changeConfig } = options;
    this.addresses = new Addresses({ config, changeConfig, pathOf: async (name) => (await this.#hooks(name)).path });
    this.#notes = new SubscriptionNotes(options);
  }

  /** The connected systems that webhooks can be had of, or the one that is named. Throws UsageError, ConfigError. */
  async systems(only?: string): Promise<string[]> {
    const { systems, system } = this.#options;
    if (only !== undefined) {
      if ((await system(only)).webhooks) return [only];
      throw noSubscriptions(only);
    }
    const able: string[] = [];
    for (const name of systems()) if ((await system(name)).webhooks) able.push(name);
    if (able.length > 0) return able;
    throw new ConfigError("No connected system has webhooks that mlc can subscribe to", {
      hint: "Run `mlc connect` to add one; F&O and FedEx are set up by `mlc webhooks guide`.",
    });
  }

  /** The subscriptions that call an address, and what is missing. */
  async list(name: string, url: string): Promise<WebhookRow[]> {
    const hooks = await this.#hooks(name);
    const [topics, there] = [await this.#wanted(hooks, name, url), await hooks.list(url)];
    const note = url === this.addresses.of(name) ? await this.#notes.note(name, { url, there, ...topics }) : undefined;
    const live = there.filter(({ isStale }) => !isStale);
    // What another has taken the place of is no lack.
    const shown = there.filter((one) => !one.isStale || !live.some(({ topic }) => topic === one.topic));
    const rows = shown.map((one) => ({ ...rowOf(name, one), ...sinceIn(note, one) }));
    return [...rows, ...goneRows(name, url, topics.topics, there)];
  }

  /** Subscribes a system's calls to an address, which is kept for later runs; an address of before is given up. */
  async create(name: string, url: string, { isDry, isSecretAnew = false }: CreateGiven): Promise<WebhookRows> {
    return this.#locked(async () => {
      const hooks = await this.#hooks(name);
      if (isSecretAnew && !hooks.makeSecret) throw new UsageError(`mlc makes no secret for the calls of ${name}`);
      const [topics, before] = [await hooks.topics(), this.addresses.of(name)];
      const { failpoint } = this.#options;
      const options = { ...this.#changing(name, hooks, { url, isDry }), isSecretAnew, failpoint };
      const made = await subscribe(hooks, topics, options);
      failpoint("webhooks.made");
      const isMoved = before !== undefined && before !== url && made.error === undefined;
      const left: Changes = isMoved ? await unsubscribe(hooks, { ...options, url: before }) : { done: [] };
      const isKept = made.error === undefined || (before === undefined && made.done.length > 0);
      if (!isDry && isKept) {
        if (before !== url) await this.addresses.keep(name, url);
        const refused = made.done
          .filter(({ done }) => done === "refused")
          .map(({ subscription }) => subscription.topic);
        const wanted = topics.filter((topic) => !refused.includes(topic));
        failpoint("webhooks.kept");
        await this.#notes.note(name, { url, topics: wanted, refused, there: await hooks.list(url) });
      }
      const { rows, ...failed } = rowsOf(name, { done: [...made.done, ...left.done], error: made.error ?? left.error });
      const note = await this.#notes.of(name, url);
      return { rows: rows.map((row) => ({ ...row, ...sinceIn(note, row) })), ...failed };
    });
  }

  /** Renews all subscriptions that call an address. */
  async renew(name: string, url: string, isDry: boolean): Promise<WebhookRows> {
    return this.#locked(async () => {
      const hooks = await this.#hooks(name);
      const topics = await this.#wanted(hooks, name, url);
      const renewed = await renew(hooks, { ...this.#changing(name, hooks, { url, isDry }), isAll: true });
      if (!isDry && url === this.addresses.of(name))
        await this.#notes.note(name, { url, ...topics, there: await hooks.list(url) });
      const { rows, ...failed } = rowsOf(name, renewed);
      const there = renewed.done.map(({ subscription }) => subscription);
      // Those after an error were not looked at.
      return { rows: [...rows, ...("error" in failed ? [] : goneRows(name, url, topics.topics, there))], ...failed };
    });
  }

  /** Ends the subscriptions that call an address, and forgets it. */
  async delete(name: string, url: string, isDry: boolean): Promise<WebhookRows> {
    return this.#locked(async () => {
      const hooks = await this.#hooks(name);
      const removed = await unsubscribe(hooks, { url, now: this.#options.clock.now(), isDry });
      if (!isDry && removed.error === undefined && url === this.addresses.of(name)) {
        await this.addresses.keep(name, undefined);
        await this.#notes.keep(name, undefined);
      }
      return rowsOf(name, removed);
    });
  }

  /** Renews what is due of the systems of some pairs, and makes again what is gone, at most once an hour. */
  async tend(pairs: readonly string[]): Promise<TendedAll> {
    const names = new Set(pairs.flatMap((pair) => [pairKinds[pair]?.erp, pairKinds[pair]?.shipper]));
    const all: TendedAll = { errors: [], missed: [] };
    for (const name of names) {
      const url = name === undefined ? undefined : this.addresses.of(name);
      if (name === undefined || url === undefined) continue;
      await this.#tendOne(name, url, all).catch((error: unknown) => all.errors.push(error));
    }
    return all;
  }

  /** The flows that read what was missed. Pure but for the settings. */
  flowsOf(missed: readonly Missed[]): EventFlow[] {
    const events = missed.map(({ route, topic }) => ({
      route,
      topic,
      record: { kind: "changes", id: topic } as const,
    }));
    const flows = events.flatMap((event) => flowsFor(this.#options.config(), event));
    return [...new Map(flows.map((flow) => [`${flow.pair} ${flow.flow}`, { ...flow, named: [] }])).values()];
  }

  async #tendOne(name: string, url: string, all: TendedAll): Promise<void> {
    const { clock, locked } = this.#options;
    const isEarly = async () => {
      const at = (await this.#notes.of(name, url))?.at;
      return at !== undefined && Math.abs(clock.now().getTime() - Date.parse(at)) < lookMs;
    };
    if (await isEarly()) return;
    await locked("skip", async () => {
      if (await isEarly()) return;
      const note = await this.#notes.of(name, url);
      const now = clock.now();
      // Should it fail, the next look is an hour away too.
      await this.#notes.keep(name, { url, topics: [], subscriptions: [], ...note, at: now.toISOString() });
      const hooks = await this.#hooks(name);
      const tended = await tend({ hooks, url, now, note, reach: () => this.#reach(name, hooks, url) });
      await this.#notes.note(name, tended.seen);
      const route = hooks.path.slice("/webhooks/".length);
      if (isRoute(route)) all.missed.push(...tended.remade.map((topic) => ({ route, topic })));
      if (tended.error !== undefined) throw tended.error;
    });
  }

  /** Throws UnavailableError where the receiver is not reached; where its public address is not known, nobody can say. */
  async #reach(name: string, { path }: WebhookSubscriptions, url: string): Promise<void> {
    const publicUrl = this.addresses.publicUrlHere ?? publicUrlOver(url, path) ?? this.addresses.publicUrl;
    const why = publicUrl === undefined ? undefined : await this.#options.whyNotReached(publicUrl);
    if (publicUrl !== undefined && why !== undefined) throw notReached(name, publicUrl, why);
  }

  #changing(name: string, hooks: WebhookSubscriptions, { url, isDry }: { url: string; isDry: boolean }) {
    const now = this.#options.clock.now();
    return { url, isDry, now, beforeRenewal: reachFirst(now, () => this.#reach(name, hooks, url)) };
  }

  /** What is wanted, but for what was refused when it was last asked for. */
  async #wanted(hooks: WebhookSubscriptions, name: string, url: string): Promise<Pick<Seen, "topics" | "refused">> {
    const refused = (await this.#notes.of(name, url))?.refused ?? [];
    return { topics: (await hooks.topics()).filter((topic) => !refused.includes(topic)), refused };
  }

  /** How the subscriptions of each system stand, by what was last seen. */
  async status(): Promise<WebhookStatus[]> {
    const { systems, clock } = this.#options;
    const named = systems().map((name) => ({ name, url: this.addresses.of(name) }));
    if (named.every(({ url }) => url === undefined)) return [];
    const notes = await this.#notes.all();
    return named.flatMap(({ name, url }) =>
      url === undefined ? [] : [webhookStatus(name, url, { note: notes[name], now: clock.now() })],
    );
  }

  /** The name of the secret that proves a system's calls, where it is missing; mlc makes it when it subscribes. */
  async missingSecret(name: string): Promise<string | undefined> {
    return (await this.#options.system(name)).webhooks?.().missingSecret?.();
  }

  async #hooks(name: string): Promise<WebhookSubscriptions> {
    const hooks = (await this.#options.system(name)).webhooks?.();
    if (hooks) return hooks;
    throw noSubscriptions(name);
  }

  async #locked(work: () => Promise<WebhookRows>): Promise<WebhookRows> {
    return (await this.#options.locked("wait", work)) ?? { rows: [] };
  }
}

function sinceIn(note: NotedWebhooks | undefined, { id }: { id: string | null }): { createdAt?: string } {
  const createdAt = note?.subscriptions.find((one) => one.id === id)?.createdAt;
  return createdAt === undefined ? {} : { createdAt };
}

function noSubscriptions(name: string): UsageError {
  const isSetUpThere = flowsToldBy(name).length > 0;
  return new UsageError(`${systemKinds[name]?.title ?? name} has no webhooks that mlc can subscribe to`, {
    ...(isSetUpThere ? { hint: `Run \`mlc webhooks guide ${name}\`: a person sets them up there.` } : {}),
  });
}
