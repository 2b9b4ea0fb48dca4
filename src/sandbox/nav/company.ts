/** One company and what everything in it stands on. */

import type { LedgerEntry, SandboxClock } from "../kit.ts";
import type { NavSwitches } from "./switches.ts";
import type { Tables } from "./tables.ts";

/** A company and what its people set up. */
export interface Company {
  /** Case-sensitive in addresses. */
  readonly name: string;
  readonly tables: Tables;
  readonly clock: SandboxClock;
  readonly switches: NavSwitches;
  /** The allowed posting period, both days included; undefined: any. */
  allowedPosting: { from: string; to: string } | undefined;
  /** By order number, how many of the next writes over the services find it locked. */
  readonly locks: Map<string, number>;
  /** By external id, what the partner's codeunit posted for it. */
  readonly posted: Map<string, { shipment: string; invoice: string }>;
}

/** What all companies of a database write into. */
export interface Database {
  readonly companies: Company[];
  readonly ledger: LedgerEntry[];
}

/** Today in the services' time zone, which is UTC (Dynamics NAV, 3.4). */
export const today = ({ clock }: Company): string => clock.now().toISOString().slice(0, 10);
