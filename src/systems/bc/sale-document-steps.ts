import { compareDecimals } from "../../core/decimal.ts";
import type { Step } from "../../core/delivery.ts";
import { RejectedError } from "../../core/errors.ts";
import { isDone } from "../../core/steps.ts";
import { orderedOf } from "../../mappings/bc/parts.ts";
import { shipToOf } from "../../mappings/bc/sales.ts";
import { namedSteps, nameIn } from "./sale-adopt.ts";
import {
  documentNotice,
  editNotice,
  isComplete,
  isFresh,
  isStep,
  isUnbooked,
  lookFor,
  postStep,
  type SaleCase,
  takenBack,
  type Wanted,
  wantedOf,
} from "./sale-case.ts";
import { type DocumentThere, documentThere, hasSameLines, isDraft, missingLines } from "./sale-document.ts";
import { changesSince, headerStep, ownedIn, type SaleChanges } from "./sale-edits.ts";
import { type BookedDocument, draftStep, suffixOf, withDocument } from "./sale-memo.ts";
import { postedDocument, postingSteps } from "./sale-posting.ts";
import { page42Read, trackingPlan } from "./sale-tracking.ts";

/** After so many drafts that came out incomplete a person has to look. */
const mostGenerations = 3;

/** What follows from a document's state. */
interface Given {
  /** Goes on once a step is written down. */
  after(step: Step): Step[];
  /** What was edited at the shipper since it was made. */
  changes?: SaleChanges;
}

/** The step that reads a document back. Pure. */
export function readStep({ delivery }: SaleCase, document: BookedDocument): Step {
  const { kind, externalNumber, number } = document;
  const id = document.id || (delivery.steps[draftStep(document)]?.target ?? "");
  const payload = { kind, id, number };
  return { name: readName(document), action: "read", naturalKey: externalNumber, payload, repeatable: true };
}

const readName = (document: BookedDocument) => `read${suffixOf(document)}`;
const readAgainName = (document: BookedDocument) => `readAgain${suffixOf(document)}`;

/** The document as it was read back in this run. Pure. */
export function thereFor({ seen }: SaleCase, document: BookedDocument): DocumentThere | undefined {
  const read = seen[postStep(document)] ?? seen[readAgainName(document)] ?? seen[readName(document)];
  return read === undefined ? undefined : documentThere.parse(read);
}

/** What is still to do for a document that was made. Throws RejectedError and MappingError. Pure. */
export function documentSteps(one: SaleCase, document: BookedDocument, given: Given): Step[] {
  if (document.id === "") return unnamedSteps(one, document, given);
  const there = thereFor(one, document);
  if (!there) return [readStep(one, document)];
  const posted = postedDocument(document, there, document.whole ? orderedOf(one.sale) : document.booked);
  if (posted)
    return given.after(documentNotice(one, posted, { what: "posted", remark: "found posted in Business Central" }));
  if (there.isGone) return goneSteps(one, document, given);
  const asked = one.delivery.steps[postStep(document)];
  if (asked && (document.posting || document.kind === "invoice")) {
    const isAgain = one.seen.asked === "again" && one.seen[postStep(document)] === undefined;
    // What was read may be from before a posting whose answer was lost a moment ago.
    const isOld = one.seen[postStep(document)] === undefined && one.seen[readAgainName(document)] === undefined;
    if (isOld) return [{ ...readStep(one, document), name: readAgainName(document) }];
    if (!isAgain) return [waitForPosting(document)];
  }
  if (given.changes) return editedSteps(one, { document, there, changes: given.changes }, given);
  if (isComplete(one, document) && !isFresh(one, document)) return [];
  const look = lookFor(one, document);
  if (isStep(look)) return [look];
  const wanted = wantedOf(one, document, look);
  const mended = checkSteps(one, { document, there, wanted });
  if (mended) return mended;
  if (isComplete(one, document)) return [];
  const hasPage42 = one.seen[page42Read(document)];
  const plan = trackingPlan({
    ...one,
    document,
    there,
    hasPage42: hasPage42 === undefined ? undefined : hasPage42 === true,
  });
  const tracked = { ...document, tracked: plan.tracked };
  const memo = withDocument(one.delivery.memo, tracked);
  const tracking = plan.steps
    .map((step) => (step.action === "read" ? step : { ...step, memo }))
    .filter((step) => step.action === "read" || !isDone(step, one.delivery));
  if (tracking.length > 0) return tracking;
  return postingSteps(one, { document: tracked, there, wanted });
}

/** A document whose answer was lost is known by its number; a person may have adopted one. */
function unnamedSteps(one: SaleCase, document: BookedDocument, { after }: Given): Step[] {
  const look = lookFor(one, document, true);
  if (isStep(look)) return [look];
  const found = nameIn(look.there, document);
  if (found) return namedSteps(one, { document, found, wanted: wantedOf(one, document, look) }, after);
  if (one.seen.asked === "again") return after(goneNotice(one, document));
  throw notNumbered(one, document, one.delivery.steps[draftStep(document)]?.target ?? "what was made");
}

/** The error of a document that cannot be found by our number, although it is said to be there. Pure. */
export function notNumbered({ sale }: SaleCase, { externalNumber }: BookedDocument, target: string): RejectedError {
  return new RejectedError(
    `Business Central ${sale.number}: ${target} has not our external document number ${externalNumber}`,
    {
      system: "bc",
      document: sale.number,
      field: "externalDocumentNumber",
      hint: `Enter ${externalNumber} as its external document number in Business Central, then run \`mlc replay\`.`,
    },
  );
}

function goneNotice(one: SaleCase, document: BookedDocument): Step {
  const remark = `${document.number || document.externalNumber} was deleted in Business Central`;
  return documentNotice(one, { ...document, deleted: true }, { what: "gone", remark });
}

function goneSteps(one: SaleCase, document: BookedDocument, { after }: Given): Step[] {
  const { number, externalNumber, posted } = document;
  const name = number || externalNumber;
  if (one.seen.asked === "again" && !posted) return after(goneNotice(one, document));
  throw new RejectedError(
    `Business Central ${one.sale.number}: ${name} was deleted in Business Central before it was posted`,
    {
      system: "bc",
      document: one.sale.number,
      hint: posted
        ? "Book the rest of the order by hand, then run `mlc replay <id> --drop`."
        : "Run `mlc replay` to have it made anew, or `mlc replay <id> --drop` to leave it.",
    },
  );
}

/** Asked twice, Business Central might post what is left of an order, too: it is left to the job queue, or to a person. */
function waitForPosting(document: BookedDocument): Step {
  return {
    name: `waits${suffixOf(document)}`,
    action: "wait",
    naturalKey: document.externalNumber,
    payload: null,
    repeatable: true,
    remark: `Business Central took the request to post ${document.number} and has not posted it yet: look at its job queue; \`mlc replay\` asks once more`,
  };
}

/** The first edit that Business Central still allows: a header changed, a draft made anew; else it is told. */
function editedSteps(
  one: SaleCase,
  { document, there, changes }: { document: BookedDocument; there: DocumentThere; changes: SaleChanges },
  { after }: Given,
): Step[] {
  const isUntouched = isDraft(there) && there.shipments.length === 0 && there.invoices.length === 0;
  const mayRemake = isUntouched && isUnbooked(one, document);
  if (changes.shipTo && !changes.others && (mayRemake || document.kind === "order"))
    return headerSteps(one, document, there);
  if (mayRemake) return [deleteStep(one, document, `edited at the shipper: ${changes.told.join("; ")}`)];
  if (changes.shipTo && document.kind === "order") return headerSteps(one, document, there);
  return after(editNotice(one, changes));
}

function headerSteps(one: SaleCase, document: BookedDocument, there: DocumentThere): Step[] {
  const { kind, id, externalNumber } = document;
  const { fields } = shipToOf(one.sale.shipTo);
  return [
    {
      name: headerStep(document),
      action: "update",
      naturalKey: externalNumber,
      payload: { kind, id, number: there.number, changes: fields },
      owned: { shipTo: ownedIn(one.sale).shipTo ?? null },
      repeatable: true,
    },
  ];
}

/** The step that deletes what was never posted, so that the next generation takes its place. Pure. */
export function deleteStep(one: SaleCase, document: BookedDocument, remark: string): Step {
  const { kind, id, number, externalNumber } = document;
  return {
    name: `delete${suffixOf(document)}`,
    action: "delete",
    naturalKey: externalNumber,
    payload: { kind, id, number },
    memo: withDocument(one.delivery.memo, { ...document, deleted: true }),
    repeatable: true,
    remark,
  };
}

/**
 * What has to be mended before it may be posted: a draft with lines missing is made anew, and so is one that settings would
 * make otherwise now. Throws RejectedError with both amounts where they differ.
 */
function checkSteps(
  one: SaleCase,
  { document, there, wanted }: { document: BookedDocument; there: DocumentThere; wanted: Wanted },
): Step[] | undefined {
  const isUntouched = isDraft(there) && there.shipments.length === 0 && there.invoices.length === 0;
  const isNew = one.seen[draftStep(document)] !== undefined;
  const isTakenBack = !document.whole && isUnbooked(one, document) && Object.keys(takenBack(one)).length > 0;
  if (isTakenBack && isUntouched) return [deleteStep(one, document, "less of it has left than it books")];
  const missing = missingLines(wanted.lines, there.lines);
  const wasEdited = changesSince(one.sale, one.delivery, document).others || !isUnbooked(one, document);
  if (missing.length > 0 && !wasEdited) {
    if (isUntouched && document.generation < mostGenerations)
      return [deleteStep(one, document, `${missing.length} of its lines were missing`)];
    throw incomplete(one, there, missing.map(({ lineObjectNumber }) => lineObjectNumber ?? "").join(", "));
  }
  const problem = amountProblem(one, there, wanted);
  if (!problem) return undefined;
  const isOutdated = one.seen.asked === "again" || !hasSameLines(wanted.lines, there.lines);
  if (isUntouched && isUnbooked(one, document) && !isNew && isOutdated)
    return [deleteStep(one, document, "made anew, since its amounts were not the order's")];
  throw problem;
}

function incomplete({ sale }: SaleCase, { number }: DocumentThere, missing: string): RejectedError {
  return new RejectedError(`Business Central ${sale.number}: ${number} lacks the lines of ${missing}`, {
    system: "bc",
    document: sale.number,
    hint: "Look which extension stops while lines are made, then run `mlc replay`.",
  });
}

/** Equal to the cent, in the same currency, or nothing is posted. */
function amountProblem({ sale, rules }: SaleCase, there: DocumentThere, wanted: Wanted): RejectedError | undefined {
  const { currency, total } = wanted.sale;
  const isSameCurrency = there.currencyCode === "" || there.currencyCode === currency;
  if (isSameCurrency && compareDecimals(there.total, total) === 0) return undefined;
  return new RejectedError(
    `Business Central ${sale.number}: ${there.number} comes to ${there.total} ${there.currencyCode}, the order to ${total} ${currency}`,
    {
      system: "bc",
      document: sale.number,
      field: isSameCurrency ? "totalAmountIncludingTax" : "currencyCode",
      hint: isSameCurrency
        ? `Set lines.tax of the store (it is ${rules.lines.tax}) or the customer's and items' tax set-up so that the amounts agree, then run \`mlc replay\`.`
        : "Set up the order's currency in Business Central, then run `mlc replay`.",
    },
  );
}
