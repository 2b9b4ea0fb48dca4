/** Orders and shipments as ShipBob shows them (ShipBob, 5.3 and 5.4). */

import type { Account } from "./account.ts";
import type { RecipientInput } from "./order-input.ts";
import type { OrderLineRow, OrderRow, ShipmentLineRow, ShipmentRow, ShipmentStatus, TrackingRow } from "./rows.ts";
import { shifted } from "./stamp.ts";

/** The status of an order, which its shipments make. */
export function statusOf(account: Account, { shipments }: OrderRow): string {
  const open = shipments.filter(({ status }) => status !== "Cancelled" && status !== "CleanSweeped");
  const has = (status: ShipmentStatus) => open.some((shipment) => shipment.status === status);
  if (open.length === 0) return "Cancelled";
  if (has("ImportReview")) return "ImportReview";
  if (has("Exception")) return "Exception";
  if (has("OnHold") && account.switches.heldOrder === "Exception") return "Exception";
  if (open.every(({ status }) => status === "Completed")) return "Fulfilled";
  return has("Completed") ? "PartiallyFulfilled" : "Processing";
}

/** An order with its shipments. */
export function showOrder(account: Account, order: OrderRow) {
  const channel = account.channels.find(({ id }) => id === order.channelId);
  return {
    id: order.id,
    created_date: order.created,
    purchase_date: instant(order.purchase_date),
    reference_id: order.reference_id,
    order_number: order.order_number ?? order.reference_id,
    status: statusOf(account, order),
    type: order.type,
    channel: { id: order.channelId, name: channel?.name ?? null },
    shipping_method: order.shipping_method,
    recipient: showRecipient(order.recipient),
    products: order.lines.map((line) => showLine(account, line)),
    tags: order.tags ?? [],
    shipments: order.shipments.map((shipment) => showShipment(account, shipment)),
    gift_message: order.gift_message ?? null,
    shipping_terms: order.shipping_terms ?? null,
    retailer_program_data: order.retailer_program_data ?? null,
    financials: { total_price: order.financials?.total_price ?? null },
  };
}

/** A shipment. */
export function showShipment(account: Account, shipment: ShipmentRow) {
  const location = account.location(shipment.locationId ?? 0);
  return {
    id: shipment.id,
    order_id: shipment.orderId,
    reference_id: shipment.referenceId,
    created_date: shipment.created,
    last_update_at: shipment.updated,
    last_tracking_update_at: shipment.trackingUpdated,
    status: shipment.status,
    status_details: shipment.details,
    location: location ? { id: location.id, name: location.name } : null,
    recipient: { ...showRecipient(shipment.recipient), full_name: shipment.recipient.name },
    products: shipment.lines.map((line) => showShipmentLine(account, line, shipment)),
    parent_cartons: [],
    tracking: shipment.tracking && showTracking(shipment.tracking),
    measurements: measurementsOf(account, shipment),
    estimated_fulfillment_date: shifted(shipment.created, 24 * 3_600_000),
    estimated_fulfillment_date_status: promiseOf(shipment),
    actual_fulfillment_date: shipment.fulfilled,
    delivery_date: shipment.delivered,
    is_tracking_uploaded: shipment.isTrackingUploaded,
    invoice_amount: shipment.invoiceAmount,
    invoice_currency_code: shipment.invoiceAmount === null ? null : "USD",
    insurance_value: null,
    ship_option: shipment.shipOption,
    require_signature: false,
    package_material_type: "Box",
    gift_message: account.order(shipment.orderId)?.gift_message ?? null,
    ...(account.switches.zone === "shown" && { zone: { id: 5, name: "5" } }),
  };
}

function showTracking({ carrier, service, number, url }: TrackingRow) {
  return {
    carrier,
    carrier_service: service,
    tracking_number: number,
    tracking_url: url,
    shipping_date: null,
    bol: null,
    pro_number: null,
    scac: null,
  };
}

function showLine(account: Account, line: OrderLineRow) {
  const { variantId } = line;
  const product = variantId === null ? undefined : account.productOf(variantId);
  return {
    id: account.switches.orderProductId === "variant" ? variantId : (product?.id ?? null),
    reference_id: line.referenceId,
    sku: line.sku,
    quantity: line.quantity,
    unit_price: line.unitPrice,
    gtin: line.gtin,
    upc: line.upc,
    external_line_id: line.externalLineId,
    quantity_unit_of_measure_code: line.unitCode,
  };
}

function showShipmentLine(account: Account, { line, items }: ShipmentLineRow, { committed, status }: ShipmentRow) {
  const isCommitted = committed !== null || status === "Completed";
  return {
    id: (line.variantId === null ? undefined : account.productOf(line.variantId)?.id) ?? 0,
    reference_id: line.referenceId,
    sku: line.sku,
    name: line.name,
    inventory_items: items.map(({ inventoryId, quantity }) => ({
      id: inventoryId,
      name: account.variantOfInventory(inventoryId)?.name ?? null,
      quantity,
      quantity_committed: isCommitted ? quantity : 0,
      lot: null,
      expiration_date: null,
      serial_numbers: [],
      is_dangerous_goods: false,
    })),
  };
}

function showRecipient({ name, email, phone_number, address }: RecipientInput) {
  return {
    name,
    email: email ?? null,
    phone_number: phone_number ?? null,
    address: {
      address1: address.address1,
      address2: address.address2 ?? null,
      company_name: address.company_name ?? null,
      city: address.city,
      state: address.state ?? null,
      country: address.country,
      zip_code: address.zip_code ?? null,
    },
  };
}

function measurementsOf(account: Account, { lines }: ShipmentRow) {
  const ounces = lines
    .flatMap(({ items }) => items)
    .map(({ inventoryId, quantity }) => quantity * Number(account.variantOfInventory(inventoryId)?.fields.weight ?? 0))
    .reduce((sum, weight) => sum + weight, 0);
  return { length_in: 12, width_in: 9, depth_in: 6, total_weight_oz: Math.ceil(ounces) };
}

function promiseOf({ status, fulfilled, created }: ShipmentRow): string {
  if (fulfilled !== null) return fulfilled <= shifted(created, 24 * 3_600_000) ? "FulfilledOnTime" : "FulfilledLate";
  return status === "Processing" ? "PendingOnTime" : "AwaitingInventoryAllocation";
}

/** A client's instant as the service writes it again. */
function instant(text: string | null | undefined): string | null {
  return text ? `${new Date(text).toISOString().slice(0, 19)}+00:00` : null;
}
