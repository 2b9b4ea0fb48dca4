import type { BcRules } from "../../connectors/bc/rules.ts";
import type { LineBody } from "../../connectors/bc/schema.ts";
import type { Delivery, Step } from "../../core/delivery.ts";
import { type Json, plainJson } from "../../core/json.ts";
import type { Sale } from "../../core/model.ts";
import { fieldHashes, isDone, recorded } from "../../core/steps.ts";
import { externalNumberOf } from "../../mappings/bc/keys.ts";
import { beyond, leftOf, orderedOf, partOf, together } from "../../mappings/bc/parts.ts";
import { invoiceFromSale, orderFromSale, type SaleOptions } from "../../mappings/bc/sales.ts";
import { changesSince, ownedIn, type SaleChanges, soldIn } from "./sale-edits.ts";
import { type Looked, looked, lookStep } from "./sale-look.ts";
import { type BookedDocument, documentsIn, draftStep, suffixOf, withDocument } from "./sale-memo.ts";

/** What the pair's settings say about booking sales. */
export interface SaleStepOptions {
  rules(storeId: string | undefined): BcRules;
}

/** Everything about a sale that its steps need. */
export interface SaleCase {
  sale: Sale;
  delivery: Delivery;
  seen: Record<string, Json>;
  rules: BcRules;
  /** Those that were not deleted, in the order of their parts. */
  live: BookedDocument[];
  documents: BookedDocument[];
}

/** The case of a sale as its delivery stands. Pure. */
export function caseOf(
  sale: Sale,
  delivery: Delivery,
  seen: Record<string, Json>,
  { rules }: SaleStepOptions,
): SaleCase {
  const documents = documentsIn(delivery.memo);
  const live = documents.filter(({ deleted }) => !deleted).sort((one, other) => one.part - other.part);
  return { sale, delivery, seen, rules: rules(sale.storeId), live, documents };
}

const isEmpty = (quantities: object) => Object.keys(quantities).length === 0;

/** Whether nothing is to be done for a document as far as the sale has come. Pure. */
export function isComplete({ sale, delivery, rules }: SaleCase, document: BookedDocument): boolean {
  const { kind, id, posted, posting, whole, booked } = document;
  if (posting || id === "") return false;
  if (kind === "invoice") return posted !== undefined || (whole === true && !hasAllLeft(sale));
  if (whole) return sale.status !== "shipped" || isEmpty(beyond(leftOf(sale), [booked]));
  if (rules.booking === "orderPosted") return posted !== undefined;
  return posted !== undefined || delivery.steps[quantitiesStep(document, 0)] !== undefined;
}

/** Whether all that was ordered has left. Pure. */
export function hasAllLeft(sale: Sale): boolean {
  return sale.status === "shipped" && isEmpty(beyond(orderedOf(sale), [leftOf(sale)]));
}

/** Whether a document is no booking yet, so that it may be made anew. Pure. */
export function isUnbooked({ rules, delivery }: SaleCase, document: BookedDocument): boolean {
  const { kind, whole, posted, posting, booked } = document;
  if (posted || posting) return false;
  if (kind === "invoice" || rules.booking === "orderPosted" || isEmpty(booked)) return true;
  return !whole && delivery.steps[quantitiesStep(document, 0)] === undefined;
}

/** Whether a document is an order that may still be there. Pure. */
export function isOpenOrder({ sale }: SaleCase, { kind, whole, posted, booked }: BookedDocument): boolean {
  if (kind !== "order") return false;
  return posted === undefined || (whole === true && !isEmpty(beyond(orderedOf(sale), [booked])));
}

/** What is booked and has not left any more, since its label was voided. Pure. */
export function takenBack({ sale, live }: SaleCase): Record<string, number> {
  return beyond(together(live.map(({ booked }) => booked)), [leftOf(sale)]);
}

/** The notice that less has left than is booked; undefined when it is told or not so. Pure. */
export function takenBackNotice(one: SaleCase): Step | undefined {
  const back = takenBack(one);
  const lines = Object.entries(back).map(([key, quantity]) => `${quantity} of line ${key}`);
  if (lines.length === 0) return undefined;
  const remark = `booked in Business Central and, by its labels, not shipped any more: ${lines.join(", ")}`;
  const step = recorded("notice", "takenBack", one.sale.id, back, remark);
  return isDone(step, one.delivery) ? undefined : step;
}

/** The document that the sale needs next; undefined when none. Pure. */
export function missingDocument({ sale, rules, live, documents }: SaleCase): BookedDocument | undefined {
  if (live.some(({ whole }) => whole)) return undefined;
  const whole = rules.bookOn === "new" && live.length === 0;
  const parts = live.map(({ booked }) => booked);
  const booked = whole ? {} : beyond(leftOf(sale), parts);
  if (whole ? isEmpty(beyond(orderedOf(sale), [])) : sale.status !== "shipped" || isEmpty(booked)) return undefined;
  let part = 1;
  while (live.some((document) => document.part === part)) part += 1;
  const generation = 1 + Math.max(0, ...documents.filter((one) => one.part === part).map((one) => one.generation));
  const kind = rules.booking === "invoice" ? "invoice" : "order";
  const externalNumber = externalNumberOf(sale.naturalKey + suffixOf({ part, generation }));
  const made = { kind, externalNumber, id: "", number: "", part, generation, booked, tracked: [] } as const;
  return { ...made, tracked: [], ...(whole ? { whole } : {}) };
}

/** The sale as far as a document books it. Pure. */
export function saleOf({ sale, live }: SaleCase, { whole, part, booked }: BookedDocument): Sale {
  if (whole) return partOf(sale, [], orderedOf(sale));
  const before = live.filter((one) => one.part < part).map((one) => one.booked);
  return partOf(sale, before, booked);
}

/** What a document is to be made from. */
export interface Wanted {
  body: Json;
  lines: LineBody[];
  cut: string[];
  customerNumber: string;
  sale: Sale;
}

/** What a document should look like. Throws MappingError. Pure. */
export function wantedOf(one: SaleCase, document: BookedDocument, look: Looked): Wanted {
  const { rules, delivery } = one;
  const sale = { ...saleOf(one, document), naturalKey: one.sale.naturalKey + suffixOf(document) };
  const customerNumber = look.customer?.number ?? delivery.steps[customerStep]?.target ?? "";
  const { shippingAccount, discountAccount, taxAccount, tax } = rules.lines;
  const options: SaleOptions = {
    customerNumber,
    items: new Map(Object.entries(look.items).map(([sku, { number, variantId }]) => [sku, itemOf(number, variantId)])),
    // A customer's own currency is what the document has without it; the company's own goes by its ISO code (BC, 2.4).
    ...(look.customer?.currencyCode === sale.currency ? {} : { currencyCode: sale.currency }),
    ...(rules.postingDate === "shipDate" && sale.shipDate !== undefined ? { postingDate: sale.shipDate } : {}),
    ...(look.locationId === undefined ? {} : { locationId: look.locationId }),
    ...{ shippingAccount, discountAccount, taxAccount, tax },
  };
  if (document.kind === "invoice") {
    const { body, cut } = invoiceFromSale(sale, options);
    return { body: plainJson(body), lines: body.salesInvoiceLines, cut, customerNumber, sale };
  }
  const { body, cut } = orderFromSale(sale, options);
  return { body: plainJson(body), lines: body.salesOrderLines, cut, customerNumber, sale };
}

function itemOf(number: string, variantId: string | undefined) {
  return variantId === undefined ? { number } : { number, variantId };
}

/** The step that makes the sale's customer. */
export const customerStep = "customer";

/** What was looked up for a document, or the step that looks; once more after it was sent. Pure. */
export function lookFor({ sale, rules, seen }: SaleCase, document: BookedDocument, isSent = false): Looked | Step {
  const name = `look${isSent ? "Again" : ""}${suffixOf(document)}`;
  const found = seen[name];
  return found === undefined ? lookStep(sale, rules, { name, number: document.externalNumber }) : looked.parse(found);
}

/** Whether it is still to be looked. Pure. */
export function isStep(value: object): value is Step {
  return "action" in value;
}

/** The name of the step that sets what an order ships and invoices, after so many postings. Pure. */
export function quantitiesStep(document: BookedDocument, before: number): string {
  return `quantities${suffixOf(document)}${before === 0 ? "" : `:${before + 1}`}`;
}

/** How much was posted of a document before: it tells one posting from the next. Pure. */
export function postedBefore({ shipments, invoices }: { shipments: string[]; invoices: unknown[] }): number {
  return shipments.length + invoices.length;
}

/** The name of the step that posts a document. Pure. */
export function postStep(document: BookedDocument): string {
  const before = document.posting ? postedBefore(document.posting) : 0;
  return `post${suffixOf(document)}${before === 0 ? "" : `:${before + 1}`}`;
}

/** Whether a document was made or named in this run, so that it is checked although nothing else is to be done for it. Pure. */
export function isFresh({ seen }: SaleCase, document: BookedDocument): boolean {
  return [draftStep(document), ...["look", "found"].map((what) => what + suffixOf(document))].some(
    (name) => seen[name] !== undefined,
  );
}

/** The notice of what was edited, told once a change. Pure. */
export function editNotice({ sale }: SaleCase, { told }: SaleChanges): Step {
  const owned = { ...soldIn(sale), people: plainJson([ownedIn(sale).shipTo, ownedIn(sale).customer, sale.orderDate]) };
  return {
    name: "edit",
    action: "notice",
    naturalKey: sale.id,
    payload: null,
    owned,
    repeatable: true,
    remark: `edited after it was booked, and left as it is in Business Central: ${told.join("; ")}`,
  };
}

/** What was edited since the newest document was made and is neither told nor applied. Pure. */
export function pendingChanges(one: SaleCase, document: BookedDocument): SaleChanges | undefined {
  const changes = changesSince(one.sale, one.delivery, document);
  if (!changes.shipTo && !changes.others) return undefined;
  return isDone(editNotice(one, changes), one.delivery) ? undefined : changes;
}

/** The delivery as it is once a step is only written down, so that what follows can be reckoned at once. Pure. */
export function afterRecorded(delivery: Delivery, step: Step): Delivery {
  const { name, naturalKey, memo = {} } = step;
  const state = { at: delivery.at, naturalKey, fields: fieldHashes(step), recorded: true as const };
  return { ...delivery, memo: { ...delivery.memo, ...memo }, steps: { ...delivery.steps, [name]: state } };
}

/** A note about a document that changes what is remembered of it. Pure. */
export function documentNotice(
  one: SaleCase,
  document: BookedDocument,
  { what, remark }: { what: string; remark: string },
): Step {
  return {
    name: what + suffixOf(document),
    action: "notice",
    naturalKey: document.externalNumber,
    payload: plainJson(document),
    repeatable: true,
    memo: withDocument(one.delivery.memo, document),
    remark,
  };
}

/** The step that makes a document. Pure. */
export function createStep(one: SaleCase, document: BookedDocument, { body, cut }: Wanted): Step {
  return {
    name: draftStep(document),
    action: "create",
    naturalKey: document.externalNumber,
    payload: body,
    owned: ownedIn(one.sale),
    memo: { ...withDocument(one.delivery.memo, document), sold: soldIn(one.sale), ordered: orderedOf(one.sale) },
    repeatable: false,
    ...(cut.length === 0 ? {} : { remark: `cut to what Business Central has room for: ${cut.join(", ")}` }),
  };
}
