import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import { AuthError, ContractError, type MlcError, NotSentError, UnavailableError } from "../../core/errors.ts";
import type { AccountAccess } from "../../core/http/account-access.ts";
import { createHttp } from "../../core/http/http.ts";
import { retryAfterMs } from "../../core/http/retry-after.ts";
import type { Answer, Http } from "../../core/http/types.ts";

const system = "shipbob";
const again = "Run `mlc connect shipbob` again and sign in.";
const checkAddress = "Check authUrl in the config; it is https://auth.shipbob.com for real accounts.";

/** What ShipBob gives who signed in. */
export interface Grant {
  accessToken: string;
  /** ISO 8601 with Z. */
  expiresAt: string;
  /** Takes the place of the last one, which is good for nothing then; undefined when none came. */
  refreshToken: string | undefined;
  idToken: string | undefined;
  /** Absent where ShipBob does not say. */
  scopes: readonly string[] | undefined;
}

/** What requests for tokens need. */
export interface TokenClientOptions
  extends Pick<AccountAccess, "fetch" | "clock" | "signal" | "random" | "timer" | "onTokenCall"> {
  authUrl: string;
}

const grantSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().default(3600),
  refresh_token: z.string().min(1).nullish(),
  id_token: z.string().nullish(),
  scope: z.string().nullish(),
});
const refusal = z.object({ error: z.string(), error_description: z.string().nullish() });

/** ShipBob's host for tokens. */
export class TokenClient {
  readonly #http: Http;
  readonly #clock: Clock;

  constructor({ authUrl, fetch, clock, signal, random, timer, onTokenCall }: TokenClientOptions) {
    this.#clock = clock;
    this.#http = createHttp({
      baseUrl: authUrl,
      fetch,
      clock,
      system: "ShipBob's sign-in",
      // Well within the time for which other processes wait for this one.
      deadlineMs: 12_000,
      retry: {
        attempts: 3,
        maxMs: 4_000,
        waitMs: ({ headers }) => retryAfterMs(headers, clock.now()),
        ...(random ? { random } : {}),
      },
      ...(signal ? { signal } : {}),
      ...(timer ? { timer } : {}),
      ...(onTokenCall ? { onCall: onTokenCall } : {}),
    });
  }

  /**
   * Asks for tokens with a form (3). A lost answer is asked for once more: the token that was sent may be used up then, but it
   * is the only one there is. Throws AuthError, NotSentError (the call that wanted a token never left), ContractError.
   */
  async request(form: Record<string, string>, hidden: readonly string[]): Promise<Grant> {
    const askedAt = this.#clock.now().getTime();
    const answer = await this.#http
      .call({ method: "POST", path: "/connect/token", form, hidden, repeatable: true, maxBytes: 1024 * 1024 })
      .catch((error: unknown) => {
        if (!(error instanceof UnavailableError)) throw error;
        throw new NotSentError(`No token for shipbob: ${error.message}`, { ...error.context, system, cause: error });
      });
    if (answer.status !== 200) throw tokenError(answer);
    const grant = grantSchema.safeParse(answer.body);
    if (!grant.success) {
      const message = "ShipBob's sign-in answered without a token that can be read.";
      throw new ContractError(message, { system, calls: answer.calls, hint: checkAddress });
    }
    const { access_token, expires_in, refresh_token, id_token, scope } = grant.data;
    return {
      accessToken: access_token,
      expiresAt: new Date(askedAt + expires_in * 1000).toISOString(),
      refreshToken: refresh_token ?? undefined,
      idToken: id_token ?? undefined,
      scopes: scope ? scope.split(/\s+/) : undefined,
    };
  }
}

/** Whether it is the refresh token or the code that was refused, and not the client. Pure. */
export function isGrantRefused(error: unknown): boolean {
  return error instanceof AuthError && error.context.code === "invalid_grant";
}

function tokenError({ status, body, calls }: Answer): MlcError {
  const said = refusal.safeParse(body).data;
  const code = said?.error ?? String(status);
  const context = { system, code, calls };
  if (status === 408 || status === 429 || status >= 500) {
    return new NotSentError(`ShipBob gave no token for now (${status}); nothing was sent.`, context);
  }
  if (!said && status !== 400 && status !== 401 && status !== 403) {
    const message = `ShipBob's sign-in answered ${status} when asked for a token.`;
    return new ContractError(message, { ...context, field: "authUrl", hint: checkAddress });
  }
  const sentence = said?.error_description ? `: ${said.error_description}` : "";
  if (code === "invalid_client" || code === "unauthorized_client") {
    const hint = "Check clientId, and enter the client secret again with `mlc connect shipbob`.";
    return new AuthError(`ShipBob refused the client (${code})${sentence}`, { ...context, hint });
  }
  return new AuthError(`ShipBob gave no token (${code})${sentence}`, { ...context, hint: again });
}
