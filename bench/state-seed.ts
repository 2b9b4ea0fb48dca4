import { encodeTime } from "ulid";
import { type Clock, jumpingClock } from "../src/core/clock.ts";
import { noFailpoint } from "../src/core/failpoint.ts";
import { hashOf, type Json } from "../src/core/json.ts";
import type { Disk } from "../src/core/state/disk.ts";
import { type OpenFlowStore, openFlowStore } from "../src/core/state/flow-store.ts";
import type { IntentLine, LineDraft, ResultLine } from "../src/core/state/lines.ts";

/** A profile's flow as years of work leave it. */
export interface Seed {
  disk: Disk;
  /** The profile's `state` directory. */
  dir: string;
  pair: string;
  flow: "orders" | "shipments";
  macKey: Uint8Array;
  /** Finished deliveries, all of them filed. */
  past: number;
  /** Deliveries that may still change. */
  open: number;
  /** Lines of the log, over the twelve months before `clock`; at least `past + open + 3`, twice that is what work leaves. */
  entries: number;
  clock: Clock;
  /** What the state is bound to; nothing by default, so that the next run binds it. */
  account?: Json;
  /** How far the source was read. */
  cursor?: Json;
}

/** What stands in a seeded log: every line, and those that `audit` shows as dead. */
export interface Seeded {
  lines: number;
  dead: number;
}

/** The names of the n-th past or open delivery, from 0 on, or of one that is not there. Pure. */
export function seededName(kind: "past" | "open" | "new", index: number) {
  const number = `${kind.toUpperCase()}-${String(index + 1).padStart(7, "0")}`;
  return { legalEntity: "usmf", number, key: `usmf/${number}`, naturalKey: `usmf-${number}` };
}

const spanMs = 365 * 86_400_000;
const mostAtOnce = 2_000;
const linesPerSave = 40_000;
const hashesOf = (fields: string) => Object.fromEntries(fields.split(" ").map((field) => [field, hashOf(field)]));
const orderHashes = hashesOf(
  "orderNumber orderKey orderDate shipByDate orderStatus customerUsername billTo shipTo items items.weight requestedShippingService",
);
const shipmentHashes = hashesOf("packages carrier service shipDate cost");

/** Writes the state of a flow through the classes that mlc itself writes with; the same seed gives the same bytes. */
export async function seedState(seed: Seed): Promise<Seeded> {
  const { past, open, entries, clock } = seed;
  if (entries < past + open + 3) throw new Error(`${entries} entries are too few for ${past + open} deliveries`);
  const end = clock.now().getTime();
  const seeding = jumpingClock(new Date(end - spanMs));
  const linesAtOnce = Math.min(mostAtOnce, Math.ceil(entries / 50));
  const store = await openSeeded(seed, seeding);
  let [lines, dead, saved] = [0, 0, 0];
  let waiting: LineDraft[] = [];
  const flush = async () => {
    await store.append(waiting);
    lines += waiting.length;
    waiting = [];
    seeding.advance(Math.floor(end - (spanMs * (entries - lines)) / entries) - seeding.now().getTime());
    if (lines - saved < linesPerSave) return;
    await store.save();
    saved = lines;
  };
  for (const line of draftsOf(seed)) {
    waiting.push(line);
    if (line.kind === "aside" && line.outcome === "dead") dead += 1;
    if (waiting.length === linesAtOnce) await flush();
  }
  await flush();
  await store.save();
  await store.close();
  return { lines, dead };
}

/** A store that saves only when it is told to, and then files whatever is closed. */
function openSeeded({ disk, dir, pair, flow, macKey }: Seed, clock: Clock): Promise<OpenFlowStore> {
  let count = 0;
  return openFlowStore({
    disk,
    dir,
    pair,
    flow,
    macKey,
    clock,
    ulid: () => encodeTime(clock.now().getTime()) + String(++count).padStart(16, "0"),
    failpoint: noFailpoint,
    linesPerSnapshot: Number.POSITIVE_INFINITY,
    closedPerFiling: 1,
  });
}

/** Exactly `entries` lines: deliveries in hundreds, intents before results, and between them what else a log has. */
function* draftsOf(seed: Seed): Generator<LineDraft> {
  const { past, open, entries } = seed;
  const documents = past + open;
  const spare = entries - 3 - documents;
  const intents = Math.min(documents, spare);
  yield runLine(seed, "start");
  let [given, extra] = [0, 0];
  for (let first = 0; first < documents; first += 100) {
    const batch = Array.from({ length: Math.min(100, documents - first) }, (_, index) => first + index);
    const due = Math.floor((intents * (first + batch.length)) / documents) - given;
    for (const index of batch.slice(0, due)) yield intentOf(writeAt(seed, index));
    given += due;
    for (const index of batch) yield resultOf(writeAt(seed, index));
    const most = Math.floor(((spare - intents) * (first + batch.length)) / documents);
    for (; extra + 2 <= most; extra += 2) yield* incident(seed, extra / 2);
  }
  for (; extra + 2 <= spare - intents; extra += 2) yield* incident(seed, extra / 2);
  if (extra < spare - intents) yield { kind: "seen", ...base(seed), versions: [], closed: [] };
  yield { kind: "cursor", ...base(seed), cursor: seed.cursor ?? null };
  yield runLine(seed, "end");
}

const base = ({ pair, flow }: Pick<Seed, "pair" | "flow">) => ({ run: "01M7Z6WT0QAF5PVX24QPF302GP", pair, flow });

function runLine(seed: Seed, event: "start" | "end"): LineDraft {
  const { flow, account } = seed;
  const line = { kind: "run", ...base(seed), event, command: `sync ${flow}` } as const;
  if (event === "end") return { ...line, counts: { created: 100, unchanged: 5000, calls: 8 }, complete: true };
  return { ...line, ...(account === undefined ? {} : { account }) };
}

/** Two lines that leave nothing behind: a run, or a record set aside and taken back. */
function incident(seed: Seed, number: number): LineDraft[] {
  if (number % 2 === 0) return [runLine(seed, "end"), runLine(seed, "start")];
  const { key, number: document, legalEntity } = seededName("past", 9_000_000 + number);
  const of = { ...base(seed), key, document };
  const record = { id: key, version: "91872b707eeb97f0", ref: { legalEntity, number: document } };
  const isDead = number % 4 === 1;
  const error = isDead
    ? { code: "RejectedError", message: "orders/createorders refused the order", hint: "Mend it in the ERP." }
    : { code: "NotYetError", message: "no packing slip of this shipment is posted yet" };
  const facts = { mapping: "a70069bda4a5ebcd", error, calls: [], attempts: 1, since: "2026-01-01T00:00:00.000Z" };
  const outcome = isDead ? ("dead" as const) : ("waiting" as const);
  return [
    { kind: "aside", ...of, outcome, record, ...facts },
    { kind: "resolved", ...of, outcome: "resolved", record: key, how: "created" },
  ];
}

/** A write of a delivery, for the lines about it. */
export interface SeededWrite extends Pick<Seed, "pair" | "flow"> {
  name: ReturnType<typeof seededName>;
  /** The document's number over there. */
  id: number;
  isPast: boolean;
}

function writeAt({ pair, flow, past }: Seed, index: number): SeededWrite {
  const isPast = index < past;
  const name = isPast ? seededName("past", index) : seededName("open", index - past);
  return { pair, flow, name, id: 900_000 + index, isPast };
}

/** What intent and result of a write have in common. */
function writeOf({ pair, flow, name, id }: SeededWrite) {
  const { key, number, legalEntity, naturalKey } = name;
  const version = String(id).padStart(16, "0");
  const isOrder = flow === "orders";
  const ref: Json = isOrder ? { legalEntity, number } : { id: `se-${id}`, orderId: id };
  const step = isOrder ? "order" : `note:se-${id}`;
  return {
    ...base({ pair, flow }),
    key,
    document: number,
    record: { id: isOrder ? key : `se-${id}`, version, ref },
    step,
    action: "create",
    naturalKey: isOrder ? naturalKey : `${key}#${step}`,
    payload: version,
    hashes: isOrder ? orderHashes : shipmentHashes,
  } as const;
}

/** The line before a write. Pure. */
export function intentOf(given: SeededWrite): IntentLine {
  const { payload, hashes, ...write } = writeOf(given);
  return { kind: "intent", ...write, repeatable: given.flow === "orders", payload, hashes };
}

/** The line after a write that went well. Pure. */
export function resultOf(given: SeededWrite): ResultLine {
  const { flow, id, isPast } = given;
  const { payload, hashes, ...write } = writeOf(given);
  const isOrder = flow === "orders";
  const path = isOrder ? "/orders/createorders" : "/data/SalesOrderHeaderDocumentAttachmentsV2";
  const parts = { a996a7e6b0499b0e: { number: 1, generation: 1, warehouse: "24" } };
  const shipment = { trackingNumbers: [`1ZSIM${id}`], carrierCode: "ups", carrier: "UPS", shipDate: "2026-11-21" };
  return {
    kind: "result",
    ...write,
    fields: Object.keys(hashes),
    payload,
    hashes,
    outcome: isOrder ? "created" : "written",
    calls: [{ method: "POST", path, status: isOrder ? 200 : 201, ms: 412, attempt: 1 }],
    target: isOrder ? String(id) : `d0c00000-0000-4000-8000-${String(id).padStart(12, "0")}`,
    memo: isOrder ? { parts, "orderId:order": id } : { [`shipment:se-${id}`]: shipment },
    settled: true,
    ...(isPast ? { closed: true } : {}),
  };
}
