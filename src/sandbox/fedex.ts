import { type Context, Hono } from "hono";
import { Account, ownReference } from "./fedex/account.ts";
import { fedExAddress } from "./fedex/address.ts";
import { DailyQuota, ProjectWindow, type Throttle } from "./fedex/limits.ts";
import { advance, closeDay, type DuplicateOptions, duplicate, type ScanOptions, scan, tender } from "./fedex/person.ts";
import { pushOf, type Webhook } from "./fedex/push.ts";
import { Refusal, Replies } from "./fedex/replies.ts";
import type { ScanRow, ShipmentRow } from "./fedex/rows.ts";
import { fedExDocuments, fedExShip } from "./fedex/ship.ts";
import { defaultSwitches, type FedExSwitches } from "./fedex/switches.ts";
import { type Project, TokenService } from "./fedex/tokens.ts";
import { fedExTrack } from "./fedex/track.ts";
import {
  answerWithFault,
  type FaultPlan,
  type LedgerEntry,
  type SandboxClock,
  type SimulatedVendor,
  type SocketEnv,
} from "./kit.ts";

/** How to set up a simulated FedEx account with its two portal projects. */
export interface FedExOptions {
  clock: SandboxClock;
  /** 9 digits. */
  accountNumber: string;
  apiKey: string;
  apiSecret: string;
  trackApiKey: string;
  trackApiSecret: string;
  /** The shipper's zone, whose date is today; America/Chicago when left out. */
  timeZone?: string;
  /** 3600 when left out. */
  expiresInSeconds?: number;
  /** Calls of a project in ten seconds; 1,400 when left out. */
  limitPerWindow?: number;
  switches?: Partial<FedExSwitches>;
}

/** A simulated FedEx: token service, Ship and Track, and what its people do as methods. */
export class FedExSandbox implements SimulatedVendor {
  readonly requests: string[] = [];
  faults: FaultPlan | undefined;
  /** Settable while it runs. */
  readonly switches: FedExSwitches;
  /** Calls of the organisation a day; the limit is settable. */
  readonly dailyQuota = new DailyQuota(500_000);
  /** Calls of Track a day; the limit is settable. */
  readonly trackQuota = new DailyQuota(100_000);
  readonly #account: Account;
  readonly #replies: Replies;
  readonly #tokens: TokenService;
  readonly #windows: Record<Project, ProjectWindow>;
  readonly #app = new Hono();

  constructor(options: FedExOptions) {
    const { clock, accountNumber, apiKey, apiSecret, trackApiKey, trackApiSecret } = options;
    this.switches = { ...defaultSwitches, ...options.switches };
    this.#replies = new Replies(this.switches);
    this.#account = new Account({
      clock,
      switches: this.switches,
      accountNumber,
      timeZone: options.timeZone ?? "America/Chicago",
    });
    this.#tokens = new TokenService({
      clock,
      switches: this.switches,
      replies: this.#replies,
      keys: { ship: { apiKey, apiSecret }, track: { apiKey: trackApiKey, apiSecret: trackApiSecret } },
      expiresInSeconds: options.expiresInSeconds ?? 3600,
    });
    const limit = options.limitPerWindow ?? 1400;
    this.#windows = { ship: new ProjectWindow(limit), track: new ProjectWindow(limit) };
    this.#route();
  }

  get shipments(): readonly ShipmentRow[] {
    return this.#account.shipments;
  }

  /** Every shipment that was created or cancelled through the API, under its CUSTOMER_REFERENCE. */
  get ledger(): LedgerEntry[] {
    return this.#account.ledger;
  }

  /** How many tokens were handed out, by key. */
  get tokensPerKey(): Readonly<Record<string, number>> {
    return this.#tokens.perKey;
  }

  /** How many calls the token service had, refused ones included. */
  get tokenCalls(): number {
    return this.#tokens.calls;
  }

  fetch(request: Request, env?: SocketEnv): Promise<Response> {
    this.requests.push(`${request.method} ${new URL(request.url).pathname}`);
    const answers = {
      clock: this.#account.setup.clock,
      throttled: () => this.#replies.throttled(request, "burst"),
      serverError: () => this.#replies.broken(request),
    };
    return answerWithFault(this.faults?.(request), env, answers, async () => this.#app.fetch(request));
  }

  /** The shipments with a package under this CUSTOMER_REFERENCE that are not cancelled: each would be billed. */
  liveLabelsOf(reference: string): ShipmentRow[] {
    return this.shipments.filter(
      ({ status, pieces }) => status === "live" && pieces.some((piece) => ownReference(piece) === reference),
    );
  }

  /** Makes every token issued so far worthless. */
  revokeTokens(): void {
    this.#tokens.revokeAll();
  }

  /** Scans a parcel with a code of FedEx. */
  scan(trackingNumber: string, code: string, options: ScanOptions = {}): ScanRow {
    return scan(this.#account, trackingNumber, code, options);
  }

  /** Moves a parcel on: label, picked up, in transit, out for delivery, delivered. */
  advance(trackingNumber: string): ScanRow {
    return advance(this.#account, trackingNumber);
  }

  #advanced(c: Context): Response {
    try {
      return c.text(`${this.advance(c.req.param("trackingNumber") ?? "").code}\n`);
    } catch (error) {
      return c.text(`${error instanceof Error ? error.message : String(error)}\n`, 404);
    }
  }

  /** Delivers a parcel; to its shipper when it is being returned. */
  deliver(trackingNumber: string, options: ScanOptions = {}): ScanRow {
    return this.scan(trackingNumber, "DL", options);
  }

  /** Fails to deliver a parcel. */
  exception(trackingNumber: string, options: ScanOptions = {}): ScanRow {
    const reason = { exceptionCode: "08", exceptionDescription: "Recipient not in or business closed" };
    return this.scan(trackingNumber, "DE", { ...reason, ...options });
  }

  /** Delays a parcel. */
  delay(trackingNumber: string, options: ScanOptions = {}): ScanRow {
    const reason = { exceptionCode: "71", exceptionDescription: "Weather delay" };
    const delay = { type: "WEATHER", subType: "SNOW", status: "DELAYED" } as const;
    return this.scan(trackingNumber, "SE", { ...reason, delay, ...options });
  }

  /** Sends a parcel back; `advance` or `deliver` then ends it with DL on the same number. */
  returnToShipper(trackingNumber: string, options: ScanOptions = {}): ScanRow {
    return this.scan(trackingNumber, "RS", options);
  }

  /** Picks up all pieces of a shipment, after which it cannot be cancelled. */
  tender(trackingNumber: string): void {
    tender(this.#account, trackingNumber);
  }

  /** Closes the Ground day, after which its shipments cannot be cancelled. */
  closeDay(): void {
    closeDay(this.#account);
  }

  /** What the webhook of the account sends for a parcel as it stands, signed with its security token. */
  push(trackingNumber: string, webhook: Webhook): Request {
    return pushOf(this.#account, trackingNumber, webhook);
  }

  /** Lets another parcel have the number of ours, as reused numbers do. */
  duplicate(trackingNumber: string, options: DuplicateOptions = {}): ShipmentRow {
    return duplicate(this.#account, trackingNumber, options);
  }

  #route(): void {
    const replies = this.#replies;
    this.#app.post("/oauth/token", (c) => this.#tokens.answer(c.req.raw));
    for (const [path, project] of [
      ["/ship/*", "ship"],
      ["/address/*", "ship"],
      ["/track/*", "track"],
    ] as const)
      this.#app.use(path, async (c, next) => {
        const refused = this.#gate(c, project);
        if (refused) return refused;
        await next();
      });
    // What a person does there has no place in FedEx's API.
    this.#app.post("/sandbox/advance/:trackingNumber", (c) => this.#advanced(c));
    this.#app.route("/ship/v1", fedExShip(this.#account, replies));
    this.#app.route("/address/v1", fedExAddress(this.switches, replies));
    this.#app.route("/track/v1", fedExTrack(this.#account, replies));
    this.#app.route("/document", fedExDocuments(this.#account, replies));
    this.#app.notFound((c) => replies.noSuchPath(c.req.raw));
    this.#app.onError((error, c) => {
      if (error instanceof Refusal) return replies.refuse(c.req.raw, error);
      throw error;
    });
  }

  /** Token first, then what its project may call, then the limits. */
  #gate(c: Context, needed: Project): Response | undefined {
    const token = /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    const project = token === undefined ? undefined : this.#tokens.projectOf(token);
    if (!project) return this.#replies.unauthorized(c.req.raw);
    const throttle = this.#throttle(project, needed);
    if (throttle) return this.#replies.throttled(c.req.raw, throttle);
    if (project === needed) return undefined;
    const message = "We could not authorize your credentials. Please check your permissions and try again.";
    return this.#replies.refuse(c.req.raw, new Refusal(403, { code: "FORBIDDEN.ERROR", message }));
  }

  #throttle(project: Project, needed: Project): Throttle | undefined {
    const now = this.#account.now();
    if (!this.#windows[project].take(now)) return "burst";
    if (!this.dailyQuota.take(now)) return "daily";
    return needed === "track" && project === "track" && !this.trackQuota.take(now) ? "daily" : undefined;
  }
}
