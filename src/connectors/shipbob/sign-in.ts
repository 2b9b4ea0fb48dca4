import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { AuthError } from "../../core/errors.ts";
import type { ShipBobAccountSettings } from "./config.ts";
import { missingForOauth } from "./refresh.ts";
import type { TokenClient } from "./token.ts";

const system = "shipbob";
const hint = "Run `mlc connect shipbob` again and sign in.";

/** A sign-in that a person does in a browser. */
export interface SignIn {
  /** Where the browser goes. */
  url: string;
  /** Where it comes back to; registered for the application, letter by letter. */
  redirectUri: string;
  /** Goes there and back with the browser, so that nobody else's answer is taken for it. */
  state: string;
  nonce: string;
  /** Proves that who exchanges the code is who asked for it. */
  verifier: string;
  clientId: string;
}

/** How the browser brings the answer: to a listener here as a form, or in the address for a person to copy (3). */
export type Answering = "form" | "address";

/** Begins a sign-in (3); `random` makes text of 32 random bytes as base64url. Throws ConfigError without the client id. */
export function beginSignIn(settings: ShipBobAccountSettings, answering: Answering, random: () => string): SignIn {
  const { authUrl, clientId, scopes } = settings;
  if (clientId === undefined)
    throw missingForOauth("clientId", "Set it to the client id of your application at ShipBob.");
  const [state, nonce, verifier] = [random(), random(), random()];
  const redirectUri = redirectUriOf(settings);
  const url = new URL("/connect/authorize", authUrl);
  const asked = {
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: scopes.join(" "),
    response_type: "code",
    // Without it the answer comes in the fragment.
    ...(answering === "form" ? { response_mode: "form_post" } : {}),
    state,
    nonce,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    integration_name: "mlc",
  };
  // A scope's blanks as %20: not every server reads a plus as a blank.
  url.search = new URLSearchParams(asked).toString().replaceAll("+", "%20");
  return { url: url.href, redirectUri, state, nonce, verifier, clientId };
}

/** The address that is to be registered for the application. Pure. */
export function redirectUriOf({ redirectPort }: Pick<ShipBobAccountSettings, "redirectPort">): string {
  return `http://127.0.0.1:${redirectPort}/callback`;
}

/** What came back, from an address with a fragment or a query, or from a form's text. Pure. */
export function answerIn(text: string): URLSearchParams {
  const trimmed = text.trim();
  const after = ["#", "?"].map((mark) => trimmed.slice(trimmed.indexOf(mark) + 1));
  const [fragment = "", query = ""] = after.map((part, at) => (trimmed.includes(at === 0 ? "#" : "?") ? part : ""));
  const found = [fragment, query, trimmed].map((part) => new URLSearchParams(part));
  return (
    found.find((params) => params.has("state") || params.has("code") || params.has("error")) ?? new URLSearchParams()
  );
}

/** Whether an answer belongs to a sign-in. Pure. */
export function isAnswerTo({ state }: SignIn, answer: URLSearchParams): boolean {
  const [own, given] = [Buffer.from(state), Buffer.from(answer.get("state") ?? "")];
  return own.length === given.length && timingSafeEqual(own, given);
}

/**
 * The refresh token that an answer stands for. Of the id_token only nonce and audience are looked at: it comes from ShipBob's
 * own host by TLS, so that its signature, issuer and end prove nothing more. Throws AuthError, NotSentError, ContractError.
 */
export async function endSignIn(
  signIn: SignIn,
  answer: URLSearchParams,
  { client, clientSecret }: { client: TokenClient; clientSecret: string },
): Promise<string> {
  if (!isAnswerTo(signIn, answer)) {
    throw new AuthError("What came back is not the answer to this sign-in at ShipBob: its state is another.", {
      system,
      hint,
    });
  }
  const code = answer.get("code");
  if (!code) {
    const why = /^\w{1,60}$/.exec(answer.get("error") ?? "")?.[0] ?? "no code";
    throw new AuthError(`ShipBob did not let mlc in (${why}).`, { system, code: why, hint });
  }
  const { redirectUri, verifier, clientId, nonce } = signIn;
  const form = { grant_type: "authorization_code", code, redirect_uri: redirectUri, client_id: clientId };
  const grant = await client.request({ ...form, client_secret: clientSecret, code_verifier: verifier }, [
    code,
    clientSecret,
    verifier,
  ]);
  checkIdToken(grant, { nonce, clientId });
  if (grant.refreshToken !== undefined) return grant.refreshToken;
  const advice = "Allow the application offline_access at ShipBob, keep it among scopes, and sign in again.";
  throw new AuthError("ShipBob gave no refresh token, without which mlc would be out after an hour.", {
    system,
    field: "scopes",
    hint: advice,
  });
}

const claims = z.object({ nonce: z.string().optional(), aud: z.union([z.string(), z.array(z.string())]).optional() });

function checkIdToken(
  { idToken, scopes }: { idToken: string | undefined; scopes: readonly string[] | undefined },
  { nonce, clientId }: { nonce: string; clientId: string },
): void {
  // Who does not give openid gives no id_token; the code's verifier has bound the answer to this sign-in already.
  if (idToken === undefined && !scopes?.includes("openid")) return;
  const payload = claims.safeParse(payloadOf(idToken ?? "")).data;
  const isOurs = payload?.aud === undefined || [payload.aud].flat().includes(clientId);
  if (payload?.nonce === nonce && isOurs) return;
  throw new AuthError("ShipBob's id_token is not that of this sign-in: its nonce or audience is another.", {
    system,
    hint,
  });
}

function payloadOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
