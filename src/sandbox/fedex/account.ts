import type { LedgerEntry, SandboxClock } from "../kit.ts";
import { isInPossession } from "./catalogue.ts";
import type { PieceRow, ShipmentRow } from "./rows.ts";
import type { FedExSwitches } from "./switches.ts";
import { dateIn } from "./zones.ts";

/** How the account is set up. */
export interface AccountSetup {
  clock: SandboxClock;
  switches: FedExSwitches;
  accountNumber: string;
  /** Where the shipper stands: its civil date is today. */
  timeZone: string;
}

/** A piece with the shipment it belongs to. */
export interface Found {
  shipment: ShipmentRow;
  piece: PieceRow;
}

/** Everything that the simulated FedEx holds. */
export class Account {
  readonly setup: AccountSetup;
  readonly shipments: ShipmentRow[] = [];
  /** Parcels of others and of other years under numbers that were used again. */
  readonly strangers: ShipmentRow[] = [];
  readonly ledger: LedgerEntry[] = [];
  readonly #byNumber = new Map<string, Found[]>();
  #lastNumber = 794_600_000_000;
  #lastJob = 0;

  constructor(setup: AccountSetup) {
    this.setup = setup;
  }

  get switches(): FedExSwitches {
    return this.setup.switches;
  }

  now(): Date {
    return this.setup.clock.now();
  }

  today(): string {
    return dateIn(this.now(), this.setup.timeZone);
  }

  nextNumber(): string {
    this.#lastNumber += 1;
    return String(this.#lastNumber);
  }

  nextJobId(): string {
    this.#lastJob += 1;
    return `job-${String(this.#lastJob).padStart(6, "0")}`;
  }

  /** Takes in a shipment of this account, or one of a stranger. */
  add(shipment: ShipmentRow, whose: "ours" | "stranger" = "ours"): void {
    (whose === "ours" ? this.shipments : this.strangers).push(shipment);
    for (const piece of shipment.pieces) {
      const found = this.#byNumber.get(piece.trackingNumber);
      if (found) found.push({ shipment, piece });
      else this.#byNumber.set(piece.trackingNumber, [{ shipment, piece }]);
    }
  }

  /** Every parcel that has or had the number, ours first. */
  tracked(trackingNumber: string): readonly Found[] {
    return this.#byNumber.get(trackingNumber) ?? [];
  }

  /** Our piece under the number. */
  find(trackingNumber: string): Found | undefined {
    return this.tracked(trackingNumber).find(({ shipment }) => shipment.accountNumber === this.setup.accountNumber);
  }

  /** Our piece under the number, for a person who knows that it is there. */
  piece(trackingNumber: string): Found {
    const found = this.find(trackingNumber);
    if (!found) throw new Error(`The simulated FedEx has no parcel ${trackingNumber}.`);
    return found;
  }

  /** Whether Track knows a parcel yet, by its number or by its reference, and still. */
  shows({ shipment, piece }: Found, lagMs: number): boolean {
    if (shipment.status === "cancelled" && this.switches.cancelledInTrack === "absent") return false;
    if (piece.scans.some(({ code }) => isInPossession(code))) return true;
    return this.now().getTime() >= shipment.createdAt.getTime() + lagMs;
  }

  /** Notes a write that came through the API. */
  record(action: "create" | "cancel", shipment: ShipmentRow): void {
    const key = referenceOf(shipment) ?? shipment.masterTrackingNumber;
    this.ledger.push({ at: this.now().toISOString(), action, key, body: shipment.request });
  }
}

/** The sender's own reference of a shipment: CUSTOMER_REFERENCE of its first package. */
function referenceOf({ pieces: [first] }: ShipmentRow): string | undefined {
  return first && ownReference(first);
}

/** The CUSTOMER_REFERENCE of a package. */
export function ownReference({ references }: PieceRow): string | undefined {
  return references.find(({ customerReferenceType }) => customerReferenceType === "CUSTOMER_REFERENCE")?.value;
}
