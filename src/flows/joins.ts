import type { Charge, Customer, Document, Order, Product, Sale, Shipment, StockCount } from "../core/model.ts";
import type { Flow, ProductSource, ProductTarget, Source, Target } from "../core/ports.ts";
import type { System } from "../core/system.ts";
import { pairKinds } from "../systems/index.ts";
import type { FlowName } from "./names.ts";
import type { ChosenFlow } from "./open.ts";
import { comparingSkus, type Goods } from "./sku-comparison.ts";

/** Joins two systems in one flow; undefined when one of the two cannot. */
type Join<D extends Document> = (pair: string, erp: System, shipper: System) => Flow<D> | undefined;

/** Which ports each flow joins. */
export const joins = {
  /** ERP orders to the shipper. */
  orders: (pair, erp, shipper) => joined(pair, "orders", erp.orderSource?.(), shipper.orderTarget?.()),
  /** Orders of the shipper's stores to the ERP, to be booked there. */
  sales: (pair, erp, shipper) => joined(pair, "sales", shipper.saleSource?.(), erp.saleTarget?.()),
  /** Shipments back to the ERP, and what people edited at the shipper. */
  shipments: (pair, erp, shipper) => {
    const flow = joined(pair, "shipments", shipper.shipmentSource?.(), erp.shipmentTarget?.());
    const edits = shipper.edits?.();
    return flow && { ...flow, ...(edits ? { edits } : {}) };
  },
  /** What the ERP keeps of the things it sells to the shipper; one that makes its own products is asked which SKUs it wants. */
  products: (pair, erp, shipper) => {
    const [source, target] = [erp.productSource?.(), shipper.productTarget?.()];
    if (!source || !target || !knowsSkus(source) || !makesItsOwn(target))
      return joined(pair, "products", source, target);
    return { pair, name: "products", ...comparingSkus(source, target) };
  },
  /** The addresses that the ERP keeps to open orders at the shipper. */
  customers: (pair, erp, shipper) => joined(pair, "customers", erp.customerSource?.(), shipper.customerTarget?.()),
  /** What the shipper holds to the ERP, where the settings have it written there. */
  inventory: (pair, erp, shipper) => joined(pair, "inventory", shipper.stockSource?.(), erp.stockTarget?.()),
  /** What the shipper charged to the ERP's orders, where the settings have it written there. */
  charges: (pair, erp, shipper) => joined(pair, "charges", shipper.chargeSource?.(), erp.chargeTarget?.()),
} satisfies {
  orders: Join<Order>;
  sales: Join<Sale>;
  shipments: Join<Shipment>;
  products: Join<Goods>;
  customers: Join<Customer>;
  inventory: Join<StockCount>;
  charges: Join<Charge>;
} & Record<FlowName, unknown>;

const fromErp: readonly FlowName[] = ["orders", "products", "customers"];

/** The system that a flow reads. Pure. */
export function sourceSystem({ pair, flow }: ChosenFlow): string | undefined {
  return fromErp.includes(flow) ? pairKinds[pair]?.erp : pairKinds[pair]?.shipper;
}

/** Whether a source of products can be asked what a SKU stands for. Pure. */
function knowsSkus(source: Source<Product>): source is ProductSource {
  return "bySku" in source;
}

/** Whether only the shipper itself makes products, so that orders may want one that is not there. Pure. */
export function makesItsOwn(target: Target<Product>): target is ProductTarget {
  return "wanted" in target;
}

function joined<D extends Document>(
  pair: string,
  name: FlowName,
  source: Source<D> | undefined,
  target: Target<D> | undefined,
): Flow<D> | undefined {
  return source && target && { pair, name, source, target };
}
