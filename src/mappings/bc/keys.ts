import { hashOf } from "../../core/json.ts";

/** `externalDocumentNumber` is Code[35] (BC, 2.4). */
const most = 35;
const hashDigits = 12;

/**
 * The external document number that a natural key is: as it is in upper case, as BC keeps it, where it fits; else a readable head
 * and a hash of the whole. Pure.
 */
export function externalNumberOf(naturalKey: string): string {
  // Beyond ASCII two programs may not agree on what upper case is; blanks at the ends are trimmed away.
  if (/^[!-~]([ -~]*[!-~])?$/.test(naturalKey) && naturalKey.length <= most) return naturalKey.toUpperCase();
  const head = naturalKey
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .slice(0, most - hashDigits - 1)
    .replace(/^-+|-+$/g, "");
  return `${head}-${hashOf(naturalKey).slice(0, hashDigits)}`.replace(/^-/, "").toUpperCase();
}
