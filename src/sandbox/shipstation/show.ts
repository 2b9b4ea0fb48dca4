/** How V1 shows its rows. */

import type { Account } from "./account.ts";
import { type Stamp, showPacific } from "./pacific.ts";
import type { CarrierRow } from "./reference.ts";
import type { FulfillmentRow, ItemRow, OrderRow, Parcel, ProductRow } from "./rows.ts";

const userId = "0f3c8d9e-4b1a-4c53-9f0e-7a6d5b2c1e90";

/** A date that V1 shows as a datetime at midnight, or without its time. */
type Clock = Stamp | string | null;

/** An order as `GET /orders` and createorder answer it (ShipStation V1, 2.1 and 1.3). */
export function showOrder(account: Account, order: OrderRow): unknown {
  const time = clockFor(account, order.orderId);
  const { active: _active, items, tagIds, advancedOptions, ...shown } = order;
  return finish(account, {
    ...shown,
    orderDate: time(order.orderDate),
    createDate: time(order.createDate),
    modifyDate: time(order.modifyDate),
    paymentDate: time(order.paymentDate),
    shipByDate: time(order.shipByDate),
    items: items.map((item) => showItem(item, time)),
    advancedOptions: {
      ...advancedOptions,
      mergedIds: advancedOptions.mergedIds.length > 0 ? advancedOptions.mergedIds : null,
    },
    tagIds: tagIds.length > 0 ? tagIds : null,
    userId: null,
    externallyFulfilled: false,
    externallyFulfilledBy: null,
  });
}

/** A row of `GET /shipments`; money and items stand on the first package's row (ShipStation V1, 4.1). */
export function showParcel(account: Account, { shipment, index }: Parcel, withItems: boolean): unknown {
  const time = clockFor(account, shipment.shipmentId);
  const { storeId, trackingNumbers, furtherIds, shipmentItems, ...shown } = shipment;
  const isFirst = index === 0;
  const items = isFirst ? shipmentItems : [];
  return finish(account, {
    ...shown,
    shipmentId: furtherIds[index - 1] ?? shipment.shipmentId,
    userId,
    createDate: time(shipment.createDate),
    voidDate: time(shipment.voidDate),
    shipmentCost: isFirst ? shipment.shipmentCost : 0,
    insuranceCost: isFirst ? shipment.insuranceCost : 0,
    otherCost: 0,
    trackingNumber: trackingNumbers[index] ?? null,
    batchNumber: null,
    marketplaceNotified: false,
    notifyErrorMessage: null,
    weight: null,
    dimensions: null,
    insuranceOptions: null,
    advancedOptions: { storeId },
    shipmentItems: withItems ? items : null,
    labelData: null,
    formData: null,
  });
}

/** A row of `GET /fulfillments` (ShipStation V1, 4.2). */
export function showFulfillment(account: Account, fulfillment: FulfillmentRow): unknown {
  const time = clockFor(account, fulfillment.fulfillmentId);
  return finish(account, {
    ...fulfillment,
    userId,
    createDate: time(fulfillment.createDate),
    shipDate: time(`${fulfillment.shipDate}T00:00:00.000`),
    voidDate: time(fulfillment.voidDate),
    deliveryDate: null,
    sellerFillProviderId: null,
    sellerFillProviderName: null,
    fulfillmentProviderCode: null,
    fulfillmentServiceCode: null,
    fulfillmentFee: 0,
    voidRequested: fulfillment.voided,
    marketplaceNotified: false,
    notifyErrorMessage: null,
  });
}

/** A row of `GET /products` (ShipStation V1, 5.1). */
export function showProduct(account: Account, product: ProductRow): unknown {
  const time = clockFor(account, product.productId);
  const { fields, ...shown } = product;
  return finish(account, {
    ...shown,
    ...fields,
    createDate: time(product.createDate),
    modifyDate: time(product.modifyDate),
  });
}

/** A row of `GET /carriers`. */
export function showCarrier({ code, name }: CarrierRow): unknown {
  return {
    name,
    code,
    accountNumber: "SIM0001",
    requiresFundedAccount: false,
    balance: 0,
    nickname: null,
    primary: true,
  };
}

function showItem(item: ItemRow, time: (clock: Clock) => string | null): unknown {
  return { ...item, createDate: time(item.createDate), modifyDate: time(item.modifyDate) };
}

/** Fraction digits vary from row to row, as in V1's answers. */
function clockFor(account: Account, id: number): (clock: Clock) => string | null {
  const { fractionDigits } = account.switches;
  const digits = fractionDigits === "varied" ? ([0, 3, 7][id % 3] ?? 0) : fractionDigits;
  return (clock) => clock && showPacific(typeof clock === "string" ? clock : clock.pacific, digits);
}

function finish(account: Account, row: unknown): unknown {
  return account.switches.emptyFields === "null" ? row : withoutNulls(row);
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}
