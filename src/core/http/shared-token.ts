import type { Clock } from "../clock.ts";
import type { CachedToken, TokenCache } from "./token-cache.ts";
import type { Auth } from "./types.ts";

/** A token that has less than this left is renewed, as a call may take its time. */
const renewBeforeMs = 5 * 60_000;

/** What a shared token needs. */
export interface SharedTokenOptions {
  clock: Clock;
  cache: TokenCache;
  /** What the token is kept by: it tells host and credential. */
  name: string;
  /** What those who ask wait for one after the other; default: the token's own name. */
  turn?: string;
  /** Asks for a new one. */
  request(): Promise<CachedToken>;
}

/** Signs calls with a bearer token, asked for once however many calls and processes wait for it, and renewed before it ends. */
export function sharedToken({ clock, cache, name, turn = name, request }: SharedTokenOptions): Auth {
  let held: CachedToken | undefined;
  const lasts = ({ expiresAt }: CachedToken) => Date.parse(expiresAt) - clock.now().getTime() > renewBeforeMs;
  return {
    headers: async (refused) => {
      const isGood = (token: CachedToken | undefined): token is CachedToken =>
        token !== undefined && lasts(token) && `Bearer ${token.token}` !== refused?.authorization;
      if (!isGood(held)) {
        // Most processes find the token of another, and need not queue for that.
        const cached = await cache.get(name);
        held = isGood(cached)
          ? cached
          : await cache.exclusive(turn, async () => {
              const found = await cache.get(name);
              if (isGood(found)) return found;
              const fresh = await request();
              await cache.put(name, fresh);
              return fresh;
            });
      }
      return { authorization: `Bearer ${held.token}` };
    },
  };
}
