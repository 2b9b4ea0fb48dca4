import { type Hash, hashOf, type Json } from "../json.ts";
import type { Document, OrderAtShipper } from "../model.ts";
import type { Delivery, EditSource, SourceRecord, Step } from "../ports.ts";
import { isDone } from "../steps.ts";
import { logResult } from "./rounds.ts";
import type { FlowRun } from "./run.ts";
import { newUnit } from "./unit.ts";

/** Tells what people changed at the shipper in orders that mlc wrote; each change once. */
export async function noticeEdits<D extends Document>(
  run: FlowRun<D>,
  edits: EditSource,
  cursor: Json | undefined,
  keepCursor: (cursor: Json) => Promise<void>,
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
    for (const record of page.records) for (const order of edits.read(record)) await noticeEdit(run, record, order);
    if (page.cursor === undefined) await run.flush();
    else await keepCursor(page.cursor);
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
  const before = (await run.context.store.load([key])).get(key);
  if (changed.length === 0 && !before) return;
  const step: Step = {
    name: "edit",
    action: "notice",
    naturalKey: order.naturalKey,
    payload: Object.fromEntries(changed),
    repeatable: true,
    remark: remarkOf(changed, order),
  };
  const unit = newUnit<Document>({
    key,
    record,
    document: order,
    isForced: false,
    delivery: before,
    at: run.context.clock.now().toISOString(),
  });
  if (isDone(step, unit.delivery)) return;
  run.counts.editedThere += 1;
  logResult(run, unit, step, { calls: [] });
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
  return Object.entries(order.values).flatMap(([name, value]): [string, Hash][] => {
    const hash = hashOf(value);
    const isEmpty =
      value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
    const isSame = sent[name] === undefined ? isEmpty : sent[name] === hash;
    return isSame ? [] : [[name, hash]];
  });
}
