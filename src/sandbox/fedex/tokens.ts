import type { SandboxClock } from "../kit.ts";
import { type Problem, Refusal, type Replies } from "./replies.ts";
import type { FedExSwitches } from "./switches.ts";

/** A project of the developer portal: Track must have one of its own (FedEx, 0, fact 4). */
export type Project = "ship" | "track";

/** A key pair of the portal. */
export interface KeyPair {
  apiKey: string;
  apiSecret: string;
}

/** What the token service stands on. */
export interface TokenSetup {
  clock: SandboxClock;
  switches: FedExSwitches;
  replies: Replies;
  keys: Record<Project, KeyPair>;
  expiresInSeconds: number;
}

/** Per public IP: so many calls within so long a time (FedEx, 1.3). */
const thresholds = [
  { calls: 15, withinMs: 5000 },
  { calls: 120, withinMs: 120_000 },
] as const;
const penaltyMs = 10 * 60_000;

const forbidden: Problem = {
  code: "FORBIDDEN.ERROR",
  message: "We could not authorize your credentials. Please check your permissions and try again.",
};
const notAuthorized: Problem = {
  code: "NOT.AUTHORIZED.ERROR",
  message: "The given client credentials were not valid. Please modify your request and try again.",
};

/** `POST /oauth/token` with its throttle; every caller counts as one IP, as behind one NAT. */
export class TokenService {
  /** How many calls came in, refused ones included. */
  calls = 0;
  readonly #setup: TokenSetup;
  readonly #issued = new Map<string, { project: Project; expiresAt: number }>();
  readonly #perKey = new Map<string, number>();
  #recent: number[] = [];
  #penaltyUntil = Number.NEGATIVE_INFINITY;

  constructor(setup: TokenSetup) {
    this.#setup = setup;
  }

  /** The tokens handed out so far, by key. */
  get perKey(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#perKey);
  }

  /** The project that a bearer token was issued to, unless it is unknown, revoked or expired. */
  projectOf(token: string): Project | undefined {
    const known = this.#issued.get(token);
    return known && known.expiresAt > this.#now() ? known.project : undefined;
  }

  /** Makes every token issued so far worthless. */
  revokeAll(): void {
    this.#issued.clear();
  }

  /** Answers a call to the token service. */
  async answer(request: Request): Promise<Response> {
    this.calls += 1;
    const { replies, keys, expiresInSeconds } = this.#setup;
    if (this.#isPenalised()) return replies.refuse(request, new Refusal(403, forbidden));
    const isForm = request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded");
    const form = new URLSearchParams(await request.text());
    if (!isForm || form.get("grant_type") !== "client_credentials")
      return replies.refuse(request, new Refusal(400, { code: "BAD.REQUEST.ERROR", message: "Bad request." }));
    const project = (["ship", "track"] as const).find(
      (name) => keys[name].apiKey === form.get("client_id") && keys[name].apiSecret === form.get("client_secret"),
    );
    if (!project) return replies.refuse(request, new Refusal(401, notAuthorized));
    const { apiKey } = keys[project];
    const count = (this.#perKey.get(apiKey) ?? 0) + 1;
    this.#perKey.set(apiKey, count);
    const token = `sandbox-${project}-token-${this.#issued.size + 1}-${this.calls}`;
    this.#issued.set(token, { project, expiresAt: this.#now() + expiresInSeconds * 1000 });
    return Response.json({
      access_token: token,
      token_type: "bearer",
      expires_in: expiresInSeconds,
      scope: "CXS",
    });
  }

  #now(): number {
    return this.#setup.clock.now().getTime();
  }

  /** Counts this call; exceeding begins ten minutes of 403, and they begin anew until it is quiet. */
  #isPenalised(): boolean {
    const now = this.#now();
    this.#recent = [...this.#recent.filter((at) => at > now - 120_000), now];
    const exceeds = thresholds.some(
      ({ calls, withinMs }) => this.#recent.filter((at) => at > now - withinMs).length > calls,
    );
    const wasPenalised = now < this.#penaltyUntil;
    if (exceeds || (wasPenalised && this.#setup.switches.penaltyGrowsBy === "anyCall"))
      this.#penaltyUntil = now + penaltyMs;
    return wasPenalised || exceeds;
  }
}
