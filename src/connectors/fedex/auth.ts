import { createHash } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import type { Call } from "../../core/delivery.ts";
import { AuthError, ContractError, type MlcError, NotSentError, UnavailableError } from "../../core/errors.ts";
import { createHttp } from "../../core/http/http.ts";
import { sharedToken } from "../../core/http/shared-token.ts";
import type { CachedToken, TokenCache } from "../../core/http/token-cache.ts";
import type { Answer, Auth, Http, Timer } from "../../core/http/types.ts";
import type { Secret } from "../../core/secret.ts";
import { refusalOf } from "./errors.ts";
import { inflating } from "./inflate.ts";

const grant = "client_credentials";
const system = "fedex";
/** So long a refused key is not tried again (1.1). */
const refusedMs = 60_000;
/** The penalty ends after so many quiet minutes (1.3). */
const penaltyMs = 10 * 60_000;

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

/** The key of one project in FedEx's developer portal. */
export interface FedExAuthOptions {
  apiUrl: string;
  /** What its two secrets are called, for errors: `apiKey and apiSecret`. */
  names: string;
  clientId: Secret;
  clientSecret: Secret;
  fetch: typeof fetch;
  clock: Clock;
  cache: TokenCache;
  signal?: AbortSignal;
  random?: () => number;
  timer?: Timer;
  /** Sees every call for a token when it is over. */
  onCall?(call: Call): void;
}

/**
 * Signs calls with a project's token, asked for once by all processes that share the cache. A refused key and FedEx's
 * penalty for asking too often are kept there too, since asking on makes them worse.
 * Throws AuthError, NotSentError (the call itself never left), ContractError, InterruptedError.
 */
export function fedexAuth(options: FedExAuthOptions): Auth {
  return new FedExAuth(options);
}

class FedExAuth implements Auth {
  readonly #options: FedExAuthOptions;
  readonly #refusedName: string;
  /** The penalty is on this network's address, so it is one for all keys of a host; they ask one after the other. */
  readonly #hostName: string;
  readonly #http: Http;
  readonly headers: Auth["headers"];

  constructor(options: FedExAuthOptions) {
    const { apiUrl, clientId, clientSecret, fetch, clock, cache, signal, random, timer, onCall } = options;
    this.#options = options;
    this.#hostName = ["fedex", apiUrl].join(" ");
    // Named by both: a token proves the secret that brought it, and a key that was mended is not the one that was refused.
    const secretHash = createHash("sha256").update(clientSecret.reveal()).digest("hex").slice(0, 16);
    const name = ["fedex", apiUrl, clientId.reveal(), secretHash, grant].join(" ");
    this.#refusedName = [name, "refused"].join(" ");
    this.headers = sharedToken({ clock, cache, name, turn: this.#hostName, request: () => this.#renew() }).headers;
    this.#http = createHttp({
      baseUrl: apiUrl,
      fetch: inflating(fetch),
      clock,
      system,
      deadlineMs: 30_000,
      // Two at most: what counts against the penalty is asking (1.3).
      retry: {
        attempts: 2,
        baseMs: 2_000,
        waitMs: ({ status }) => (status === 429 ? 10_000 : undefined),
        ...(random ? { random } : {}),
      },
      ...(signal ? { signal } : {}),
      ...(timer ? { timer } : {}),
      ...(onCall ? { onCall } : {}),
    });
  }

  async #renew(): Promise<CachedToken> {
    const penalty = await this.#mark(`${this.#hostName} penalty`);
    if (penalty) throw penaltyError(penalty, []);
    const refused = await this.#mark(this.#refusedName);
    if (refused) throw this.#refusedError(refused, []);
    return this.#request();
  }

  async #request(): Promise<CachedToken> {
    const { clock, clientId, clientSecret } = this.#options;
    const askedAt = clock.now().getTime();
    const form = { grant_type: grant, client_id: clientId.reveal(), client_secret: clientSecret.reveal() };
    const hidden = [form.client_id, form.client_secret];
    const answer = await this.#http
      .call({ method: "POST", path: "/oauth/token", form, hidden, repeatable: true, maxBytes: 1024 * 1024 })
      .catch((error: unknown) => {
        throw unanswered(error);
      });
    if (answer.status !== 200) throw await this.#refusal(answer);
    const token = tokenSchema.safeParse(answer.body);
    if (!token.success) {
      const message = "FedEx answered without a token that can be read.";
      throw new ContractError(message, { system, calls: answer.calls, hint: checkAddress });
    }
    const expiresAt = new Date(askedAt + token.data.expires_in * 1000).toISOString();
    return { token: token.data.access_token, expiresAt };
  }

  async #refusal(answer: Answer): Promise<MlcError> {
    const { status, calls } = answer;
    const code = refusalOf(answer).errors.find((error) => error.code)?.code ?? String(status);
    if (status === 403) {
      return penaltyError(await this.#remember(`${this.#hostName} penalty`, penaltyMs, code), calls);
    }
    if (status === 400 || status === 401) {
      return this.#refusedError(await this.#remember(this.#refusedName, refusedMs, code), calls);
    }
    if (status === 408 || status === 429 || status >= 500) {
      return new NotSentError(`FedEx gave no token for now (${code}); nothing was sent.`, { system, code, calls });
    }
    const message = `FedEx answered ${status} when asked for a token.`;
    return new ContractError(message, { system, code, calls, hint: checkAddress });
  }

  #refusedError({ token: code, expiresAt }: CachedToken, calls: readonly Call[]): AuthError {
    const { names } = this.#options;
    const message = `FedEx refused ${names} (${code}); they are not tried again before ${expiresAt}.`;
    const hint = `Run \`mlc connect fedex\` and enter ${names} again.`;
    return new AuthError(message, { system, code, calls, hint });
  }

  /** Keeps what FedEx said for all processes, as a token is kept: its code in the place of the token. */
  async #remember(name: string, ms: number, code: string): Promise<CachedToken> {
    const { cache, clock } = this.#options;
    const mark = { token: code, expiresAt: new Date(clock.now().getTime() + ms).toISOString() };
    await cache.put(name, mark);
    return mark;
  }

  /** What FedEx said, while it still holds. A mark from beyond its own span is that of a clock that was wrong. */
  async #mark(name: string): Promise<CachedToken | undefined> {
    const mark = await this.#options.cache.get(name);
    const left = mark ? Date.parse(mark.expiresAt) - this.#options.clock.now().getTime() : 0;
    return left > 0 && left <= penaltyMs ? mark : undefined;
  }
}

const checkAddress = "Check apiUrl in the config; it is https://apis.fedex.com for real shipments.";

function penaltyError({ token: code, expiresAt }: CachedToken, calls: readonly Call[]): NotSentError {
  const message =
    "FedEx gives no token to this network's address, which is its penalty for too many requests for tokens, " +
    `or the project has no API at all; nothing was sent, and no token is asked for before ${expiresAt}.`;
  const hint = `Run it again after ${expiresAt}, and stop other programs here that ask FedEx for tokens.`;
  return new NotSentError(message, { system, code, calls, hint });
}

/** Whatever became of the token request, the call that wanted the token never left. */
function unanswered(error: unknown): unknown {
  if (!(error instanceof UnavailableError)) return error;
  return new NotSentError(`No token: ${error.message}`, { ...error.context, cause: error });
}
