import { z } from "zod";
import type { Clock } from "../../core/clock.ts";
import type { Call } from "../../core/delivery.ts";
import { AuthError, ConfigError, ContractError, UnavailableError } from "../../core/errors.ts";
import type { AccountAccess } from "../../core/http/account-access.ts";
import { createHttp } from "../../core/http/http.ts";
import { retryAfterMs } from "../../core/http/retry-after.ts";
import { sharedToken } from "../../core/http/shared-token.ts";
import type { CachedToken } from "../../core/http/token-cache.ts";
import type { Answer, Auth, Http, HttpOptions } from "../../core/http/types.ts";
import { fnoError } from "./errors.ts";
import type { StockSettings } from "./stock-config.ts";

const system = "fno";
const title = "Inventory Visibility";

/** The scope of the first of two tokens (F&O, 5.5). */
export const visibilityScope = "0cdb527f-a8d1-4bf8-9436-b352c68682b2/.default";
const apiVersion = { "Api-Version": "1.0" };

/** At most so many events in one call (F&O, 5.5). */
export const mostEvents = 512;

/** What one site and location hold of one product; the id is the caller's and keeps a repeat from counting twice (F&O, 5.5). */
export interface OnHandEvent {
  id: string;
  organizationId: string;
  productId: string;
  dimensionDataSource: string;
  dimensions: Record<string, string>;
  quantities: Record<string, Record<string, number>>;
  modifiedDateTimeUTC: string;
}

/** What the service's client stands on. */
export interface VisibilityOptions extends Omit<AccountAccess, "secrets"> {
  settings: StockSettings["inventoryVisibility"];
  /** Signs with the app's token of `visibilityScope`. */
  entra: Auth;
  onCall?(call: Call): void;
}

/** The Inventory Visibility add-in of an environment: another host, and a token that is exchanged for its own. */
export class InventoryVisibility {
  readonly #http: Http;
  readonly #options: VisibilityOptions;
  readonly #auth: Auth;

  /** Throws ConfigError without the service's address. */
  constructor(options: VisibilityOptions) {
    this.#options = options;
    const { url, environmentId } = options.settings;
    if (url === undefined || environmentId === undefined)
      throw new ConfigError(`${title} needs its address and the environment's id`, {
        system,
        field: "inventory.inventoryVisibility",
        hint: "Set inventory.inventoryVisibility.url and .environmentId from the add-in's page.",
      });
    const name = ["inventoryVisibility", url, environmentId].join(" ");
    const { clock, tokens, onCall } = options;
    this.#auth = sharedToken({ clock, cache: tokens, name, request: () => this.#exchange(environmentId) });
    this.#http = createHttp({ ...this.#connection(url), auth: this.#auth, ...(onCall ? { onCall } : {}) });
  }

  /** Asks for a token and nothing else. */
  async signIn(): Promise<void> {
    await this.#auth.headers();
  }

  /** Sets what locations hold, at most `mostEvents` at once; absolute, so it may be sent again. */
  async setOnHand(events: readonly OnHandEvent[]): Promise<Call[]> {
    const { dataSource, environmentId } = this.#options.settings;
    const path = `/api/environment/${environmentId}/setonhand/${encodeURIComponent(dataSource)}/bulk`;
    const answer = await this.#http.call({ method: "POST", path, headers: apiVersion, json: events, repeatable: true });
    if (answer.status >= 200 && answer.status < 300) return answer.calls;
    throw fnoError(answer, { what: `set the stock in ${title}`, isWrite: true, repeatable: true });
  }

  #connection(baseUrl: string): HttpOptions {
    const { fetch, clock, signal, random, timer } = this.#options;
    return {
      baseUrl,
      fetch,
      clock,
      system,
      deadlineMs: 60_000,
      retry: {
        attempts: 4,
        waitMs: ({ headers }) => retryAfterMs(headers, clock.now()),
        ...(random ? { random } : {}),
      },
      ...(signal ? { signal } : {}),
      ...(timer ? { timer } : {}),
    };
  }

  /** The app's token for the service's own; the first answer sends to a gateway of the region (F&O, 5.5). */
  async #exchange(environmentId: string): Promise<CachedToken> {
    const { authorization = "" } = await this.#options.entra.headers();
    const assertion = authorization.replace(/^Bearer /, "");
    const json = {
      grant_type: "client_credentials",
      client_assertion_type: "aad_app",
      client_assertion: assertion,
      scope: "https://inventoryservice.operations365.dynamics.com/.default",
      context: environmentId,
      context_type: "finops-env",
    };
    const ask = (url: string, path: string) =>
      createHttp({ ...this.#connection(url), ...this.#tokenCalls() }).call({
        ...{ method: "POST", path, json, headers: apiVersion, repeatable: true },
        ...{ hidden: [assertion], takesRedirect: true },
      });
    const { securityUrl } = this.#options.settings;
    const first = await ask(securityUrl, "/token");
    const gateway = gatewayOf(first, securityUrl);
    return tokenOf(
      gateway ? await ask(gateway.origin, `${gateway.pathname}${gateway.search}`) : first,
      this.#options.clock,
    );
  }

  #tokenCalls(): Pick<HttpOptions, "onCall"> {
    const { onTokenCall } = this.#options;
    return onTokenCall ? { onCall: onTokenCall } : {};
  }
}

/** Where the answer sends to: only to the service's own hosts, since the app's token goes along. Throws ContractError. */
function gatewayOf({ status, headers, calls }: Answer, asked: string): URL | undefined {
  if (status !== 307 && status !== 308) return undefined;
  const url = URL.parse(headers.get("location") ?? "", asked);
  const isOwn = url?.host === new URL(asked).host;
  if (url && (isOwn || (url.protocol === "https:" && /\.(dynamics|powerapps)\.com$/.test(url.hostname)))) return url;
  throw new ContractError(
    `${title} sends to ${url?.host ?? "an address that cannot be read"}, which is not Microsoft's`,
    {
      system,
      calls,
      hint: "Check inventory.inventoryVisibility.securityUrl.",
    },
  );
}

const token = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().default(600) });

function tokenOf({ status, body, calls }: Answer, clock: Clock): CachedToken {
  const { data } = token.safeParse(body);
  if (status === 200 && data) {
    const expiresAt = new Date(clock.now().getTime() + data.expires_in * 1_000).toISOString();
    return { token: data.access_token, expiresAt };
  }
  const about = { system, code: String(status), calls };
  if (status >= 500 || status === 429) throw new UnavailableError(`${title} gives no token now (${status})`, about);
  throw new AuthError(`${title} gives the app no token (${status})`, {
    ...about,
    field: "inventory.inventoryVisibility",
    hint: "Check environmentId, and that the add-in is installed with this app registered.",
  });
}
