import { createHash } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import { AuthError, ConfigError } from "../../core/errors.ts";
import type { CachedToken, TokenCache } from "../../core/http/token-cache.ts";
import type { Auth } from "../../core/http/types.ts";
import { Secret } from "../../core/secret.ts";
import type { KeptSecret } from "../../core/secrets/store.ts";
import { isGrantRefused, type TokenClient } from "./token.ts";

const system = "shipbob";
const minute = 60_000;
const day = 24 * 60 * minute;
/** A token that has less than this left is renewed, as a call may take its time. */
const renewBeforeMs = 5 * minute;
/** A refresh token lasts 30 days (3); mlc replaces it when it is this old, even if nothing asks for it. */
const oldAfterMs = 20 * day;

/** What signing by refresh tokens needs. */
export interface RefreshOptions {
  clock: Clock;
  cache: TokenCache;
  client: TokenClient;
  /** What tells host and application. */
  name: string;
  clientId: string;
  clientSecret: Secret;
  /** The refresh token as it was when this process began. */
  refreshToken: Secret;
  keepSecret(name: string, value: string): Promise<void>;
  readSecret?(name: string): Promise<KeptSecret | undefined>;
}

/** Signs calls by OAuth, and keeps the sign-in from ending. */
export interface RefreshingAuth extends Auth {
  /** Replaces a refresh token that is old, or of an age that nobody knows. Throws as `headers` does. */
  keepFresh(): Promise<void>;
}

/**
 * Each refresh token is good for once, so one is exchanged at a time over all processes, read anew when its turn comes, and
 * what comes for it is kept before anything else happens. Throws AuthError, NotSentError, ContractError, ConfigError.
 */
export function refreshingAuth(options: RefreshOptions): RefreshingAuth {
  return new Refreshing(options);
}

class Refreshing implements RefreshingAuth {
  readonly #options: RefreshOptions;
  #held: CachedToken | undefined;
  /** The newest that this process knows of. */
  #refreshToken: Secret;

  constructor(options: RefreshOptions) {
    this.#options = options;
    this.#refreshToken = options.refreshToken;
  }

  async headers(refused?: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    if (!this.#isGood(this.#held, refused)) {
      // Most processes find the token of another, and need not queue for that.
      const cached = await this.#options.cache.get(this.#nameBy(this.#refreshToken.reveal()));
      this.#held = this.#isGood(cached, refused) ? cached : await this.#inTurn((token) => this.#isGood(token, refused));
    }
    return { authorization: `Bearer ${this.#held.token}` };
  }

  async keepFresh(): Promise<void> {
    if (!this.#isOld(await this.#kept())) return;
    await this.#options.cache.exclusive(this.#options.name, async () => {
      const kept = await this.#kept();
      if (this.#isOld(kept)) this.#held = await this.#exchanged(kept.value.reveal());
    });
  }

  #isOld({ setAt }: KeptSecret): boolean {
    return setAt === undefined || this.#options.clock.now().getTime() - setAt.getTime() >= oldAfterMs;
  }

  #isGood(token: CachedToken | undefined, refused: Readonly<Record<string, string>> = {}): token is CachedToken {
    if (token === undefined || `Bearer ${token.token}` === refused.authorization) return false;
    return Date.parse(token.expiresAt) - this.#options.clock.now().getTime() > renewBeforeMs;
  }

  #inTurn(isGood: (token: CachedToken | undefined) => token is CachedToken): Promise<CachedToken> {
    const { cache, name } = this.#options;
    return cache.exclusive(name, async () => {
      const refreshToken = (await this.#kept()).value.reveal();
      const found = await cache.get(this.#nameBy(refreshToken));
      return isGood(found) ? found : this.#exchanged(refreshToken);
    });
  }

  /** The refresh token as it is kept now: another process may have exchanged the one that this one began with. */
  async #kept(): Promise<KeptSecret> {
    const kept = (await this.#options.readSecret?.("refreshToken")) ?? { value: this.#refreshToken };
    this.#refreshToken = kept.value;
    return kept;
  }

  async #exchanged(refreshToken: string): Promise<CachedToken> {
    try {
      return await this.#exchange(refreshToken);
    } catch (error) {
      if (!isGrantRefused(error)) throw error;
      const now = await this.#kept();
      // Who waited too long for its turn may have met another one at it.
      if (now.value.reveal() !== refreshToken) return this.#exchange(now.value.reveal());
      throw ended(error, now);
    }
  }

  async #exchange(old: string): Promise<CachedToken> {
    const { client, clientId, clientSecret, cache, keepSecret } = this.#options;
    const form = { grant_type: "refresh_token", client_id: clientId, client_secret: clientSecret.reveal() };
    const hidden = [old, clientSecret.reveal()];
    const grant = await client.request({ ...form, refresh_token: old }, hidden);
    const { refreshToken = old, accessToken, expiresAt } = grant;
    // Before the access token is known to anybody: it can be had again, this one cannot.
    if (refreshToken !== old) await keepSecret("refreshToken", refreshToken);
    this.#refreshToken = new Secret(refreshToken);
    const token = { token: accessToken, expiresAt };
    await cache.put(this.#nameBy(refreshToken), token);
    if (refreshToken !== old) await cache.drop(this.#nameBy(old));
    return token;
  }

  /** Named by the refresh token that came with it, so that a new sign-in never meets the token of the last. */
  #nameBy(refreshToken: string): string {
    return [this.#options.name, createHash("sha256").update(refreshToken).digest("hex").slice(0, 16)].join(" ");
  }
}

function ended(cause: unknown, { setAt }: KeptSecret): AuthError {
  const since = setAt === undefined ? "" : ` It is kept since ${setAt.toISOString()}.`;
  const message =
    "ShipBob refused the refresh token (invalid_grant): it is older than 30 days, was withdrawn, or was exchanged by a " +
    `process that ended before it could keep the new one.${since}`;
  const context = cause instanceof AuthError ? cause.context : {};
  return new AuthError(message, {
    ...context,
    system,
    hint: "Run `mlc connect shipbob` again and sign in; nothing else is to be done.",
    cause,
  });
}

/** That signing in needs something which is not set. */
export function missingForOauth(field: string, hint: string): ConfigError {
  return new ConfigError(`ShipBob needs ${field} for a sign-in by OAuth.`, { system, field, hint });
}
