import type { CreateOrder, Order } from "../../connectors/shipbob/orders/schema.ts";
import { canonicalJson, type Hash, hashOf, type Json } from "../../core/json.ts";
import { totalsOf } from "../../mappings/shipbob/order.ts";

/** Recipient or lines that are not what was sent; values of people are not told. Pure. */
export function disagreement(held: Order, sent: CreateOrder): string | undefined {
  const [there, ours] = [held.recipient?.name, sent.recipient.name].map((name) => name && plain(name));
  if (there && there !== ours) return "it goes to another recipient";
  const wanted = totalsOf(sent.products.map(({ reference_id, quantity }) => [reference_id, quantity]));
  return canonicalJson(productsIn(held)) === canonicalJson(wanted) ? undefined : "its lines differ";
}

/** The same by the hashes of what was sent, where only these are left of it; a hash knows no other spelling. Pure. */
export function hashDisagreement(held: Order, hashes: Readonly<Record<string, Hash>>): string | undefined {
  const differs = (field: string, value: Json) => hashes[field] !== undefined && hashes[field] !== hashOf(value);
  const name = held.recipient?.name ?? "";
  if (name !== "" && differs("recipient.name", name)) return "it goes to another recipient";
  return differs("products", productsIn(held)) ? "its lines differ" : undefined;
}

/** How many of each SKU an order at ShipBob wants. Pure. */
export function productsIn({ products }: Pick<Order, "products">): [string, number][] {
  return totalsOf((products ?? []).map(({ reference_id, sku, quantity }) => [reference_id || sku, quantity]));
}

/** What a person should know of an order that stands at ShipBob. Pure. */
export function remarksOn({ status }: Pick<Order, "status">): string[] {
  if (status === "ImportReview") return ["ShipBob holds it in ImportReview: look there at its products"];
  return status === "Cancelled" ? ["it is cancelled at ShipBob"] : [];
}

function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim().toLowerCase();
}
