import type { Document } from "../model.ts";
import type { Delivery, SourceRecord } from "../ports.ts";
import { intendedMemos, isWritten } from "./held.ts";
import { locate, type Placed, translate } from "./locate.ts";
import { recover, reopen } from "./look-up.ts";
import { begin, fail, plan, settleAll } from "./rounds.ts";
import type { FlowRun } from "./run.ts";
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

/** Records of which the last batch is on its way. */
export interface Underway {
  /** Names of the records and of their deliveries. */
  names: ReadonlySet<string>;
  /** Takes in what the batch came to, and does what follows from it; once, however often it is called. */
  end(): Promise<void>;
}

/** Takes records through reading, locating and the rounds. */
export async function processRecords<D extends Document>(
  run: FlowRun<D>,
  records: readonly SourceRecord[],
  isForced: boolean,
): Promise<void> {
  const located = await placed(run, records, isForced);
  const last = lastOf(located);
  for (const wave of wavesOf(located)) await settleUnits(run, await unitsOf(run, wave, { isForced, last }));
}

/** What goes with records that are begun. */
interface Beginning {
  /** Those before them; they are ended as soon as it is known what is to do with these, at the latest. */
  before: Underway | undefined;
  /** Done when these are ended. */
  ended(): void;
}

/** Takes records through all but their last batch, which is on its way when this is over. */
export async function beginRecords<D extends Document>(
  run: FlowRun<D>,
  records: readonly SourceRecord[],
  { before, ended }: Beginning,
): Promise<Underway> {
  const ids = records.map(({ id }) => id);
  // What an earlier version comes to must not follow on what is said of a later one, which may be unreadable.
  if (before && areShared(ids, before.names)) await endWhole(run, before);
  const located = await placed(run, records, false);
  const names = new Set([...ids, ...located.map(({ key }) => key)]);
  const waves = wavesOf(located);
  // What is on its way may change what is to do for the same document.
  if (before && (waves.length > 1 || areShared(names, before.names))) await endWhole(run, before);
  const last = lastOf(located);
  const final = waves.pop() ?? [];
  for (const wave of waves) await settleUnits(run, await unitsOf(run, wave, { isForced: false, last }));
  const units = await unitsOf(run, final, { isForced: false, last });
  await recover(run, units);
  const work = units.flatMap((unit) => plan(run, unit));
  await before?.end();
  return underwayOf(names, await begin(run, work), ended);
}

async function endWhole<D extends Document>(run: FlowRun<D>, before: Underway): Promise<void> {
  await before.end();
  await run.flush();
}

function areShared(names: Iterable<string>, others: ReadonlySet<string>): boolean {
  return [...names].some((name) => others.has(name));
}

/** Made apart from what knows the records before, or each would keep all of them in memory. */
function underwayOf(names: ReadonlySet<string>, rest: () => Promise<void>, ended: () => void): Underway {
  let left: typeof rest | undefined = rest;
  let ending: Promise<void> | undefined;
  const end = async () => {
    const work = left;
    // What was sent is not kept in memory by who waits for its end.
    left = undefined;
    await work?.();
    ended();
  };
  return {
    names,
    end: () => {
      ending ??= end();
      return ending;
    },
  };
}

/** The last document of each record under each key: the record is settled with it, and not before. */
function lastOf<D extends Document>(located: readonly Placed<D>[]): Set<Placed<D>> {
  const byRecord = new Map<SourceRecord, Map<string, Placed<D>>>();
  for (const one of located) {
    const byKey = byRecord.get(one.record) ?? new Map<string, Placed<D>>();
    byRecord.set(one.record, byKey.set(one.key, one));
  }
  return new Set([...byRecord.values()].flatMap((byKey) => [...byKey.values()]));
}

/** Reads and locates records; those that rest are left out. */
async function placed<D extends Document>(
  run: FlowRun<D>,
  records: readonly SourceRecord[],
  isForced: boolean,
): Promise<Placed<D>[]> {
  const readings = records.flatMap((record) =>
    !run.isNew(record) || isResting(run, record, isForced) ? [] : translate(run, record),
  );
  const located = await locate(run, readings, isForced);
  for (const one of located) {
    // One text for both: a run keeps the names of all it has met.
    if (one.key === one.record.id) one.key = one.record.id;
    run.meet(one);
  }
  return located;
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

async function settleUnits<D extends Document>(run: FlowRun<D>, units: readonly Unit<D>[]): Promise<void> {
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
  await settleAll(run, units);
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
