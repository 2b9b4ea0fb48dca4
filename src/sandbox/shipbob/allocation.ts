/** Which goods of which centre go with a shipment (ShipBob, 7). */

import type { Account } from "./account.ts";
import { addEvent, detail } from "./details.ts";
import type { ItemRow, ShipmentRow, StatusDetailRow, VariantRow } from "./rows.ts";

/** The inventory items of so many sold units: a bundle is its components. */
export function itemsOf(account: Account, variant: VariantRow | undefined, quantity: number): ItemRow[] {
  if (!variant) return [];
  if (variant.bundle.length === 0)
    return variant.inventoryId === null ? [] : [{ inventoryId: variant.inventoryId, quantity }];
  return variant.bundle.flatMap((part) => itemsOf(account, account.variant(part.variantId), part.quantity * quantity));
}

/** Commits goods to a shipment; what is missing makes it an exception. */
export function allocate(account: Account, shipment: ShipmentRow): void {
  const items = totals(shipment);
  const isShort = (locationId: number) =>
    account.switches.shortage === "exception" && missingAt(account, items, locationId).length > 0;
  const centres = account.setup.locations.filter(({ isActive }) => isActive !== false);
  const [first] = centres;
  shipment.locationId ??= (centres.find(({ id }) => !isShort(id)) ?? first)?.id ?? null;
  const { locationId } = shipment;
  if (locationId === null) return;
  const missing = isShort(locationId) ? missingAt(account, items, locationId) : [];
  if (missing.length > 0) {
    shipment.status = "Exception";
    shipment.details = missing.map((item) => outOfStock(account, item, locationId));
    return;
  }
  for (const { inventoryId, quantity } of items) account.stockAt(inventoryId, locationId).committed += quantity;
  shipment.committed = account.now();
  shipment.status = "Processing";
  shipment.details = [];
  addEvent(account, shipment, 613);
}

/** Gives committed goods back. */
export function release(account: Account, shipment: ShipmentRow): void {
  moveCommitted(account, shipment, false);
}

/** Takes committed goods out of the centre's books. */
export function takeGoods(account: Account, shipment: ShipmentRow): void {
  moveCommitted(account, shipment, true);
}

/** The quantities of a shipment by inventory item. */
export function totals({ lines }: ShipmentRow): ItemRow[] {
  const sums = new Map<number, number>();
  for (const { inventoryId, quantity } of lines.flatMap(({ items }) => items))
    sums.set(inventoryId, (sums.get(inventoryId) ?? 0) + quantity);
  return [...sums].map(([inventoryId, quantity]) => ({ inventoryId, quantity }));
}

function missingAt(account: Account, items: readonly ItemRow[], locationId: number): ItemRow[] {
  return items.filter(({ inventoryId, quantity }) => {
    const row = account.stockOf(inventoryId).find((one) => one.locationId === locationId);
    return (row?.onHand ?? 0) - (row?.committed ?? 0) < quantity;
  });
}

function outOfStock(account: Account, { inventoryId }: ItemRow, locationId: number): StatusDetailRow {
  const description = `Out of stock: ${account.variantOfInventory(inventoryId)?.sku ?? inventoryId}`;
  const where = { inventory_id: inventoryId, exception_fulfillment_center_id: locationId };
  return detail("OutOfStock", { description, ...where });
}

function moveCommitted(account: Account, shipment: ShipmentRow, isTaken: boolean): void {
  if (shipment.committed === null || shipment.locationId === null) return;
  for (const { inventoryId, quantity } of totals(shipment)) {
    const row = account.stockAt(inventoryId, shipment.locationId);
    row.committed -= quantity;
    if (isTaken) row.onHand = Math.max(0, row.onHand - quantity);
  }
  shipment.committed = null;
}
