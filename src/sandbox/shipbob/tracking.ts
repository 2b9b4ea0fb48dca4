/** The tracking calls, which are beta (ShipBob, 5.5). */

import type { Account } from "./account.ts";
import { plain } from "./refusals.ts";
import type { Call, Route } from "./routes.ts";
import type { ShipmentRow } from "./rows.ts";

/** Tracking by shipment and by carrier number. */
export function trackingRoutes(account: Account): Route[] {
  const read = { method: "GET", scope: "tracking_read" } as const;
  return [
    { ...read, path: "/shipments-tracking", handle: (call) => byShipment(account, call) },
    { ...read, path: "/tracking", handle: (call) => byNumber(account, call) },
  ];
}

/** 1 to 25 ids, the parameter repeated: a list with commas is refused. */
function byShipment(account: Account, { query }: Call): Response {
  const ids = query.all("ShipmentIds");
  if (ids.length === 0 || ids.length > 25) throw plain(400, "Between 1 and 25 shipment ids must be provided.");
  const wrong = ids.find((id) => !/^\d+$/.test(id));
  if (wrong !== undefined) throw plain(400, `The value '${wrong}' is not valid.`);
  return Response.json(
    shown(
      ids.flatMap((id) => account.shipment(Number(id)) ?? []),
      true,
    ),
  );
}

function byNumber(account: Account, { query }: Call): Response {
  const numbers = query.all("TrackingIds");
  if (numbers.length === 0 || numbers.length > 25) throw plain(400, "Between 1 and 25 tracking ids must be provided.");
  const found = account.shipments.filter(({ tracking }) => tracking !== null && numbers.includes(tracking.number));
  return Response.json(shown(found, false));
}

function shown(shipments: readonly ShipmentRow[], withShipment: boolean) {
  return shipments.flatMap((shipment) => {
    const { tracking, scans } = shipment;
    const last = scans.at(-1);
    if (!tracking || !last) return [];
    const history = scans.map((scan) => ({
      timestamp: scan.at,
      status: scan.status,
      substatus: scan.substatus,
      message: scan.message,
      carrier_message: scan.message,
      location: scan.location,
    }));
    return [
      {
        ...(withShipment && { shipment_id: shipment.id }),
        tracking_id: `trk_${shipment.id}`,
        carrier: tracking.carrier,
        carrier_tracking_number: tracking.number,
        service: tracking.service,
        status: last.status,
        substatus: last.substatus,
        message: last.message,
        carrier_message: last.message,
        location: last.location,
        eta: null,
        last_updated: last.at,
        public_tracking_url: tracking.url,
        history,
      },
    ];
  });
}
