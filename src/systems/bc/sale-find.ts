import { z } from "zod";
import type { BcClient } from "../../connectors/bc/client.ts";
import { salesInvoiceBody, salesOrderBody } from "../../connectors/bc/schema.ts";
import type { Found, Lookup } from "../../core/delivery.ts";
import { RejectedError } from "../../core/errors.ts";
import { nameIn } from "./sale-adopt.ts";
import { customerStep } from "./sale-case.ts";
import { type DocumentName, hasSameLines, isPosted, missingLines, readDocument } from "./sale-document.ts";
import { type FoundThere, thereIn } from "./sale-look.ts";
import { type BookedDocument, documentsIn } from "./sale-memo.ts";
import { newInvoices } from "./sale-posting.ts";

const commentsSent = z.object({ route: z.literal("comment"), comments: z.array(z.string()) });
const withEmail = z.object({ email: z.string() });

/** Looks up writes whose answers were lost: documents under all numbers in one search. */
export async function findSaleSteps(client: BcClient, steps: readonly Lookup[]): Promise<Found[]> {
  const drafts = steps.filter(isDraftStep).map(({ naturalKey }) => naturalKey);
  const search = drafts.length === 0 ? undefined : (await client.sales.byExternalNumber(drafts)).value;
  const found: Found[] = [];
  for (const step of steps) {
    const there = search ? thereIn(search, step.naturalKey) : [];
    found.push(isDraftStep(step) ? await findDraft(client, step, there) : await findOther(client, step));
  }
  return found;
}

const isDraftStep = ({ name }: Lookup) => /^(invoice|order)(-|$)/.test(name);

/** The document of a step, as far as it is remembered. */
function documentOf({ memo, naturalKey }: Lookup): BookedDocument | undefined {
  return documentsIn(memo).find(({ externalNumber }) => externalNumber === naturalKey);
}

async function findDraft(client: BcClient, step: Lookup, there: readonly FoundThere[]): Promise<Found> {
  const kind = step.name.startsWith("invoice") ? "invoice" : "order";
  let found: DocumentName | undefined;
  try {
    found = nameIn(there, { kind, externalNumber: step.naturalKey });
  } catch (error) {
    if (error instanceof RejectedError) return { state: "foreign", message: error.message };
    throw error;
  }
  if (!found) return findKnown(client, step);
  if (step.payload === undefined || step.payload === null)
    return { state: "present", target: found.id || found.number };
  const why = found.id === "" ? undefined : await difference(client, found, step);
  return why === undefined
    ? { state: "present", target: found.id || found.number }
    : { state: "foreign", message: why };
}

/** A person may have changed its external number. */
async function findKnown(client: BcClient, step: Lookup): Promise<Found> {
  const document = documentOf(step);
  if (!document || document.id === "") return { state: "absent" };
  const { there } = await readDocument(client, document);
  const isThere = !there.isGone || there.invoices.length > 0;
  return isThere ? { state: "present", target: document.id } : { state: "absent" };
}

/** What of a document is not as it was sent; lines may be missing where a customisation stopped half way (BC, 4.2). */
async function difference(client: BcClient, found: DocumentName, { payload }: Lookup): Promise<string | undefined> {
  const { there } = await readDocument(client, found);
  if (there.isGone) return undefined;
  const sent =
    found.kind === "invoice"
      ? salesInvoiceBody.transform(({ salesInvoiceLines, ...head }) => ({ ...head, lines: salesInvoiceLines }))
      : salesOrderBody.transform(({ salesOrderLines, ...head }) => ({ ...head, lines: salesOrderLines }));
  const { customerNumber, lines } = sent.parse(payload);
  if (there.customerNumber.toUpperCase() !== customerNumber.toUpperCase()) return "it is another customer's";
  const missing = new Set(missingLines(lines, there.lines));
  const begun = lines.filter((line) => !missing.has(line));
  return hasSameLines(begun, there.lines) ? undefined : "its lines or amounts differ";
}

async function findOther(client: BcClient, step: Lookup): Promise<Found> {
  const document = documentOf(step);
  if (step.name === customerStep) return findCustomer(client, step);
  if (!document || document.id === "") return step.action === "create" ? done(step) : { state: "absent" };
  if (step.name.startsWith("delete")) {
    const { there } = await readDocument(client, document);
    return there.isGone ? done(step) : { state: "absent" };
  }
  // What a replay asks of a step that was done: it stays done.
  if (step.action === "create") return done(step);
  if (step.name.startsWith("post")) return findPosting(client, document);
  const comments = commentsSent.safeParse(step.payload);
  if (!comments.success) return { state: "absent" };
  const { there } = await readDocument(client, document);
  const held = new Set(there.lines.map(({ description }) => description));
  return comments.data.comments.every((text) => held.has(text)) ? done(step) : { state: "absent" };
}

const done = ({ naturalKey }: Lookup): Found => ({ state: "present", target: naturalKey });

/** A draft invoice was not posted; an order was if there is an invoice more of it than before (BC, 6). */
async function findPosting(client: BcClient, document: BookedDocument): Promise<Found> {
  const { there } = await readDocument(client, document);
  if (isPosted(there)) return { state: "present", target: there.number };
  if (document.kind === "invoice" || !document.posting) return { state: "absent" };
  const isNew = newInvoices(document.posting.invoices, there).length > 0;
  return isNew ? { state: "present", target: there.number } : { state: "absent" };
}

async function findCustomer(client: BcClient, { payload, action, name }: Lookup): Promise<Found> {
  const asked = withEmail.safeParse(payload);
  if (!asked.success) return { state: "absent" };
  const { value } = await client.masterData.customersByEmail([asked.data.email]);
  const numbers = [...new Set(value.map(({ number }) => number))];
  const [number] = numbers;
  if (number === undefined) return { state: "absent" };
  if (numbers.length === 1) return { state: "present", target: number };
  return { state: "unknown", message: `customers ${numbers.join(", ")} have that address (${action} ${name})` };
}
