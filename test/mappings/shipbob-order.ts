import { shipBobPairSettings } from "../../src/connectors/shipbob/config.ts";
import type { OrderOptions } from "../../src/mappings/shipbob/order.ts";
import type { ShippingMethods } from "../../src/mappings/shipbob/shipping-method.ts";

/** The shipping methods of the account of these tests. */
export const methods: ShippingMethods = { active: ["Standard", "2-Day", "B2B"], default: "Standard" };

/** The settings' own defaults, with changes. */
export function optionsOf(change: Partial<OrderOptions> = {}): OrderOptions {
  return { ...shipBobPairSettings.parse({}), ...change };
}
