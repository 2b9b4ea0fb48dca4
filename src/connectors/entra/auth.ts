import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import type { Call } from "../../core/delivery.ts";
import { ConfigError, ContractError, NotSentError, UnavailableError } from "../../core/errors.ts";
import { createHttp } from "../../core/http/http.ts";
import { retryAfterMs } from "../../core/http/retry-after.ts";
import { sharedToken } from "../../core/http/shared-token.ts";
import type { CachedToken, TokenCache } from "../../core/http/token-cache.ts";
import type { Auth, Http, Timer } from "../../core/http/types.ts";
import type { Secret } from "../../core/secret.ts";
import { type ClientCertificate, clientAssertion, readCertificate, type SigningCertificate } from "./assertion.ts";
import { isTransientRefusal, tokenError } from "./errors.ts";

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

/** An app's client credentials, by secret or by certificate. */
export interface EntraOptions {
  /** Scheme and host; default https://login.microsoftonline.com. */
  authority?: string;
  tenantId: string;
  clientId: string;
  secret?: Secret;
  certificate?: ClientCertificate;
  scope: string;
  fetch: typeof fetch;
  clock: Clock;
  cache: TokenCache;
  signal?: AbortSignal;
  /** System id, for errors; default `entra`. */
  system?: string;
  random?: () => number;
  /** A fresh id for each assertion. */
  newId?: () => string;
  timer?: Timer;
  /** Sees every call for a token when it is over. */
  onCall?(call: Call): void;
}

/** The scope of all permissions of an environment: lower-case host, no trailing slash (F&O, 1.1). Pure. */
export function scopeOf(address: string): string {
  return `${new URL(address).origin}/.default`;
}

/**
 * Signs calls with an app's token, asked for once however many wait for it, and renewed five minutes before it ends.
 * Throws AuthError, NotSentError (the call itself never left), ContractError, ConfigError, InterruptedError.
 */
export function entraAuth(options: EntraOptions): Auth {
  return new EntraAuth(options);
}

class EntraAuth implements Auth {
  readonly #options: EntraOptions;
  readonly #system: string;
  readonly #authority: string;
  readonly #path: string;
  readonly #http: Http;
  readonly headers: Auth["headers"];
  #certificate: SigningCertificate | undefined;

  constructor(options: EntraOptions) {
    const { clock, fetch, signal, random, timer, tenantId, clientId, scope, onCall } = options;
    this.#options = options;
    this.#system = options.system ?? "entra";
    this.#authority = (options.authority ?? "https://login.microsoftonline.com").replace(/\/+$/, "");
    this.#path = `/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
    const name = ["entra", this.#authority, tenantId, clientId, scope].join(" ");
    this.headers = sharedToken({ clock, cache: options.cache, name, request: () => this.#request() }).headers;
    this.#http = createHttp({
      baseUrl: this.#authority,
      fetch,
      clock,
      // Not the system that the token is for: it is this host that may be down.
      system: "Microsoft Entra",
      deadlineMs: 30_000,
      retry: {
        attempts: 4,
        waitMs: ({ headers }) => retryAfterMs(headers, clock.now()),
        isTransient: (status, text) => isTransientRefusal(status, parsed(text)),
        ...(random ? { random } : {}),
      },
      ...(signal ? { signal } : {}),
      ...(timer ? { timer } : {}),
      ...(onCall ? { onCall } : {}),
    });
  }

  async #request(): Promise<CachedToken> {
    const askedAt = this.#options.clock.now().getTime();
    const credential = this.#credential();
    const form = { ...credential, grant_type: "client_credentials", scope: this.#options.scope };
    const { client_secret, client_assertion } = credential;
    const hidden = [client_secret, client_assertion].filter((value) => value !== undefined);
    const answer = await this.#http
      .call({ method: "POST", path: this.#path, form, hidden, repeatable: true, maxBytes: 1024 * 1024 })
      .catch((error: unknown) => {
        throw this.#unanswered(error);
      });
    if (answer.status !== 200) throw tokenError(answer, this.#system);
    const token = tokenSchema.safeParse(answer.body);
    if (!token.success) {
      const message = `Microsoft Entra answered ${this.#system} without a token that can be read.`;
      throw new ContractError(message, { system: this.#system, calls: answer.calls });
    }
    const expiresAt = new Date(askedAt + token.data.expires_in * 1000).toISOString();
    return { token: token.data.access_token, expiresAt };
  }

  #unanswered(error: unknown): unknown {
    if (!(error instanceof UnavailableError || error instanceof ContractError)) return error;
    const context = { ...error.context, system: this.#system, cause: error };
    const message = `No token for ${this.#system}: ${error.message}`;
    // Whatever became of the token request, the call that wanted the token never left.
    return error instanceof UnavailableError ? new NotSentError(message, context) : new ContractError(message, context);
  }

  #credential(): Record<string, string> {
    const { clientId, secret, certificate, clock, newId = randomUUID } = this.#options;
    if (secret) return { client_id: clientId, client_secret: secret.reveal() };
    if (!certificate) {
      const hint = "Enter a client secret, or a certificate with its private key.";
      throw new ConfigError(`${this.#system} has no credential.`, { system: this.#system, hint });
    }
    this.#certificate ??= readCertificate(certificate);
    const tokenUrl = `${this.#authority}${this.#path}`;
    return {
      client_id: clientId,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: clientAssertion(this.#certificate, { clientId, tokenUrl, now: clock.now(), id: newId() }),
    };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
