import type { Listing } from "../../connectors/shipstation/listing.ts";
import { pacific, type Row } from "../../connectors/shipstation/schema.ts";
import { instantOf } from "../../core/time.ts";

/** Reads the time that a list is sorted by. Pure. */
export function timesOf({ time, api }: Listing): (row: Row) => Date | undefined {
  return (row) => timeIn(row[time], api === "v1" ? pacific : "UTC");
}

/** When a label or mark of V1's became void. Pure. */
export function voidTime(row: Row): Date | undefined {
  return timeIn(row.voidDate, pacific);
}

/** When a label of V2's became void. Pure. */
export function voidedAt(row: Row): Date | undefined {
  return timeIn(row.voided_at, "UTC");
}

function timeIn(value: unknown, zone: string): Date | undefined {
  return typeof value === "string" ? instantOf(value, zone) : undefined;
}
