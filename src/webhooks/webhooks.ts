import type { Clock } from "../core/clock.ts";
import { type ConfigFile, isSettings, type Settings, valueAt, withTyped, withValue } from "../core/config.ts";
import { ConfigError, UsageError } from "../core/errors.ts";
import type { WebhookStatus } from "../core/report.ts";
import type { Disk } from "../core/state/disk.ts";
import type { System, WebhookSubscription, WebhookSubscriptions } from "../core/system.ts";
import { pairKinds, systemKinds } from "../systems/index.ts";
import { type NotedWebhooks, notedSubscription, notedWebhooks, noteWebhooks, webhookStatus } from "./noted.ts";
import { goneRows, rowOf, rowsOf, type WebhookRow, type WebhookRows } from "./rows.ts";
import { type Changes, renew, subscribe, unsubscribe } from "./subscriptions.ts";

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
}

/** How often a run looks whether a subscription is due. */
const lookMs = 3_600_000;

const urlPath = ["webhooks", "url"];

/** The subscriptions by which the systems of a profile call mlc. */
export class Webhooks {
  readonly #options: WebhooksOptions;

  constructor(options: WebhooksOptions) {
    this.#options = options;
  }

  /** The connected systems that webhooks can be had of, or the one that is named. Throws UsageError, ConfigError. */
  async systems(only?: string): Promise<string[]> {
    const { systems, system } = this.#options;
    if (only !== undefined) {
      if ((await system(only)).webhooks) return [only];
      throw new UsageError(`mlc has no webhooks of ${systemKinds[only]?.title ?? only}`);
    }
    const able: string[] = [];
    for (const name of systems()) if ((await system(name)).webhooks) able.push(name);
    if (able.length > 0) return able;
    throw new ConfigError("No connected system has webhooks that mlc can subscribe to", {
      hint: "Run `mlc connect` to add one.",
    });
  }

  /** The address that a system calls, as its settings have it. */
  urlOf(name: string): string | undefined {
    const url = valueAt(systemKinds[name]?.settings.safeParse(this.#options.config()[name]).data, urlPath);
    return typeof url === "string" ? url : undefined;
  }

  /** An address as it is kept for a system. Throws UsageError for one that is none. */
  typedUrl(name: string, text: string): string {
    const kind = systemKinds[name];
    const settings = this.#settingsOf(this.#options.config(), name);
    try {
      const url = kind && valueAt(withTyped(kind.settings, settings, urlPath.join("."), text, name), urlPath);
      return typeof url === "string" ? url : text;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const hint = "Write it like https://sync.contoso.example.";
      throw new UsageError(error.message.replace(`${name}.${urlPath.join(".")} =`, "--url"), { cause: error, hint });
    }
  }

  /** The subscriptions that call an address, and what is missing. */
  async list(name: string, url: string): Promise<WebhookRow[]> {
    const hooks = await this.#hooks(name);
    const [topics, there] = [await hooks.topics(), await hooks.list(url)];
    if (url === this.urlOf(name)) await this.#note(name, url, topics, there);
    return [...there.map((one) => rowOf(name, one)), ...goneRows(name, url, topics, there)];
  }

  /** Subscribes a system's calls to an address, which is kept for later runs; an address of before is given up. */
  async create(name: string, url: string, isDry: boolean): Promise<WebhookRows> {
    return this.#locked(async () => {
      const hooks = await this.#hooks(name);
      const [topics, before] = [await hooks.topics(), this.urlOf(name)];
      const options = { url, now: this.#options.clock.now(), isDry };
      const made = await subscribe(hooks, topics, options);
      const isMoved = before !== undefined && before !== url && made.error === undefined;
      const left: Changes = isMoved ? await unsubscribe(hooks, { ...options, url: before }) : { done: [] };
      const isKept = made.error === undefined || (before === undefined && made.done.length > 0);
      if (!isDry && isKept) {
        if (before !== url) await this.#keepUrl(name, url);
        await this.#note(name, url, topics, await hooks.list(url));
      }
      return rowsOf(name, { done: [...made.done, ...left.done], error: made.error ?? left.error });
    });
  }

  /** Renews all subscriptions that call an address. */
  async renew(name: string, url: string, isDry: boolean): Promise<WebhookRows> {
    return this.#locked(async () => {
      const hooks = await this.#hooks(name);
      const topics = await hooks.topics();
      const renewed = await renew(hooks, { url, now: this.#options.clock.now(), isDry, isAll: true });
      if (!isDry && url === this.urlOf(name)) await this.#note(name, url, topics, await hooks.list(url));
      const { rows, ...failed } = rowsOf(name, renewed);
      const there = renewed.done.map(({ subscription }) => subscription);
      // Those after an error were not looked at.
      return { rows: [...rows, ...("error" in failed ? [] : goneRows(name, url, topics, there))], ...failed };
    });
  }

  /** Ends the subscriptions that call an address, and forgets it. */
  async delete(name: string, url: string, isDry: boolean): Promise<WebhookRows> {
    return this.#locked(async () => {
      const hooks = await this.#hooks(name);
      const removed = await unsubscribe(hooks, { url, now: this.#options.clock.now(), isDry });
      if (!isDry && removed.error === undefined && url === this.urlOf(name)) {
        await this.#keepUrl(name, undefined);
        const { disk, dir } = this.#options;
        await noteWebhooks(disk, dir, { system: name, note: undefined });
      }
      return rowsOf(name, removed);
    });
  }

  /** Renews what is due of the systems of some pairs, at most once an hour; what went wrong, which stops nothing. */
  async renewDue(pairs: readonly string[]): Promise<unknown[]> {
    const names = new Set(pairs.flatMap((pair) => [pairKinds[pair]?.erp, pairKinds[pair]?.shipper]));
    const errors: unknown[] = [];
    for (const name of names) {
      const url = name === undefined ? undefined : this.urlOf(name);
      if (name === undefined || url === undefined) continue;
      await this.#renewDueOf(name, url).catch((error: unknown) => errors.push(error));
    }
    return errors;
  }

  async #renewDueOf(name: string, url: string): Promise<void> {
    const { clock, locked } = this.#options;
    const isEarly = async () => {
      const at = (await this.#noted(name, url))?.at;
      return at !== undefined && Math.abs(clock.now().getTime() - Date.parse(at)) < lookMs;
    };
    if (await isEarly()) return;
    await locked("skip", async () => {
      if (await isEarly()) return;
      const note = await this.#noted(name, url);
      // Should it fail, the next look is an hour away too.
      await this.#keepNote(name, { url, topics: [], subscriptions: [], ...note });
      const hooks = await this.#hooks(name);
      const topics = note && note.topics.length > 0 ? note.topics : await hooks.topics();
      const { done, error } = await renew(hooks, { url, now: clock.now(), isDry: false, isAll: false });
      const isRenewed = done.some((one) => one.done === "renewed");
      if (isRenewed || error === undefined) await this.#note(name, url, topics, await hooks.list(url));
      if (error !== undefined) throw error;
    });
  }

  /** How the subscriptions of each system stand, by what was last seen. */
  async status(): Promise<WebhookStatus[]> {
    const { systems, disk, dir, clock } = this.#options;
    const named = systems().map((name) => ({ name, url: this.urlOf(name) }));
    if (named.every(({ url }) => url === undefined)) return [];
    const notes = await notedWebhooks(disk, dir);
    return named.flatMap(({ name, url }) =>
      url === undefined ? [] : [webhookStatus(name, url, { note: notes[name], now: clock.now() })],
    );
  }

  async #hooks(name: string): Promise<WebhookSubscriptions> {
    const hooks = (await this.#options.system(name)).webhooks?.();
    if (hooks) return hooks;
    throw new UsageError(`mlc has no webhooks of ${systemKinds[name]?.title ?? name}`);
  }

  async #locked(work: () => Promise<WebhookRows>): Promise<WebhookRows> {
    return (await this.#options.locked("wait", work)) ?? { rows: [] };
  }

  #settingsOf(config: ConfigFile, name: string): Settings {
    const settings = config[name];
    return isSettings(settings) ? settings : {};
  }

  #keepUrl(name: string, url: string | undefined): Promise<void> {
    return this.#options.changeConfig(async (config) => ({
      ...config,
      [name]: withValue(this.#settingsOf(config, name), urlPath, url),
    }));
  }

  /** What is noted of an address. */
  async #noted(name: string, url: string): Promise<NotedWebhooks | undefined> {
    const { disk, dir } = this.#options;
    const note = (await notedWebhooks(disk, dir))[name];
    return note?.url === url ? note : undefined;
  }

  #note(name: string, url: string, topics: string[], there: readonly WebhookSubscription[]): Promise<void> {
    return this.#keepNote(name, { url, topics, subscriptions: there.map(notedSubscription) });
  }

  #keepNote(system: string, note: Omit<NotedWebhooks, "at">): Promise<void> {
    const { disk, dir, clock } = this.#options;
    return noteWebhooks(disk, dir, { system, note: { ...note, at: clock.now().toISOString() } });
  }
}
