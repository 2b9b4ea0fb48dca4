/** Webhook subscriptions: handshake, three days of life, renewal, deletion (Business Central, 7.1). */

import type { Environment } from "./environment.ts";
import { bodyOf, type Incoming, type Outgoing } from "./pages.ts";
import { notAllowed, notFound, Refusal } from "./refusals.ts";
import type { Wire } from "./types.ts";

/** How long a subscription lives. */
const lifeMs = 3 * 24 * 60 * 60_000;

/** The sets of API v2.0 whose changes can be subscribed to. */
export const supportedSets = [
  "items",
  "customers",
  "salesOrders",
  "salesInvoices",
  "shipmentMethods",
  "salesCreditMemos",
] as const;

/** A subscription as it is kept. */
export interface Subscription {
  subscriptionId: string;
  notificationUrl: string;
  resource: string;
  clientState: string;
  expirationDateTime: string;
  version: number;
  /** What the resource means. */
  companyId: string;
  set: string;
}

const bad = (message: string): Refusal => new Refusal(400, "BadRequest", message);

const etagOf = ({ subscriptionId, version }: Subscription) =>
  `W/"${Buffer.from(`20;${subscriptionId};${version}`).toString("base64")}"`;

function wireOf(subscription: Subscription): Wire {
  const { subscriptionId, notificationUrl, resource, clientState, expirationDateTime } = subscription;
  return {
    "@odata.etag": etagOf(subscription),
    subscriptionId,
    notificationUrl,
    resource,
    clientState,
    expirationDateTime,
  };
}

/** The subscriptions of one environment. */
export class Subscriptions {
  private readonly environment: Environment;
  private readonly call: typeof fetch;
  private rows: Subscription[] = [];
  private handshakes = 0;

  constructor(environment: Environment, call: typeof fetch) {
    this.environment = environment;
    this.call = call;
  }

  /** Those that have not expired; an expired one is gone. */
  get alive(): readonly Subscription[] {
    const now = this.environment.clock.now().getTime();
    this.rows = this.rows.filter(({ expirationDateTime }) => Date.parse(expirationDateTime) > now);
    return this.rows;
  }

  drop(subscription: Subscription): void {
    this.rows = this.rows.filter((row) => row !== subscription);
  }

  async answer(key: string | undefined, incoming: Incoming): Promise<Outgoing> {
    const { method } = incoming;
    if (key === undefined) {
      if (method === "GET") return { status: 200, body: { value: this.alive.map(wireOf) } };
      if (method === "POST") return { status: 201, body: wireOf(await this.create(bodyOf(incoming))) };
      throw notAllowed(`${method} subscriptions`);
    }
    const id = /^'([^']*)'$/.exec(key)?.[1];
    const found = this.alive.find(({ subscriptionId }) => subscriptionId === id);
    if (!found) throw notFound(`subscriptions(${key})`);
    if (method === "GET") return { status: 200, body: wireOf(found) };
    if (method !== "PATCH" && method !== "DELETE") throw notAllowed(`${method} subscriptions`);
    this.checkTag(found, incoming.headers.get("if-match"));
    if (method === "PATCH") return { status: 200, body: wireOf(await this.renew(found, bodyOf(incoming))) };
    this.drop(found);
    this.record("DELETE subscriptions", found.subscriptionId, {});
    return { status: 204 };
  }

  private checkTag(found: Subscription, ifMatch: string | null): void {
    if (ifMatch === null) throw new Refusal(400, "BadRequest_InvalidToken", "The If-Match header is missing.");
    if (ifMatch !== "*" && ifMatch !== etagOf(found))
      throw new Refusal(
        this.environment.switches.staleTagStatus,
        "Request_EntityChanged",
        "Another user has already changed the record.",
      );
  }

  private async create(body: Wire): Promise<Subscription> {
    const { switches, ids } = this.environment;
    if (this.alive.length >= switches.maxSubscriptions)
      throw bad(`The maximum number of subscriptions (${switches.maxSubscriptions}) is reached.`);
    const subscription: Subscription = {
      ...this.read(body, { notificationUrl: "", resource: "", clientState: "" }),
      subscriptionId: ids.guid().replaceAll("-", ""),
      expirationDateTime: this.expiry(),
      version: 1,
    };
    await this.shakeHands(subscription.notificationUrl);
    this.rows.push(subscription);
    this.record("POST subscriptions", subscription.subscriptionId, body);
    return subscription;
  }

  private async renew(found: Subscription, body: Wire): Promise<Subscription> {
    const changed = this.read(body, found);
    await this.shakeHands(changed.notificationUrl);
    Object.assign(found, changed, { expirationDateTime: this.expiry(), version: found.version + 1 });
    this.record("PATCH subscriptions", found.subscriptionId, body);
    return found;
  }

  private expiry(): string {
    return new Date(this.environment.clock.now().getTime() + lifeMs).toISOString();
  }

  private read(body: Wire, before: Pick<Subscription, "notificationUrl" | "resource" | "clientState">) {
    const [notificationUrl, resource, clientState] = (["notificationUrl", "resource", "clientState"] as const).map(
      (name) => {
        const value = body[name] ?? before[name];
        if (typeof value !== "string") throw bad(`'${name}' is no string.`);
        return value;
      },
    );
    if (!URL.canParse(notificationUrl ?? "")) throw bad(`The notificationUrl '${notificationUrl}' is no address.`);
    const { clientStateLength } = this.environment.switches;
    if ((clientState ?? "").length > clientStateLength)
      throw new Refusal(
        400,
        "Application_StringExceededLength",
        `The length of the string is ${clientState?.length}, but it must be less than or equal to ${clientStateLength} characters (clientState).`,
      );
    const { companyId, set } = this.resourceOf(resource ?? "");
    return {
      notificationUrl: notificationUrl ?? "",
      resource: resource ?? "",
      clientState: clientState ?? "",
      companyId,
      set,
    };
  }

  private resourceOf(resource: string): { companyId: string; set: string } {
    const [, id = "", set = ""] = /^\/?api\/v2\.0\/companies\(([^)]+)\)\/(\w+)$/.exec(resource) ?? [];
    const company = this.environment.companies.find((one) => one.id === id.toLowerCase());
    if (!company || !supportedSets.some((name) => name === set))
      throw bad(`The resource '${resource}' is not supported for subscriptions.`);
    return { companyId: company.id, set };
  }

  /** The receiver must answer 200 with the token as the body. */
  private async shakeHands(notificationUrl: string): Promise<void> {
    this.handshakes += 1;
    const token = `validation-${this.handshakes}`;
    const url = new URL(notificationUrl);
    url.searchParams.set("validationToken", token);
    let told: string;
    try {
      const response = await this.call(new Request(url, { method: this.environment.switches.handshake }));
      const text = await response.text();
      if (response.status === 200 && text === token) return;
      told = `it answered ${response.status}`;
    } catch (error) {
      told = `it was not reached: ${error instanceof Error ? error.message : String(error)}`;
    }
    throw bad(`The notification URL '${notificationUrl}' did not return the validation token, ${told}.`);
  }

  private record(action: string, key: string, body: Wire): void {
    const { writes, clock } = this.environment;
    const { clientState: _, ...shown } = body;
    writes.ledger.push({ at: clock.now().toISOString(), action, key, body: shown });
  }
}
