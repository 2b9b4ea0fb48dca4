/** Who may call, and with which scopes: personal tokens and what OAuth gave out (ShipBob, 3). */

import { createHash } from "node:crypto";
import type { SandboxClock } from "../kit.ts";
import type { ShipBobSwitches } from "./switches.ts";

/** An application of the developer portal. */
export interface OAuthApplication {
  clientId: string;
  clientSecret: string;
  /** Shown as `application_name` of its channel. */
  name: string;
  redirectUris: readonly string[];
}

/** Who calls. */
export interface Caller {
  application: string;
  scopes: readonly string[];
}

/** What was agreed at the authorization page. */
export interface Consent {
  app: OAuthApplication;
  redirectUri: string;
  scopes: readonly string[];
  nonce: string | undefined;
  challenge: string | undefined;
}

/** What the grants stand on. */
export interface GrantSetup {
  clock: SandboxClock;
  switches: ShipBobSwitches;
  /** `iss` of the tokens. */
  issuer: string;
  accessSeconds: number;
  refreshSeconds: number;
}

/** A code or a token was refused, in OAuth's words. */
export class GrantRefusal extends Error {}

type Token = Record<string, string | number>;

const codeLifeMs = 2 * 60_000;

/** Codes, access tokens and refresh tokens. */
export class Grants {
  /** Personal access tokens with their scopes, which are those of the day they were made; settable while it runs. */
  readonly personal = new Map<string, readonly string[]>();
  readonly #setup: GrantSetup;
  readonly #codes = new Map<string, Consent & { until: number }>();
  readonly #access = new Map<string, Caller & { until: number }>();
  readonly #refresh = new Map<string, { consent: Consent; until: number }>();
  #count = 0;

  constructor(setup: GrantSetup) {
    this.#setup = setup;
  }

  /** The caller of a personal token is of the application that the account's own channel names. */
  callerOf(token: string, personalApplication: string): Caller | undefined {
    const scopes = this.personal.get(token);
    if (scopes) return { application: personalApplication, scopes };
    const known = this.#access.get(token);
    return known && known.until > this.#now() ? known : undefined;
  }

  /** An authorization code, good once and for two minutes. */
  code(consent: Consent): string {
    const code = this.#name("code");
    this.#codes.set(code, { ...consent, until: this.#now() + codeLifeMs });
    return code;
  }

  /** Tokens for a code. */
  redeem(app: OAuthApplication, given: { code: string; redirectUri: string; verifier: string | null }): Token {
    const consent = this.#codes.get(given.code);
    this.#codes.delete(given.code);
    if (!consent || consent.until <= this.#now() || consent.app.clientId !== app.clientId)
      throw new GrantRefusal("invalid_grant");
    if (consent.redirectUri !== given.redirectUri) throw new GrantRefusal("invalid_grant");
    const proof = given.verifier === null ? undefined : challengeOf(given.verifier);
    if (consent.challenge !== proof) throw new GrantRefusal("invalid_grant");
    return this.#issue(consent);
  }

  /** Tokens for a refresh token, which is worthless from then on. */
  renew(app: OAuthApplication, refreshToken: string): Token {
    const known = this.#refresh.get(refreshToken);
    if (!known || known.until <= this.#now() || known.consent.app.clientId !== app.clientId)
      throw new GrantRefusal("invalid_grant");
    known.until = Math.min(known.until, this.#now() + this.#setup.switches.refreshGraceMs);
    return this.#issue(known.consent);
  }

  /** Makes every access token of OAuth worthless; refresh tokens stay. */
  revokeAccess(): void {
    this.#access.clear();
  }

  /** Ends every connection made by OAuth. */
  revokeAll(): void {
    this.#access.clear();
    this.#refresh.clear();
  }

  #issue(consent: Consent): Token {
    const { accessSeconds, refreshSeconds, issuer } = this.#setup;
    const { app, scopes, nonce } = consent;
    const claims = { iss: issuer, client_id: app.clientId, exp: Math.floor(this.#now() / 1000) + accessSeconds };
    const access = unsigned({ ...claims, jti: this.#name("access") });
    this.#access.set(access, { application: app.name, scopes, until: this.#now() + accessSeconds * 1000 });
    const token: Token = {
      access_token: access,
      expires_in: accessSeconds,
      token_type: "Bearer",
      scope: scopes.join(" "),
    };
    if (scopes.includes("openid")) token.id_token = unsigned({ ...claims, aud: app.clientId, nonce });
    if (!scopes.includes("offline_access")) return token;
    const refresh = this.#name("refresh");
    this.#refresh.set(refresh, { consent, until: this.#now() + refreshSeconds * 1000 });
    return { ...token, refresh_token: refresh };
  }

  #name(kind: string): string {
    this.#count += 1;
    return `sandbox-${kind}-${this.#count}`;
  }

  #now(): number {
    return this.#setup.clock.now().getTime();
  }
}

function challengeOf(verifier: string): string {
  if (!/^[\w.~-]{43,128}$/.test(verifier)) throw new GrantRefusal("invalid_grant");
  return createHash("sha256").update(verifier).digest("base64url");
}

/** A JWT whose signature nobody checks here. */
function unsigned(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.c2FuZGJveA`;
}
