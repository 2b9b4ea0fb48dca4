import { createHmac } from "node:crypto";
import { bytesFrom, isSameDigest, type VendorCall } from "./call.ts";

const toleranceMs = 300_000;

/** Whether an instant in milliseconds is at most five minutes away, in either direction. Pure. */
export function isFresh(instant: number, now: Date): boolean {
  return Math.abs(instant - now.getTime()) <= toleranceMs;
}

/**
 * The message id of a call that is signed as Standard Webhooks `v1` says, by any of the secrets; otherwise why not. Written
 * here because the reference library compares texts, where one sender leaves out the padding, and has its own clock. Pure.
 */
export function standardWebhookId(
  { headers, body, at }: VendorCall,
  secrets: readonly string[],
): { id: string } | { reason: string } {
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    headers.get(name),
  );
  if (!id || !timestamp || !signatures) return { reason: "a header of the signature is missing" };
  if (!/^[\x21-\x7e]{1,256}$/.test(id)) return { reason: "webhook-id is no id" };
  if (!/^\d{1,11}$/.test(timestamp)) return { reason: "webhook-timestamp is no number" };
  if (!isFresh(Number(timestamp) * 1000, at)) return { reason: "the timestamp is off" };
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const wanted = secrets.flatMap((secret) => {
    const key = keyOf(secret);
    return key ? [createHmac("sha256", key).update(signed).digest()] : [];
  });
  let isProved = false;
  for (const given of digestsIn(signatures))
    for (const digest of wanted) isProved = isSameDigest(given, digest) || isProved;
  return isProved ? { id } : { reason: "no signature fits" };
}

/** At most as many as a rotation could need: each costs a comparison. */
const mostSignatures = 20;

function digestsIn(signatures: string): Buffer[] {
  return signatures
    .split(" ", mostSignatures)
    .flatMap((one) => (one.startsWith("v1,") ? (bytesFrom(one.slice(3)) ?? []) : []));
}

/** An empty key would be one that everybody has. */
function keyOf(secret: string): Buffer | undefined {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return key.length >= 16 ? key : undefined;
}
