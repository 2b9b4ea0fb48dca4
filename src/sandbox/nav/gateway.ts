/** A gateway before NAV: it takes OAuth client credentials and forwards with Basic (Dynamics NAV, 2.3). */

import { createHash } from "node:crypto";
import {
  answerWithFault,
  type FaultPlan,
  type LedgerEntry,
  type SandboxClock,
  type SimulatedVendor,
  type SocketEnv,
} from "../kit.ts";

/** How the gateway is set up. */
export interface NavGatewayOptions {
  clock: SandboxClock;
  /** What it forwards to. */
  nav: SimulatedVendor;
  clientId: string;
  clientSecret: string;
  /** What a token must be asked for, in `scope` or in `audience`. */
  scope: string;
  /** The Basic credentials that it sends on. */
  user: { name: string; password: string };
  /** How NAV is called behind it; page links name this host. */
  innerOrigin?: string;
  /** Default 3600. */
  expiresInSeconds?: number;
}

const tokenPath = "/oauth2/token";

/** The simulated gateway; its token endpoint is `/oauth2/token`. */
export class NavGateway implements SimulatedVendor {
  readonly requests: string[] = [];
  /** A gateway writes nothing: always empty. */
  readonly ledger: LedgerEntry[] = [];
  faults: FaultPlan | undefined;
  /** How many token requests were answered, refused ones included. */
  tokenRequests = 0;
  /** The secret still accepted; settable to rotate it. */
  clientSecret: string;
  private readonly options: NavGatewayOptions;
  private readonly issued = new Map<string, number>();

  constructor(options: NavGatewayOptions) {
    this.options = options;
    this.clientSecret = options.clientSecret;
  }

  /** Makes every token issued so far worthless. */
  revokeAll(): void {
    this.issued.clear();
  }

  async fetch(request: Request, env?: SocketEnv): Promise<Response> {
    const { pathname } = new URL(request.url);
    this.requests.push(`${request.method} ${pathname}`);
    const answers = {
      clock: this.options.clock,
      throttled: () => Response.json({ message: "Too Many Requests" }, { status: 429 }),
      serverError: () => Response.json({ message: "Internal Server Error" }, { status: 500 }),
    };
    return answerWithFault(this.faults?.(request), env, answers, () =>
      pathname === tokenPath ? this.token(request) : this.forward(request, env),
    );
  }

  private async token(request: Request): Promise<Response> {
    this.tokenRequests += 1;
    const form = new URLSearchParams(await request.text());
    const { clientId, scope, clock, expiresInSeconds = 3600 } = this.options;
    const refuse = (status: number, error: string) => Response.json({ error }, { status });
    if (form.get("grant_type") !== "client_credentials") return refuse(400, "unsupported_grant_type");
    const client = clientOf(request, form);
    if (client.id !== clientId || client.secret !== this.clientSecret) return refuse(401, "invalid_client");
    if (form.get("scope") !== scope && form.get("audience") !== scope) return refuse(400, "invalid_scope");
    const token = createHash("sha256").update(`${clientId}/${this.tokenRequests}`).digest("base64url");
    this.issued.set(token, clock.now().getTime() + expiresInSeconds * 1000);
    return Response.json({ token_type: "Bearer", expires_in: expiresInSeconds, access_token: token });
  }

  private async forward(request: Request, env: SocketEnv | undefined): Promise<Response> {
    const { nav, user, clock, innerOrigin } = this.options;
    const token = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
    if ((this.issued.get(token) ?? 0) <= clock.now().getTime())
      return Response.json(
        { message: "Unauthorized. Access token is missing or invalid." },
        { status: 401, headers: { "www-authenticate": "Bearer" } },
      );
    const headers = new Headers(request.headers);
    headers.set("authorization", `Basic ${Buffer.from(`${user.name}:${user.password}`).toString("base64")}`);
    const { origin, href } = new URL(request.url);
    const url = innerOrigin === undefined ? href : innerOrigin + href.slice(origin.length);
    const { method } = request;
    const body = method === "GET" ? null : await request.text();
    return nav.fetch(new Request(url, { method, headers, body }), env);
  }
}

/** Client id and secret, from the form or from a Basic header. */
function clientOf(request: Request, form: URLSearchParams): { id: string | null; secret: string | null } {
  const basic = /^Basic (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (basic === undefined) return { id: form.get("client_id"), secret: form.get("client_secret") };
  const [id = "", secret = ""] = Buffer.from(basic, "base64").toString("utf8").split(":");
  return { id: decodeURIComponent(id), secret: decodeURIComponent(secret) };
}
