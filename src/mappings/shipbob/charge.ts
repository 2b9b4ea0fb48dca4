import type { Invoice, Transaction } from "../../connectors/shipbob/billing/schema.ts";
import { decimalOf, sumOf } from "../../core/decimal.ts";
import { ContractError, MappingError } from "../../core/errors.ts";
import type { Bill, Charge, ChargeLine, CivilDate } from "../../core/model.ts";
import type { OrderThere } from "../../core/ports.ts";

/** A transaction's reference type where it is for a parcel (8). */
const ofShipment = "Shipment";

/** Whether a transaction is for a shipment. Pure. */
export function isForShipment({ reference_type, reference_id }: Transaction): boolean {
  return reference_type === ofShipment && reference_id !== "";
}

/** One transaction. Throws ContractError for a day that cannot be read. Pure. */
export function chargeLine(row: Transaction): ChargeLine {
  return {
    id: row.transaction_id,
    date: dayOf(row.charge_date, `transaction ${row.transaction_id}`),
    type: row.transaction_type,
    fee: row.transaction_fee,
    reference: row.reference_id,
    referenceType: row.reference_type,
    amount: decimalOf(row.amount),
    tax: sumOf(row.taxes.map(({ tax_amount }) => decimalOf(tax_amount))),
    currency: row.currency_code,
    ...(row.invoice_id === "" ? {} : { invoice: row.invoice_id }),
  };
}

/** An invoice with all that stands on it. Throws ContractError. Pure. */
export function billOf(row: Invoice, lines: readonly Transaction[]): Bill {
  return {
    id: String(row.invoice_id),
    date: dayOf(row.invoice_date, `invoice ${row.invoice_id}`),
    type: row.invoice_type,
    total: { amount: decimalOf(row.amount), currency: row.currency_code },
    lines: lines.map(chargeLine),
  };
}

/** All that was charged for one shipment, refunds and credits taken off. Throws MappingError where its currencies differ. Pure. */
export function chargeOf(shipment: string, rows: readonly Transaction[], order: OrderThere | undefined): Charge {
  const lines = rows.map(chargeLine);
  const currencies = [...new Set(lines.map(({ currency }) => currency))];
  const [currency = ""] = currencies;
  if (currencies.length > 1)
    throw new MappingError(`ShipBob charges shipment ${shipment} in ${currencies.join(" and ")}`, {
      system: "shipbob",
      document: shipment,
      field: "currency_code",
      hint: "Enter the charges of this shipment by hand: `mlc charges` lists them.",
    });
  return {
    id: shipment,
    number: order?.naturalKey ?? shipment,
    ...(order?.id === undefined ? {} : { orderId: order.id }),
    ...(order?.naturalKey === undefined ? {} : { orderKey: order.naturalKey }),
    amount: { amount: sumOf(lines.map((line) => line.amount)), currency },
    tax: sumOf(lines.map((line) => line.tax)),
    chargedOn:
      lines
        .map((line) => line.date)
        .sort()
        .at(-1) ?? "",
    invoices: [...new Set(lines.flatMap(({ invoice }) => invoice ?? []))].sort(),
    // What is given back later opens it again.
    final: lines.every(({ invoice }) => invoice !== undefined),
    personal: [],
  };
}

/** The day a text begins with; its zone is told nowhere (8). */
function dayOf(text: string, what: string): CivilDate {
  const [day] = /^\d{4}-\d\d-\d\d/.exec(text) ?? [];
  if (day !== undefined) return day;
  throw new ContractError(`ShipBob's ${what} has no date that can be read: ${text}`, { system: "shipbob" });
}
