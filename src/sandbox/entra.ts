/** A simulated Entra ID: the v2.0 token endpoint of one tenant with one registered app (F&O, 1). */

import { createHash } from "node:crypto";
import { Hono } from "hono";
import { assertionFault } from "./entra/assertion.ts";
import { type EntraError, entraErrors } from "./entra/errors.ts";
import {
  answerWithFault,
  type FaultPlan,
  type LedgerEntry,
  type SandboxClock,
  type SimulatedVendor,
  type SocketEnv,
} from "./kit.ts";

/** How the tenant is set up. */
export interface EntraOptions {
  clock: SandboxClock;
  tenantId: string;
  clientId: string;
  clientSecret: string;
  /** The uploaded certificate, PEM; verifies PS256 client assertions. */
  certificate?: string;
  /** The host of the one environment that the tenant knows, `contoso.operations.dynamics.com`; default any. */
  environmentHost?: string;
  /** Default 3599. */
  expiresInSeconds?: number;
}

interface IssuedToken {
  expiresAt: number;
  /** Whether the audience is exactly the environment's URL. */
  isForEnvironment: boolean;
}

/** The simulated tenant. */
export class EntraSandbox implements SimulatedVendor {
  readonly requests: string[] = [];
  /** A token is no document: always empty. */
  readonly ledger: LedgerEntry[] = [];
  faults: FaultPlan | undefined;
  /** How many token requests were answered, refused ones included. */
  tokenRequests = 0;
  /** Settable, since a port may be known only once it listens. */
  environmentHost: string | undefined;
  /** The secret still accepted; settable to rotate it. */
  clientSecret: string;
  /** Answers a right secret as expired. */
  secretIsExpired = false;
  /** How many of the next requests find the service temporarily unavailable. */
  unavailableTimes = 0;
  /** The HTTP status of `invalid_client`, which the sheet leaves open (F&O, 1.3). */
  invalidClientStatus: 400 | 401 = 401;
  /** Application roles with an administrator's consent, which every token carries; settable while it runs. */
  roles: readonly string[] = ["API.ReadWrite.All"];
  private readonly options: EntraOptions;
  private readonly issued = new Map<string, IssuedToken>();
  private readonly usedAssertions = new Set<string>();
  private readonly app = new Hono();

  constructor(options: EntraOptions) {
    this.options = options;
    this.environmentHost = options.environmentHost;
    this.clientSecret = options.clientSecret;
    this.app.post("/:tenant/oauth2/v2.0/token", async (context) =>
      this.token(context.req.raw, context.req.param("tenant")),
    );
  }

  async fetch(request: Request, env?: SocketEnv): Promise<Response> {
    this.requests.push(`${request.method} ${new URL(request.url).pathname}`);
    const answers = {
      clock: this.options.clock,
      throttled: () => this.refuse("throttled", { "retry-after": "5" }),
      serverError: () => this.refuse("unavailable"),
    };
    return answerWithFault(this.faults?.(request), env, answers, async () => this.app.fetch(request));
  }

  /** Whether a token was issued here for the environment, is not revoked and has not expired. */
  accepts(token: string): boolean {
    const known = this.issued.get(token);
    return known?.isForEnvironment === true && known.expiresAt > this.options.clock.now().getTime();
  }

  /** Makes every token issued so far worthless. */
  revokeAll(): void {
    this.issued.clear();
  }

  private async token(request: Request, tenant: string): Promise<Response> {
    this.tokenRequests += 1;
    const form = new URLSearchParams(await request.text());
    const error = this.errorOf(request, tenant, form);
    if (error) return this.refuse(error);
    const { access, expiresIn } = this.issue(form.get("scope") ?? "");
    return Response.json({
      token_type: "Bearer",
      expires_in: expiresIn,
      ext_expires_in: expiresIn,
      access_token: access,
    });
  }

  private errorOf(request: Request, tenant: string, form: URLSearchParams): keyof typeof entraErrors | undefined {
    if (this.unavailableTimes > 0) {
      this.unavailableTimes -= 1;
      return "unavailable";
    }
    if (tenant.toLowerCase() !== this.options.tenantId.toLowerCase()) return "tenantNotFound";
    const isForm = request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded");
    if (!isForm || form.get("grant_type") !== "client_credentials") return "unsupportedGrant";
    if (form.get("client_id")?.toLowerCase() !== this.options.clientId.toLowerCase()) return "appNotFound";
    return this.credentialError(request, form) ?? this.scopeError(form.get("scope"));
  }

  private credentialError(request: Request, form: URLSearchParams): keyof typeof entraErrors | undefined {
    const assertion = form.get("client_assertion");
    if (assertion !== null) {
      const type = form.get("client_assertion_type");
      if (type !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") return "noCredential";
      const fault = assertionFault(assertion, {
        certificate: this.options.certificate,
        audience: request.url.split("?")[0] ?? "",
        clientId: this.options.clientId,
        now: this.options.clock.now(),
        used: this.usedAssertions,
      });
      return fault === undefined ? undefined : "badAssertion";
    }
    const secret = form.get("client_secret");
    if (secret === null || secret === "") return "noCredential";
    if (secret !== this.clientSecret) return "wrongSecret";
    return this.secretIsExpired ? "expiredSecret" : undefined;
  }

  private scopeError(scope: string | null): keyof typeof entraErrors | undefined {
    // An application's own id names it as well (F&O, 5.5).
    if (/^[0-9a-f-]{36}\/\.default$/.test(scope ?? "")) return undefined;
    const host = /^https?:\/\/([^/\s]+)\/*\.default$/.exec(scope ?? "")?.[1];
    if (host === undefined) return "malformedScope";
    const known = this.environmentHost;
    return known !== undefined && host.toLowerCase() !== known.toLowerCase() ? "resourceUnknown" : undefined;
  }

  /** A trailing slash or a capital in the host changes `aud`, and F&O refuses the token later (F&O, 1.1). */
  private issue(scope: string): { access: string; expiresIn: number } {
    const expiresIn = this.options.expiresInSeconds ?? 3599;
    const now = this.options.clock.now().getTime();
    const audience = scope.slice(0, -"/.default".length);
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = {
      aud: audience,
      tid: this.options.tenantId,
      oid: this.options.clientId,
      ...(this.roles.length > 0 ? { roles: this.roles } : {}),
      exp: now / 1000 + expiresIn,
    };
    const unsigned = `${part({ typ: "JWT", alg: "RS256" })}.${part({ ...claims, uti: this.issued.size })}`;
    const seal = createHash("sha512").update(`${unsigned}.${this.tokenRequests}`).digest("base64url");
    const access = `${unsigned}.${seal}`;
    const isForEnvironment = !audience.endsWith("/") && audience === audience.toLowerCase();
    this.issued.set(access, { expiresAt: now + expiresIn * 1000, isForEnvironment });
    return { access, expiresIn };
  }

  private refuse(name: keyof typeof entraErrors, headers: Record<string, string> = {}): Response {
    const found: EntraError = entraErrors[name];
    const timestamp = this.options.clock
      .now()
      .toISOString()
      .replace("T", " ")
      .replace(/\.\d+Z$/, "Z");
    const trace = `7dace000-0000-4000-8000-${String(this.requests.length).padStart(12, "0")}`;
    const correlation = `c0e00000-0000-4000-8000-${String(this.requests.length).padStart(12, "0")}`;
    const body = {
      error: found.error,
      error_description: `AADSTS${found.code}: ${found.text}\r\nTrace ID: ${trace}\r\nCorrelation ID: ${correlation}\r\nTimestamp: ${timestamp}`,
      error_codes: [found.code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${found.code}`,
    };
    const status = found.error === "invalid_client" ? this.invalidClientStatus : found.status;
    return Response.json(body, { status, headers });
  }
}
