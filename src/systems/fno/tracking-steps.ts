import type { Step } from "../../core/delivery.ts";
import { hashOf } from "../../core/json.ts";
import type { Shipment } from "../../core/model.ts";
import { scanText } from "../../mappings/fno/shipments.ts";
import { naturalKeyOf, type WriteBack } from "./write-back.ts";

/** Whether what happens to the parcels is told in notes of its own. */
function hasScanNotes({ settings }: Pick<WriteBack, "settings">): boolean {
  return settings.scanHistory === "note" && settings.attachmentNote.enabled;
}

/** The shipment without what its other notes tell. Pure. */
export function toldByNote(context: Pick<WriteBack, "shipment" | "settings">): Shipment {
  if (!hasScanNotes(context) || context.shipment.isVoided) return context.shipment;
  const { deliveryStatus: _, deliveredAt: __, receivedBy: ___, isStatusUnknown: ____, ...rest } = context.shipment;
  return rest;
}

/**
 * A note with the scans that none has told yet. Which were told is remembered scan by scan: one may become known after a
 * later one. Pure.
 */
export function scanSteps(context: WriteBack): Step[] {
  const { shipment, delivery, order, settings } = context;
  const { id, isVoided, isStatusUnknown, scans = [], deliveryStatus, deliveredAt, receivedBy } = shipment;
  if (!hasScanNotes(context) || isVoided || isStatusUnknown || scans.length === 0) return [];
  const name = `scans:${id}`;
  // A note that a replay found to be gone is written anew, with all of it.
  const before = delivery.steps[name] && delivery.memo[name];
  const told = new Set(typeof before === "string" ? before.split(" ") : []);
  const untold = scans.filter((scan) => !told.has(shortOf(scan.id)));
  const now = [...told, ...untold.map((scan) => shortOf(scan.id))].join(" ");
  const owned = {
    scans: now,
    ...(deliveryStatus === undefined ? {} : { deliveryStatus }),
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
    ...(receivedBy === undefined ? {} : { receivedBy }),
  };
  const marker = `${name}#${hashOf(owned).slice(0, 8)}`;
  const { typeCode, restriction } = settings.attachmentNote;
  const text = scanText(shipment, untold);
  return [
    {
      name,
      action: "create",
      naturalKey: naturalKeyOf(order, marker),
      payload: { kind: "note", order, marker, text, typeCode, restriction, memo: {} },
      owned,
      memo: { [name]: now },
      repeatable: false,
      outcome: "written",
    },
  ];
}

/** Each is told once, also when it ends and comes again. Pure. */
export function incidentSteps({ shipment, order }: Pick<WriteBack, "shipment" | "order">): Step[] {
  return (shipment.incidents ?? []).map((remark) => {
    const name = `incident:${shipment.id}:${hashOf(remark).slice(0, 8)}`;
    const naturalKey = naturalKeyOf(order, name);
    return { name, action: "notice", naturalKey, payload: { reason: remark }, repeatable: true, remark };
  });
}

function shortOf(scanId: string): string {
  return hashOf(scanId).slice(0, 10);
}
