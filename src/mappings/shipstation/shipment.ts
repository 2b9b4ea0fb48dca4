import { z } from "zod";
import {
  fulfillmentSchema,
  labelSchema,
  pacific,
  type ShipStationAddress,
  type ShipStationFulfillment,
  type ShipStationItem,
  type ShipStationLabel,
  type ShipStationShipment,
  shipmentSchema,
} from "../../connectors/shipstation/schema.ts";
import { decimalOf, isAmount } from "../../core/decimal.ts";
import { MappingError } from "../../core/errors.ts";
import { type Hash, hashOf } from "../../core/json.ts";
import type { CivilDate, Money, Shipment } from "../../core/model.ts";
import { instantText } from "../../core/time.ts";
import { carrierOf, trackingUrlOf } from "../codes.ts";

/** What is known of the order a shipment belongs to, where the shipment's own row does not say. */
export const orderFacts = z.object({ orderKey: z.string().optional(), storeId: z.number().optional() });

/** The orders that were combined into a shipment's: their keys, or their ids where ShipStation shows them no more. */
export const combinedOrders = z.array(z.union([z.string(), z.number()]));

/** A shipment record: the row, and what had to be read beside it. */
export const shipmentPayload = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("shipment"),
    shipment: shipmentSchema,
    order: orderFacts.optional(),
    /** Tracking numbers of a label with several packages, from V2. */
    packages: z.array(z.string()).optional(),
    currency: z.string().optional(),
    /** Lines of the voided label that this one replaces. */
    inherited: shipmentSchema.shape.shipmentItems.optional(),
    /** No label of the order says what is in it. */
    hasNoLines: z.boolean().optional(),
    combined: combinedOrders.optional(),
  }),
  z.object({
    kind: z.literal("fulfillment"),
    fulfillment: fulfillmentSchema,
    order: orderFacts.optional(),
    combined: combinedOrders.optional(),
  }),
  z.object({ kind: z.literal("label"), label: labelSchema }),
  z.object({ kind: z.literal("unreadable"), id: z.string(), message: z.string() }),
]);

/** A shipment record's payload. */
export type ShipmentPayload = z.infer<typeof shipmentPayload>;

/** The neutral shipments in a record: one, or one for each order that was combined. Throws MappingError. Pure. */
export function shipmentsFromShipStation(payload: unknown): Shipment[] {
  const parsed = shipmentPayload.safeParse(payload);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new MappingError(`A shipment from ShipStation cannot be read: ${path} is not as documented.`, {
      system: "shipstation",
      field: path,
    });
  }
  const { data } = parsed;
  switch (data.kind) {
    case "shipment":
      return ofOrders(fromShipment(data), data.combined);
    case "fulfillment":
      return ofOrders(fromFulfillment(data.fulfillment, data.order), data.combined);
    case "label":
      return [fromLabel(data.label)];
    case "unreadable":
      throw new MappingError(`ShipStation cannot give one of its own records: ${data.message}`, {
        system: "shipstation",
        hint: "Look at the shipments of that time in ShipStation, then run `mlc replay`.",
      });
  }
}

/** Changes exactly when something that is passed on changes; a V2 key that says the same changes nothing. Pure. */
export function shipmentVersion(payload: ShipmentPayload): Hash {
  if (payload.kind === "unreadable") return hashOf(payload.message);
  if (payload.kind === "fulfillment") {
    const { shipTo: _shipTo, marketplaceNotified: _1, notifyErrorMessage: _2, ...row } = payload.fulfillment;
    return hashOf([row, payload.order?.orderKey, payload.combined ?? []]);
  }
  if (payload.kind === "label") {
    const { orderId: _orderId, ...label } = fromLabel(payload.label);
    return hashOf(label);
  }
  const { shipment: row, order, packages, currency = "USD", inherited, combined, hasNoLines } = payload;
  return hashOf([
    [row.shipmentId, row.orderId, order?.orderKey ?? row.orderKey, row.orderNumber, row.carrierCode, row.serviceCode],
    [row.shipDate, row.shipmentCost, currency, row.voided ?? false, row.isReturnLabel ?? false],
    trackingNumbers(row, packages),
    lines(row.shipmentItems, inherited),
    combined ?? [],
    hasNoLines ?? false,
  ]);
}

type Facts = z.infer<typeof orderFacts> | undefined;

function fromShipment(given: ShipmentPayload & { kind: "shipment" }): Shipment {
  const { shipment: row, order, packages, currency, inherited } = given;
  const id = `se-${row.shipmentId}`;
  return {
    ...common({ id, row, order, storeId: row.advancedOptions?.storeId, orderKey: row.orderKey }),
    ...carriage(row.carrierCode, row.serviceCode, trackingNumbers(row, packages)),
    ...optional("shipDate", dayOf(row.shipDate)),
    ...optional("cost", costOf(id, row.shipmentCost, currency)),
    isVoided: row.voided ?? false,
    isReturn: row.isReturnLabel ?? false,
    lines: lines(row.shipmentItems, inherited),
    ...(given.hasNoLines ? { remarks: [`label ${id} has no lines, and no voided label has any to inherit`] } : {}),
  };
}

function fromFulfillment(row: ShipStationFulfillment, order: Facts): Shipment {
  const deliveredAt = row.deliveryDate ? instantText(row.deliveryDate, pacific) : undefined;
  return {
    ...common({ id: `f-${row.fulfillmentId}`, row, order }),
    ...carriage(row.carrierCode, row.fulfillmentServiceCode, row.trackingNumber ? [row.trackingNumber] : []),
    ...optional("shipDate", dayOf(row.shipDate)),
    isVoided: row.voided ?? false,
    isReturn: false,
    lines: [],
    ...(deliveredAt === undefined ? {} : { deliveredAt, deliveryStatus: "delivered" }),
  };
}

/** A label where V1 cannot be read: it names neither order number nor lines (V2, 7.3). */
function fromLabel(label: ShipStationLabel): Shipment {
  const numbers = (label.packages ?? []).flatMap(({ tracking_number }) => (tracking_number ? [tracking_number] : []));
  const single = label.tracking_number ? [label.tracking_number] : [];
  const key = label.external_shipment_id;
  // V1's order N is V2's shipment `se-N` (V2, 7.1).
  const orderId = Number(/^se-(\d+)$/.exec(label.shipment_id ?? "")?.[1] ?? 0);
  return {
    ...common({
      id: label.label_id,
      row: { orderId },
      order: undefined,
      orderKey: key?.startsWith("SEAuto-") ? undefined : key,
    }),
    ...carriage(label.carrier_code, label.service_code, numbers.length > 0 ? numbers : single),
    ...optional("shipDate", dayOf(label.ship_date)),
    ...optional(
      "cost",
      costOf(label.label_id, label.shipment_cost?.amount, label.shipment_cost?.currency ?? undefined),
    ),
    isVoided: label.voided ?? false,
    isReturn: label.is_return_label ?? false,
    lines: [],
  };
}

interface RowOf {
  id: string;
  row: {
    orderId?: number | null | undefined;
    orderNumber?: string | null | undefined;
    shipTo?: ShipStationAddress | null | undefined;
  };
  order: Facts;
  storeId?: number | null | undefined;
  orderKey?: string | null | undefined;
}

function common({ id, row, order, storeId, orderKey }: RowOf) {
  const store = storeId ?? order?.storeId;
  return {
    id,
    number: row.orderNumber || id,
    final: false,
    personal: peopleIn(row.shipTo),
    ...optional("orderKey", order?.orderKey || orderKey || undefined),
    ...optional("orderId", row.orderId ? String(row.orderId) : undefined),
    ...optional("orderNumber", row.orderNumber || undefined),
    ...optional("storeId", store ? String(store) : undefined),
  };
}

function carriage(
  codeOrName: string | null | undefined,
  service: string | null | undefined,
  numbers: readonly string[],
) {
  const carrier = carrierOf(codeOrName ?? "");
  return {
    carrier: carrier.code,
    carrierName: carrier.name,
    ...optional("service", service || undefined),
    packages: numbers.map((trackingNumber) => ({
      trackingNumber,
      ...optional("trackingUrl", trackingUrlOf(carrier, trackingNumber)),
    })),
  };
}

function trackingNumbers(row: ShipStationShipment, packages: readonly string[] | undefined): string[] {
  if (packages && packages.length > 0) return [...packages];
  return row.trackingNumber ? [row.trackingNumber] : [];
}

function lines(
  items: readonly ShipStationItem[] | null | undefined,
  inherited: readonly ShipStationItem[] | null | undefined,
): Shipment["lines"] {
  const rows = items && items.length > 0 ? items : (inherited ?? []);
  return rows.map(({ lineItemKey, sku, quantity }) => ({
    ...optional("key", lineItemKey || undefined),
    ...optional("sku", sku || undefined),
    quantity: quantity ?? 0,
  }));
}

/** A combined order's label belongs to each of the orders in it; lines are told apart by their keys. */
function ofOrders(shipment: Shipment, combined: readonly (string | number)[] = []): Shipment[] {
  const { orderNumber: _number, orderKey: own, orderId: _id, ...shared } = shipment;
  const others = combined.filter((order) => order !== own);
  return [
    shipment,
    ...others.map((order) => ({
      ...shared,
      ...(typeof order === "string" ? { orderKey: order } : { orderId: String(order) }),
    })),
  ];
}

/** The carrier's charge alone, without insurance. */
function costOf(id: string, amount: number | null | undefined, currency: string | undefined): Money | undefined {
  if (amount === null || amount === undefined) return undefined;
  if (!isAmount(amount)) {
    throw new MappingError(`ShipStation's shipment ${id}: shipmentCost ${amount} is too large`, {
      system: "shipstation",
      document: id,
      field: "shipmentCost",
      hint: "Look at the label in ShipStation, then run `mlc replay`.",
    });
  }
  return { amount: decimalOf(amount), currency: (currency ?? "USD").toUpperCase() };
}

function dayOf(date: string | null | undefined): CivilDate | undefined {
  return date ? /^\d{4}-\d\d-\d\d/.exec(date)?.[0] : undefined;
}

function peopleIn(address: ShipStationAddress | null | undefined): string[] {
  if (!address) return [];
  const { name, company, street1, street2, street3, phone } = address;
  return [name, company, street1, street2, street3, phone].filter(
    (value): value is string => typeof value === "string" && value.length > 2,
  );
}

function optional<N extends string, T>(name: N, value: T | undefined): { [key in N]?: T } {
  const members: { [key in N]?: T } = {};
  if (value !== undefined) members[name] = value;
  return members;
}
