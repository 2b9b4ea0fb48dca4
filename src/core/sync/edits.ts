import type { Delivery, Step } from "../delivery.ts";
import { MlcError } from "../errors.ts";
import { type Hash, hashOf, type Json } from "../json.ts";
import type { Document, OrderAtShipper } from "../model.ts";
import type { EditSource, SourceRecord } from "../ports.ts";
import { isDone } from "../steps.ts";
import { logResult } from "./rounds.ts";
import type { FlowRun } from "./run.ts";
import { newUnit } from "./unit.ts";

/** Tells what people changed at the shipper in orders that mlc wrote; each change once. */
export async function noticeEdits<D extends Document>(
  run: FlowRun<D>,
  edits: EditSource,
  cursor: Json | undefined,
  noteCursor: (cursor: Json) => void,
): Promise<void> {
  const { options, clock } = run.context;
  const { since, until } = options;
  const pages = edits.list({
    now: clock.now(),
    ...(cursor === undefined ? {} : { cursor }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  });
  for await (const page of pages) {
    await noticeRecords(run, edits, page.records);
    if (page.cursor !== undefined) noteCursor(page.cursor);
    await run.flush();
  }
}

/** The same of records that were read; the caller flushes. */
export async function noticeRecords<D extends Document>(
  run: FlowRun<D>,
  edits: EditSource,
  records: readonly SourceRecord[],
): Promise<void> {
  for (const record of records)
    for (const order of await readEdits(run, edits, record)) await noticeEdit(run, record, order);
}

/** What cannot be read is told once and keeps no other edit from being told. */
async function readEdits<D extends Document>(
  run: FlowRun<D>,
  edits: EditSource,
  record: SourceRecord,
): Promise<OrderAtShipper[]> {
  try {
    return edits.read(record);
  } catch (error) {
    if (!(error instanceof MlcError) || error.disposition !== "setAside") throw error;
    const { message } = error;
    const key = `edit/${record.id}`;
    const step = noticeOf(record.id, { message }, message);
    const document = { number: record.id, final: false, personal: [] };
    tellOnce(run, { key, record, document, step, before: await deliveryOf(run, key) });
    return [];
  }
}

async function noticeEdit<D extends Document>(
  run: FlowRun<D>,
  record: SourceRecord,
  order: OrderAtShipper,
): Promise<void> {
  const found = await run.context.findOrder({ naturalKey: order.naturalKey });
  if (!found) return;
  const changed = changedValues(order, found.delivery);
  const key = `edit/${order.id}`;
  const before = await deliveryOf(run, key);
  if (order.isOpen && wasRefused(order, found.delivery))
    await lookAgain(run, { key, record, document: order, before }, found.key);
  if (changed.length === 0 && !before?.steps.edit) return;
  // What mlc wrote there after the backup looks like a person's change.
  const isDoubtful = run.context.store.state.restored !== undefined && changed.length > 0;
  const remark = remarkOf(changed, order) + (isDoubtful ? ", by a person or by mlc after the backup" : "");
  const step = noticeOf(order.naturalKey, Object.fromEntries(changed), remark);
  if (tellOnce(run, { key, record, document: order, step, before })) run.counts.editedThere += 1;
}

/** A change or cancellation was not sent because the order was shipped or cancelled there. */
function wasRefused({ naturalKey }: OrderAtShipper, { steps }: Delivery): boolean {
  return Object.values(steps).some((step) => step.recorded && step.naturalKey === naturalKey);
}

/** What was refused while the order was closed there is sent after all, once for each time that it is open again. */
async function lookAgain<D extends Document>(
  run: FlowRun<D>,
  about: Omit<Telling, "step" | "document"> & { document: OrderAtShipper },
  orderKey: string,
): Promise<void> {
  const { naturalKey } = about.document;
  const payload = { version: about.record.version };
  const remark = "open again there: what was refused is looked at once more";
  const step: Step = { name: "reopened", action: "notice", naturalKey, payload, repeatable: true, remark };
  if (about.before && isDone(step, about.before)) return;
  if (!run.dryRun) await run.context.lookAgain(orderKey);
  tellOnce(run, { ...about, step });
}

async function deliveryOf<D extends Document>(run: FlowRun<D>, key: string): Promise<Delivery | undefined> {
  return (await run.context.store.load([key])).get(key);
}

function noticeOf(naturalKey: string, payload: Json, remark: string): Step {
  return { name: "edit", action: "notice", naturalKey, payload, repeatable: true, remark };
}

interface Telling {
  key: string;
  record: SourceRecord;
  document: Document;
  step: Step;
  /** What was told of it before. */
  before: Delivery | undefined;
}

/** Whether it was news. */
function tellOnce<D extends Document>(run: FlowRun<D>, { key, record, document, step, before }: Telling): boolean {
  const at = run.context.clock.now().toISOString();
  const unit = newUnit<Document>({ key, record, document, isForced: false, delivery: before, at });
  if (isDone(step, unit.delivery)) return false;
  logResult(run, unit, step, { calls: [] });
  return true;
}

function remarkOf(changed: readonly [string, Hash][], order: OrderAtShipper): string {
  const names = changed.map(([name]) => name).join(", ");
  const related = order.related.length === 0 ? "" : `; with ${order.related.join(", ")}`;
  return changed.length === 0 ? "changed back to what mlc sent" : `changed there: ${names}${related}`;
}

/** Fields whose value is not what mlc sent, or that mlc never sends and that hold something; as hashes. Pure. */
function changedValues(order: OrderAtShipper, delivery: Delivery): [string, Hash][] {
  const sent =
    Object.values(delivery.steps).find((step) => step.naturalKey === order.naturalKey && !step.recorded)?.fields ?? {};
  // Adopted after a restore, and never updated since: nobody knows what was sent.
  if (Object.keys(sent).length === 0) return [];
  return Object.entries(order.values).flatMap(([name, value]): [string, Hash][] => {
    const hash = hashOf(value);
    const isEmpty =
      value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
    const isSame = sent[name] === undefined ? isEmpty : sent[name] === hash;
    return isSame ? [] : [[name, hash]];
  });
}
