import { decimalOf } from "../../core/decimal.ts";
import type { Delivery } from "../../core/delivery.ts";
import { hashOf, type Json, plainJson } from "../../core/json.ts";
import type { Sale } from "../../core/model.ts";
import { type BookedDocument, draftStep, saleMemo, suffixOf } from "./sale-memo.ts";

/** What differs from what was booked. */
export interface SaleChanges {
  /** Names of what differs; amounts and quantities with both values, nothing of people's. */
  told: string[];
  shipTo: boolean;
  /** Something beside the ship-to differs. */
  others: boolean;
}

/** Amounts and quantities of a sale by name, as they are remembered and told. Pure. */
export function soldIn({ total, shipping, otherTax, discount, currency, lines }: Sale): Record<string, string> {
  const text = ({ quantity, sku, unitPrice, tax }: Sale["lines"][number]) =>
    `${decimalOf(quantity)} x ${sku} at ${unitPrice}, tax ${tax}`;
  return {
    total,
    shipping,
    otherTax,
    discount,
    currency,
    ...Object.fromEntries(lines.map((line) => [`line ${line.key}`, text(line)])),
  };
}

/** The values of a sale that its documents answer for, by name: their hashes tell edits. Pure. */
export function ownedIn(sale: Sale): Record<string, Json> {
  const { shipTo, customerAccount = null, email = null, orderDate } = sale;
  return { ...soldIn(sale), shipTo: plainJson(shipTo), customer: [customerAccount, email], orderDate };
}

/** What was edited since the newest document was made; nothing where that is not known any more. Pure. */
export function changesSince(sale: Sale, delivery: Delivery, document: BookedDocument): SaleChanges {
  const before = saleMemo.parse(delivery.memo).sold;
  const made = delivery.steps[draftStep(document)]?.fields ?? {};
  const moved = delivery.steps[headerStep(document)]?.fields ?? {};
  const sold = before === undefined ? [] : soldChanges(before, soldIn(sale));
  const isEdited = (name: string, sent: string | undefined) =>
    sent !== undefined && sent !== hashOf(ownedIn(sale)[name]);
  const shipTo = isEdited("shipTo", moved.shipTo ?? made.shipTo);
  const others = ["customer", "orderDate"].filter((name) => isEdited(name, made[name]));
  return {
    told: [...(shipTo ? ["shipTo"] : []), ...others, ...sold],
    shipTo,
    others: others.length + sold.length > 0,
  };
}

/** The name of the step that changes a document's header. Pure. */
export function headerStep(document: BookedDocument): string {
  return `header${suffixOf(document)}`;
}

function soldChanges(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return names
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name}: ${before[name] ?? "none"} → ${now[name] ?? "none"}`);
}
