import type { OrderRow } from "../../sandbox/shipstation/rows.ts";
import type { Sandboxes } from "./sandboxes.ts";

/** An order as both systems know it. */
interface Leaving {
  orderId: number;
  /** `usmf/SO-1001` */
  id: string;
  legalEntity: string;
  number: string;
}

/** What people did in the two systems. */
export interface WarehouseDay {
  /** How many orders left. */
  shipped: number;
  /** The one whose packing slip comes later. */
  inThreePackages: Leaving;
  /** The one whose label is to be voided. */
  misprinted: Leaving & { shipmentId: number };
  withoutLabel: Leaving;
  edited: Leaving;
  /** How many packing slips were posted. */
  slips: number;
}

/** Orders shipped in the demo. */
const shipped = 40;
/** Of those, how many wait for their packing slip. */
const withoutSlip = 4;

/** Ships 40 orders in the simulated ShipStation and posts the packing slips of most of them in the simulated F&O. */
export function shipOrders({ shipstation, fno }: Sandboxes): WarehouseDay {
  // Orders in parts stay, since the slip of one part would deliver them whole.
  const whole = shipstation.orders.map(leavingOf).filter(({ number }) => /^SO-\d{4}$/.test(number));
  const [inThreePackages, first, withoutLabel, ...others] = whole.slice(0, shipped);
  const edited = whole.at(-1);
  const shipTo = shipstation.orders.find(({ orderId }) => orderId === edited?.orderId)?.shipTo;
  if (!inThreePackages || !first || !withoutLabel || !edited || !shipTo)
    throw new Error("The demo has too few orders.");
  shipstation.print(inThreePackages.orderId, { packages: 3 });
  const { shipmentId } = shipstation.print(first.orderId);
  shipstation.markShipped(withoutLabel.orderId, { carrierName: "USPS", trackingNumber: "9400111202555555555555" });
  for (const { orderId } of others) shipstation.print(orderId);
  shipstation.edit(edited.orderId, { shipTo: { ...shipTo, street1: "2 Corrected Street" } });
  const posted = [first, withoutLabel, ...others].slice(0, shipped - withoutSlip);
  for (const { legalEntity, number } of posted) fno.postPackingSlip(legalEntity, number, `PS-${number}`);
  const misprinted = { ...first, shipmentId };
  return { shipped, inThreePackages, misprinted, withoutLabel, edited, slips: posted.length };
}

/** Posts the packing slip that was missing, and replaces a label. */
export function changeAnHourLater(
  { shipstation, fno }: Sandboxes,
  { inThreePackages: { legalEntity, number }, misprinted: { shipmentId, orderId } }: WarehouseDay,
): void {
  fno.postPackingSlip(legalEntity, number, `PS-${number}`);
  shipstation.void(shipmentId);
  shipstation.print(orderId, { carrierCode: "fedex", serviceCode: "fedex_ground" });
}

function leavingOf({ orderId, orderKey, orderNumber }: OrderRow): Leaving {
  const legalEntity = orderKey.slice(0, orderKey.indexOf("-"));
  return { orderId, id: `${legalEntity}/${orderNumber}`, legalEntity, number: orderNumber };
}
