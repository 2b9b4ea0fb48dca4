import type { Sandboxes } from "./sandboxes.ts";

/** What people did in the two systems. */
export interface WarehouseDay {
  /** How many orders left. */
  shipped: number;
  /** The one whose packing slip comes later, in three packages. */
  inThreePackages: { key: string; legalEntity: string; number: string };
  /** Label that is to be voided, and the order it is on. */
  misprinted: { shipmentId: number; orderId: number; number: string };
  withoutLabel: { number: string };
  edited: { number: string };
  slips: number;
}

/** Orders shipped in the demo. */
const shipped = 40;
/** Of those, the last few wait for their packing slip. */
const withoutSlip = 4;

/** Ships 40 orders in the simulated ShipStation and posts the packing slips of most of them in the simulated F&O. */
export function shipOrders({ shipstation, fno }: Sandboxes): WarehouseDay {
  // Each order of the ERP once: further parts of a split order stay, so that its slip is not posted too early.
  const whole = shipstation.orders.filter(({ orderNumber }) => !/-\d$/.test(orderNumber.replace("SO-", "")));
  const leaving = whole.slice(0, shipped).map(({ orderId, orderKey, orderNumber }) => ({
    orderId,
    key: orderKey,
    number: orderNumber,
    legalEntity: orderKey.slice(0, orderKey.indexOf("-")),
  }));
  const [inThreePackages, misprinted, withoutLabel, ...others] = leaving;
  const edited = whole[shipped];
  if (!inThreePackages || !misprinted || !withoutLabel || !edited) throw new Error("The demo has too few orders.");
  shipstation.print(inThreePackages.orderId, { packages: 3 });
  const { shipmentId } = shipstation.print(misprinted.orderId);
  shipstation.markShipped(withoutLabel.orderId, { carrierName: "USPS", trackingNumber: "9400111202555555555555" });
  for (const { orderId } of others) shipstation.print(orderId);
  shipstation.edit(edited.orderId, { shipTo: { ...edited.shipTo, street1: "2 Corrected Street" } });
  const posted = [misprinted, withoutLabel, ...others].slice(0, shipped - withoutSlip);
  for (const { legalEntity, number } of posted) fno.postPackingSlip(legalEntity, number, `PS-${number}`);
  return {
    shipped: leaving.length,
    inThreePackages,
    misprinted: { ...misprinted, shipmentId },
    withoutLabel,
    edited: { number: edited.orderNumber },
    slips: posted.length,
  };
}
