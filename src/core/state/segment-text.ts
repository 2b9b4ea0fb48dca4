import type { Delivery } from "../delivery.ts";
import { sealOf } from "./seal.ts";

const [quote, backslash, comma, open, close] = Buffer.from('"\\,{}');

/**
 * Some deliveries out of a sealed file of many, without parsing the others; undefined when the file is not whole or its
 * head is not the one expected. Pure.
 */
export function deliveriesIn(
  bytes: Buffer,
  { key, head, wanted }: { key: Uint8Array; head: string; wanted: readonly string[] },
): Map<string, Delivery> | undefined {
  if (bytes.toString("latin1", 0, head.length) !== head || sealOf(key, bytes) === undefined) return undefined;
  const found = new Map<string, Delivery>();
  for (const name of wanted) {
    const delivery = deliveryIn(bytes, name);
    if (delivery) found.set(name, delivery);
  }
  return found;
}

/** Inside a text a quote has a backslash before it, so that the name with its quotes and an object is a member. */
function deliveryIn(bytes: Buffer, name: string): Delivery | undefined {
  const member = Buffer.from(`${JSON.stringify(name)}:{`);
  for (let at = bytes.indexOf(member); at >= 0; at = bytes.indexOf(member, at + 1)) {
    const before = bytes[at - 1];
    if (before !== comma && before !== open) continue;
    const start = at + member.length - 1;
    const value: unknown = JSON.parse(bytes.toString("utf8", start, endOf(bytes, start)));
    if (isDelivery(value)) return value;
  }
  return undefined;
}

/** Behind the object that begins at `start`. */
function endOf(bytes: Buffer, start: number): number {
  let depth = 0;
  let isInText = false;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (isInText && byte === backslash) at += 1;
    else if (byte === quote) isInText = !isInText;
    else if (!isInText && byte === open) depth += 1;
    else if (!isInText && byte === close) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return bytes.length;
}

/** A member of the same name inside another delivery has not all of these. */
function isDelivery(value: unknown): value is Delivery {
  return value !== null && typeof value === "object" && "versions" in value && "steps" in value && "ref" in value;
}
