/** What a call passes before it is answered: CDN, version, token, limit, scope, channel (ShipBob, 2, 3 and 12). */

import type { Account } from "./account.ts";
import type { Caller, Grants } from "./grants.ts";
import type { SlidingWindow } from "./limits.ts";
import { Query } from "./query.ts";
import { personalApplication } from "./reference.ts";
import { answered, brokenDatabase, empty, fields, throttled } from "./refusals.ts";
import { type Call, type Route, Router } from "./routes.ts";

/** What the gateway stands on. */
export interface GatewaySetup {
  account: Account;
  grants: Grants;
  window: SlidingWindow;
  routes: readonly Route[];
}

const versions = ["2026-01", "2026-07"];
/** Past their end of support (2). */
const retired = ["1.0", "2.0"];

/** The API under its versions. */
export class Gateway {
  readonly #setup: GatewaySetup;
  readonly #router: Router;

  constructor(setup: GatewaySetup) {
    this.#setup = setup;
    this.#router = new Router(setup.routes);
  }

  answer(request: Request): Promise<Response> {
    return answered(() => this.#passed(request));
  }

  async #passed(request: Request): Promise<Response> {
    const { account, window } = this.#setup;
    if (account.switches.userAgent === "required" && !request.headers.get("user-agent")) return blocked();
    const url = new URL(request.url);
    const [, version = "", ...rest] = url.pathname.split("/");
    if (retired.includes(version)) throw empty(410);
    if (!versions.includes(version)) throw empty(404);
    const caller = this.#callerOf(request);
    if (!caller) return this.#refusedToken(401);
    const now = account.setup.clock.now();
    if (!window.take(caller.application, now)) return throttled(window.waitSeconds(caller.application, now));
    const path = `/${rest.join("/")}`;
    const response = await answered(() => this.#routed(request, { url, version, caller, path }));
    this.#showRemaining(response, caller);
    return response;
  }

  async #routed(
    request: Request,
    { url, version, caller, path }: { url: URL; version: string; caller: Caller; path: string },
  ): Promise<Response> {
    const found = this.#router.find(request.method, path);
    if (!found) return new Response(null, { status: 404 });
    if (!caller.scopes.includes(found.route.scope))
      return this.#refusedToken(this.#setup.account.switches.missingScope);
    const channelId = this.#channelOf(request, found.route, caller);
    const { params } = found;
    const { origin, search } = url;
    const text = await request.text();
    const call: Call = { params, path, query: new Query(search), origin, version, caller, channelId, text };
    return found.route.handle(call);
  }

  #callerOf(request: Request): Caller | undefined {
    const token = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    return token === undefined ? undefined : this.#setup.grants.callerOf(token, personalApplication);
  }

  /** The channel that a call names; a write is refused in a channel of another application. */
  #channelOf(request: Request, { channel, method }: Route, { application }: Caller): number | undefined {
    const text = request.headers.get("shipbob_channel_id");
    if (channel === undefined) return undefined;
    if (text === null || text === "") {
      if (channel === "optional") return undefined;
      throw fields(400, { shipbob_channel_id: ["The shipbob_channel_id header is required."] });
    }
    const found = this.#setup.account.channels.find(({ id }) => String(id) === text);
    if (!found || (method !== "GET" && found.application !== application)) throw empty(403);
    return found.id;
  }

  #refusedToken(status: 401 | 403 | 500): Response {
    if (status === 500) return brokenDatabase();
    if (this.#setup.account.switches.refusedToken === "status") return new Response(null, { status });
    return new Response(null, { status: 302, headers: { location: "https://auth.shipbob.com/Account/Login" } });
  }

  #showRemaining(response: Response, { application }: Caller): void {
    const { account, window } = this.#setup;
    const { remainingHeader } = account.switches;
    if (remainingHeader === "none") return;
    response.headers.set(remainingHeader, String(window.remaining(application, account.setup.clock.now())));
  }
}

/** The page of the CDN. */
function blocked(): Response {
  return new Response("<!DOCTYPE html><html><head><title>Access denied</title></head><body>Error 1010</body></html>", {
    status: 403,
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}
