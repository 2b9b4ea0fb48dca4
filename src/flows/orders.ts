import type { Order } from "../core/model.ts";
import type { Flow, System } from "../core/ports.ts";

/** ERP orders to the shipper, or undefined when one of the two cannot. */
export function ordersFlow(pair: string, erp: System, shipper: System): Flow<Order> | undefined {
  const source = erp.orderSource?.();
  const target = shipper.orderTarget?.();
  return source && target && { pair, name: "orders", source, target };
}
