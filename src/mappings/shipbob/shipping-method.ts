import type { Order } from "../../core/model.ts";
import type { OrderOptions } from "./order.ts";
import { unmappable } from "./unmappable.ts";

/** The shipping methods that an account has, by name. */
export interface ShippingMethods {
  active: readonly string[];
  default?: string;
}

type MethodOptions = Pick<OrderOptions, "shippingMethods" | "shippingMethod" | "orderType">;

/** The method that ShipBob wants for orders between businesses (5.1). */
const betweenBusinesses = "B2B";

/** The method that the settings name for an order's delivery mode; undefined where the account's default is meant. Pure. */
export function methodOf({ deliveryMode }: Pick<Order, "deliveryMode">, options: MethodOptions): string | undefined {
  const { shippingMethods, shippingMethod, orderType } = options;
  const isKnown = deliveryMode !== undefined && Object.hasOwn(shippingMethods, deliveryMode);
  const row = isKnown ? shippingMethods[deliveryMode] : undefined;
  return row ?? shippingMethod ?? (orderType === "B2B" ? betweenBusinesses : undefined);
}

/**
 * The method that an order is sent with. ShipBob makes a new one of a name that it does not know, and ships by Standard
 * without a word (5.1), so that such a name is never sent. Throws MappingError. Pure.
 */
export function sendableMethod(order: Order, methods: ShippingMethods, options: MethodOptions): string {
  const method = methodOf(order, options) ?? methods.default;
  const { deliveryMode } = order;
  const mode = deliveryMode === undefined ? "an order without a delivery mode" : `delivery mode ${deliveryMode}`;
  const path = deliveryMode === undefined ? "shippingMethod" : `shippingMethods.${deliveryMode}`;
  const names = methods.active.length === 0 ? "none" : methods.active.join(", ");
  const hint = `Set ${path} to one of the account's active methods (${names}), then run \`mlc replay\`.`;
  if (method === undefined) {
    const reason = `${mode} has no shipping method, and the account has no default one`;
    throw unmappable(order, "shipping_method", reason, hint);
  }
  if (methods.active.includes(method)) return method;
  const twin = methods.active.find((name) => name.toLowerCase() === method.toLowerCase());
  const reason = `"${method}" for ${mode} is no active shipping method of the account`;
  throw unmappable(order, "shipping_method", twin === undefined ? reason : `${reason}; it has "${twin}"`, hint);
}
