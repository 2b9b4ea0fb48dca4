import { AuthError } from "../../core/errors.ts";
import type { Budget } from "../../core/http/throttle.ts";
import { readMetadata } from "../odata/metadata.ts";
import { BcCalls } from "./calls.ts";
import type { Company } from "./environment.ts";
import { type BcAccess, bcConnection } from "./http.ts";
import { BcMasterData } from "./master-data.ts";
import { BcSales } from "./sales.ts";
import { BcSubscriptions } from "./subscriptions.ts";
import { BcTracking } from "./tracking.ts";
import { BcWrites } from "./writes.ts";

/** The sets that mlc cannot do without. */
export const neededSets = ["items", "customers", "salesOrders", "salesInvoices", "salesShipments"] as const;

/** What the app sees of the company. */
export interface Sight {
  company: Company;
  /** Why a set cannot be read, where it is the permissions. */
  hidden: { set: string; error: AuthError }[];
  /** The server's clock, where it told. */
  serverTime?: Date;
}

/** A company in Business Central; one method a call, in Business Central's words. */
export class BcClient {
  readonly masterData: BcMasterData;
  readonly sales: BcSales;
  readonly tracking: BcTracking;
  readonly subscriptions: BcSubscriptions;
  readonly #calls: BcCalls;
  readonly #budget: () => Budget;

  constructor(access: BcAccess) {
    const connection = bcConnection(access);
    this.#budget = () => connection.throttle.budget();
    this.#calls = new BcCalls(connection, access.settings);
    const writes = new BcWrites(this.#calls, access.clock);
    this.masterData = new BcMasterData(this.#calls, writes);
    this.sales = new BcSales(this.#calls, writes);
    this.tracking = new BcTracking(this.#calls, writes);
    this.subscriptions = new BcSubscriptions(this.#calls, writes);
  }

  /** What may still be sent in these 5 minutes. */
  budget(): Budget {
    return this.#budget();
  }

  /** All companies of the environment. */
  companies(): Promise<Company[]> {
    return this.#calls.companies();
  }

  /** The company of the settings. Throws ConfigError when the environment has none of that id or name. */
  company(): Promise<Company> {
    return this.#calls.company();
  }

  /**
   * Reads one row of each set that mlc needs. Throws AuthError where consent is missing or the app is not enabled, and
   * ConfigError for a wrong company; sets that a permission set is missing for are named.
   */
  async look(): Promise<Sight> {
    const company = await this.#calls.company();
    const hidden: Sight["hidden"] = [];
    for (const set of neededSets) {
      try {
        await this.#calls.pages(`${await this.#calls.inCompany(set)}?$top=1`, { pageSize: 1 }).next();
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        hidden.push({ set, error });
      }
    }
    const { serverTime } = this.#calls;
    return { company, hidden, ...(serverTime ? { serverTime } : {}) };
  }

  /** Property names of those of the sets that a route publishes: of API v2.0, or of `publisher/group/version`. */
  async metadata(sets: Iterable<string>, route?: string): Promise<Map<string, Set<string>>> {
    return readMetadata(await this.#calls.metadata(route), sets, "bc");
  }
}
