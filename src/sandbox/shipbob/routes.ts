/** One table of calls: the colon before an action's name is part of the path and stands there unescaped (ShipBob, 4). */

import type { Caller } from "./grants.ts";
import type { Query } from "./query.ts";

/** A call that passed the gate. */
export interface Call {
  /** The numbers or texts that the path holds, in its order. */
  params: readonly string[];
  query: Query;
  /** After the version, as it was sent. */
  path: string;
  /** Where it was sent, without the path. */
  origin: string;
  version: string;
  caller: Caller;
  /** The channel that the call names. */
  channelId: number | undefined;
  /** The body as it came. */
  text: string;
}

/** One call of the API. */
export interface Route {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** After the version; `{id}` is a whole number, `{text}` anything without a slash or colon. */
  path: string;
  scope: string;
  /** Whether the channel must be named, may be named, or has no part in it. */
  channel?: "required" | "optional";
  handle(call: Call): Response | Promise<Response>;
}

/** Finds the route of a call. */
export class Router {
  readonly #routes: readonly { route: Route; pattern: RegExp }[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  }

  /** The route, with what the path holds. */
  find(method: string, path: string): { route: Route; params: string[] } | undefined {
    for (const { route, pattern } of this.#routes) {
      const match = route.method === method ? pattern.exec(path) : null;
      if (match) return { route, params: match.slice(1) };
    }
    return undefined;
  }
}

/** A parameter of the path as a number. */
export function numberOf(call: Call, index = 0): number {
  return Number(call.params[index]);
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll("{id}", "(\\d+)").replaceAll("{text}", "([^/:]+)")}$`, "i");
}
