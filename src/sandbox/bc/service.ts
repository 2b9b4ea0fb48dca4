/** The web service: access, limits, roots of the APIs, `$batch` (Business Central, 1 to 4). */

import { type Address, addressOf } from "./address.ts";
import { companies } from "./companies.ts";
import { checkPermission, companyOf, type Environment, placeOf, setsOf } from "./environment.ts";
import type { Limits } from "./limits.ts";
import { metadataOf } from "./metadata.ts";
import { answerPage, bodyOf, type Incoming, type Outgoing } from "./pages.ts";
import { errorBody, notAllowed, notFound, Refusal, unauthorized } from "./refusals.ts";
import { type Subscriptions, supportedSets } from "./subscriptions.ts";
import type { Wire } from "./types.ts";

/** What the service stands on. */
export interface ServiceParts {
  environment: Environment;
  subscriptions: Subscriptions;
  limits: Limits;
  accepts(token: string): boolean;
  sleep(ms: number): Promise<void>;
}

/** Answers requests; every refusal of Business Central is an answer, never a throw. */
export class Service {
  private readonly parts: ServiceParts;
  private answers = 0;

  constructor(parts: ServiceParts) {
    this.parts = parts;
  }

  async answer(request: Request): Promise<Response> {
    const { environment, limits, sleep } = this.parts;
    const { switches } = environment;
    const closed = this.closed(request);
    if (closed) return closed;
    const admission = await limits.enter();
    if (admission === "throttled") return this.throttled();
    if (admission === "waitedTooLong") return this.unavailable();
    try {
      const content = new Uint8Array(await request.arrayBuffer());
      if (switches.processingMs > 0) await sleep(switches.processingMs);
      const { method, headers } = request;
      const outgoing = await this.guarded(() => this.route({ method, url: new URL(request.url), headers, content }));
      if (method !== "GET" && outgoing.status < 300 && switches.gatewayTimeouts > 0) {
        switches.gatewayTimeouts -= 1;
        return new Response("Gateway Timeout", { status: 504 });
      }
      return responseOf(outgoing);
    } finally {
      limits.leave();
    }
  }

  /** A 429 as the limits give it. */
  throttled(): Response {
    const { retryAfter429 } = this.parts.environment.switches;
    const headers = retryAfter429 === undefined ? undefined : { "retry-after": String(retryAfter429) };
    return responseOf(this.refused(new Refusal(429, "Unknown", "Too many requests.")), headers);
  }

  /** A 500 in the shape of (4.6). */
  broken(): Response {
    return responseOf(this.refused(new Refusal(500, "Internal_ServerError", "An internal server error occurred.")));
  }

  private unavailable(code = "Unknown"): Response {
    const { retryAfter503 } = this.parts.environment.switches;
    const headers = retryAfter503 === undefined ? undefined : { "retry-after": String(retryAfter503) };
    return responseOf(this.refused(new Refusal(503, code, "The service is temporarily unavailable.")), headers);
  }

  /** The answer to whoever is not let in (Business Central, 1.1 and 1.3). */
  private closed(request: Request): Response | undefined {
    const { environment, accepts } = this.parts;
    const { switches } = environment;
    if (!switches.servicesEnabled)
      return responseOf(this.refused(new Refusal(405, "BadRequest_MethodNotAllowed", "The service is not enabled.")));
    if (switches.isUpdating) return this.unavailable("Internal_TenantUnavailable");
    const token = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    const isKnown = switches.consent === "granted" && switches.app === "enabled";
    if (isKnown && token !== undefined && accepts(token)) return undefined;
    if (switches.unauthorizedBody === "xml")
      return new Response("<error>Unauthorized</error>", {
        status: 401,
        headers: { "content-type": "application/xml" },
      });
    return responseOf(this.refused(unauthorized()));
  }

  private async guarded(work: () => Outgoing | Promise<Outgoing>): Promise<Outgoing> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refusal) return this.refused(error);
      throw error;
    }
  }

  private refused({ status, code, message }: Refusal): Outgoing {
    this.answers += 1;
    const correlationId = `7f0c2a51-0000-4000-8000-${String(this.answers).padStart(12, "0")}`;
    return { status, body: errorBody(code, message, correlationId) };
  }

  private route(incoming: Incoming): Outgoing | Promise<Outgoing> {
    const { environment, subscriptions } = this.parts;
    const address = addressOf(incoming.url, placeOf(environment));
    const [first, ...rest] = address.segments;
    if (incoming.method !== "GET" && incoming.headers.get("data-access-intent")?.toLowerCase() === "readonly")
      throw new Refusal(400, "BadRequest", "Data-Access-Intent ReadOnly is allowed on GET only.");
    if (first?.name === "$batch") return this.batch(incoming);
    if (first?.name === "subscriptions" && rest.length === 0) return subscriptions.answer(first.key, incoming);
    return this.plain(address, incoming);
  }

  /** Everything that can stand in a batch too. */
  private plain(address: Address, incoming: Incoming): Outgoing {
    const { environment } = this.parts;
    const [first] = address.segments;
    if (address.api === "microsoft/runtime/beta") return webhookResources(environment, address, incoming.url);
    if (address.company === undefined && first?.name === "$metadata") {
      const sets = setsOf(environment, address.api);
      if (sets.size === 0) throw notFound(address.api);
      return { status: 200, body: metadataOf(sets) };
    }
    if (address.company === undefined && first?.name === "companies")
      return companies(environment, first.key, incoming);
    return answerPage(environment, address, incoming);
  }

  /** Up to 100 parts, in order; stops at the first that fails unless told to carry on (Business Central, 4.3). */
  private batch(incoming: Incoming): Outgoing {
    const { environment } = this.parts;
    if (incoming.method !== "POST") throw notAllowed(`${incoming.method} $batch`);
    const { requests } = bodyOf(incoming);
    if (!Array.isArray(requests)) throw new Refusal(400, "BadRequest", "The body has no 'requests'.");
    if (requests.length > 100)
      throw new Refusal(400, "BadRequest", `A batch has at most 100 operations, this one has ${requests.length}.`);
    const goesOn =
      environment.switches.continueOnError === "supported" &&
      incoming.headers.get("prefer")?.includes("odata.continue-on-error") === true;
    const responses: Wire[] = [];
    const run = () => {
      for (const part of requests) {
        const { id, ...outgoing } = this.part(part, incoming);
        responses.push({ id, ...outgoing, headers: { "content-type": "application/json; odata.metadata=minimal" } });
        if (outgoing.status >= 300 && !goesOn) break;
      }
    };
    if (incoming.headers.get("isolation")?.toLowerCase() === "snapshot") this.atOnce(run, responses);
    else run();
    return { status: 200, body: { responses } };
  }

  /** One transaction over all companies, taken back when a part failed. */
  private atOnce(run: () => void, responses: readonly Wire[]): void {
    const failed = new Error("a part of the batch failed");
    const whole = this.parts.environment.companies.reduceRight<() => void>(
      (inner, { books }) =>
        () =>
          books.request(inner),
      () => {
        run();
        if (responses.some(({ status }) => Number(status) >= 300)) throw failed;
      },
    );
    try {
      whole();
    } catch (error) {
      if (error !== failed) throw error;
    }
  }

  private part(part: unknown, outer: Incoming): Outgoing & { id: unknown } {
    const { id, method, url, headers, body } = wireOf(part);
    const given = Object.entries(wireOf(headers)).map(([name, value]): [string, string] => [name, String(value)]);
    const incoming: Incoming = {
      method: String(method).toUpperCase(),
      url: new URL(String(url), outer.url),
      headers: new Headers(given),
      content: new TextEncoder().encode(body === undefined ? "" : JSON.stringify(body)),
    };
    try {
      const address = addressOf(incoming.url, placeOf(this.parts.environment));
      return { id, ...this.plain(address, incoming) };
    } catch (error) {
      if (error instanceof Refusal) return { id, ...this.refused(error) };
      throw error;
    }
  }
}

const wireOf = (value: unknown): Wire => (typeof value === "object" && value !== null ? { ...value } : {});

/** What can be subscribed to; the filter knows a wildcard. */
function webhookResources(environment: Environment, { company, segments }: Address, url: URL): Outgoing {
  if (segments[0]?.name !== "webhookSupportedResources") throw notFound(segments[0]?.name ?? "");
  companyOf(environment, company ?? "");
  checkPermission(environment, "webhookSupportedResources");
  const asked = /^resource eq '([^'*]*)\*?'$/.exec(url.searchParams.get("$filter") ?? "")?.[1] ?? "";
  const value = supportedSets.map((name) => ({ resource: `v2.0/${name}` }));
  return { status: 200, body: { value: value.filter(({ resource }) => resource.startsWith(asked)) } };
}

function responseOf({ status, body }: Outgoing, extra: Record<string, string> = {}): Response {
  if (body === undefined) return new Response(null, { status, headers: extra });
  if (typeof body === "string")
    return new Response(body, { status, headers: { "content-type": "application/xml", ...extra } });
  if (body instanceof Uint8Array)
    return new Response(new Uint8Array(body), {
      status,
      headers: { "content-type": "application/octet-stream", ...extra },
    });
  const headers = { "content-type": "application/json; odata.metadata=minimal", "odata-version": "4.0", ...extra };
  return new Response(JSON.stringify(body), { status, headers });
}
