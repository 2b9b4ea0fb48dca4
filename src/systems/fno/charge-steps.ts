import { z } from "zod";
import type { ChargeSettings } from "../../connectors/fno/charge-config.ts";
import { sumOf } from "../../core/decimal.ts";
import type { Delivery, Step } from "../../core/delivery.ts";
import { MappingError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Charge } from "../../core/model.ts";
import { notDone, recorded } from "../../core/steps.ts";
import { naturalKeyOf, orderNameOf } from "./write-back.ts";

const order = z.string();

/** What is sent for a charge, by kind. */
export const chargePayload = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("read"), order }),
  z.object({ kind: z.literal("header"), order, fields: z.record(z.string(), z.json()) }),
  z.object({ kind: z.literal("addLine"), order, item: z.string(), price: z.number() }),
  z.object({ kind: z.literal("setPrice"), order, line: z.string(), price: z.number() }),
  z.object({
    kind: z.literal("row"),
    order,
    set: z.string(),
    key: z.record(z.string(), z.string()),
    fields: z.record(z.string(), z.json()),
    isThere: z.boolean(),
  }),
]);
export type ChargePayload = z.infer<typeof chargePayload>;

/** An order as it was when its charge came. */
export const chargedOrder = z.object({
  isGone: z.boolean().optional(),
  CurrencyCode: z.string().optional(),
  SalesOrderStatus: z.string().optional(),
  line: z.string().optional(),
});

const remembered = z.object({ amount: z.string(), tax: z.string(), currency: z.string() });
type Remembered = z.infer<typeof remembered>;

/** Where a charge belongs, and how it is written. */
export interface ChargePlace {
  /** `usmf/SO-1001`. */
  order: string;
  seen: Record<string, Json>;
  settings: ChargeSettings;
}

interface Work extends ChargePlace {
  charge: Charge;
  delivery: Delivery;
  memo: { [name: string]: Json };
}

const memoName = (shipment: string) => `charge:${shipment}`;

/** What is still to write for a charge. Throws MappingError where the currency is not the order's. Pure. */
export function chargeSteps(charge: Charge, delivery: Delivery, place: ChargePlace): Step[] {
  const { amount, currency } = charge.amount;
  const memo = { [memoName(charge.id)]: { amount, tax: charge.tax, currency } };
  const work = { ...place, charge, delivery, memo };
  switch (place.settings.mode) {
    case "none":
      return [];
    case "customEntity":
      return notDone(rowSteps(work), delivery);
    case "headerField":
      return notDone(headerSteps(work), delivery);
    case "orderLine":
      return lineSteps(work);
  }
}

/** The order's sum over all of its shipments, this one as it is now. */
function totalOf({ charge, delivery, memo, settings }: Work): { total: string; currency: string } {
  const parts: Remembered[] = [];
  for (const [name, value] of Object.entries({ ...delivery.memo, ...memo })) {
    const part = name.startsWith("charge:") ? remembered.safeParse(value) : undefined;
    if (part?.success) parts.push(part.data);
  }
  const currencies = [...new Set(parts.map(({ currency }) => currency))];
  if (currencies.length > 1) throw mixed(charge, currencies);
  const amounts = parts.flatMap(({ amount, tax }) => (settings.withTax ? [amount, tax] : [amount]));
  return { total: sumOf(amounts), currency: currencies[0] ?? "" };
}

function mixed(charge: Charge, currencies: readonly string[]): MappingError {
  return new MappingError(`order ${charge.number} is charged in ${currencies.join(" and ")}`, {
    system: "fno",
    document: charge.number,
    field: "currency",
    hint: "Enter the charges of this order by hand: `mlc charges` lists them.",
  });
}

function headerSteps(work: Work): Step[] {
  const { order: id, memo, settings } = work;
  const { total, currency } = totalOf(work);
  const { amount = "", currency: currencyField } = settings.headerField;
  const fields = { [amount]: Number(total), ...(currencyField === undefined ? {} : { [currencyField]: currency }) };
  const payload = { kind: "header", order: id, fields };
  return [
    {
      name: "header",
      action: "update",
      naturalKey: naturalKeyOf(id, "header"),
      payload,
      owned: fields,
      memo,
      repeatable: true,
      outcome: "written",
    },
  ];
}

/** A row for each shipment. */
function rowSteps({ charge, delivery, order: id, memo, settings }: Work): Step[] {
  const { entity = "", map } = settings.customEntity;
  const { amount, currency } = charge.amount;
  const tax = Number(charge.tax);
  const values: Record<string, Json> = {
    amount: settings.withTax ? Number(sumOf([amount, charge.tax])) : Number(amount),
    tax,
    currency,
    chargedOn: `${charge.chargedOn}T12:00:00Z`,
    invoice: charge.invoices.join(", "),
  };
  const fields = Object.fromEntries(
    Object.entries(map).flatMap(([name, field]) => (field && name in values ? [[field, values[name] ?? null]] : [])),
  );
  const name = `row:${charge.id}`;
  const isThere = delivery.steps[name] !== undefined;
  const key = { [map.document ?? ""]: orderNameOf(id).number, [map.shipment ?? ""]: charge.id };
  const payload = { kind: "row", order: id, set: entity, key, fields, isThere };
  const naturalKey = naturalKeyOf(id, name);
  const action = isThere ? "update" : "create";
  return [{ name, action, naturalKey, payload, owned: fields, memo, repeatable: isThere, outcome: "written" }];
}

/** One line of a service item for the order, at the price of all of its shipments. */
function lineSteps(work: Work): Step[] {
  const { charge, delivery, order: id, memo, seen, settings } = work;
  const { total, currency } = totalOf(work);
  const price = Number(total);
  const { item = "" } = settings.orderLine;
  const step = {
    name: "line",
    naturalKey: naturalKeyOf(id, "line"),
    owned: { price: total },
    memo,
    outcome: "written",
  } as const;
  if (notDone([{ ...step, action: "update", payload: null, repeatable: true }], delivery).length === 0) return [];
  if (seen.order === undefined) {
    const payload = { kind: "read", order: id };
    return [{ name: "order", action: "read", naturalKey: naturalKeyOf(id, "order"), payload, repeatable: true }];
  }
  const there = chargedOrder.parse(seen.order);
  const leftOf = (left: string) => {
    const remark = `the charge of ${total} ${currency} was not written: ${left}`;
    return notDone([recorded("notice", "lineLeft", naturalKeyOf(id, "lineLeft"), { total, left }, remark)], delivery);
  };
  const left = whyNot(there);
  if (left !== undefined) return leftOf(left);
  if (there.CurrencyCode !== currency)
    throw new MappingError(`order ${charge.number} is in ${there.CurrencyCode} and charged in ${currency}`, {
      system: "fno",
      document: orderNameOf(id).number,
      field: "CurrencyCode",
      hint: "Enter the charge by hand, or keep charges in the report: set charges.mode to none.",
    });
  const line = delivery.steps.line?.target;
  if (line === undefined && there.line !== undefined)
    return leftOf(`the order has a line of ${item} that mlc did not add`);
  if (line === undefined)
    return [{ ...step, action: "create", payload: { kind: "addLine", order: id, item, price }, repeatable: false }];
  return [{ ...step, action: "update", payload: { kind: "setPrice", order: id, line, price }, repeatable: true }];
}

function whyNot({ isGone, SalesOrderStatus }: z.infer<typeof chargedOrder>): string | undefined {
  if (isGone) return "the order is not in F&O any more";
  return SalesOrderStatus === "Invoiced" || SalesOrderStatus === "Canceled"
    ? `the order is ${SalesOrderStatus.toLowerCase()}`
    : undefined;
}
