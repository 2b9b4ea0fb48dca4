import { isIPv6 } from "node:net";
import type { Clock } from "../../core/clock.ts";

/** How much one address may ask. */
export interface RateLimitOptions {
  clock: Clock;
  /** What an address may spend at once, and what it gets back each second. */
  burst?: number;
  perSecond?: number;
  /** How many addresses are remembered. */
  addresses?: number;
}

/** Costs of a call: one that was proved comes from a vendor, which may send many at once. */
export const callCosts = { proved: 1, refused: 25 } as const;

interface Bucket {
  left: number;
  at: number;
}

/** Calls of each address against its own budget. */
export class RateLimit {
  readonly #options: Required<RateLimitOptions>;
  /** The one that called longest ago stands first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateLimitOptions) {
    this.#options = { burst: 10_000, perSecond: 5_000, addresses: 10_000, ...options };
  }

  /** Whether an address has something left. */
  allows(address: string): boolean {
    return this.#bucket(address).left >= 1;
  }

  /** Takes the cost of a call. */
  spend(address: string, cost: number): void {
    const bucket = this.#bucket(address);
    bucket.left = Math.max(0, bucket.left - cost);
    const name = neighbourhood(address);
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > this.#options.addresses && oldest !== undefined) this.#buckets.delete(oldest);
  }

  #bucket(address: string): Bucket {
    const { clock, burst, perSecond } = this.#options;
    const at = clock.now().getTime();
    const held = this.#buckets.get(neighbourhood(address));
    if (!held) return { left: burst, at };
    held.left = Math.min(burst, held.left + (Math.max(0, at - held.at) / 1000) * perSecond);
    held.at = at;
    return held;
  }
}

/** What counts as one caller: whoever has one IPv6 address has all of its /64. Pure. */
export function neighbourhood(address: string): string {
  if (!isIPv6(address) || address.startsWith("::")) return address;
  const [head = "", tail] = address.split("::");
  const before = head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0");
  return [...before, ...zeros, ...after].slice(0, 4).join(":");
}
