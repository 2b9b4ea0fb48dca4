/** A simulated Dynamics NAV: a server instance with published pages, and the people who work in its companies. */

import {
  answerWithFault,
  type FaultPlan,
  type LedgerEntry,
  type SandboxClock,
  type SimulatedVendor,
  type SocketEnv,
} from "./kit.ts";
import type { NavUser } from "./nav/access.ts";
import type { CustomFields } from "./nav/catalogue.ts";
import type { Company, Database } from "./nav/company.ts";
import { Desk } from "./nav/desk.ts";
import { Service } from "./nav/service.ts";
import { defaultSwitches, type NavSwitches } from "./nav/switches.ts";
import { Tables } from "./nav/tables.ts";

export type { NavUser } from "./nav/access.ts";
export type { CustomFields } from "./nav/catalogue.ts";
export { Desk, type Shipping } from "./nav/desk.ts";
export { NavGateway, type NavGatewayOptions } from "./nav/gateway.ts";
export { type NavSwitches, suggestedServices } from "./nav/switches.ts";
export type { PageName, Value, Values } from "./nav/types.ts";
export type { LineView, OrderView, ShipmentView } from "./nav/views.ts";

/** How the server instance is set up. */
export interface NavOptions {
  clock: SandboxClock;
  users: readonly NavUser[];
  /** Whether a bearer token of a user is good; for servers with Azure AD. */
  accepts?(token: string): boolean;
  /** Default as the version names it: `DynamicsNAV110` for 2018. */
  instance?: string;
  /** Case-sensitive names; default one. */
  companies?: readonly string[];
  /** Columns that a partner added, by page. */
  customFields?: CustomFields;
  /** Waits while a request is processed; default not at all. */
  sleep?(ms: number): Promise<void>;
  switches?: Partial<NavSwitches>;
}

/** What an instance is called when nobody named it (Dynamics NAV, 1). */
const instances = { 2016: "DynamicsNAV90", 2017: "DynamicsNAV100", 2018: "DynamicsNAV110" } as const;

/** The simulated server instance. */
export class NavSandbox implements SimulatedVendor {
  readonly requests: string[] = [];
  faults: FaultPlan | undefined;
  /** Settable while it runs. */
  readonly switches: NavSwitches;
  readonly clock: SandboxClock;
  readonly instance: string;
  /** Settable while it runs: a new key, a user that is gone. */
  readonly users: NavUser[];
  private readonly database: Database;
  private readonly desks: Desk[];
  private readonly service: Service;

  constructor(options: NavOptions) {
    const { clock, companies = ["CRONUS International Ltd."], customFields = {} } = options;
    this.clock = clock;
    this.switches = { ...defaultSwitches, ...options.switches };
    this.instance = options.instance ?? instances[this.switches.version];
    this.users = [...options.users];
    this.database = { ledger: [], companies: companies.map((name) => this.found(name)) };
    this.desks = this.database.companies.map((company) => new Desk(company));
    const accepts = (token: string) => options.accepts?.(token) ?? false;
    this.service = new Service({
      database: this.database,
      switches: this.switches,
      instance: this.instance,
      access: { users: this.users, accepts, now: () => clock.now() },
      customFields,
      sleep: options.sleep ?? (async () => {}),
    });
  }

  /** Every write that was taken: `PATCH salesOrder`, keyed by company and number, lines by their own too. */
  get ledger(): LedgerEntry[] {
    return this.database.ledger;
  }

  /** The path of the OData V4 endpoint. */
  get path(): string {
    return `/${this.instance}/ODataV4`;
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
    if (!found) throw new Error(`The simulated NAV has no company ${company ?? "at all"}.`);
    return found;
  }

  private found(name: string): Company {
    return {
      name,
      tables: new Tables(),
      clock: this.clock,
      switches: this.switches,
      allowedPosting: undefined,
      locks: new Map(),
      posted: new Map(),
    };
  }
}
