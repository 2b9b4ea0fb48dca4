import { timingSafeEqual } from "node:crypto";
import { macOf } from "../core/state/seal.ts";

/** What a receiver is asked with. */
export interface ReachOptions {
  fetch: typeof fetch;
  /** The profile's key, which its receiver has too. */
  key: Uint8Array;
  /** 32 hex digits that were never used before. */
  nonce: string;
}

const timeoutMs = 10_000;

/** What a receiver of the profile answers to a nonce; undefined for what is none. Nothing that came in goes out. Pure. */
export function proofOf(key: Uint8Array, nonce: string): string | undefined {
  return /^[\da-f]{32}$/.test(nonce) ? macOf(key, `mlc receiver ${nonce}`) : undefined;
}

/** Why the profile's receiver is not reached under a public address; undefined when it is. */
export async function whyNotReached(
  publicUrl: string,
  { fetch, key, nonce }: ReachOptions,
): Promise<string | undefined> {
  const proof = Buffer.from(proofOf(key, nonce) ?? "");
  try {
    const request = new Request(addressUnder(publicUrl, `/healthz?probe=${nonce}`), { redirect: "error" });
    const answer = await fetch(request, { signal: AbortSignal.timeout(timeoutMs) });
    const given = Buffer.from((await answer.text()).slice(0, 200));
    if (!answer.ok) return `it answers ${answer.status}`;
    return given.length === proof.length && timingSafeEqual(given, proof)
      ? undefined
      : "what answers there is not this profile's receiver";
  } catch (error) {
    return error instanceof Error && error.name === "TimeoutError"
      ? "nothing answers in 10 seconds"
      : "nothing answers";
  }
}

/** A path under a public address, which may have one of its own. Pure. */
export function addressUnder(publicUrl: string, path: string): string {
  return `${publicUrl.replace(/\/+$/, "")}${path}`;
}

/** The public address over one that a system calls; undefined where that does not end in the receiver's path. Pure. */
export function publicUrlOver(url: string, path: string): string | undefined {
  return url.endsWith(path) ? url.slice(0, -path.length) : undefined;
}
