import type { LineQuantities } from "../../connectors/bc/requests.ts";
import type { Step } from "../../core/delivery.ts";
import { plainJson } from "../../core/json.ts";
import { isDone } from "../../core/steps.ts";
import { leftOf, orderedOf, type Quantities } from "../../mappings/bc/parts.ts";
import { postedBefore, postStep, quantitiesStep, type SaleCase, type Wanted } from "./sale-case.ts";
import { type DocumentThere, isDraft, isPosted, matchedLines } from "./sale-document.ts";
import { type BookedDocument, suffixOf, withDocument } from "./sale-memo.ts";

/** A document that is ready, as it was read and as it should be. */
interface Ready {
  document: BookedDocument;
  there: DocumentThere;
  wanted: Wanted;
}

/** Dates, quantities, posting: the next of them that is not done. Pure. */
export function postingSteps(one: SaleCase, ready: Ready): Step[] {
  const { document, there } = ready;
  const dates = datesStep(one, ready);
  if (dates && !isDone(dates, one.delivery)) return [dates];
  const booked = document.whole ? orderedOf(one.sale) : document.booked;
  const post = {
    name: postStep(document),
    action: "post",
    naturalKey: document.externalNumber,
    memo: withDocument(one.delivery.memo, document),
    owned: { booked },
    repeatable: false,
  } as const;
  const { id, number } = there;
  if (document.kind === "invoice") return [{ ...post, payload: { kind: "invoice", id, number, booked } }];
  const lines = quantitiesOf(one, ready);
  const quantities = quantitiesFor(one, ready, lines);
  const isSet = isDone(quantities, one.delivery) && (one.rules.booking === "order" || document.posting !== undefined);
  if (!isSet) return [quantities];
  if (one.rules.booking !== "orderPosted") return [];
  return [{ ...post, payload: plainJson({ kind: "order", id, number, booked, lines }) }];
}

/** A document that was made before its goods left has no ship date yet. */
function datesStep({ sale, rules }: SaleCase, { document, there, wanted }: Ready): Step | undefined {
  const { shipDate } = sale;
  if (shipDate === undefined) return undefined;
  const postingDate =
    rules.postingDate === "shipDate" && there.postingDate !== shipDate ? { postingDate: shipDate } : {};
  const matched = isDraft(there) ? matchedLines(wanted.lines, there.lines) : [];
  const lines = matched
    .filter((line) => line?.type === "Item" && line.shipmentDate !== shipDate)
    .flatMap((line) => (line ? [line.id] : []));
  if (lines.length === 0 && Object.keys(postingDate).length === 0) return undefined;
  const { kind, externalNumber } = document;
  const { id, number } = there;
  return {
    name: `dates${suffixOf(document)}`,
    action: "update",
    naturalKey: externalNumber,
    payload: { kind, id, number, ...postingDate, ...(lines.length === 0 ? {} : { shipmentDate: shipDate, lines }) },
    repeatable: true,
    outcome: "written",
  };
}

/** What each line of an order ships and invoices next: what left, less what was posted of it, by whomever. */
function quantitiesOf({ sale }: SaleCase, { document, there, wanted }: Ready): LineQuantities[] {
  const left = document.whole ? leftOf(sale) : document.booked;
  const matched = matchedLines(wanted.lines, there.lines);
  return wanted.lines.flatMap(({ lineType, quantity = 0 }, index): LineQuantities[] => {
    const line = matched[index];
    if (!line || lineType === "Comment") return [];
    const key = wanted.sale.lines[index]?.key;
    const upTo = lineType === "Item" && key !== undefined ? Math.min(left[key] ?? 0, line.quantity) : quantity;
    const { id, shipped, invoiced } = line;
    const shipQuantity = Math.max(0, exact(upTo - shipped));
    return [{ id, shipQuantity, invoiceQuantity: Math.max(0, exact(upTo - invoiced)) }];
  });
}

/** BC keeps quantities to 0.00001. */
const exact = (quantity: number) => Math.round(quantity * 100_000) / 100_000;

function quantitiesFor(one: SaleCase, { document, there }: Ready, lines: readonly LineQuantities[]): Step {
  const { sale, rules, delivery } = one;
  const booked = document.whole ? leftOf(sale) : document.booked;
  const { shipments } = there;
  const posting = { shipments, invoices: there.invoices.map(({ id }) => id), booked };
  const after = rules.booking === "orderPosted" ? { ...document, posting } : { ...document, booked };
  return {
    name: quantitiesStep(document, rules.booking === "orderPosted" ? postedBefore(there) : 0),
    action: "update",
    naturalKey: document.externalNumber,
    payload: plainJson({ kind: "order", id: there.id, number: there.number, lines }),
    memo: withDocument(delivery.memo, after),
    repeatable: true,
    outcome: "written",
  };
}

/**
 * The document with what was posted of it since it was last looked at; undefined when that is nothing. `all` is what it books
 * when it is posted whole. Pure.
 */
export function postedDocument(
  document: BookedDocument,
  there: DocumentThere,
  all: Quantities,
): BookedDocument | undefined {
  const { posting, posted, ...rest } = document;
  if (isPosted(there)) {
    const { id, number } = there;
    return { ...rest, id, number, booked: all, posted: { invoice: number, invoiceId: id, shipments: [] } };
  }
  if (document.kind === "invoice") return undefined;
  const known = posted?.invoiceId ? [posted.invoiceId] : [];
  const invoices = newInvoices(posting?.invoices ?? known, there);
  // What a person posts of an order that stays open is told by its lines.
  if (invoices.length === 0 || (!posting && !there.isGone)) return undefined;
  const last = invoices.at(-1);
  const invoice = last ? { invoice: last.number, invoiceId: last.id } : {};
  const booked = there.isGone ? all : (posting?.booked ?? document.booked);
  return { ...rest, booked, posted: { ...posted, ...invoice, shipments: there.shipments } };
}

/**
 * The invoices of an order that are not among those of before. A shipment alone is no booking: a warehouse may have posted it, or
 * the posting stopped between its two commits; then the invoice is still to come. Pure.
 */
export function newInvoices(before: readonly string[], { invoices }: DocumentThere): DocumentThere["invoices"] {
  return invoices.filter(({ id }) => !before.includes(id));
}
