import type { Shipment } from "../core/model.ts";
import type { Flow, System } from "../core/ports.ts";

/** Shipments back to the ERP, and what people edited at the shipper, or undefined when one of the two cannot. */
export function shipmentsFlow(pair: string, erp: System, shipper: System): Flow<Shipment> | undefined {
  const source = shipper.shipmentSource?.();
  const target = erp.shipmentTarget?.();
  const edits = shipper.edits?.();
  return source && target && { pair, name: "shipments", source, target, ...(edits ? { edits } : {}) };
}
