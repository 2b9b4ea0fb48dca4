/** ShipBob's OAuth host: `/connect/authorize` and `/connect/token` (ShipBob, 3). */

import { type Consent, GrantRefusal, type Grants, type OAuthApplication } from "./grants.ts";
import { allScopes } from "./reference.ts";
import type { ShipBobSwitches } from "./switches.ts";

/** What a person does at the authorization page. */
export type Decision = "accept" | "deny";

/** What the OAuth host stands on. */
export interface OAuthSetup {
  grants: Grants;
  switches: ShipBobSwitches;
  applications: readonly OAuthApplication[];
  /** Told of each connection that a person made. */
  connected(app: OAuthApplication, integrationName: string): void;
}

const knownScopes = [...allScopes, "openid", "profile", "offline_access"];

/** Answers the authorization page and the token endpoint. */
export class OAuthHost {
  /** Decides at once instead of showing the page; settable while it runs. */
  decision: Decision | undefined;
  readonly #setup: OAuthSetup;

  constructor(setup: OAuthSetup) {
    this.#setup = setup;
  }

  async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname === "/connect/token" && request.method === "POST") return this.#token(request);
    if (url.pathname !== "/connect/authorize") return new Response(null, { status: 404 });
    if (request.method === "GET") return this.#authorize(url.searchParams, this.decision);
    const form = new URLSearchParams(await request.text());
    return this.#authorize(form, form.get("decision") === "accept" ? "accept" : "deny");
  }

  #authorize(asked: URLSearchParams, decision: Decision | undefined): Response {
    const app = this.#setup.applications.find(({ clientId }) => clientId === asked.get("client_id"));
    const redirectUri = asked.get("redirect_uri") ?? "";
    if (!app?.redirectUris.includes(redirectUri)) return refusedPage("unauthorized_client");
    const problem = this.#problem(asked);
    if (problem) return backTo(asked, { error: problem });
    if (decision === undefined) return consentPage(app, asked);
    if (decision === "deny") return backTo(asked, { error: "access_denied" });
    const consent: Consent = {
      app,
      redirectUri,
      scopes: (asked.get("scope") ?? "").split(" ").filter((scope) => scope !== ""),
      nonce: asked.get("nonce") ?? undefined,
      challenge: asked.get("code_challenge") ?? undefined,
    };
    this.#setup.connected(app, asked.get("integration_name") || app.name);
    return backTo(asked, { code: this.#setup.grants.code(consent) });
  }

  #problem(asked: URLSearchParams): string | undefined {
    const { switches } = this.#setup;
    if (asked.get("response_type") !== "code") return "unsupported_response_type";
    const scopes = (asked.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
    if (scopes.length === 0 || scopes.some((scope) => !knownScopes.includes(scope))) return "invalid_scope";
    const challenge = asked.get("code_challenge");
    if (challenge === null && switches.pkce === "required") return "invalid_request";
    if (challenge !== null && asked.get("code_challenge_method") !== "S256") return "invalid_request";
    if (asked.get("response_mode") === "query" && switches.responseModeQuery === "refused") return "invalid_request";
    return undefined;
  }

  async #token(request: Request): Promise<Response> {
    const isForm = request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded");
    const form = new URLSearchParams(await request.text());
    if (!isForm) return tokenError("invalid_request");
    const app = this.#setup.applications.find(({ clientId }) => clientId === form.get("client_id"));
    if (!app || app.clientSecret !== form.get("client_secret")) return tokenError("invalid_client");
    try {
      const token = this.#tokenFor(app, form);
      return Response.json(token, { headers: { "cache-control": "no-store" } });
    } catch (error) {
      if (error instanceof GrantRefusal) return tokenError(error.message);
      throw error;
    }
  }

  #tokenFor(app: OAuthApplication, form: URLSearchParams): Record<string, string | number> {
    const { grants } = this.#setup;
    switch (form.get("grant_type")) {
      case "authorization_code":
        return grants.redeem(app, {
          code: form.get("code") ?? "",
          redirectUri: form.get("redirect_uri") ?? "",
          verifier: form.get("code_verifier"),
        });
      case "refresh_token":
        return grants.renew(app, form.get("refresh_token") ?? "");
      default:
        throw new GrantRefusal("unsupported_grant_type");
    }
  }
}

function tokenError(error: string): Response {
  return Response.json({ error }, { status: 400 });
}

/** The way back: in the fragment unless another mode is asked for. */
function backTo(asked: URLSearchParams, outcome: Record<string, string>): Response {
  const state = asked.get("state");
  const answer = new URLSearchParams({ ...outcome, ...(state !== null && { state }) });
  const redirectUri = asked.get("redirect_uri") ?? "";
  switch (asked.get("response_mode")) {
    case "form_post":
      return page(
        `<form method="post" action="${escaped(redirectUri)}">${hidden(answer)}<noscript><button>Continue</button></noscript></form><script>document.forms[0].submit()</script>`,
      );
    case "query":
      return redirect(`${redirectUri}${redirectUri.includes("?") ? "&" : "?"}${answer}`);
    default:
      return redirect(`${redirectUri}#${answer}`);
  }
}

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } });
}

function consentPage(app: OAuthApplication, asked: URLSearchParams): Response {
  const name = asked.get("integration_name") ? "" : '<label>Name <input name="integration_name" required></label>';
  return page(
    `<h1>${escaped(app.name)} asks for access</h1><form method="post" action="/connect/authorize">${hidden(asked)}${name}<button name="decision" value="accept">Accept</button><button name="decision" value="deny" formnovalidate>Deny</button></form>`,
  );
}

function refusedPage(error: string): Response {
  return new Response(`<!DOCTYPE html><html><body><h1>Sorry, there was an error: ${error}</h1></body></html>`, {
    status: 400,
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}

function page(body: string): Response {
  return new Response(`<!DOCTYPE html><html><head><title>ShipBob</title></head><body>${body}</body></html>`, {
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}

function hidden(values: URLSearchParams): string {
  return [...values]
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
    .join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
