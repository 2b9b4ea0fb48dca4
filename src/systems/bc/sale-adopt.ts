import type { Step } from "../../core/delivery.ts";
import { RejectedError } from "../../core/errors.ts";
import { plainJson } from "../../core/json.ts";
import { orderedOf } from "../../mappings/bc/parts.ts";
import { documentNotice, type SaleCase, type Wanted } from "./sale-case.ts";
import {
  type DocumentName,
  type DocumentThere,
  disagreement,
  documentThere,
  hasSameLines,
  isDraft,
  isPosted,
  matchedLines,
  missingLines,
} from "./sale-document.ts";
import { ownedIn, soldIn } from "./sale-edits.ts";
import type { FoundThere } from "./sale-look.ts";
import { type BookedDocument, draftStep, suffixOf } from "./sale-memo.ts";

/**
 * The document that stands under a document's number: an order goes by its own name even when only what was posted of it is
 * left. Throws RejectedError where it is not one of that kind. Pure.
 */
export function nameIn(
  there: readonly FoundThere[],
  { kind, externalNumber }: Pick<BookedDocument, "kind" | "externalNumber">,
): DocumentName | undefined {
  if (there.length === 0) return undefined;
  const fromOrder = there.filter(({ orderNumber }) => orderNumber !== "");
  const invoices = there.filter((one) => one.kind === "invoice" && one.orderNumber === "");
  const orders = new Map(fromOrder.map((one) => [one.orderNumber, one]));
  const found = kind === "order" ? [...orders.values()] : invoices;
  const others = kind === "order" ? invoices.length : orders.size;
  if (found.length === 0 || others > 0) throw notOurs(externalNumber, `it is no ${kind}`);
  const [first] = found;
  if (found.length > 1 || !first) throw notOurs(externalNumber, `there are ${found.length} of them`);
  if (kind === "invoice") return { kind, id: first.id, number: first.number };
  const id = fromOrder.find(({ orderId }) => isId(orderId))?.orderId ?? "";
  return { kind, id, number: first.orderNumber };
}

const isId = (id: string) => id !== "" && !/^[0-]+$/.test(id);

function notOurs(externalNumber: string, why: string): RejectedError {
  return new RejectedError(`Business Central: a document with our number ${externalNumber} is not ours: ${why}`, {
    system: "bc",
    document: externalNumber,
    field: "externalDocumentNumber",
    hint: `Look for ${externalNumber} in Business Central and give the other document another external number, then run \`mlc replay\`.`,
  });
}

/** A document that stands under our number, and what it should be. */
interface Candidate {
  document: BookedDocument;
  wanted: Wanted;
  found: DocumentName;
}

/** Takes a document that is there already for ours, if customer, lines and amounts agree. Throws RejectedError. Pure. */
export function adoptedSteps(one: SaleCase, candidate: Candidate, after: (step: Step) => Step[]): Step[] {
  const { document, wanted, found } = candidate;
  const there = foundThere(one, document);
  if (!there) return [foundRead(document, found)];
  const why = disagreementOf(there, wanted);
  if (why !== undefined) throw notOurs(document.externalNumber, why);
  const adopted = adoptedDocument(one, { document, wanted, there });
  const remark = `found there under our number as ${there.number}`;
  const notice = documentNotice(one, adopted, { what: "found", remark });
  const memo = { ...notice.memo, sold: soldIn(one.sale), ordered: orderedOf(one.sale) };
  return after({ ...notice, name: draftStep(document), owned: ownedIn(one.sale), memo });
}

/**
 * Names a document that was sent although nobody saw the answer. One of ours may have come out incomplete, which is mended
 * later; what has other lines is not ours. Throws RejectedError. Pure.
 */
export function namedSteps(one: SaleCase, candidate: Candidate, after: (step: Step) => Step[]): Step[] {
  const { document, wanted, found } = candidate;
  const there = foundThere(one, document);
  if (!there) return [foundRead(document, found)];
  const why = disagreementOf(there, wanted);
  if (why !== undefined && !isBegunAs(there, wanted)) throw notOurs(document.externalNumber, why);
  const named = adoptedDocument(one, { document, wanted, there });
  return after(documentNotice(one, named, { what: "named", remark: `it is ${there.number} there` }));
}

function foundThere({ seen }: SaleCase, document: BookedDocument): DocumentThere | undefined {
  const read = seen[`found${suffixOf(document)}`];
  return read === undefined ? undefined : documentThere.parse(read);
}

/** Of an order that was invoiced whole the invoices stand for it. */
function foundRead(document: BookedDocument, found: DocumentName): Step {
  const name = `found${suffixOf(document)}`;
  const payload = plainJson({ ...found, isInvoiced: true });
  return { name, action: "read", naturalKey: document.externalNumber, payload, repeatable: true };
}

function disagreementOf(there: DocumentThere, { customerNumber, lines, sale }: Wanted): string | undefined {
  if (there.isGone && there.invoices.length === 0) return "it is not there any more";
  return disagreement(there, { customerNumber, lines, currency: sale.currency, total: sale.total });
}

/** Whether a draft is ours as far as it came. */
function isBegunAs(there: DocumentThere, { customerNumber, lines }: Wanted): boolean {
  if (!isDraft(there) || there.customerNumber.toUpperCase() !== customerNumber.toUpperCase()) return false;
  const missing = new Set(missingLines(lines, there.lines));
  const begun = lines.filter((line) => !missing.has(line));
  // With all its lines it is ours too: its amounts are looked at before it is posted.
  return hasSameLines(begun, there.lines);
}

/** With what has been posted of it. */
function adoptedDocument(
  { sale }: SaleCase,
  { document, wanted, there }: { document: BookedDocument; wanted: Wanted; there: DocumentThere },
): BookedDocument {
  const { id, number, shipments, invoices } = there;
  const named = { ...document, id, number };
  if (isPosted(there))
    return {
      ...named,
      booked: bookedBy(document, sale.lines),
      posted: { invoice: number, invoiceId: id, shipments: [] },
    };
  const last = invoices.at(-1);
  const posted = { shipments, ...(last ? { invoice: last.number, invoiceId: last.id } : {}) };
  if (there.isGone) return { ...named, booked: bookedBy(document, sale.lines), posted };
  if (!document.whole || (shipments.length === 0 && !last)) return named;
  const matched = matchedLines(wanted.lines, there.lines);
  const booked = wanted.sale.lines.map(({ key }, index) => [key, matched[index]?.shipped ?? 0] as const);
  return { ...named, booked: Object.fromEntries(booked.filter(([, quantity]) => quantity > 0)), posted };
}

/** A whole document that is posted has booked all that was ordered. */
function bookedBy({ whole, booked }: BookedDocument, lines: readonly { key: string; quantity: number }[]) {
  return whole ? Object.fromEntries(lines.map(({ key, quantity }) => [key, quantity])) : booked;
}
