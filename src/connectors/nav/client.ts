import { ConfigError } from "../../core/errors.ts";
import { NavCalls } from "./calls.ts";
import { NavComments } from "./comments.ts";
import type { NavPairSettings, NavSettings } from "./config.ts";
import { type NavAccess, navConnection } from "./http.ts";
import { type Captions, NavOrders } from "./orders.ts";
import { type Lack, lacks, namesFor, publishedAs, type ServiceName } from "./pages.ts";
import { NavShipments } from "./shipments.ts";
import { NavWrites } from "./writes.ts";

/** What a company has of what the pair wants. */
export interface Sight {
  /** Services and fields that are missing, needed ones first. */
  lacks: Lack[];
  /** Lines have tracking numbers of their own: the North American version. */
  hasLineTracking: boolean;
  /** Absent while page 42 cannot be read. */
  captions?: Captions;
  /** The host that the server's links name, where it told. */
  linkHost?: string;
  /** The server's clock, where it told. */
  serverTime?: Date;
}

/** A company in Dynamics NAV; one method a call, in NAV's words. */
export class NavClient {
  readonly orders: NavOrders;
  readonly shipments: NavShipments;
  readonly comments: NavComments;
  readonly #calls: NavCalls;

  constructor(access: NavAccess, pair: NavPairSettings) {
    const { settings, clock } = access;
    this.#calls = new NavCalls({ http: navConnection(access), settings, pair });
    const writes = new NavWrites(this.#calls, clock);
    this.orders = new NavOrders(this.#calls, writes);
    this.shipments = new NavShipments(this.#calls, writes);
    this.comments = new NavComments(this.#calls, writes);
  }

  /** The company as NAV spells it. */
  get company(): string {
    return this.#calls.settings.company;
  }

  /** What an order's status reads as on this server. */
  get statuses(): NavSettings["options"] {
    return this.#calls.settings.options;
  }

  /** The names of all companies; undefined where the server does not tell them. May be repeated. */
  companies(): Promise<string[] | undefined> {
    return this.#calls.companies();
  }

  /** The names of all published services, by the service document. May be repeated. */
  services(): Promise<string[]> {
    return this.#calls.services();
  }

  /** The published services whose fields look like a page's, for `connect` to offer. May be repeated. */
  async namesFor(pages: readonly ServiceName[]): Promise<Map<ServiceName, string[]>> {
    const published = await this.#calls.metadata(await this.#calls.services());
    return new Map(pages.map((page) => [page, namesFor(page, published)]));
  }

  /**
   * Compares company, services and fields with what the server has, and reads option texts back. Throws AuthError, and
   * ConfigError for a base URL that is not OData V4 and for a company that there is not in that spelling.
   */
  async look(): Promise<Sight> {
    await this.#calls.services();
    await this.#checkCompany();
    const lack = lacks(await this.#calls.published(), this.#calls.pair).sort(
      (left, right) => Number(right.isNeeded) - Number(left.isNeeded),
    );
    const canRead = (service: ServiceName) => lack.every((one) => one.service !== service);
    const { serverTime, linkHost } = this.#calls;
    return {
      lacks: lack,
      hasLineTracking: canRead("salesOrderLines") && (await this.orders.hasLineTracking()),
      ...(canRead("salesOrder") ? { captions: await this.orders.captions() } : {}),
      ...(linkHost ? { linkHost } : {}),
      ...(serverTime ? { serverTime } : {}),
    };
  }

  /** The names of the fields of a page as it is published; undefined when it is not. May be repeated. */
  async fieldsOf(page: ServiceName): Promise<string[] | undefined> {
    const fields = (await this.#calls.published()).get(publishedAs(page, this.#calls.pair));
    return fields && [...fields];
  }

  async #checkCompany(): Promise<void> {
    const { company } = this.#calls.settings;
    const all = await this.#calls.companies();
    // A company that is not there answers 404 as well, only less plainly.
    if (!all || all.includes(company)) return;
    const alike = all.find((name) => name.toLowerCase() === company.toLowerCase());
    const what = alike === undefined ? `there are ${all.join(", ") || "none"}` : `it is spelled ${alike}`;
    throw new ConfigError(`Dynamics NAV has no company ${company}; ${what}`, {
      system: "nav",
      field: "company",
      hint: "Run `mlc connect nav` and enter the company as NAV spells it: case counts.",
    });
  }
}
