import { ShipBobCalls } from "../../src/connectors/shipbob/calls.ts";
import { shipBobSettings } from "../../src/connectors/shipbob/config.ts";
import type { ShipBobAccess } from "../../src/connectors/shipbob/http.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { Secret } from "../../src/core/secret.ts";
import { fakeFetch, type Turn } from "../core/http/kit.ts";

export const start = new Date("2026-11-21T12:00:00Z");
export const canary = "s3cr3t-canary-of-shipbob";

export interface ShipBobWorld {
  settings?: object;
  secrets?: Record<string, string>;
}

/** What a client of an account is made of. */
export function accessTo(fetch: typeof globalThis.fetch, world: ShipBobWorld = {}) {
  const clock = jumpingClock(start);
  const secrets = Object.entries(world.secrets ?? { accessToken: canary });
  const access: ShipBobAccess = {
    settings: shipBobSettings.parse({ channelId: 128944, ...world.settings }),
    secrets: Object.fromEntries(secrets.map(([name, value]) => [name, new Secret(value)])),
    tokens: memoryTokenCache(),
    fetch,
    clock,
    random: () => 1,
  };
  return { access, clock };
}

/** The calls to a server that answers by turns. */
export function callsTo(turns: Turn[], world: ShipBobWorld = {}) {
  const { fetch, requests } = fakeFetch(...turns);
  const { access, clock } = accessTo(fetch, world);
  const wire = () =>
    requests.map(({ url }) => {
      const { pathname, search } = new URL(url);
      return `${pathname}${search}`;
    });
  return { calls: new ShipBobCalls(access), clock, requests, wire };
}

export const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => new Error("it did not fail"),
    (error: unknown) => error,
  );

/** All pages of a list. */
export async function pagesOf<T>(pages: AsyncIterable<T[]>): Promise<T[][]> {
  const all: T[][] = [];
  for await (const page of pages) all.push(page);
  return all;
}
