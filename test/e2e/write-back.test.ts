import { expect, it } from "vitest";
import { type Fault, faultMix } from "../../src/sandbox/kit.ts";
import { openWorld } from "./world.ts";

const pair = {
  writeBack: {
    confirmedShipDate: true,
    packingSlipTracking: true,
    standardCarrier: {
      ups: { carrier: "UPS", service: "GROUND" },
      usps: { carrier: "USPS" },
      fedex: { carrier: "FEDEX" },
    },
  },
};
const numbers = ["SO-1", "SO-2", "SO-3", "SO-4"];

async function openOrders() {
  const world = await openWorld({ seeded: false, pair });
  for (const number of numbers)
    world.fno.addOrder({ legalEntity: "usmf", number, customer: "C-1", lines: [{ item: "D0001", quantity: 2 }] });
  const sync = async (flow: string) => {
    world.clock.advance(20 * 60_000);
    const report = await (await world.open()).sync({ command: `sync ${flow}`, flows: [flow], ignoreSchedule: true });
    return report?.flows[0];
  };
  return { ...world, sync };
}

const faults: Fault[] = ["throttled", "serverError", "unavailable", "resetBefore", "resetAfter", "truncated", "html"];

it.each([0, 0.05, 0.3])(
  "writes every target once with %d of the calls failing, and withdraws each when voided",
  async (share) => {
    const { fno, shipstation, sync, close } = await openOrders();
    await sync("orders");
    const printed = shipstation.orders.map(({ orderId }) => shipstation.print(orderId));
    fno.faults = faultMix(11, share, faults);
    for (let run = 0; run < 12; run += 1) await sync("shipments");
    expect(fno.attachments).toHaveLength(4);
    expect(fno.trackingRows).toEqual([]);
    fno.faults = undefined;
    for (const number of numbers) fno.postPackingSlip("usmf", number, `PS-${number}`);
    fno.faults = faultMix(12, share, faults);
    for (let run = 0; run < 12; run += 1) await sync("shipments");
    expect(fno.trackingRows).toHaveLength(4);
    expect(new Set(fno.trackingRows.map((row) => `${row.PackingSlipNumber} ${row.TrackingNumber}`)).size).toBe(4);
    for (const number of numbers) {
      const { header } = fno.order("usmf", number) ?? {};
      expect(header?.ConfirmedShippingDate).toMatch(/^2026-11-2\dT12:00:00Z$/);
      expect(header?.ShippingCarrierId).not.toBe("");
    }
    for (const { shipmentId } of printed) shipstation.void(shipmentId);
    for (let run = 0; run < 12; run += 1) await sync("shipments");
    fno.faults = undefined;
    expect(await sync("shipments")).toMatchObject({ deadLettered: 0, unknown: 0, waiting: 0 });
    expect(fno.trackingRows).toEqual([]);
    expect(fno.attachments.map((note) => `${note.SalesOrderNumber} ${note.AttachmentDescription}`).sort()).toEqual(
      printed
        .flatMap(({ shipmentId }, index) => [
          `${numbers[index]} mlc note:se-${shipmentId}`,
          `${numbers[index]} mlc voidNote:se-${shipmentId}`,
        ])
        .sort(),
    );
    for (const number of numbers)
      expect(fno.order("usmf", number)?.header).toMatchObject({
        ConfirmedShippingDate: "1900-01-01T12:00:00Z",
        ShippingCarrierId: "",
      });
    close();
  },
);
