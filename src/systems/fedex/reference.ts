import { hashOf } from "../../core/json.ts";

/** What FedEx takes of a CUSTOMER_REFERENCE on Ground (2.3). */
const longest = 30;
const hashLength = 10;

/**
 * Our name of a shipment at FedEx: the key of its order, with what tells part and generation after it. One that is too long
 * or not plain keeps a readable head, and a hash tells it apart. Pure.
 */
export function referenceOf(key: string, suffix: string): string {
  const plain = key.replace(/[^\x21-\x7e]+/g, "");
  if (plain === key && key.length + suffix.length <= longest) return key + suffix;
  const head = plain.slice(0, longest - 1 - hashLength - suffix.length);
  return `${head}~${hashOf(key).slice(0, hashLength)}${suffix}`;
}
