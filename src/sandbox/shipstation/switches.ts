import type { Offsets } from "./pacific.ts";

/** What the API sheet calls unconfirmed (ShipStation, 9) or saw both ways; settable while the sandbox runs. */
export interface ShipStationSwitches {
  /** A write to a locked order: refused (400, or a failed row), or answered 200 with the order unchanged. */
  lockedOrder: "error" | "ignored";
  /** A bad order in a batch: its own failed row, or a 400 with ModelState for the whole batch. */
  bulkValidation: "perRow" | "wholeBatch";
  /** HTTP status of createorders when `hasErrors` is true. */
  bulkErrorStatus: 200 | 202 | 400;
  /** `orderId` of a failed row. */
  failedRowOrderId: null | 0;
  /** A batch that dies with a 500 took nothing, or the rows before the bad one. */
  poisonedBatch: "nothing" | "rowsBefore";
  /** Items that an update leaves out. */
  omittedItems: "deleted" | "kept";
  /** `orderItemId` of an item that an update repeats under the same `lineItemKey`. */
  itemIds: "kept" | "new";
  orderKeyScope: "account" | "store";
  orderKeyCase: "sensitive" | "insensitive";
  /** The `orderKey` of the new part of a split order. */
  splitOrderKey: "shared" | "own";
  /** Whether a label moves its order's `modifyDate`: always, or only where it makes the order shipped. */
  labelTouchesOrder: "always" | "withStatus";
  /** `orderTotal` of a split order: all of it on the parent and 0 on the new part, or computed for each. */
  splitTotals: "onParent" | "computed";
  /** What becomes of an order that was merged into another one. */
  mergedAway: "gone" | "cancelled";
  offsets: Offsets;
  fractionDigits: "varied" | 0 | 3 | 7;
  /** `pages` of a V1 list: counted, or 0 with rows present (ShipStation V1, 3). */
  pages: "counted" | "zero";
  /** `total`, `page` and `pages` of a V1 list. */
  totals: "shown" | "missing";
  /** V1 fields without a value. */
  emptyFields: "null" | "absent";
  defaultPageSize: number;
  retryAfterV1: boolean;
  /** A label of several packages in `GET /shipments`: one row with the first number, or a row each. */
  multiPackage: "firstNumber" | "rowEach";
  /** V2's `external_shipment_id` of an order made through V1. */
  externalShipmentId: "orderKey" | "unlinked";
  /** The `sku` filter of `GET /products`. */
  productSkuFilter: "exact" | "partial";
  /** Whether an order that came through the API makes records of its new SKUs. */
  productsFromApiOrders: boolean;
  /** Whether the product record of a store's order with a new SKU is there at once; otherwise it is not there yet. */
  productsFromStoreOrders: boolean;
  /** Whether the account's plan has V1; without it every call is a 402 (ShipStation V1, 1). */
  planHasV1: boolean;
  /** The answer to a subscription: the sample's `{id}`, or the specification's whole row (ShipStation V1, 6). */
  subscribed: "id" | "row";
}

/** The likelier or stricter reading of each switch. */
export const defaultSwitches: Readonly<ShipStationSwitches> = {
  lockedOrder: "error",
  bulkValidation: "perRow",
  bulkErrorStatus: 200,
  failedRowOrderId: null,
  poisonedBatch: "nothing",
  omittedItems: "deleted",
  itemIds: "kept",
  orderKeyScope: "account",
  orderKeyCase: "sensitive",
  splitOrderKey: "shared",
  labelTouchesOrder: "always",
  splitTotals: "onParent",
  mergedAway: "gone",
  offsets: "ignored",
  fractionDigits: "varied",
  pages: "counted",
  totals: "shown",
  emptyFields: "null",
  defaultPageSize: 100,
  retryAfterV1: false,
  multiPackage: "firstNumber",
  externalShipmentId: "orderKey",
  productSkuFilter: "exact",
  productsFromApiOrders: true,
  productsFromStoreOrders: true,
  planHasV1: true,
  subscribed: "id",
};
