/** A simulated Inventory Visibility add-in: a token that is exchanged for its own, and stock that is set (F&O, 5.5). */

import { Hono } from "hono";
import type { SandboxClock } from "./kit.ts";

/** How the add-in is set up. */
export interface VisibilityOptions {
  clock: SandboxClock;
  environmentId: string;
  /** Whether a token of Entra's is good. */
  accepts(token: string): boolean;
  /** Where the first answer sends to, like `https://gateway.eu.operations365.dynamics.com`. */
  gateway: string;
}

/** What was last set of one product at one site and location. */
export interface StockThere {
  id: string;
  organizationId: string;
  productId: string;
  dimensions: Record<string, string>;
  quantities: Record<string, Record<string, number>>;
}

const lasting = 3_600;
const mostEvents = 512;

/** The add-in: its security service and its API, told apart by the path. */
export class InventoryVisibilitySandbox {
  /** By product, site and location. */
  readonly stock = new Map<string, StockThere>();
  /** Calls that set stock. */
  calls = 0;
  private readonly options: VisibilityOptions;
  private readonly tokens = new Map<string, number>();
  private readonly seen = new Set<string>();
  private readonly app = new Hono();

  constructor(options: VisibilityOptions) {
    this.options = options;
    this.app.post("/token", async (context): Promise<Response> => {
      // The region's gateway gives it; method and body are kept (F&O, 5.5).
      const isGateway = new URL(context.req.url).origin === options.gateway;
      return isGateway ? this.token(context.req.raw) : context.redirect(`${options.gateway}/token`, 307);
    });
    this.app.post("/api/environment/:environment/setonhand/:system/bulk", (context) =>
      this.set(context.req.raw, context.req.param("environment")),
    );
  }

  async fetch(request: Request): Promise<Response> {
    if (request.headers.get("api-version") !== "1.0") return Response.json({ message: "Api-Version" }, { status: 400 });
    return this.app.fetch(request);
  }

  private async token(request: Request): Promise<Response> {
    const body = (await request.json()) as Record<string, string>;
    const { environmentId, accepts, clock } = this.options;
    const isRight =
      body.grant_type === "client_credentials" &&
      body.client_assertion_type === "aad_app" &&
      body.scope === "https://inventoryservice.operations365.dynamics.com/.default" &&
      body.context_type === "finops-env" &&
      body.context === environmentId &&
      accepts(body.client_assertion ?? "");
    if (!isRight) return Response.json({ error: "unauthorized" }, { status: 401 });
    const token = `iv-${this.tokens.size + 1}`;
    this.tokens.set(token, clock.now().getTime() + lasting * 1_000);
    return Response.json({ access_token: token, token_type: "bearer", expires_in: lasting });
  }

  private async set(request: Request, environment: string): Promise<Response> {
    const token = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "";
    if ((this.tokens.get(token) ?? 0) <= this.options.clock.now().getTime()) return new Response(null, { status: 401 });
    if (environment !== this.options.environmentId) return new Response(null, { status: 403 });
    const events = (await request.json()) as StockThere[];
    const isWhole = events.every(({ dimensions: { siteId, locationId } }) => siteId && locationId);
    if (events.length > mostEvents || !isWhole) return Response.json({ message: "bad events" }, { status: 400 });
    this.calls += 1;
    for (const event of events) {
      // An id that was seen is the same event once more.
      if (this.seen.has(event.id)) continue;
      this.seen.add(event.id);
      const { siteId, locationId } = event.dimensions;
      this.stock.set([event.productId, siteId, locationId].join("/"), event);
    }
    return new Response(null, { status: 204 });
  }
}
