/** A simulated Dynamics 365 Business Central: API v2.0, an extension's pages, webhooks, and the people who work in it. */

import { Books, Ids } from "./bc/books.ts";
import type { Company } from "./bc/company.ts";
import { Desk } from "./bc/desk.ts";
import { type CustomApi, defaultCustomApi } from "./bc/entities.ts";
import type { Environment } from "./bc/environment.ts";
import { Limits } from "./bc/limits.ts";
import { type Delivery, Notifications } from "./bc/notifications.ts";
import { Service } from "./bc/service.ts";
import { setUp } from "./bc/standard-data.ts";
import { type Subscription, Subscriptions } from "./bc/subscriptions.ts";
import { type BcSwitches, defaultSwitches } from "./bc/switches.ts";
import { Writes } from "./bc/writes.ts";
import {
  answerWithFault,
  type FaultPlan,
  type LedgerEntry,
  type SandboxClock,
  type SimulatedVendor,
  type SocketEnv,
} from "./kit.ts";

export { Desk } from "./bc/desk.ts";
export type { CustomApi } from "./bc/entities.ts";
export type { Delivery } from "./bc/notifications.ts";
export type { PostingObstacle } from "./bc/obstacles.ts";
export type { Subscription } from "./bc/subscriptions.ts";
export type { BcSwitches } from "./bc/switches.ts";
export type { Value, Values } from "./bc/types.ts";
export type { AttachmentView, DocumentView } from "./bc/views.ts";

/** How the environment is set up. */
export interface BusinessCentralOptions {
  clock: SandboxClock;
  tenantId: string;
  /** Whether a bearer token is good. */
  accepts(token: string): boolean;
  /** Default `production`. */
  environment?: string;
  /** By name, with the local currency; default one in USD. */
  companies?: readonly { name: string; currency?: string }[];
  /** The pages of the customer's extension. */
  customApi?: CustomApi;
  /** Calls the addresses of webhooks; without it nobody is reached. */
  fetch?: typeof fetch;
  /** Waits while a request is processed; default not at all. */
  sleep?(ms: number): Promise<void>;
  switches?: Partial<BcSwitches>;
}

const unreachable: typeof fetch = async () => {
  throw new TypeError("fetch failed");
};

/** The simulated environment. */
export class BusinessCentralSandbox implements SimulatedVendor {
  readonly requests: string[] = [];
  faults: FaultPlan | undefined;
  /** Settable while it runs. */
  readonly switches: BcSwitches;
  readonly clock: SandboxClock;
  /** How busy it was at most. */
  readonly limits: Limits;
  private readonly environment: Environment;
  private readonly desks: Desk[];
  private readonly subscriptionBook: Subscriptions;
  private readonly notifications: Notifications;
  private readonly service: Service;

  constructor(options: BusinessCentralOptions) {
    const { clock, tenantId, environment: name = "production", customApi = defaultCustomApi } = options;
    this.clock = clock;
    this.switches = { ...defaultSwitches, ...options.switches };
    const { switches } = this;
    const ids = new Ids(`${tenantId}/${name}`);
    const writes = new Writes();
    this.environment = { clock, switches, tenantId, name, companies: [], ids, writes, customApi };
    const call = options.fetch ?? unreachable;
    this.subscriptionBook = new Subscriptions(this.environment, call);
    this.notifications = new Notifications(this.environment, this.subscriptionBook, call);
    for (const company of options.companies ?? [{ name: "CRONUS USA, Inc." }]) this.found(company);
    this.desks = this.environment.companies.map((company) => new Desk(company));
    this.limits = new Limits(clock, switches);
    this.service = new Service({
      environment: this.environment,
      subscriptions: this.subscriptionBook,
      limits: this.limits,
      accepts: (token) => options.accepts(token),
      sleep: options.sleep ?? (async () => {}),
    });
  }

  /** Every write that was taken: `POST salesOrders`, `post salesInvoices`, keyed by company and number. */
  get ledger(): LedgerEntry[] {
    return this.environment.writes.ledger;
  }

  /** Webhook subscriptions that have not expired. */
  get subscriptions(): readonly Subscription[] {
    return this.subscriptionBook.alive;
  }

  async fetch(request: Request, env?: SocketEnv): Promise<Response> {
    this.requests.push(`${request.method} ${new URL(request.url).pathname}`);
    const answers = {
      clock: this.clock,
      throttled: () => this.service.throttled(),
      serverError: () => this.service.broken(),
    };
    return answerWithFault(this.faults?.(request), env, answers, () => this.service.answer(request));
  }

  /** The people of a company; of the first one unless it is named. */
  desk(company?: string): Desk {
    const found = company === undefined ? this.desks[0] : this.desks.find((desk) => desk.company.name === company);
    if (!found) throw new Error(`The simulated Business Central has no company ${company ?? "at all"}.`);
    return found;
  }

  /** Sends the notifications that are due by the clock; returns what became of each body. */
  notify(): Promise<Delivery[]> {
    return this.notifications.deliver();
  }

  private found({ name, currency = "USD" }: { name: string; currency?: string }): void {
    const { clock, switches, ids, companies } = this.environment;
    const books = new Books({ clock, switches, changed: (change) => this.notifications.note(company, change) }, ids);
    const company: Company = {
      id: ids.guid(),
      name,
      books,
      localCurrency: currency,
      createdAt: clock.now().toISOString(),
      allowedPosting: undefined,
      refusals: new Map(),
      jobs: [],
    };
    setUp(books);
    companies.push(company);
  }
}
