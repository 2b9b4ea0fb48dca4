import { hashOf, type Json } from "../../core/json.ts";
import type { Product } from "../../core/model.ts";
import { foldedSku } from "./product.ts";

const head = "mlc-seed-";
const note =
  "Made by mlc so that ShipStation makes the product. Do not ship; it is cancelled once the product is there.";

/** The key of the order that seeds a SKU: one for each, whatever case it is typed in. Pure. */
export function seedKeyOf(sku: string): string {
  return head + hashOf(foldedSku(sku));
}

/** Whether an order is there only for its product. Pure. */
export function isSeed({ orderKey }: { orderKey?: string | null | undefined }): boolean {
  return orderKey?.startsWith(head) ?? false;
}

/**
 * An order of one thing that nobody bought, on hold, or cancelled: ShipStation makes a product of a SKU that it meets in an order
 * for the first time (V1, 5.2). `orderDate` is added when it is sent. Pure.
 */
export function seedOrder(
  { sku, name }: Pick<Product, "sku" | "name">,
  orderStatus: "on_hold" | "cancelled",
  storeId: number | undefined,
): { [member: string]: Json } {
  const orderKey = seedKeyOf(sku);
  return {
    orderNumber: orderKey.toUpperCase(),
    orderKey,
    orderStatus,
    billTo: { name: "mlc" },
    shipTo: { name: "mlc", country: "US" },
    internalNotes: note,
    items: [{ lineItemKey: "1", sku, name, quantity: 1, unitPrice: 0 }],
    ...(storeId === undefined ? {} : { advancedOptions: { storeId } }),
  };
}
