import { expect, it } from "vitest";
import { openShipping } from "./shipping.ts";

const text = { type: "Edm.String", maxLength: 100 };

it("finance stays in the ERP: all that is ever written are order headers, notes and tracking rows", async () => {
  const { send, sync, shipstation, fno, open, clock, close } = await openShipping({
    customFields: { CustTracking: text },
    pair: {
      writeBack: {
        headerFields: { map: { trackingNumber: "CustTracking" } },
        confirmedShipDate: true,
        packingSlipTracking: true,
        standardCarrier: { ups: { carrier: "UPS", service: "GROUND" } },
      },
    },
  });
  await send("SO-1", "SO-2");
  const { shipmentId } = shipstation.print("usmf-SO-1");
  shipstation.markShipped("usmf-SO-2", { trackingNumber: "9400" });
  for (const number of ["SO-1", "SO-2"]) fno.postPackingSlip("usmf", number, `PS-${number}`);
  await sync("shipments");
  shipstation.void(shipmentId);
  clock.advance(3_600_000);
  await sync("shipments");
  await (await open()).replay({ id: "usmf/SO-2" });
  const writes = fno.requests.filter((request) => !request.startsWith("GET "));
  expect([...new Set(writes.map((request) => request.replace(/\(.*/, "")))].sort()).toEqual([
    "DELETE /data/PackingSlipTrackingInformation",
    "PATCH /data/SalesOrderHeadersV3",
    "POST /data/PackingSlipTrackingInformation",
    "POST /data/SalesOrderHeaderDocumentAttachmentsV2",
  ]);
  close();
});
