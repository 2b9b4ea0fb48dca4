import type { Books, Order, Row } from "./books.ts";
import { infolog } from "./errors.ts";
import { addLine } from "./orders.ts";
import type { EntitySet, Values } from "./types.ts";
import { checkedValues, checkRelations } from "./validation.ts";

/** The set of order lines. */
export const orderLines = "SalesOrderLines";

/** What a line is told by when it is made, and what nobody changes in it afterwards. */
const fixed = ["dataAreaId", "SalesOrderNumber", "ItemNumber"] as const;

/** The values of a row to be; of an order line those too that are read-only later. Throws a Refusal. */
export function insertedValues(set: EntitySet, body: Readonly<Record<string, unknown>>): Values {
  if (set.name !== orderLines) return checkedValues(set, body);
  const rest = { ...body };
  for (const name of fixed) delete rest[name];
  return { ...checkedValues(set, rest), ...Object.fromEntries(fixed.map((name) => [name, String(body[name] ?? "")])) };
}

/** Adds a line of a released item; what it leaves open it has from the order's header. Throws a Refusal. */
export function takeOrderLine(books: Books, set: EntitySet, { order, values }: { order: Order; values: Values }): Row {
  const { ItemNumber: item, OrderedSalesQuantity: quantity, SalesPrice: price, ...fields } = values;
  const isReleased = books
    .rows("ReleasedProductsV2")
    .some(({ values: row }) => row.dataAreaId === order.legalEntity && row.ItemNumber === item);
  if (!isReleased)
    throw infolog(set.type, [
      `Error: The value '${item}' in field 'Item number' is not found in the related table 'Items'.`,
      "Error: Update has been canceled.",
    ]);
  checkRelations(books, set, values, values);
  const { row } = addLine(books, order, {
    item: String(item),
    quantity: Number(quantity ?? 1),
    price: Number(price ?? 0),
    fields,
  });
  order.modifiedAt = books.now();
  return row;
}
