/** What `POST /order` does (ShipBob, 5.1 and 5.2). */

import type { Account } from "./account.ts";
import { allocate, itemsOf } from "./allocation.ts";
import { createProduct } from "./catalogue.ts";
import { addEvent, detail } from "./details.ts";
import type { LineInput, OrderInput } from "./order-input.ts";
import { newMethod } from "./reference.ts";
import { fields } from "./refusals.ts";
import type { OrderLineRow, OrderRow, ShipmentRow, VariantRow } from "./rows.ts";

/** Who makes an order, and in which channel. */
export interface OrderMaker {
  channelId: number;
  application: string;
}

/** Makes an order with one shipment, or refuses it. */
export function createOrder(account: Account, maker: OrderMaker, input: OrderInput): OrderRow {
  checkReference(account, maker.channelId, input.reference_id);
  if (typeof input.location_id === "number" && !account.location(input.location_id))
    throw fields(422, { location_id: [`Location ${input.location_id} does not exist.`] });
  const lines = input.products.map((line, index) => lineOf(account, maker, { line, index }));
  const { products: _, ...head } = input;
  const id = account.nextId("order");
  const created = account.now();
  const order: OrderRow = { ...head, id, channelId: maker.channelId, created, updated: created, lines, shipments: [] };
  account.addOrder(order);
  const shipment = newShipment(account, order, lines);
  if (lines.some(({ variantId }) => variantId === null)) {
    shipment.status = "ImportReview";
    shipment.details = [detail("UnknownSku")];
  } else allocate(account, shipment);
  return order;
}

/** A shipment of an order, with nothing committed to it yet. */
export function newShipment(account: Account, order: OrderRow, lines: readonly OrderLineRow[]): ShipmentRow {
  const created = account.now();
  const shipment: ShipmentRow = {
    id: account.nextId("shipment"),
    orderId: order.id,
    referenceId: order.reference_id,
    status: "Processing",
    details: [],
    locationId: order.location_id ?? null,
    shipOption: methodOf(account, order.shipping_method),
    recipient: structuredClone(order.recipient),
    lines: lines.map((line) => ({ line, quantity: line.quantity, items: goodsOf(account, line, line.quantity) })),
    tracking: null,
    scans: [],
    timeline: [],
    created,
    updated: created,
    trackingUpdated: null,
    fulfilled: null,
    delivered: null,
    isTrackingUploaded: false,
    invoiceAmount: null,
    committed: null,
  };
  account.addShipment(order, shipment);
  addEvent(account, shipment, 601);
  return shipment;
}

/** The inventory items of so many units of a line. */
export function goodsOf(account: Account, line: OrderLineRow, quantity: number) {
  return itemsOf(account, line.variantId === null ? undefined : account.variant(line.variantId), quantity);
}

function checkReference(account: Account, channelId: number, reference: string): void {
  const { referenceScope, cancelledReference, duplicateField } = account.switches;
  const taken = account
    .referring(reference)
    .some(
      (order) =>
        (referenceScope === "account" || order.channelId === channelId) &&
        (cancelledReference === "kept" || order.shipments.some(({ status }) => status !== "Cancelled")),
    );
  if (taken) throw fields(422, { [duplicateField]: ["Cannot insert order with existing ReferenceId"] });
}

/** The ship option behind a method; an unknown name becomes a mapping to Standard, and nobody is told. */
function methodOf(account: Account, name: string): string {
  const known = account.methods.find((method) => method.name === name);
  if (known) return known.service_level.name;
  const made = newMethod(account.nextId("method"), name);
  account.methods.push(made);
  return made.service_level.name;
}

function lineOf(account: Account, maker: OrderMaker, given: { line: LineInput; index: number }): OrderLineRow {
  const { line, index } = given;
  const variant = variantOf(account, maker, given);
  const referenceId = line.reference_id ?? variant?.sku ?? "";
  if (!variant && (line.name ?? "") === "")
    throw fields(422, { [`products[${index}].name`]: [`The product ${referenceId} does not exist and has no name.`] });
  return {
    variantId: variant?.id ?? null,
    referenceId,
    sku: variant?.sku ?? line.sku ?? null,
    name: line.name ?? variant?.name ?? "",
    quantity: line.quantity,
    unitPrice: line.unit_price ?? null,
    externalLineId: line.external_line_id ?? null,
    gtin: line.gtin ?? null,
    upc: line.upc ?? null,
    unitCode: line.quantity_unit_of_measure_code ?? null,
  };
}

function variantOf(
  account: Account,
  { application }: OrderMaker,
  { line, index }: { line: LineInput; index: number },
): VariantRow | undefined {
  if (typeof line.id === "number") {
    const meant =
      account.switches.orderProductId === "variant" ? account.variant(line.id) : account.product(line.id)?.variants[0];
    if (!meant) throw fields(422, { [`products[${index}].id`]: [`The product ${line.id} does not exist.`] });
    return meant;
  }
  const sku = line.reference_id ?? "";
  const known = account.variantOfSku(sku);
  if (known || account.switches.unknownSku === "importReview" || (line.name ?? "") === "") return known;
  return createProduct(account, application, { name: line.name ?? sku, variants: [{ sku, name: line.name }] })
    .variants[0];
}
