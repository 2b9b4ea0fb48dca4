import type { Delivery, Step } from "../../core/delivery.ts";
import { type Json, plainJson } from "../../core/json.ts";
import type { Sale } from "../../core/model.ts";
import { recorded } from "../../core/steps.ts";
import { customerBodyOf } from "./customers.ts";
import { adoptedSteps, nameIn } from "./sale-adopt.ts";
import {
  afterRecorded,
  caseOf,
  createStep,
  customerStep,
  documentNotice,
  editNotice,
  isComplete,
  isFresh,
  isOpenOrder,
  isStep,
  isUnbooked,
  lookFor,
  missingDocument,
  pendingChanges,
  type SaleCase,
  type SaleStepOptions,
  takenBackNotice,
  wantedOf,
} from "./sale-case.ts";
import { isDraft } from "./sale-document.ts";
import { deleteStep, documentSteps, notNumbered, readStep, thereFor } from "./sale-document-steps.ts";
import { type BookedDocument, draftStep, suffixOf } from "./sale-memo.ts";

/**
 * What is still to do to book a sale, one write at a time: look what is there, make the draft, read it back, put tracking on it,
 * post it. What has left and is not booked becomes the next part. Throws MappingError and RejectedError. Pure.
 */
export function saleSteps(
  sale: Sale,
  delivery: Delivery,
  seen: Record<string, Json>,
  options: SaleStepOptions,
): Step[] {
  const one = caseOf(sale, delivery, seen, options);
  /** What is only written down goes before what follows from it. */
  const after = (step: Step) => [step, ...saleSteps(sale, afterRecorded(delivery, step), seen, options)];
  if (sale.status === "cancelled") return withdrawSteps(one, after);
  const newest = one.live.at(-1);
  const changes = newest && pendingChanges(one, newest);
  const mayApply = newest && changes && (isUnbooked(one, newest) || (isOpenOrder(one, newest) && changes.shipTo));
  if (changes && !mayApply) return after(editNotice(one, changes));
  const isBooked = !one.live.some((document) => isUnbooked(one, document));
  const takenBack = isBooked ? takenBackNotice(one) : undefined;
  if (takenBack) return after(takenBack);
  const open =
    one.live.find((document) => !isComplete(one, document)) ??
    (newest && (mayApply || (newest.whole && !newest.posted && isFresh(one, newest))) ? newest : undefined);
  if (open) return documentSteps(one, open, { after, ...(changes && open === newest ? { changes } : {}) });
  const missing = missingDocument(one);
  if (missing) return makeSteps(one, missing, after);
  // A person who asks again may have deleted what was left open.
  const doubtful =
    seen.asked === "again" ? one.live.find(({ kind, posted }) => kind === "order" && !posted) : undefined;
  return doubtful ? documentSteps(one, doubtful, { after }) : [];
}

type After = (step: Step) => Step[];

/** Makes a document unless one stands there under its number already. */
function makeSteps(one: SaleCase, document: BookedDocument, after: After): Step[] {
  const look = lookFor(one, document);
  if (isStep(look)) return [look];
  if (!look.customer && one.delivery.steps[customerStep] === undefined) return [newCustomerStep(one, document)];
  const wanted = wantedOf(one, document, look);
  const found = nameIn(look.there, document);
  if (found) return adoptedSteps(one, { document, wanted, found }, after);
  // A person said that another document is this one: none is made beside it.
  const adopted = one.delivery.steps[draftStep(document)]?.target;
  if (adopted !== undefined) throw notNumbered(one, document, adopted);
  return [createStep(one, document, wanted)];
}

function newCustomerStep({ sale }: SaleCase, { externalNumber }: BookedDocument): Step {
  const body = customerBodyOf(sale);
  return {
    name: customerStep,
    action: "create",
    naturalKey: `customer of ${externalNumber}`,
    payload: plainJson(body),
    repeatable: false,
  };
}

/** A cancelled sale: what is only a draft is deleted, what is booked is told. */
function withdrawSteps(one: SaleCase, after: After): Step[] {
  const { live, sale } = one;
  for (const document of live) {
    const told = `cancelled${suffixOf(document)}`;
    const remark = `cancelled at the shipper; ${document.number || document.externalNumber} is left as it is in Business Central`;
    const step = recorded("notice", told, document.externalNumber, { cancelled: sale.id }, remark);
    if (one.delivery.steps[told]) continue;
    if (!isUnbooked(one, document)) return after(step);
    const there = thereFor(one, document);
    if (!there) return [readStep(one, document)];
    if (there.isGone) {
      const gone = { ...document, deleted: true } as const;
      return after(documentNotice(one, gone, { what: "gone", remark: "was deleted in Business Central" }));
    }
    if (!isDraft(there) || there.shipments.length > 0 || there.invoices.length > 0) return after(step);
    return [deleteStep(one, { ...document, id: there.id }, "cancelled at the shipper")];
  }
  return [];
}
