import type { BcRules } from "../../connectors/bc/rules.ts";
import type { Step } from "../../core/delivery.ts";
import { plainJson } from "../../core/json.ts";
import type { Sale, Shipment } from "../../core/model.ts";
import { agentOf, commentsOf, joined, numbersOf } from "../../mappings/bc/tracking.ts";
import { type DocumentThere, isDraft } from "./sale-document.ts";
import { type BookedDocument, suffixOf } from "./sale-memo.ts";

/** What is known when tracking is to go on a document before it is posted. */
export interface TrackingCase {
  sale: Sale;
  rules: BcRules;
  document: BookedDocument;
  /** All documents of the sale: a shipment's tracking goes on one of them. */
  documents: readonly BookedDocument[];
  there: DocumentThere;
  /** Whether the service of page 42 has the order; undefined before it was asked. */
  hasPage42: boolean | undefined;
}

/** What is to do for tracking, and the shipments that the document carries then. */
export interface TrackingPlan {
  steps: Step[];
  tracked: string[];
}

type Route = BcRules["tracking"]["routes"][number];

/**
 * The tracking that has to be written before posting: where the first route that can ever work for such a document is of that
 * kind. Every other route is open afterwards too. Pure.
 */
export function trackingPlan(one: TrackingCase): TrackingPlan {
  const { document, rules, hasPage42, there } = one;
  const none = { steps: [], tracked: document.tracked };
  const shipments = untracked(one);
  if (shipments.length === 0 || !isDraft(there)) return none;
  const posts = document.kind === "invoice" || rules.booking === "orderPosted";
  const works: Readonly<Record<Route, boolean>> = {
    customApi: true,
    page42: document.kind === "order" && hasPage42 !== false,
    comment: true,
    attachment: true,
  };
  const route = rules.tracking.routes.find((each) => works[each]);
  if (route === "comment" && posts) return commentPlan(one, shipments);
  if (route === "page42") return page42Plan(one, shipments);
  return none;
}

/** Parcels that left and whose tracking is on no document yet. */
function untracked({ sale, documents }: TrackingCase): Shipment[] {
  const told = new Set(documents.flatMap(({ deleted, tracked }) => (deleted ? [] : tracked)));
  return sale.shipments.filter(
    ({ id, isVoided, isReturn, packages }) => !isVoided && !isReturn && packages.length > 0 && !told.has(id),
  );
}

function commentPlan({ document, there }: TrackingCase, shipments: readonly Shipment[]): TrackingPlan {
  const tracked = [...document.tracked, ...shipments.map(({ id }) => id)];
  const held = new Set(there.lines.map(({ description }) => description));
  const missing = [...new Set(shipments.flatMap(commentsOf))].filter((text) => !held.has(text));
  if (missing.length === 0) return { steps: [], tracked };
  const payload = { route: "comment", kind: document.kind, id: there.id, number: there.number, comments: missing };
  return { steps: [stepOf(document, payload, { repeatable: false, owned: { tracking: missing } })], tracked };
}

function page42Plan(one: TrackingCase, shipments: readonly Shipment[]): TrackingPlan {
  const { document, rules, there, hasPage42 } = one;
  const { service } = rules.tracking.page42;
  const { number } = there;
  if (hasPage42 === undefined) {
    const payload = { route: "page42", service, number };
    const name = page42Read(document);
    return {
      steps: [{ name, action: "read", naturalKey: document.externalNumber, payload, repeatable: true }],
      tracked: document.tracked,
    };
  }
  const { text, left } = joined(shipments.flatMap(numbersOf), rules.tracking.maxLength);
  const values = { ...agentFields(shipments[0], rules), ...(text === "" ? {} : { packageTrackingNo: text }) };
  const payload = { route: "page42", service, number, values: plainJson(values) };
  const step = stepOf(document, payload, { repeatable: true, owned: { tracking: plainJson(values) } });
  const remark = left.length === 0 ? {} : { remark: `there is no room for the tracking numbers ${left.join(", ")}` };
  return {
    steps: [{ ...step, ...remark }],
    tracked: [...document.tracked, ...shipments.map(({ id }) => id)],
  };
}

/** The name of the step that asks page 42 for the order. Pure. */
export function page42Read(document: BookedDocument): string {
  return `page42${suffixOf(document)}`;
}

function stepOf(
  document: BookedDocument,
  payload: Step["payload"],
  { repeatable, owned }: Pick<Step, "repeatable"> & { owned: NonNullable<Step["owned"]> },
): Step {
  const name = `tracking${suffixOf(document)}`;
  return {
    name,
    action: "update",
    naturalKey: document.externalNumber,
    payload,
    owned,
    repeatable,
    outcome: "written",
  };
}

function agentFields(shipment: Shipment | undefined, { shippingAgents }: BcRules) {
  const found = shipment && agentOf(shippingAgents, shipment);
  if (!found) return {};
  const { agent, service } = found;
  return { shippingAgentCode: agent, ...(service === undefined ? {} : { shippingAgentServiceCode: service }) };
}
