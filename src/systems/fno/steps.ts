import { z } from "zod";
import { headerFieldNames } from "../../connectors/fno/config.ts";
import type { Delivery, Step } from "../../core/delivery.ts";
import type { Json } from "../../core/json.ts";
import type { Shipment } from "../../core/model.ts";
import { isDone, notDone } from "../../core/steps.ts";
import {
  carrierCodes,
  factsOf,
  headerValue,
  noonOf,
  noteFacts,
  noteText,
  noteVersion,
  type ShipmentFacts,
  shipmentFacts,
} from "../../mappings/fno/shipments.ts";
import { slipSteps } from "./slips.ts";
import { incidentSteps, scanSteps, toldByNote } from "./tracking-steps.ts";
import { naturalKeyOf, outcomeOf, type WriteBack, type WriteBackSettings } from "./write-back.ts";

const memoName = (id: string) => `shipment:${id}`;
/** Stands in the memo where a shipment was written and then voided. */
const voided = "void";

/** The order's live shipments by ship date, this one as it is now. */
function liveShipments({ shipment, delivery }: Pick<WriteBack, "shipment" | "delivery">): [string, ShipmentFacts][] {
  const live = new Map<string, ShipmentFacts>();
  for (const [name, value] of Object.entries(delivery.memo)) {
    const facts = name.startsWith("shipment:") ? shipmentFacts.safeParse(value) : undefined;
    if (facts?.success) live.set(name, facts.data);
  }
  live.delete(memoName(shipment.id));
  if (!shipment.isVoided) live.set(memoName(shipment.id), factsNow({ shipment, delivery }));
  const rank = ([name, facts]: [string, ShipmentFacts]) => `${facts.shipDate ?? ""} ${name}`;
  return [...live].sort((left, right) => (rank(left) < rank(right) ? -1 : 1));
}

/** What its carrier tells nothing of this time stands as it was. */
function factsNow({ shipment, delivery }: Pick<WriteBack, "shipment" | "delivery">): ShipmentFacts {
  const facts = factsOf(shipment);
  if (!shipment.isStatusUnknown) return facts;
  const { deliveryStatus, deliveredAt } = shipmentFacts.safeParse(delivery.memo[memoName(shipment.id)]).data ?? {};
  return {
    ...facts,
    ...(deliveryStatus === undefined ? {} : { deliveryStatus }),
    ...(deliveredAt === undefined ? {} : { deliveredAt }),
  };
}

function skip(order: string, name: string, remark: string): Step {
  const naturalKey = naturalKeyOf(order, name);
  return { name, action: "skip", naturalKey, payload: { reason: remark }, repeatable: true, remark };
}

/** What its source wants a person to know of a shipment. */
function remarkSteps({ shipment, order }: WriteBack): Step[] {
  if (!shipment.remarks || shipment.remarks.length === 0) return [];
  const remark = shipment.remarks.join("; ");
  return [{ ...skip(order, `remarks:${shipment.id}`, remark), action: "notice" }];
}

/** A note is never removed or changed: what is new about a shipment is told by another one. */
function noteSteps(context: WriteBack): Step[] {
  const { delivery, order, settings, memo } = context;
  const shipment = toldByNote(context);
  const name = `${shipment.isVoided ? "voidNote" : "note"}:${shipment.id}`;
  const wasNoted = delivery.steps[`note:${shipment.id}`] !== undefined;
  if (!settings.attachmentNote.enabled || (shipment.isVoided && !wasNoted)) return [];
  if (shipment.isStatusUnknown && wasNoted) return [];
  const isFollowUp = delivery.steps[name] !== undefined;
  const marker = isFollowUp ? `${name}#${noteVersion(shipment)}` : name;
  const { typeCode, restriction } = settings.attachmentNote;
  return [
    {
      name,
      action: "create",
      naturalKey: naturalKeyOf(order, marker),
      payload: { kind: "note", order, marker, text: noteText(shipment), typeCode, restriction, memo },
      owned: shipment.isVoided ? { void: true } : noteFacts(shipment),
      repeatable: false,
      outcome: outcomeOf(shipment),
    },
  ];
}

function patchStep(context: WriteBack, name: string, fields: { [field: string]: Json }, entity?: string): Step[] {
  if (Object.keys(fields).length === 0) return [];
  const { order, memo, shipment, delivery } = context;
  // Nothing was ever written under this name, so there is nothing to withdraw.
  if (shipment.isVoided && delivery.steps[name] === undefined) return [];
  return [
    {
      name,
      action: "update",
      naturalKey: naturalKeyOf(order, name),
      payload: { kind: "patch", order, ...(entity === undefined ? {} : { entity }), fields, memo },
      owned: fields,
      repeatable: true,
      outcome: outcomeOf(shipment),
    },
  ];
}

function headerFieldSteps(context: WriteBack, live: ShipmentFacts[]): Step[] {
  const { map, multiPackage, entity } = context.settings.headerFields;
  const fields: { [field: string]: Json } = {};
  for (const name of headerFieldNames) {
    const field = map[name];
    if (name !== "receivedBy" && field !== undefined) fields[field] = headerValue(name, live, multiPackage);
  }
  return patchStep(context, "headerFields", fields, entity);
}

/** Who took a parcel is a person's name and so is never remembered: only the order's last shipment writes it. */
function receivedBySteps(context: WriteBack, live: [string, ShipmentFacts][]): Step[] {
  const { shipment, settings } = context;
  const { map, entity } = settings.headerFields;
  if (map.receivedBy === undefined) return [];
  const isLast = live.at(-1)?.[0] === memoName(shipment.id);
  if (shipment.isVoided ? live.length > 0 : !isLast || shipment.receivedBy === undefined) return [];
  const value = shipment.isVoided ? "" : (shipment.receivedBy ?? "");
  return patchStep(context, "receivedBy", { [map.receivedBy]: value }, entity);
}

function standardCarrierSteps(context: WriteBack, live: ShipmentFacts[]): Step[] {
  const { shipment, settings, order } = context;
  if (Object.keys(settings.standardCarrier).length === 0) return [];
  const last = live.at(-1);
  if (!last) return patchStep(context, "standardCarrier", { ShippingCarrierId: "", ShippingCarrierServiceId: "" });
  const codes = carrierCodes(settings.standardCarrier, last);
  if (codes)
    return patchStep(context, "standardCarrier", {
      ShippingCarrierId: codes.carrier,
      ShippingCarrierServiceId: codes.service,
    });
  const name = [last.carrierCode, ...(last.service === undefined ? [] : [last.service])].join("/");
  return [skip(order, `noCarrier:${shipment.id}`, `writeBack.standardCarrier has no row for ${name}`)];
}

function confirmedShipDateSteps(context: WriteBack, live: ShipmentFacts[]): Step[] {
  if (!context.settings.confirmedShipDate) return [];
  const last = live.flatMap((facts) => facts.shipDate ?? []).at(-1);
  if (last === undefined && live.length > 0) return [];
  return patchStep(context, "confirmedShipDate", { ConfirmedShippingDate: noonOf(last) });
}

function wasWritten({ shipment, delivery }: Pick<WriteBack, "shipment" | "delivery">): boolean {
  const { id } = shipment;
  return (
    delivery.memo[memoName(id)] !== undefined ||
    Object.keys(delivery.steps).some((name) => name === `note:${id}` || name.startsWith(`slip:${id}:`))
  );
}

/** A shipper may tell no number of what is void: the note about it names those that were written. */
function withNumbers(shipment: Shipment, delivery: Delivery): Shipment {
  if (!shipment.isVoided || shipment.packages.length > 0) return shipment;
  const { trackingNumbers = [] } = shipmentFacts.safeParse(delivery.memo[memoName(shipment.id)]).data ?? {};
  return { ...shipment, packages: trackingNumbers.map((trackingNumber) => ({ trackingNumber })) };
}

/** What is still to be written onto the sales order for a shipment; `seen.located` is the order's id. Pure. */
export function writeBackSteps(
  given: Shipment,
  delivery: Delivery,
  seen: Record<string, Json>,
  settings: WriteBackSettings,
): Step[] {
  const order = z.string().parse(seen.located);
  const shipment = withNumbers(given, delivery);
  if (shipment.isReturn)
    return notDone(
      [skip(order, `return:${shipment.id}`, "a return label is not written to the sales order")],
      delivery,
    );
  const wasThere = wasWritten({ shipment, delivery });
  if (shipment.hasNotLeft && !(shipment.isVoided && wasThere)) {
    const context: WriteBack = { shipment, delivery, order, settings, memo: {} };
    return notDone([...remarkSteps(context), ...incidentSteps(context)], delivery);
  }
  if (shipment.isVoided && !wasThere)
    return notDone([skip(order, `void:${shipment.id}`, "voided before it was written to the sales order")], delivery);
  const facts: Json = shipment.isVoided ? voided : z.json().parse(factsNow({ shipment, delivery }));
  const context: WriteBack = { shipment, delivery, order, settings, memo: { [memoName(shipment.id)]: facts } };
  const live = liveShipments({ shipment, delivery });
  const liveFacts = live.map(([, one]) => one);
  const steps = [
    ...remarkSteps(context),
    ...incidentSteps(context),
    ...noteSteps(context),
    ...scanSteps(context),
    ...headerFieldSteps(context, liveFacts),
    ...receivedBySteps(context, live),
    ...confirmedShipDateSteps(context, liveFacts),
    ...standardCarrierSteps(context, liveFacts),
    ...slipSteps(context, seen),
  ];
  return steps.filter((step) => ["read", "wait"].includes(step.action) || !isDone(step, delivery));
}
