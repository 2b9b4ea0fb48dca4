/** Charges of the account as they come into being (ShipBob, 8). */

import type { Account } from "./account.ts";
import type { ShipmentRow } from "./rows.ts";

/** One charge or credit. */
export interface TransactionRow {
  id: string;
  amount: number;
  fee: string;
  type: "Charge" | "Refund" | "Credit" | "Payment" | "BalanceAdjustment";
  referenceId: string;
  referenceType: string;
  at: string;
  invoiceId: number | null;
  center: string | null;
  taxes: { tax_type: string; tax_rate: number; tax_amount: number }[];
  details: Record<string, string>;
}

/** A closed bill. */
export interface InvoiceRow {
  id: number;
  at: string;
  type: string;
  amount: number;
  runningBalance: number;
}

/** What a label and its picks cost, in dollars. */
const shippingCost = 7.42;
const pickCost = 0.25;
const freePicks = 4;

/** Adds the fees of a label: several for one shipment, and again when it is made anew. */
export function bill(account: Account, shipment: ShipmentRow): void {
  charge(account, shipment, { fee: "Shipping", amount: shippingCost });
  const picks = shipment.lines.flatMap(({ items }) => items).reduce((sum, { quantity }) => sum + quantity, 0);
  const isFirst = shipment.timeline.filter(({ id }) => id === 604).length === 1;
  if (isFirst && picks > freePicks)
    charge(account, shipment, { fee: "Per Pick Fee", amount: (picks - freePicks) * pickCost });
}

/** A fee to charge. */
export interface Fee {
  fee: string;
  /** Negative for credits. */
  amount: number;
  type?: TransactionRow["type"];
  taxRate?: number;
}

/** Adds one charge or credit of a shipment. */
export function charge(account: Account, shipment: ShipmentRow, { fee, amount, type, taxRate }: Fee): TransactionRow {
  const made: TransactionRow = {
    id: ulid(account.transactions.length + 1),
    amount: Math.round(amount * 100) / 100,
    fee,
    type: type ?? (amount < 0 ? "Credit" : "Charge"),
    referenceId: String(shipment.id),
    referenceType: account.switches.referenceType,
    at: account.now(),
    invoiceId: null,
    center: account.location(shipment.locationId ?? 0)?.name ?? null,
    taxes:
      taxRate === undefined
        ? []
        : [{ tax_type: "Sales Tax", tax_rate: taxRate, tax_amount: Math.round(amount * taxRate) / 100 }],
    details: shipment.tracking ? { TrackingId: shipment.tracking.number, Comment: "" } : { Comment: "" },
  };
  account.transactions.push(made);
  return made;
}

/** Bills everything that is on no invoice yet. */
export function invoiceAll(account: Account, type: string): InvoiceRow {
  const open = account.transactions.filter(({ invoiceId }) => invoiceId === null);
  const amount = Math.round(open.reduce((sum, row) => sum + row.amount, 0) * 100) / 100;
  const balance = (account.invoices.at(-1)?.runningBalance ?? 0) + amount;
  const id = account.nextId("invoice");
  for (const row of open) row.invoiceId = id;
  const made = { id, at: account.now(), type, amount, runningBalance: Math.round(balance * 100) / 100 };
  account.invoices.push(made);
  return made;
}

/** 26 characters that sort by the order of their making. */
function ulid(count: number): string {
  return `01JSANDB0X${String(count).padStart(16, "0")}`;
}
