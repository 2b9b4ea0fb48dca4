import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import {
  AuthError,
  ConfigError,
  ContractError,
  type MlcError,
  NotSentError,
  UnavailableError,
} from "../../core/errors.ts";
import type { AccountAccess } from "../../core/http/account-access.ts";
import { fixedAuth } from "../../core/http/auth.ts";
import { createHttp } from "../../core/http/http.ts";
import { retryAfterMs } from "../../core/http/retry-after.ts";
import { sharedToken } from "../../core/http/shared-token.ts";
import type { CachedToken } from "../../core/http/token-cache.ts";
import type { Answer, Auth, Http } from "../../core/http/types.ts";
import { Secret } from "../../core/secret.ts";
import { authKind, type NavSettings } from "./config.ts";

/** What proves to NAV, or to the gateway before it, who we are. */
export interface NavAuthOptions extends AccountAccess {
  settings: NavSettings;
}

/** Signs calls as the settings say: as a NAV user, or with a token of the gateway's. Throws ConfigError for what is missing. */
export function navAuth(options: NavAuthOptions): Auth {
  return authKind(options.settings) === "basic" ? basicAuth(options) : gatewayAuth(options);
}

function basicAuth({ settings, secrets }: NavAuthOptions): Auth {
  const user = settings.username ?? missing("username", "the NAV user's name");
  const key = (secrets.password ?? missing("password", "the user's web service access key")).reveal();
  for (const [field, typed] of Object.entries({ username: user, password: key })) {
    // NAV's services take no other characters (NAV, 2.1), and a colon ends the user's name.
    if (/^[ -~]+$/.test(typed) && !(field === "username" && typed.includes(":"))) continue;
    throw new ConfigError(`Dynamics NAV's ${field} holds characters that its web services do not take.`, {
      system: "nav",
      field,
      hint: "Use a user name in plain ASCII without a colon, and a web service access key as the password.",
    });
  }
  return fixedAuth({ authorization: new Secret(`Basic ${Buffer.from(`${user}:${key}`).toString("base64")}`) });
}

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().optional() });
const refusal = z.object({ error: z.string(), error_description: z.string().default("") });

/** How long a token is taken to last whose gateway does not say. */
const unsaidSeconds = 600;
const gateway = "the gateway's token URL";

/** What a request for a token carries. */
interface TokenRequest {
  clientId: string;
  path: string;
  form: Record<string, string>;
  headers: Record<string, string>;
  hidden: string[];
}

function gatewayAuth(options: NavAuthOptions): Auth {
  const { settings, tokens, fetch, clock, signal, random, timer, onTokenCall } = options;
  const tokenUrl = new URL(settings.tokenUrl ?? missing("tokenUrl", "the address that gives tokens"));
  const request = tokenRequest(options, tokenUrl);
  const http = createHttp({
    baseUrl: tokenUrl.origin,
    fetch,
    clock,
    // Not NAV itself: it is this host that may be down.
    system: gateway,
    deadlineMs: 30_000,
    retry: {
      attempts: 4,
      waitMs: ({ headers }) => retryAfterMs(headers, clock.now()),
      ...(random ? { random } : {}),
    },
    ...(signal ? { signal } : {}),
    ...(timer ? { timer } : {}),
    ...(onTokenCall ? { onCall: onTokenCall } : {}),
  });
  const name = ["nav", tokenUrl.href, settings.clientId, settings.scope ?? "", settings.audience ?? ""].join(" ");
  return sharedToken({ clock, cache: tokens, name, request: () => newToken(http, request, clock) });
}

function tokenRequest({ settings, secrets }: NavAuthOptions, tokenUrl: URL): TokenRequest {
  const { scope, audience, clientAuth } = settings;
  const clientId = settings.clientId ?? missing("clientId", "the client id at the gateway");
  const secret = (secrets.clientSecret ?? missing("clientSecret", "the client secret at the gateway")).reveal();
  const form = {
    grant_type: "client_credentials",
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
  };
  const path = `${tokenUrl.pathname}${tokenUrl.search}`;
  if (clientAuth === "form") {
    return {
      clientId,
      path,
      form: { ...form, client_id: clientId, client_secret: secret },
      headers: {},
      hidden: [secret],
    };
  }
  // RFC 6749, 2.3.1: both are form-encoded first.
  const authorization = `Basic ${Buffer.from(`${formEncoded(clientId)}:${formEncoded(secret)}`).toString("base64")}`;
  return { clientId, path, form, headers: { authorization }, hidden: [secret, authorization] };
}

const formEncoded = (text: string) => new URLSearchParams({ "": text }).toString().slice(1);

async function newToken(
  http: Http,
  { clientId, path, form, headers, hidden }: TokenRequest,
  clock: Clock,
): Promise<CachedToken> {
  const askedAt = clock.now().getTime();
  const answer = await http
    .call({ method: "POST", path, form, headers, hidden, repeatable: true, maxBytes: 1024 * 1024 })
    .catch((error: unknown) => {
      // Whatever became of the request for a token, the call that wanted it never left.
      if (!(error instanceof UnavailableError)) throw error;
      throw new NotSentError(`No token for nav: ${error.message}`, { ...error.context, system: "nav", cause: error });
    });
  if (answer.status !== 200) throw tokenError(answer, clientId);
  const token = tokenSchema.safeParse(answer.body);
  if (!token.success) {
    const message = "The gateway before Dynamics NAV answered without a token that can be read.";
    throw new ContractError(message, { system: "nav", field: "tokenUrl", calls: answer.calls, hint: checkTokenUrl });
  }
  const { access_token, expires_in: seconds = unsaidSeconds } = token.data;
  // Tokens are renewed five minutes early; one that lasts less than twice that is good for half its life.
  const kept = seconds >= 600 ? seconds : seconds / 2 + 300;
  return { token: access_token, expiresAt: new Date(askedAt + kept * 1000).toISOString() };
}

const checkTokenUrl = "Check tokenUrl: it is the gateway's own address for tokens.";

function tokenError({ status, body, calls }: Answer, clientId: string): MlcError {
  const parsed = refusal.safeParse(body).data;
  const [said = ""] = (parsed?.error_description ?? "").split(/[\r\n]/);
  const code = parsed?.error ?? String(status);
  const context = { system: "nav", code, calls };
  if (status === 408 || status === 429 || status >= 500) {
    return new NotSentError(`The gateway gave no token for now (${status}); nothing was sent.`, context);
  }
  if (!parsed && status !== 401 && status !== 403) {
    const message = `tokenUrl answered ${status} when asked for a token for Dynamics NAV.`;
    return new ContractError(message, { ...context, field: "tokenUrl", hint: checkTokenUrl });
  }
  const hint = "Check clientId, clientSecret, scope and audience with whoever runs the gateway.";
  return new AuthError(
    `The gateway before Dynamics NAV refused the client ${clientId} (${code})${said ? `: ${said}` : ""}`,
    {
      ...context,
      hint,
    },
  );
}

function missing(field: string, what: string): never {
  const hint = `Run \`mlc connect nav\` and enter ${what}.`;
  throw new ConfigError(`Dynamics NAV needs ${field}.`, { system: "nav", field, hint });
}
