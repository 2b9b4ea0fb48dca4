import type { Delivery } from "../delivery.ts";
import type { Document } from "../model.ts";
import type { SourceRecord } from "../ports.ts";
import { intendedMemos, isWritten } from "./held.ts";
import { locate, type Placed, translate } from "./locate.ts";
import { recover, reopen } from "./look-up.ts";
import { fail } from "./rounds.ts";
import type { FlowRun } from "./run.ts";
import { Settling } from "./settling.ts";
import { newUnit, type Unit } from "./unit.ts";
import { isDue } from "./waiting.ts";

/** A dead letter that neither changed nor is mapped otherwise stays where it is; a waiting record stays until it is due. */
function isResting<D extends Document>(run: FlowRun<D>, record: SourceRecord, isForced: boolean): boolean {
  const { store, mapping } = run.context;
  if (!isForced && store.state.dropped[record.id] === record.version) {
    run.counts.skipped += 1;
    return true;
  }
  const aside = store.state.asides[record.id];
  if (!aside || isForced || aside.record.version !== record.version || aside.mapping !== mapping) return false;
  if (aside.outcome === "dead") return true;
  if (aside.outcome !== "waiting" || isDue(run, aside)) return false;
  run.counts.waiting += 1;
  return true;
}

/** Takes records through reading, locating and the rounds. */
export async function processRecords<D extends Document>(
  run: FlowRun<D>,
  records: readonly SourceRecord[],
  isForced: boolean,
): Promise<void> {
  const settling = new Settling(run);
  await settle(run, await placed(run, records, settling, isForced), settling, isForced);
  await settling.end();
}

/** Reads and locates records; those that rest are left out. */
export async function placed<D extends Document>(
  run: FlowRun<D>,
  records: readonly SourceRecord[],
  settling: Settling<D>,
  isForced = false,
): Promise<Placed<D>[]> {
  // What an earlier version comes to must not follow on what is said of a later one, which may be unreadable; and where a document
  // belongs over there may depend on what is on its way.
  if (run.context.flow.target.locate || records.some(({ id }) => run.hasMet(id))) await settling.end();
  const readings = records.flatMap((record) =>
    !run.isNew(record) || isResting(run, record, isForced) ? [] : translate(run, record),
  );
  const located = await locate(run, readings, isForced);
  // One text for both: a run keeps the names of all it has met.
  for (const one of located) if (one.key === one.record.id) one.key = one.record.id;
  return located;
}

/** Adds documents to those that are being settled. */
export async function settle<D extends Document>(
  run: FlowRun<D>,
  located: readonly Placed<D>[],
  settling: Settling<D>,
  isForced = false,
): Promise<void> {
  // What is on its way may change what is to do for the same delivery.
  const shared = located.filter((one) => run.meet(one));
  if (shared.length > 0) await settling.end();
  const last = lastOf(located);
  for (const [number, wave] of wavesOf(located).entries()) {
    if (number > 0) await settling.end();
    const units = await unitsOf(run, wave, { isForced, last });
    await prepare(run, units);
    await settling.add(units);
  }
}

/** The last document of each record under each key: the record is settled with it, and not before. */
function lastOf<D extends Document>(located: readonly Placed<D>[]): Set<Placed<D>> {
  const byRecord = new Map<Placed<D>["record"], Map<string, Placed<D>>>();
  for (const one of located) {
    const byKey = byRecord.get(one.record) ?? new Map<string, Placed<D>>();
    byRecord.set(one.record, byKey.set(one.key, one));
  }
  return new Set([...byRecord.values()].flatMap((byKey) => [...byKey.values()]));
}

async function unitsOf<D extends Document>(
  run: FlowRun<D>,
  located: readonly Placed<D>[],
  { isForced, last }: { isForced: boolean; last: ReadonlySet<Placed<D>> },
): Promise<Unit<D>[]> {
  const { store, clock, options } = run.context;
  const asked = isForced ? (options.asked ?? "again") : undefined;
  const deliveries = await store.load(located.map(({ key }) => key));
  const held = await heldElsewhere(run, located, deliveries);
  const at = clock.now().toISOString();
  return located.map((placed) => {
    const { key, record, document, ref } = placed;
    return newUnit({
      key,
      record,
      document,
      isForced,
      at,
      delivery: deliveries.get(key),
      isLast: last.has(placed),
      heldBy: held.get(key),
      ...(ref === undefined ? {} : { located: ref }),
      ...(asked === undefined ? {} : { asked }),
    });
  });
}

/** Documents that another pair has and this one has sent nothing for: what both hold, each goes on to keep up to date. */
async function heldElsewhere<D extends Document>(
  { context: { heldElsewhere: lookUp, store } }: FlowRun<D>,
  located: readonly Placed<D>[],
  deliveries: ReadonlyMap<string, Delivery>,
): Promise<ReadonlyMap<string, string>> {
  if (!lookUp) return new Map();
  const intended = intendedMemos(store.state);
  const free = located.filter(({ key }) => !isWritten(deliveries.get(key)) && !intended.has(key));
  return free.length === 0 ? new Map() : lookUp(free);
}

/** Draws what an earlier run or a replay asks for into the units. */
async function prepare<D extends Document>(run: FlowRun<D>, units: readonly Unit<D>[]): Promise<void> {
  await recover(run, units);
  const { deliveries, asides } = run.context.store.state;
  for (const unit of units) {
    // What is set aside is sent only as far as it is missing; what is delivered is sent again.
    const isDelivered = asides[unit.record.id] === undefined && deliveries.has(unit.key);
    if (unit.isForced && isDelivered && !unit.isOver && unit.outcomes.size === 0) {
      // What `next` cannot do concerns this record alone.
      await reopen(run, unit).catch((error: unknown) => fail(run, unit, error));
    }
  }
}

/** Documents of one delivery go one after the other: each wave has a key once. */
function wavesOf<T extends { key: string }>(items: readonly T[]): T[][] {
  const waves: T[][] = [];
  const depth = new Map<string, number>();
  for (const item of items) {
    const wave = depth.get(item.key) ?? 0;
    depth.set(item.key, wave + 1);
    const existing = waves[wave];
    if (existing) existing.push(item);
    else waves.push([item]);
  }
  return waves;
}
