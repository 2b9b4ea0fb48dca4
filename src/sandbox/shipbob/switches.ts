/** What the API sheet calls unconfirmed (ShipBob, 17) or saw both ways; settable while the sandbox runs. */
export interface ShipBobSwitches {
  /** A call without `User-Agent` at the CDN (2). */
  userAgent: "required" | "optional";
  /** A token that is unknown or lacks a scope: 401 and 403, or a 302 to a login page (12). */
  refusedToken: "status" | "redirect";
  /** How a token without the scope is refused (3 and 12). */
  missingScope: 401 | 403 | 500;
  /** The header of what is left of the limit (12). */
  remainingHeader: "x-remaining-calls" | "X-RateLimit-Remaining" | "none";
  /** How long a refresh token still works after it was replaced, in milliseconds. */
  refreshGraceMs: number;
  /** Whether an authorization without a code challenge is taken. */
  pkce: "optional" | "required";
  /** Whether `response_mode=query` is taken. */
  responseModeQuery: "taken" | "refused";
  /** Under which name a taken reference is refused: none at all, as on 1.0, or its own. */
  duplicateField: "" | "reference_id";
  /** How far a reference of an order must be unique (5.2). */
  referenceScope: "channel" | "account";
  /** Whether a cancelled order still holds its reference (5.7). */
  cancelledReference: "kept" | "freed";
  /** An order line whose SKU is unknown: a product is made, or the order waits in `ImportReview` (5.2). */
  unknownSku: "created" | "importReview";
  /** Goods that no centre has: the shipment is an exception, or goes on as if they were there. */
  shortage: "exception" | "ignored";
  /** How long a new order is absent from `GET /order`, in milliseconds (5.2). */
  visibleAfterMs: number;
  /** `GET /order?HasTracking=true` (1, fact 5). */
  hasTracking: "broken" | "works";
  /** The headers of a page of orders (11). */
  pageHeaders: "shown" | "missing";
  /** The order of `GET /order` without `SortOrder`. */
  defaultSortOrder: "Newest" | "Oldest";
  /** What `products[].id` of an order means. */
  orderProductId: "product" | "variant";
  /** The cancellation of what is cancelled. */
  repeatedCancel: "Success" | "Failure";
  /** The status of an order whose shipment is on hold. */
  heldOrder: "Processing" | "Exception";
  /** Whether delivery moves a shipment's `last_update_at`; other events of the timeline never do (5.4). */
  deliveryMovesUpdate: boolean;
  /** `GET /shipment/{id}/timeline` (5.5). */
  timeline: "shown" | "absent";
  /** `zone` of a shipment, which the dated files do not have (5.4). */
  zone: "shown" | "missing";
  /** What a bare `SKU=` matches (6). */
  skuFilter: "exact" | "partial";
  /** Whether the next page of products begins with the last product of the one before (11). */
  productPages: "clean" | "repeating";
  /** The form of `next` in a list with cursors (11). */
  next: "path" | "cursor" | "address";
  /** Whose products an application sees (15, complaint 7). */
  productVisibility: "account" | "application";
  /** Whether a measured item takes other dimensions: refused, or left as it was without a word. */
  lockedDimensions: "ignored" | "refused";
  /** How long until an order shows in the stock levels, in milliseconds (7). */
  stockLagMs: number;
  /** Items that no centre ever had (7). */
  emptyLevels: "shown" | "missing";
  /** How `total_sellable_quantity` is counted (7). */
  sellable: "withoutExceptions" | "withAwaiting";
  /** How long until a charge shows, in milliseconds (8). */
  billingLagMs: number;
  /** A cursor of transactions that leads to its own page again (8). */
  billingCursor: "sound" | "loops";
  /** How the references of a shipment's charges are named (8). */
  referenceType: "Shipment" | "Default";
  /** The answer to a new subscription (10). */
  webhookCreated: 200 | 201;
  /** The body of a message: the object itself, or under `data`. */
  hookBody: "flat" | "data";
  /** Signatures with their padding, or without, as in one sample of the documentation. */
  signaturePadding: "full" | "missing";
  /** When `order.shipped` fires: when every shipment has its label, or at each label. */
  orderShipped: "allLabelled" | "eachLabel";
}

/** The likelier or stricter reading of each switch. */
export const defaultSwitches: Readonly<ShipBobSwitches> = {
  userAgent: "required",
  refusedToken: "status",
  missingScope: 403,
  remainingHeader: "x-remaining-calls",
  refreshGraceMs: 0,
  pkce: "optional",
  responseModeQuery: "taken",
  duplicateField: "",
  referenceScope: "channel",
  cancelledReference: "kept",
  unknownSku: "created",
  shortage: "exception",
  visibleAfterMs: 5000,
  hasTracking: "broken",
  pageHeaders: "shown",
  defaultSortOrder: "Newest",
  orderProductId: "product",
  repeatedCancel: "Failure",
  heldOrder: "Exception",
  deliveryMovesUpdate: false,
  timeline: "shown",
  zone: "missing",
  skuFilter: "exact",
  productPages: "clean",
  next: "path",
  productVisibility: "account",
  lockedDimensions: "ignored",
  stockLagMs: 60_000,
  emptyLevels: "shown",
  sellable: "withoutExceptions",
  billingLagMs: 6 * 3_600_000,
  billingCursor: "sound",
  referenceType: "Shipment",
  webhookCreated: 200,
  hookBody: "flat",
  signaturePadding: "full",
  orderShipped: "allLabelled",
};
