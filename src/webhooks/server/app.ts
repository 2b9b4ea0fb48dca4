import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import type { Clock } from "../../core/clock.ts";
import { StateError } from "../../core/errors.ts";
import type { Named } from "../../core/ports.ts";
import type { Inbox } from "../inbox/inbox.ts";
import { handshakeAnswer } from "../receive/bc.ts";
import type { Refusal, VendorEvent } from "../receive/call.ts";
import { isRoute, type KnownCallers, type Route, verdictOf } from "../receive/receiver.ts";
import { bodyOf } from "./body.ts";
import { callCosts, RateLimit } from "./rate-limit.ts";

/** A call as the access log has it: nothing of its path, its headers or its body but what was checked. */
export interface Access {
  at: string;
  /** The vendor's path; absent where nobody is at it. */
  route?: Route;
  address: string;
  status: number;
  ms: number;
  bytes?: number;
  /** What became of it, or why it was refused. */
  outcome: string;
  topic?: string;
  /** The event's own id. */
  event?: string;
}

/** What the receiver stands on. */
export interface ReceiverOptions {
  clock: Clock;
  inbox: Pick<Inbox, "add" | "note" | "takesMore">;
  /** As the settings are now. */
  known(): KnownCallers;
  /** Whether a subscription that begins with a handshake is being made at this moment. */
  isHandshakeExpected(): Promise<boolean>;
  /** What proves to the profile's other processes that this is its receiver; undefined for what is no nonce. */
  proof?(nonce: string): Promise<string | undefined>;
  /** Hears of each call, and of what an event names. */
  log(access: Access, records: readonly Named[]): void;
  /** The last address that a proxy added counts as the caller's. */
  trustsProxy?: boolean;
  rateLimit?: RateLimit;
  /** Calls at once. */
  concurrency?: number;
}

type Env = { Bindings: Partial<HttpBindings> };
type Answer = Pick<Access, "outcome"> &
  Partial<Pick<Access, "route" | "bytes" | "topic" | "event">> & {
    status: 200 | 400 | 401 | 404 | 409 | 413 | 415 | 429 | 500 | 503;
    /** Of a handshake alone: nothing else that came in goes out. */
    text?: string;
    records?: readonly Named[];
  };

/** The receiver's paths; each answer is a status without a body, but for handshakes. */
export function receiverApp(options: ReceiverOptions): Hono<Env> {
  const app = new Hono<Env>();
  const receiver = new Receiver(options);
  app.get("/healthz", async (context) => {
    const nonce = context.req.query("probe");
    const proof = nonce === undefined ? undefined : await options.proof?.(nonce).catch(() => undefined);
    return proof === undefined ? context.body(null, 200) : context.text(proof, 200, { "cache-control": "no-store" });
  });
  app.get("/readyz", (context) => context.body(null, options.inbox.takesMore ? 200 : 503));
  app.post("/webhooks/:route/:token?", (context) => receiver.answer(context));
  app.notFound((context) => context.body(null, 404));
  // Of what never reached the receiver: its own errors are answered there.
  app.onError((_, context) => context.body(null, 400));
  return app;
}

class Receiver {
  readonly #options: ReceiverOptions;
  readonly #rateLimit: RateLimit;
  #atWork = 0;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#rateLimit = options.rateLimit ?? new RateLimit({ clock: options.clock });
  }

  async answer(context: Context<Env>): Promise<Response> {
    const { clock, log, trustsProxy = false } = this.#options;
    const address = addressOf(context, trustsProxy);
    const began = clock.now();
    const { text, records = [], ...answer } = await this.#limited(context, address);
    this.#rateLimit.spend(address, answer.status === 200 ? callCosts.proved : callCosts.refused);
    log({ at: began.toISOString(), address, ms: clock.now().getTime() - began.getTime(), ...answer }, records);
    const later = answer.status === 429 || answer.status === 503 ? { "retry-after": "5" } : {};
    if (text === undefined) return context.body(null, answer.status, later);
    return context.text(text, 200, { "x-content-type-options": "nosniff" });
  }

  async #limited(context: Context<Env>, address: string): Promise<Answer> {
    if (!this.#rateLimit.allows(address)) return { status: 429, outcome: "too many calls" };
    if (this.#atWork >= (this.#options.concurrency ?? 256)) return { status: 503, outcome: "too many calls at once" };
    this.#atWork += 1;
    try {
      return await this.#received(context);
    } catch (error) {
      // A bug, which must not end the receiver: the log has it.
      return { status: 500, outcome: error instanceof Error ? error.message : String(error) };
    } finally {
      this.#atWork -= 1;
    }
  }

  async #received(context: Context<Env>): Promise<Answer> {
    const route = context.req.param("route") ?? "";
    const known = this.#options.known();
    if (!isRoute(route) || !known[route]) return { status: 404, outcome: "nobody is there" };
    const token = context.req.query("validationToken");
    if (route === "bc" && token !== undefined) return this.#handshake(token);
    const body = await bodyOf(context.req.raw).catch(() => "broken" as const);
    if (body === "broken") return { status: 400, route, outcome: "the body did not come whole" };
    if (body === undefined) return { status: 413, route, outcome: "the body is too large" };
    const [at, bytes] = [this.#options.clock.now(), body.length];
    const call = { headers: context.req.raw.headers, body, token: context.req.param("token"), at };
    const verdict = await verdictOf(route, call, known);
    if (!verdict) return { status: 404, outcome: "nobody is there" };
    if ("refused" in verdict) return { ...(await this.#refused(verdict.refused, route, at)), route, bytes };
    if ("ignored" in verdict) return { status: 200, route, bytes, outcome: verdict.ignored };
    const { topic, id: event, records } = verdict.event;
    return { ...(await this.#kept(verdict.event, route, at)), route, bytes, topic, event, records };
  }

  async #refused(
    { status, reason, elsewhere }: Refusal,
    route: Route,
    at: Date,
  ): Promise<Pick<Answer, "status" | "outcome">> {
    // The log has it also where it cannot be noted.
    if (elsewhere !== undefined)
      await this.#options.inbox.note({ route, at: at.toISOString(), elsewhere }).catch(() => undefined);
    return { status, outcome: reason };
  }

  async #handshake(token: string): Promise<Answer> {
    const text = handshakeAnswer(token, await this.#options.isHandshakeExpected());
    if (text === undefined) return { status: 400, route: "bc", outcome: "a handshake that nobody waits for" };
    return { status: 200, route: "bc", outcome: "handshake", text };
  }

  async #kept(event: VendorEvent, route: Route, at: Date): Promise<Pick<Answer, "status" | "outcome">> {
    try {
      const taken = await this.#options.inbox.add({ ...event, route, at: at.toISOString() });
      if (taken === "full") return { status: 503, outcome: "the inbox is full" };
      if (taken === "changed") return { status: 409, outcome: "its id came before with another body" };
      return { status: 200, outcome: taken };
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      return { status: 503, outcome: error.message };
    }
  }
}

function addressOf(context: Context<Env>, trustsProxy: boolean): string {
  const forwarded = trustsProxy ? context.req.header("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined;
  // What stands before the last one is whatever the caller wrote.
  if (forwarded !== undefined && /^[\da-fA-F:.]{2,45}$/.test(forwarded)) return forwarded;
  return context.env?.incoming?.socket.remoteAddress ?? "unknown";
}
