import type { Delivery } from "../../src/core/delivery.ts";
import type { Json } from "../../src/core/json.ts";
import type { Order } from "../../src/core/model.ts";
import { methodsRead, orderSteps } from "../../src/systems/shipbob/order-steps.ts";
import type { OrderStepOptions } from "../../src/systems/shipbob/part-case.ts";
import { methods, optionsOf } from "../mappings/shipbob-order.ts";
import { delivery, order, withDone } from "./fedex-kit.ts";

/** Options as a stock pair has them. */
export const stepOptions = (change: Partial<OrderStepOptions> = {}): OrderStepOptions => ({
  ...optionsOf(),
  keyTemplate: "{legalEntity}-{orderNumber}",
  onChange: "report",
  ...change,
});

/** What the read of the account's shipping methods brings. */
export const withMethods: Record<string, Json> = {
  [methodsRead]: { active: [...methods.active], default: methods.default ?? "" },
};

/** What a read of an order brings. */
export const held = (status: string, more: Record<string, Json> = {}): Record<string, Json> => ({
  ...withMethods,
  "read:order": { id: 501, status, left: [{ id: 9001, status: "Processing" }], ...more },
});

/** The delivery of an order that was made at ShipBob under number 501. */
export function sent(of: Order = order(), options = stepOptions()): Delivery {
  const steps = orderSteps(of, delivery(), withMethods, options);
  return withDone(delivery(), steps, { "orderId:order": 501 });
}
