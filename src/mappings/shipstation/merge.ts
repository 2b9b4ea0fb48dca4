import type { ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import type { Json } from "../../core/json.ts";

type Members = { [name: string]: Json };

/** Fields of an order that may be written (V1, 2.1); the rest of an answer is read-only. */
const writable = [
  "orderId",
  "orderNumber",
  "orderKey",
  "orderDate",
  "paymentDate",
  "shipByDate",
  "orderStatus",
  "customerUsername",
  "customerEmail",
  "billTo",
  "shipTo",
  "items",
  "amountPaid",
  "taxAmount",
  "shippingAmount",
  "customerNotes",
  "internalNotes",
  "gift",
  "giftMessage",
  "paymentMethod",
  "requestedShippingService",
  "carrierCode",
  "serviceCode",
  "packageCode",
  "confirmation",
  "shipDate",
  "weight",
  "dimensions",
  "insuranceOptions",
  "internationalOptions",
  "advancedOptions",
  "tagIds",
] as const;

const readOnlyItem = ["orderItemId", "createDate", "modifyDate"];
/** `storeId` is taken at creation only. */
const readOnlyOptions = ["mergedOrSplit", "mergedIds", "parentId", "storeId"];
const readOnlyAddress = ["addressVerified"];

/** The body that creates an order from the ERP's values. Pure. */
export function newOrder(values: Members, storeId: number | undefined): Members {
  const order = overlay({}, values);
  if (storeId === undefined) return order;
  return { ...order, advancedOptions: { ...members(order.advancedOptions), storeId } };
}

/**
 * The body that replaces an order: the ERP's values over what ShipStation holds, because createorder takes no partial
 * update (V1, 2.1). `dropped` names fields that the ERP gave up. Pure.
 */
export function mergedOrder(held: ShipStationOrder, values: Members, dropped: readonly string[] = []): Members {
  const source = jsonMembers(held);
  const kept: Members = {};
  for (const name of writable) {
    const value = source[name];
    if (value !== undefined && value !== null) kept[name] = value;
  }
  for (const side of ["billTo", "shipTo"]) if (side in kept) kept[side] = without(kept[side], readOnlyAddress);
  if (Array.isArray(kept.items)) kept.items = kept.items.map((item) => without(item, readOnlyItem));
  if ("advancedOptions" in kept) kept.advancedOptions = without(kept.advancedOptions, readOnlyOptions);
  for (const name of dropped) {
    const [parent = name, child] = name.split(".");
    if (child === undefined) delete kept[name];
    else kept[parent] = without(kept[parent], [child]);
  }
  return overlay(kept, values);
}

function overlay(held: Members, values: Members): Members {
  const { items, billTo, shipTo, "items.weight": weights, ...rest } = values;
  const order: Members = { ...held };
  for (const [name, value] of Object.entries(rest)) {
    const [parent = name, child] = name.split(".");
    if (child === undefined) order[name] = value;
    else order[parent] = { ...members(order[parent]), [child]: value };
  }
  const residential = values["shipTo.residential"] ?? sameAddressResidential(held.shipTo, shipTo);
  if (billTo !== undefined) order.billTo = billTo;
  if (shipTo !== undefined) {
    order.shipTo = residential === undefined ? shipTo : { ...members(shipTo), residential };
  }
  if (Array.isArray(items)) order.items = mergedItems(held.items, items, members(weights));
  return order;
}

/** What the carrier's look-up found out about an address still holds while the address is the same. */
function sameAddressResidential(held: Json | undefined, shipTo: Json | undefined): Json | undefined {
  const [before, after] = [members(held), members(shipTo)];
  const names = ["street1", "street2", "street3", "city", "state", "postalCode", "country"];
  return names.every((name) => (before[name] ?? "") === (after[name] ?? "")) ? before.residential : undefined;
}

/** Our lines, each over what its line holds there (image, bin, options); lines that are not ours go. */
function mergedItems(held: Json | undefined, items: Json[], weights: Members): Json[] {
  const rows = Array.isArray(held) ? held.map(members) : [];
  return items.map((item) => {
    const line = members(item);
    const before = rows.find((row) => row.lineItemKey === line.lineItemKey) ?? {};
    const weight = typeof line.lineItemKey === "string" ? weights[line.lineItemKey] : undefined;
    return { ...before, ...line, ...(weight === undefined ? {} : { weight }) };
  });
}

function members(value: Json | undefined): Members {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}

function without(value: Json | undefined, names: readonly string[]): Members {
  return Object.fromEntries(
    Object.entries(members(value)).filter(([name, member]) => !names.includes(name) && member !== null),
  );
}

/** An answer is parsed JSON; a trip through text makes that plain to the type as well. */
function jsonMembers(held: ShipStationOrder): Members {
  const parsed: Json = JSON.parse(JSON.stringify(held));
  return members(parsed);
}
