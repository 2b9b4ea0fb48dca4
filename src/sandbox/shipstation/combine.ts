/** Splitting and merging, as a person does in ShipStation's own screens. */

import type { Account } from "./account.ts";
import { type LineQuantity, lineOf, type OrderRef, openOrderOf } from "./person.ts";
import type { OrderRow } from "./rows.ts";
import { totalOf } from "./upsert.ts";

/** Moves lines to a new order; its tax and shipping stay with the parent (ShipStation V2, 7.3). */
export function splitOrder(account: Account, ref: OrderRef, lines: readonly LineQuantity[]): OrderRow {
  const parent = openOrderOf(account, ref);
  const items = lines.map((line) => {
    const item = lineOf(parent, line);
    if (line.quantity > item.quantity) throw new Error(`Order ${ref} has only ${item.quantity} of that line.`);
    item.quantity -= line.quantity;
    return { ...structuredClone(item), orderItemId: account.nextId("item"), quantity: line.quantity };
  });
  parent.items = parent.items.filter(({ quantity }) => quantity > 0);
  parent.advancedOptions.mergedOrSplit = true;
  account.touch(parent);
  const orderId = account.nextId("order");
  const child: OrderRow = {
    ...structuredClone(parent),
    orderId,
    orderKey: account.switches.splitOrderKey === "shared" ? parent.orderKey : `${parent.orderKey}-split-${orderId}`,
    items,
    orderTotal: 0,
    amountPaid: 0,
    taxAmount: 0,
    shippingAmount: 0,
    createDate: account.now(),
  };
  child.advancedOptions.parentId = parent.orderId;
  if (account.switches.splitTotals === "computed")
    for (const part of [parent, child]) part.orderTotal = totalOf(part, part.items);
  account.add(child);
  return child;
}

/** Combines orders into the first one, which then names the others in `mergedIds`. */
export function mergeOrders(account: Account, into: OrderRef, others: readonly OrderRef[]): OrderRow {
  const kept = openOrderOf(account, into);
  for (const other of others.map((ref) => openOrderOf(account, ref))) {
    kept.items.push(...structuredClone(other.items));
    kept.orderTotal = Math.round((kept.orderTotal + other.orderTotal) * 100) / 100;
    for (const field of ["amountPaid", "taxAmount", "shippingAmount"] as const)
      kept[field] = Math.round(((kept[field] ?? 0) + (other[field] ?? 0)) * 100) / 100;
    kept.advancedOptions.mergedIds.push(other.orderId);
    if (account.switches.mergedAway === "gone") other.active = false;
    other.orderStatus = "cancelled";
    account.touch(other);
  }
  kept.advancedOptions.mergedOrSplit = true;
  account.touch(kept);
  return kept;
}
