import { type Account, openStatuses } from "./account.ts";
import type { AddressInput, ItemInput, OrderInput } from "./order-input.ts";
import { addProduct } from "./products.ts";
import type { AddressRow, ItemRow, OrderRow } from "./rows.ts";

/** What became of one order: kept, or refused with a reason. */
export type Upsert = { order: OrderRow } | { refused: string };

/** Creates or replaces an order by its key, after `checkOrder` found nothing against it (ShipStation V1, 2.1). */
export function upsertOrder(account: Account, input: OrderInput): Upsert {
  const storeId = input.advancedOptions?.storeId ?? account.defaultStoreId();
  if (!account.setup.stores.some((store) => store.storeId === storeId))
    return { refused: `The store ${storeId} does not exist.` };
  const found = findTarget(account, input, storeId);
  if ("refused" in found) return found;
  if (!found.order) return { order: createOrder(account, input, storeId) };
  if (!found.order.active || !openStatuses.includes(found.order.orderStatus)) {
    if (account.switches.lockedOrder === "ignored") return { order: found.order };
    return { refused: `Order ${found.order.orderNumber} is ${found.order.orderStatus} and cannot be updated.` };
  }
  const wasUnpaid = found.order.orderStatus === "awaiting_payment";
  Object.assign(found.order, contentOf(account, input, found.order));
  if (wasUnpaid) account.arrive(found.order);
  account.touch(found.order);
  account.record(found.order.orderStatus === "cancelled" ? "cancel" : "update", found.order);
  if (account.switches.productsFromApiOrders) addProducts(account, found.order);
  return { order: found.order };
}

/** Makes an order without asking whether its key is taken; the ledger gets it only when it came through the API. */
export function createOrder(account: Account, input: OrderInput, storeId: number, from: "api" | "store" = "api") {
  const orderId = account.nextId("order");
  const now = account.now();
  const order: OrderRow = {
    ...contentOf(account, input, undefined),
    orderId,
    orderKey: input.orderKey || `5e7f0000-0000-4000-8000-${String(orderId).padStart(12, "0")}`,
    createDate: now,
    modifyDate: now,
    active: true,
  };
  order.advancedOptions.storeId = storeId;
  account.add(order);
  account.arrive(order);
  if (from === "api") account.record("create", order);
  const { productsFromApiOrders, productsFromStoreOrders } = account.switches;
  if (from === "store" ? productsFromStoreOrders : productsFromApiOrders) addProducts(account, order);
  return order;
}

/** The sum that ShipStation computes and shows as `orderTotal`. */
export function totalOf(order: Pick<OrderInput, "taxAmount" | "shippingAmount">, items: readonly ItemInput[]): number {
  const goods = items.reduce((sum, { quantity, unitPrice }) => sum + quantity * (unitPrice ?? 0), 0);
  return Math.round((goods + (order.taxAmount ?? 0) + (order.shippingAmount ?? 0)) * 100) / 100;
}

/** Whether an order is a part of a split one, whose updates need `orderId` and `orderKey` both. */
function isSplit(account: Account, order: OrderRow): boolean {
  const { parentId } = order.advancedOptions;
  return parentId !== null || account.orders.some((other) => other.advancedOptions.parentId === order.orderId);
}

function findTarget(
  account: Account,
  input: OrderInput,
  storeId: number,
): { order: OrderRow | undefined } | { refused: string } {
  if (input.orderId === null) {
    const order = input.orderKey ? account.keyed(input.orderKey, storeId)[0] : undefined;
    if (order && isSplit(account, order))
      return { refused: "A split order is updated with both its orderId and its orderKey." };
    return { order };
  }
  const order = account.everyOrder(input.orderId);
  if (!order) return { refused: `The order ${input.orderId} does not exist.` };
  if (input.orderKey && order.orderKey !== input.orderKey)
    return { refused: `The order ${input.orderId} has another orderKey.` };
  if (!input.orderKey && isSplit(account, order))
    return { refused: "A split order is updated with both its orderId and its orderKey." };
  return { order };
}

type Content = Omit<OrderRow, "orderId" | "orderKey" | "createDate" | "modifyDate" | "active">;

/** The whole content of an order after a write: there is no partial update (ShipStation V1, 2.1). */
function contentOf(account: Account, input: OrderInput, before: OrderRow | undefined): Content {
  const { orderId: _id, orderKey: _key, ...sent } = input;
  const clock = (text: string | null) => (text ? (account.read(text) ?? null) : null);
  const items = itemsOf(account, input.items ?? [], before?.items ?? []);
  const old = before?.advancedOptions;
  return {
    ...sent,
    orderNumber: input.orderNumber ?? "",
    orderDate: clock(input.orderDate) ?? "",
    paymentDate: clock(input.paymentDate),
    shipByDate: clock(input.shipByDate),
    shipDate: clock(input.shipDate)?.slice(0, 10) ?? null,
    orderStatus: input.orderStatus ?? "",
    billTo: addressOf(input.billTo),
    shipTo: addressOf(input.shipTo),
    items,
    gift: input.gift ?? false,
    amountPaid: input.amountPaid ?? 0,
    taxAmount: input.taxAmount ?? 0,
    shippingAmount: input.shippingAmount ?? 0,
    orderTotal: totalOf(input, items),
    holdUntilDate: input.orderStatus === "on_hold" ? (before?.holdUntilDate ?? null) : null,
    advancedOptions: {
      ...(input.advancedOptions ?? noAdvancedOptions),
      storeId: old?.storeId ?? 0,
      mergedOrSplit: old?.mergedOrSplit ?? false,
      mergedIds: old?.mergedIds ?? [],
      parentId: old?.parentId ?? null,
    },
    tagIds: input.tagIds ?? [],
  };
}

const noAdvancedOptions = {
  warehouseId: null,
  nonMachinable: false,
  saturdayDelivery: false,
  containsAlcohol: false,
  customField1: null,
  customField2: null,
  customField3: null,
  source: null,
  billToParty: null,
  billToAccount: null,
  billToPostalCode: null,
  billToCountryCode: null,
  billToMyOtherAccount: null,
};

const noAddress: AddressInput = {
  name: null,
  company: null,
  street1: null,
  street2: null,
  street3: null,
  city: null,
  state: null,
  postalCode: null,
  country: null,
  phone: null,
  residential: null,
};

function addressOf(address: AddressInput | null): AddressRow {
  return { ...(address ?? noAddress), addressVerified: "Address not yet validated" };
}

function itemsOf(account: Account, sent: readonly ItemInput[], before: readonly ItemRow[]): ItemRow[] {
  const now = account.now();
  const taken = new Set<ItemRow>();
  const rows = sent.map((item) => {
    const old = before.find((row) => !taken.has(row) && isSameLine(row, item));
    if (old) taken.add(old);
    const orderItemId = old && account.switches.itemIds === "kept" ? old.orderItemId : account.nextId("item");
    return { ...item, orderItemId, createDate: old?.createDate ?? now, modifyDate: now };
  });
  if (account.switches.omittedItems === "deleted") return rows;
  return [...before.filter((row) => !taken.has(row)), ...rows];
}

function isSameLine(row: ItemRow, item: ItemInput): boolean {
  return item.lineItemKey === null ? row.sku === item.sku : row.lineItemKey === item.lineItemKey;
}

function addProducts(account: Account, order: OrderRow): void {
  for (const { sku, name } of order.items) {
    if (!sku || account.products.some((product) => product.sku === sku)) continue;
    addProduct(account, { sku, name });
  }
}
