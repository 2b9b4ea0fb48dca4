import { createPublicKey, type KeyObject } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../core/clock.ts";

/** What a key set is read with. */
export interface KeySetOptions {
  /** Fixed: a call never says where its key is. */
  url: string;
  fetch: typeof fetch;
  clock: Clock;
}

const refreshMs = 3_600_000;
/** Until they were read once: an hour of refused calls would be too much for one answer that was lost. */
const firstAgainMs = 60_000;
const timeoutMs = 10_000;
const maxBytes = 262_144;

const keys = z.object({ keys: z.array(z.unknown()).max(100) });
const rsaKey = z.object({
  kty: z.literal("RSA"),
  kid: z.string().min(1),
  n: z.string(),
  e: z.string(),
  use: z.literal("sig").optional(),
  alg: z.literal("RS256").optional(),
});

/** A vendor's public RSA keys for RS256, read at most once an hour, whatever calls ask for; once a minute before they were ever read. */
export class KeySet {
  readonly #options: KeySetOptions;
  #keys: ReadonlyMap<string, KeyObject> = new Map();
  #readAt: number | undefined;
  #reading: Promise<void> | undefined;
  #isReached = false;

  constructor(options: KeySetOptions) {
    this.#options = options;
  }

  /** Whether the keys were ever read: until then nothing can be said of a key id. */
  get isReached(): boolean {
    return this.#isReached;
  }

  /** The key of an id; one that is unknown has the set read again, where an hour went by since. */
  async key(id: string): Promise<KeyObject | undefined> {
    const held = this.#keys.get(id);
    if (held) return held;
    const now = this.#options.clock.now().getTime();
    const pause = this.#isReached ? refreshMs : firstAgainMs;
    const isDue = this.#readAt === undefined || Math.abs(now - this.#readAt) >= pause;
    if (isDue) {
      this.#readAt = now;
      this.#reading = this.#read();
    }
    await this.#reading;
    return this.#keys.get(id);
  }

  async #read(): Promise<void> {
    const { url, fetch } = this.#options;
    try {
      const answer = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
      const text = answer.ok ? await answer.text() : "";
      if (text === "" || text.length > maxBytes) return;
      this.#keys = keysFrom(JSON.parse(text));
      this.#isReached = true;
    } catch {
      // Whatever it was, the keys that are held stay, and calls that need others are refused with 503 or 401.
      return;
    }
  }
}

/** The RSA keys of at least 2048 bits in a JWKS, by id; others are left out. Throws for what is no JWKS. Pure. */
function keysFrom(jwks: unknown): Map<string, KeyObject> {
  const found = new Map<string, KeyObject>();
  for (const one of keys.parse(jwks).keys) {
    const parsed = rsaKey.safeParse(one);
    if (!parsed.success) continue;
    const { kid, kty, n, e } = parsed.data;
    const key = createPublicKey({ key: { kty, n, e }, format: "jwk" });
    if ((key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048) found.set(kid, key);
  }
  return found;
}
