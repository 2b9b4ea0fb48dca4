import type { CivilDate } from "../../core/model.ts";
import { isSameName } from "./names.ts";

/** What is known of the order that a shipment belongs to. */
export interface Wanted {
  /** The shipper's numbers of it, most certain first. */
  externalNumbers: readonly string[];
  /** Who bought and who receives it: in memory only. */
  names: readonly string[];
  orderDate?: CivilDate | undefined;
}

/** An order in NAV that it may be. */
export interface Candidate {
  number: string;
  /** What the configured field holds. */
  externalNumber: string;
  names: readonly string[];
  orderDate?: CivilDate | undefined;
}

/** How an order was found, for the audit. */
export type MatchedBy = "externalNumber" | "customerAndDate";

/** What came of the search. */
export type Match =
  | { kind: "one"; number: string; by: MatchedBy }
  /** A person chooses among these. */
  | { kind: "several"; numbers: string[]; by: MatchedBy }
  | { kind: "none" };

/** How candidates are compared. */
export interface MatchOptions {
  /** How far apart the order dates may be where only the name agrees. */
  days: number;
  /** Numbers of orders that are known to be those of other orders at the shipper. */
  others?: ReadonlySet<string>;
}

/** The order that a shipment belongs to: by the shipper's number, else by customer and order date. Pure. */
export function matchOrder(wanted: Wanted, candidates: readonly Candidate[], options: MatchOptions): Match {
  for (const number of wanted.externalNumbers) {
    const same = candidates.filter(({ externalNumber }) => codeOf(externalNumber) === codeOf(number));
    if (same.length > 0) return resultOf(same, "externalNumber");
  }
  return resultOf(
    candidates.filter((candidate) => isByCustomer(wanted, candidate, options)),
    "customerAndDate",
  );
}

/** The calendar days, both included, in which an order is looked for by its customer. Pure. */
export function dateWindow(orderDate: CivilDate, days: number): { from: CivilDate; to: CivilDate } {
  return { from: moved(orderDate, -days), to: moved(orderDate, days) };
}

function isByCustomer(wanted: Wanted, candidate: Candidate, { days, others }: MatchOptions): boolean {
  const { externalNumbers, names, orderDate } = wanted;
  if (orderDate === undefined || candidate.orderDate === undefined || others?.has(candidate.number)) return false;
  const { from, to } = dateWindow(orderDate, days);
  if (candidate.orderDate < from || candidate.orderDate > to) return false;
  // The same customer may have ordered twice, and only the other order may have reached NAV yet.
  if (externalNumbers.some((number) => isOfSameForm(number, candidate.externalNumber))) return false;
  return candidate.names.some((held) => names.some((name) => isSameName(held, name)));
}

/** Whether a number looks like the shipper's, as `SS-884299` looks like `SS-884213`; a customer's own reference does not. */
function isOfSameForm(number: string, other: string): boolean {
  const form = (text: string) => codeOf(text).replace(/\d+/g, "0");
  return /\d/.test(other) && form(number) === form(other);
}

function resultOf(found: readonly Candidate[], by: MatchedBy): Match {
  // An order that is partly posted is found on both pages.
  const numbers = [...new Set(found.map(({ number }) => number))].sort();
  const [number] = numbers;
  if (number === undefined) return { kind: "none" };
  return numbers.length === 1 ? { kind: "one", number, by } : { kind: "several", numbers, by };
}

const codeOf = (text: string) => text.trim().toUpperCase();

function moved(date: CivilDate, days: number): CivilDate {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}
