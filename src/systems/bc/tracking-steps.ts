import type { BcRules } from "../../connectors/bc/rules.ts";
import type { Delivery, Step } from "../../core/delivery.ts";
import { type Json, plainJson } from "../../core/json.ts";
import type { Shipment } from "../../core/model.ts";
import { isDone, notDone, recorded } from "../../core/steps.ts";
import {
  agentOf,
  commentsOf,
  fileOf,
  type HeaderTracking,
  joined,
  numbersIn,
  numbersOf,
  quantitiesOf,
  type TrackedShipment,
  trackedFrom,
} from "../../mappings/bc/tracking.ts";
import { type BookedDocument, saleMemo, unbookedIn } from "./sale-memo.ts";
import {
  type Content,
  type Look,
  look as looked,
  naturalKeyOf,
  type OpenRoute,
  type TrackingRoute,
  trackingRoute,
  type Where,
} from "./tracking-payloads.ts";
import { liveOn, memoNameOf, placeOf, trackedIn } from "./tracking-place.ts";

const fieldRoutes: readonly TrackingRoute[] = ["customApi", "page42"];

/** What the steps of one shipment are made from. */
interface Tracking {
  shipment: Shipment;
  delivery: Delivery;
  rules: BcRules;
  document: BookedDocument;
  facts: TrackedShipment;
  tracked: ReadonlyMap<string, TrackedShipment>;
  /** The document's live shipments, this one as it is now. */
  live: readonly TrackedShipment[];
}

/** The name under which the memo keeps the route that a shipment took. Pure. */
export function routeNameOf(shipmentId: string): string {
  return `by:${shipmentId}`;
}

/** What is still to be written for a shipment; `seen.located` holds what the sale was booked as. Pure. */
export function trackingSteps(
  shipment: Shipment,
  { delivery, seen, rules }: { delivery: Delivery; seen: Record<string, Json>; rules: BcRules },
): Step[] {
  const booked = saleMemo.parse(seen.located ?? {});
  const standing = booked.documents.filter(({ deleted }) => !deleted);
  const tracked = trackedIn(delivery);
  const { document, isGuessed } = placeOf(shipment, standing, tracked);
  const why = leftOut(shipment, { document, isKnown: tracked.has(shipment.id) });
  if (why) return notDone([why], delivery);
  if (!document) return [];
  const unbooked = unbookedIn(booked);
  if (isGuessed && Object.keys(quantitiesOf(shipment)).some((key) => unbooked[key] !== undefined))
    return [partToCome(shipment)];
  const facts = trackedFrom(shipment, document.externalNumber);
  const live = liveOn(document.externalNumber, tracked, { id: shipment.id, facts });
  const context: Tracking = { shipment, delivery, rules, document, facts, tracked, live };
  const posted = writtenBefore(context);
  if (posted) return notDone([posted], delivery);
  const before = tracked.get(shipment.id)?.document;
  const isGone = before !== undefined && !standing.some(({ externalNumber }) => externalNumber === before);
  const isOwed = isGone || delivery.steps[`noDocument:${shipment.id}`] !== undefined;
  const steps = writeSteps(context, seen.look);
  return isOwed ? steps.map((step) => ({ ...step, isOwed: true as const })) : steps;
}

/** Why nothing is written for a shipment, where that is so whatever BC says. */
function leftOut(
  shipment: Shipment,
  { document, isKnown }: { document: BookedDocument | undefined; isKnown: boolean },
): Step | undefined {
  const { id, isReturn, isVoided } = shipment;
  const count = numbersOf(shipment).length;
  const skip = (name: string, remark: string) =>
    recorded("skip", `${name}:${id}`, document?.externalNumber ?? id, { [name]: true }, remark);
  const wasWritten = isKnown || document?.tracked.includes(id) === true;
  if (isReturn) return skip("return", "a return label is not written to the sales document");
  if (isVoided && !wasWritten) return skip("void", "voided before it was written to the sales document");
  if (count === 0 && !isVoided) return skip("noNumber", "it has no tracking number");
  if (document) return undefined;
  const remark = "what it was booked as was deleted in Business Central, so its tracking number is written nowhere";
  return recorded("notice", `noDocument:${id}`, id, { numbers: count }, remark);
}

/** The sale was posted with it: that is noted, so that later parcels are written beside it. */
function writtenBefore({ shipment, delivery, document, facts, tracked }: Tracking): Step | undefined {
  const { id, isVoided } = shipment;
  if (isVoided || !document.tracked.includes(id) || delivery.steps[stepNameOf(id)]) return undefined;
  const before = tracked.get(id);
  if (before && before.numbers.join() !== facts.numbers.join()) return undefined;
  const remark = `its tracking number was written to ${document.number} before that was posted`;
  const owned = { document: facts.document, numbers: facts.numbers };
  return { ...recorded("skip", `posted:${id}`, document.externalNumber, owned, remark), memo: memoOf(id, facts) };
}

const stepNameOf = (shipmentId: string) => `tracking:${shipmentId}`;
const memoOf = (id: string, facts: TrackedShipment) => ({ [memoNameOf(id)]: plainJson(facts) });

function writeSteps(context: Tracking, seen: Json | undefined): Step[] {
  const { delivery } = context;
  const bare = bareStep(context);
  const nowhere = noRoute(context, bare);
  if (isDone(bare, delivery) || isDone(nowhere, delivery)) return [];
  const routes = candidates(context);
  if (seen === undefined && routes.length > 0) return [lookStep(context, bare, routes)];
  const { open, isUnposted }: Look = seen === undefined ? { isUnposted: false } : looked.parse(seen);
  if (open) return [...toTell(context, open), writeStep(context, bare, { open, routes })];
  return isUnposted && routes.includes("customApi") ? [notPosted(context)] : [nowhere];
}

/** What is told of a shipment, whichever route takes it: a route that changes is no change of it. */
function bareStep({ shipment, document, facts, rules }: Tracking): Step {
  const { id, isVoided } = shipment;
  const codes = agentOf(rules.shippingAgents, facts);
  const owned = {
    document: document.externalNumber,
    trackingNumbers: isVoided ? [] : facts.numbers,
    shippingAgent: codes ? [codes.agent, codes.service ?? ""].join("/") : "",
  };
  const { externalNumber } = document;
  return {
    name: stepNameOf(id),
    action: "update",
    naturalKey: naturalKeyOf({ externalNumber, shipment: id, numbers: facts.numbers, isVoid: isVoided }),
    payload: null,
    owned,
    memo: memoOf(id, facts),
    // A comment or a file may be among what is sent: two of the same would stand there.
    repeatable: false,
    outcome: isVoided ? "withdrawn" : "written",
  };
}

/** The routes in their order, that which the shipment took before first: a number is withdrawn where it stands. */
function candidates({ shipment, delivery, rules, document, live }: Tracking): TrackingRoute[] {
  const { routes, maxLength } = rules.tracking;
  const numbers = live.flatMap((one) => one.numbers);
  // A field that has room for none of them would say that nothing was shipped.
  const fits = numbers.length === 0 || joined(numbers, maxLength).text !== "";
  const before = trackingRoute.safeParse(delivery.memo[routeNameOf(shipment.id)]).data;
  const ordered = before === undefined ? routes : [before, ...routes.filter((route) => route !== before)];
  return ordered.filter(
    (route) =>
      (fits || !fieldRoutes.includes(route)) &&
      (route !== "page42" || document.kind === "order") &&
      (route !== "customApi" || rules.tracking.customApi.path !== undefined),
  );
}

const whereOf = ({ rules }: Tracking, routes: TrackingRoute[]): Where => ({
  routes,
  customApi: { path: rules.tracking.customApi.path, fields: rules.tracking.customApi.fields },
  page42: rules.tracking.page42,
});

function lookStep(context: Tracking, { name, owned }: Step, routes: TrackingRoute[]): Step {
  const { document } = context;
  return {
    name: "look",
    action: "read",
    naturalKey: document.externalNumber,
    payload: plainJson({ kind: "look", document, where: whereOf(context, routes) }),
    prepares: { name, ...(owned ? { owned } : {}) },
    repeatable: true,
  };
}

function writeStep(context: Tracking, bare: Step, { open, routes }: { open: OpenRoute; routes: TrackingRoute[] }) {
  const { shipment, document } = context;
  const later = routes.slice(routes.indexOf(open.route) + 1);
  const content = contentOf(context, open);
  const payload = plainJson({
    kind: "write",
    shipment: shipment.id,
    document,
    open,
    where: whereOf(context, later),
    content,
  });
  return { ...bare, payload };
}

function contentOf(context: Tracking, open: OpenRoute): Content {
  return { fields: fieldsOf(context, open), comments: commentsOf(context.shipment), file: fileOf(context.shipment) };
}

/** All live numbers of the document, and the agent of its last parcel; empty when none is left. */
function fieldsOf(context: Tracking, open: OpenRoute): HeaderTracking {
  const { rules, live, facts } = context;
  const packageTrackingNo = joined(wantedNumbers(context, open), rules.tracking.maxLength).text;
  const last = live.at(-1);
  const codes = agentOf(rules.shippingAgents, last ?? facts);
  if (!codes) return { packageTrackingNo };
  const shippingAgentCode = last ? codes.agent : "";
  return { shippingAgentCode, shippingAgentServiceCode: (last && codes.service) ?? "", packageTrackingNo };
}

/** What was written before posting and not read here yet stays where it is. */
function wantedNumbers({ document, tracked, live, shipment }: Tracking, open: OpenRoute): string[] {
  const isRead = (id: string) => id === shipment.id || tracked.has(id);
  const held = "held" in open && !document.tracked.every(isRead) ? numbersIn(open.held.tracking) : [];
  const ours = new Set([...tracked.values(), ...live].flatMap(({ numbers }) => numbers));
  const withdrawn = shipment.isVoided ? shipment.packages.map(({ trackingNumber }) => trackingNumber) : [];
  const kept = held.filter((number) => !ours.has(number) && !withdrawn.includes(number));
  return [...kept, ...live.flatMap(({ numbers }) => numbers)];
}

/** What a person should know of a write to fields: each is told once. */
function toTell(context: Tracking, open: OpenRoute): Step[] {
  if (!fieldRoutes.includes(open.route)) return [];
  const { document, rules, live, delivery } = context;
  const { externalNumber, number } = document;
  const { maxLength } = rules.tracking;
  const { left } = joined(wantedNumbers(context, open), maxLength);
  const last = live.at(-1);
  const steps: Step[] = [];
  if (left.length > 0) {
    const remark = `${number} has room for ${maxLength} characters: ${left.join(", ")} stand nowhere in it`;
    steps.push(recorded("notice", `left:${externalNumber}`, externalNumber, { numbers: left }, remark));
  }
  if (last && !agentOf(rules.shippingAgents, last)) {
    const name = [last.carrier, ...(last.service === undefined ? [] : [last.service])].join("/");
    const remark = `shippingAgents has no row for ${name}: only the tracking number is written`;
    steps.push(recorded("skip", `noAgent:${name}`, externalNumber, { carrier: name }, remark));
  }
  return notDone(steps, delivery);
}

function noRoute({ shipment, document, rules }: Tracking, bare: Step): Step {
  const routes = [...rules.tracking.routes];
  const what = shipment.isVoided ? "that its label was voided" : "its tracking number";
  const remark = `${document.number} takes it on none of the routes ${routes.join(", ")}: ${what} is written nowhere`;
  return recorded("notice", `noRoute:${shipment.id}`, document.externalNumber, { ...bare.owned, routes }, remark);
}

/** What is in it becomes a document of its own: on another one it would stand twice in the end. */
function partToCome({ id }: Shipment): Step {
  const remark = "the part of the order that it is of is not booked yet";
  return { name: `part:${id}`, action: "wait", naturalKey: id, payload: null, repeatable: true, remark };
}

/** A row of its own comes with posting, which somebody else does here. */
function notPosted({ document }: Tracking): Step {
  const remark = `${document.number} is not posted yet, and tracking.customApi has no row for it`;
  return { name: "row", action: "wait", naturalKey: document.externalNumber, payload: null, repeatable: true, remark };
}
