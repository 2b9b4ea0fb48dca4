import { z } from "zod";
import type { BcClient } from "../../connectors/bc/client.ts";
import { customerBody, salesInvoiceBody, salesOrderBody, shipTo } from "../../connectors/bc/schema.ts";
import type { Call, Step, StepResult } from "../../core/delivery.ts";
import { MlcError, RejectedError, UnknownOutcomeError } from "../../core/errors.ts";
import { plainJson } from "../../core/json.ts";
import { type DocumentThere, readDocument } from "./sale-document.ts";
import { thereIn } from "./sale-look.ts";
import { type BookedDocument, documentsIn, withDocument } from "./sale-memo.ts";
import { postedDocument } from "./sale-posting.ts";

const named = z.object({ kind: z.enum(["invoice", "order"]), id: z.string(), number: z.string() });
const lineQuantities = z.array(z.object({ id: z.string(), shipQuantity: z.number(), invoiceQuantity: z.number() }));
const posting = named.extend({ booked: z.record(z.string(), z.number()), lines: lineQuantities.default([]) });
const dates = named.extend({
  postingDate: z.string().optional(),
  shipmentDate: z.string().optional(),
  lines: z.array(z.string()).default([]),
});
const header = named.extend({ changes: z.strictObject(shipTo) });
const comments = named.extend({ comments: z.array(z.string()) });
const page42 = z.object({
  service: z.string(),
  number: z.string(),
  values: z.record(z.string(), z.string()).optional(),
});

const setOf = { invoice: "salesInvoices", order: "salesOrders" } as const;

/** The document of a step as its memo has it. */
function documentOf({ memo = {}, naturalKey }: Step): BookedDocument | undefined {
  return documentsIn({ documents: memo.documents ?? [] }).find(({ externalNumber }) => externalNumber === naturalKey);
}

function memoWith(step: Step, document: BookedDocument): Pick<StepResult & { outcome: "done" }, "memo"> {
  return { memo: withDocument({ documents: step.memo?.documents ?? [] }, document) };
}

/** Makes a draft with its lines. */
export async function makeDraft(client: BcClient, step: Step): Promise<StepResult> {
  const document = documentOf(step);
  if (!document) throw new Error(`${step.name} has no document`);
  try {
    const { value, calls } = await createDraft(client, document.kind, step.payload);
    const { id, number } = value;
    return { outcome: "done", calls, target: number, ...memoWith(step, { ...document, id, number }), seen: true };
  } catch (error) {
    if (error instanceof RejectedError) await removeHalf(client, document);
    throw error;
  }
}

async function createDraft({ sales }: BcClient, kind: BookedDocument["kind"], payload: Step["payload"]) {
  try {
    return kind === "invoice"
      ? await sales.createSalesInvoice(salesInvoiceBody.parse(payload))
      : await sales.createSalesOrder(salesOrderBody.parse(payload));
  } catch (error) {
    if (!isDeepInsertRefused(error)) throw error;
    return createInPieces(sales, kind, payload);
  }
}

/** Lines in one body with their header broke for a while after an update of the platform (BC, 8): nothing was taken then. */
function isDeepInsertRefused(error: unknown): boolean {
  return error instanceof RejectedError && error.context.code === "BadRequest" && /sales\w+Lines/.test(error.message);
}

/** Header first, then all lines at once. What is cut off in between is a draft that lacks its lines, and is made anew. */
async function createInPieces(sales: BcClient["sales"], kind: BookedDocument["kind"], payload: Step["payload"]) {
  if (kind === "invoice") {
    const { salesInvoiceLines, ...head } = salesInvoiceBody.parse(payload);
    const made = await sales.createSalesInvoice(head);
    const added = await sales.addLines({ set: setOf[kind], ...made.value }, salesInvoiceLines);
    return { ...made, calls: [...made.calls, ...added] };
  }
  const { salesOrderLines, ...head } = salesOrderBody.parse(payload);
  const made = await sales.createSalesOrder(head);
  const added = await sales.addLines({ set: setOf[kind], ...made.value }, salesOrderLines);
  return { ...made, calls: [...made.calls, ...added] };
}

/** A customisation that commits leaves a half document behind a refusal (BC, 4.2); before it nothing was there. */
async function removeHalf(client: BcClient, { externalNumber, kind }: BookedDocument): Promise<void> {
  const { value } = await client.sales.byExternalNumber([externalNumber]);
  for (const half of thereIn(value, externalNumber)) {
    if (half.kind === kind) await removeDraft(client, { kind, id: half.id, number: half.number });
  }
}

/** Deletes what is still a draft; one that is gone already is well. */
export async function removeDraft(
  client: BcClient,
  { kind, id, number }: z.infer<typeof named>,
): Promise<readonly Call[]> {
  const { sales } = client;
  if (kind === "invoice") {
    const held = await sales.salesInvoice(id, number);
    if (!held) return [];
    if (held.value.status !== "Draft") throw noDraft(held.value);
    return [...held.calls, ...(await sales.deleteSalesInvoice(held.value))];
  }
  const held = await sales.salesOrder(id, number);
  if (!held) return [];
  const isShipped = (held.value.salesOrderLines ?? []).some(
    (line) => line.shippedQuantity > 0 || line.invoicedQuantity > 0,
  );
  if (held.value.status !== "Draft" || isShipped) throw noDraft(held.value);
  return [...held.calls, ...(await sales.deleteSalesOrder(held.value))];
}

function noDraft({ number, status }: { number: string; status: string }): RejectedError {
  return new RejectedError(`Business Central ${number} is no draft any more (${status}), so that it is not deleted`, {
    system: "bc",
    document: number,
  });
}

/** Deletes a draft of ours. */
export async function deleteDraft(client: BcClient, step: Step): Promise<StepResult> {
  const about = named.parse(step.payload);
  return { outcome: "done", calls: await removeDraft(client, about), target: about.number };
}

/**
 * Posts a document and reads it back: a 204 proves nothing (BC, 4.4), and a refusal of what is posted already is a success
 * (BC, 6). What was taken and is not posted yet is left to Business Central.
 */
export async function postDocument(client: BcClient, step: Step): Promise<StepResult> {
  const about = posting.parse(step.payload);
  const { kind, id, number, booked, lines } = about;
  const document = documentOf(step);
  if (!document) throw new Error(`${step.name} has no document`);
  const made: Call[] = [];
  let refused: RejectedError | undefined;
  if (kind === "order") made.push(...(await client.sales.setQuantities({ id, number }, lines)));
  try {
    made.push(...(await (kind === "order" ? client.sales.shipAndInvoice(id, number) : client.sales.post(id, number))));
  } catch (error) {
    if (!(error instanceof RejectedError)) throw error;
    refused = error;
  }
  const { there, calls } = await readBack(client, about, refused);
  made.push(...calls);
  const posted = postedDocument(document, there, booked);
  if (posted) {
    const { invoice = posted.number } = posted.posted ?? {};
    const remark = refused ? { remark: "it was posted already" } : {};
    return {
      outcome: "done",
      calls: made,
      target: invoice,
      ...memoWith(step, posted),
      seen: plainJson(there),
      ...remark,
    };
  }
  if (refused) throw refused;
  const remark = "Business Central took the request and has not posted it yet";
  return { outcome: "done", calls: made, target: number, seen: plainJson(there), remark };
}

async function readBack(
  client: BcClient,
  about: z.infer<typeof named>,
  refused: RejectedError | undefined,
): Promise<{ there: DocumentThere; calls: readonly Call[] }> {
  try {
    return await readDocument(client, about);
  } catch (error) {
    if (refused || !(error instanceof MlcError)) throw refused ?? error;
    // It was posted, as far as anybody knows: that is looked up.
    throw new UnknownOutcomeError(`Business Central ${about.number}: what became of its posting could not be read`, {
      system: "bc",
      document: about.number,
      cause: error,
    });
  }
}

/** What an order ships and invoices by its next posting. */
export async function setQuantities(client: BcClient, step: Step): Promise<StepResult> {
  const { id, number, lines } = named.extend({ lines: lineQuantities }).parse(step.payload);
  return { outcome: "done", calls: await client.sales.setQuantities({ id, number }, lines), target: number };
}

/** Posting date and the lines' shipment date. */
export async function setDates(client: BcClient, step: Step): Promise<StepResult> {
  const { kind, id, number, postingDate, shipmentDate, lines } = dates.parse(step.payload);
  const calls: Call[] = [];
  if (postingDate !== undefined) calls.push(...(await changeHeader(client, { kind, id, number }, { postingDate })));
  if (shipmentDate !== undefined && lines.length > 0)
    calls.push(
      ...(await client.sales.setShipmentDate({ set: setOf[kind], id, number }, { lines, date: shipmentDate })),
    );
  return { outcome: "done", calls, target: number };
}

/** Another ship-to. */
export async function setShipTo(client: BcClient, step: Step): Promise<StepResult> {
  const { changes, ...about } = header.parse(step.payload);
  return { outcome: "done", calls: await changeHeader(client, about, changes), target: about.number };
}

async function changeHeader(
  { sales }: BcClient,
  { kind, id, number }: z.infer<typeof named>,
  changes: { postingDate?: string } | z.infer<typeof header>["changes"],
): Promise<readonly Call[]> {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  if (kind === "invoice") {
    const held = await sales.salesInvoice(id, number);
    if (!held) throw gone(number);
    return [...held.calls, ...(await sales.changeSalesInvoice(held.value, given)).calls];
  }
  const held = await sales.salesOrder(id, number);
  if (!held) throw gone(number);
  return [...held.calls, ...(await sales.changeSalesOrder(held.value, given)).calls];
}

function gone(number: string): RejectedError {
  return new RejectedError(`Business Central ${number} is not there any more`, { system: "bc", document: number });
}

/** Tracking as comment lines: those that were not there when the document was read in this run. */
export async function writeTracking(client: BcClient, step: Step): Promise<StepResult> {
  if (!comments.safeParse(step.payload).success) return writePage42(client, step);
  const { kind, id, number, comments: texts } = comments.parse(step.payload);
  const lines = texts.map((description) => ({ lineType: "Comment" as const, description }));
  return {
    outcome: "done",
    calls: await client.sales.addLines({ set: setOf[kind], id, number }, lines),
    target: number,
  };
}

async function writePage42(client: BcClient, step: Step): Promise<StepResult> {
  const { service, number, values = {} } = page42.parse(step.payload);
  const held = await client.tracking.page42Order(service, number);
  if (!held) throw gone(number);
  const { calls } = await client.tracking.writePage42Order(service, held.value, { values, document: number });
  return { outcome: "done", calls: [...held.calls, ...calls], target: number };
}

/** Whether the service of page 42 has an order. */
export async function readPage42(client: BcClient, step: Step): Promise<StepResult> {
  const { service, number } = page42.parse(step.payload);
  const held = await client.tracking.page42Order(service, number);
  return { outcome: "done", calls: held?.calls ?? [], seen: held !== undefined };
}

/** Makes a customer, unless another sale of the same buyer has just done so. */
export async function makeCustomer(client: BcClient, step: Step): Promise<StepResult> {
  const body = customerBody.parse(step.payload);
  const there = body.email === undefined ? undefined : await client.masterData.customersByEmail([body.email]);
  const [first] = there?.value ?? [];
  if (first)
    return { outcome: "done", calls: there?.calls ?? [], target: first.number, remark: "it was there already" };
  const { value, calls } = await client.masterData.createCustomer(body);
  return { outcome: "done", calls: [...(there?.calls ?? []), ...calls], target: value.number };
}
