import type { Clock } from "../clock.ts";
import type { Ref, Step } from "../delivery.ts";
import { MlcError, shortened } from "../errors.ts";
import type { Hash, Json } from "../json.ts";
import type { Document } from "../model.ts";
import type { Flow, KnownOrder, Named, OrdersDone, SourceRecord } from "../ports.ts";
import type { NamedBudget } from "../report.ts";
import type { AsideLine, LineDraft, LoggedError } from "../state/lines.ts";
import type { FlowStore } from "../state/store.ts";
import type { HeldElsewhere } from "./held.ts";

/** Every place of a run where a crash must be harmless, beside those of its state. */
export const syncFailpoints = [
  "intent.before",
  "intent.after",
  "send.before",
  "send.after",
  "result.before",
  "cursor.before",
  "cursor.after",
] as const;

/** What a person asked of a run. */
export interface RunOptions {
  /** The command line's words, for the audit: `sync orders`. */
  command: string;
  since?: Date;
  until?: Date;
  /** At most so many documents are written. */
  limit?: number;
  dryRun?: boolean;
  /** Send what differs only because mapping, tables or products changed. */
  resend?: boolean;
  /** Have the target check what is about to be made, where it can. */
  validate?: boolean;
  /** A person agreed to what the engine would stop for. */
  yes?: boolean;
  /** Waiting records are due now. */
  ignoreSchedule?: boolean;
  /** Addresses of lists that the source's system named when it called. */
  told?: readonly string[];
  /** What the source's system named when it called: where its source can, only that is read. */
  named?: readonly Named[];
  /** Only these records, as a replay names them; delivered ones are looked up and sent again. */
  only?: readonly Ref[];
  /** The state is kept although the config names another account. */
  keepState?: boolean;
  /** How a replay ends an unknown outcome. */
  ending?: { adopt: string } | "createAnyway";
  /** What a person asked for the records of `only`, for the target's `next`: `again`, `void:…`. */
  asked?: string;
  /** The key a person chose among the candidates of an ambiguous match. */
  belongsTo?: string;
}

/** Documents of one run, by what happened to them. */
export interface Counts {
  created: number;
  updated: number;
  unchanged: number;
  skipped: number;
  notOurs: number;
  editedThere: number;
  drift: number;
  waiting: number;
  deadLettered: number;
  unknown: number;
  cancelled: number;
  /** HTTP calls to both systems. */
  calls: number;
}

/** No document yet. */
export function zeroCounts(): Counts {
  return {
    created: 0,
    updated: 0,
    unchanged: 0,
    skipped: 0,
    notOurs: 0,
    editedThere: 0,
    drift: 0,
    waiting: 0,
    deadLettered: 0,
    unknown: 0,
    cancelled: 0,
    calls: 0,
  };
}

/** One thing a dry run would send. */
export interface Planned {
  key: string;
  document: string;
  step: Step;
  /** Names of the fields that differ from what was last sent. */
  fields: string[];
  /** It differs only because settings, tables or mlc changed, so it is sent with `resend` alone. */
  isDrift?: true;
}

/** What a first run is about to make. */
export interface FirstRun {
  /** How many documents, or how many at most. */
  documents: number;
  isAtMost: boolean;
  /** What is bought for them, and how much of it where that is known. */
  buys?: { what: string; count?: number };
}

/** Tells the surroundings how a run goes. */
export interface Observer {
  /** Before the first writes of a flow that never ran. An answer of false ends the run there. */
  firstRun?(about: FirstRun): Promise<unknown>;
  progress?(counts: Counts): void;
  planned?(planned: Planned): void;
  /** A record is set aside, or would be. */
  aside?(aside: ToldAside): void;
}

/** A record that is set aside, for people's eyes only where `masked` is not: `error` holds people's values. */
export interface ToldAside {
  /** The source record's id. */
  record: string;
  document: string;
  outcome: AsideLine["outcome"];
  error: LoggedError;
  /** The error as the audit has it. */
  masked: LoggedError;
}

/** Everything a flow's run stands on. */
export interface SyncContext<D extends Document> {
  flow: Flow<D>;
  store: FlowStore;
  clock: Clock;
  signal: AbortSignal;
  /** ULID of the run. */
  run: string;
  options: RunOptions;
  observer: Observer;
  /** Accounts the state belongs to. */
  account: Json;
  /** Settings that freeze with the first delivery, by path. */
  frozen?: { [path: string]: Json };
  /** Hash of the pair's settings and of mlc's version. */
  mapping: Hash;
  /** Throws when the lock is lost; asked before every intent. */
  assertHeld(): Promise<void>;
  /** Finds a delivery of the pair's orders, or of its sales, by a natural key that mlc wrote or by the id it has there. */
  findOrder: KnownOrder;
  /** What the pair's orders flow did, for a source that watches it. */
  orders?: OrdersDone;
  /** Present where other pairs read the same source: a document is delivered by one of them only. */
  heldElsewhere?: HeldElsewhere | undefined;
  /** Has the orders flow look at an order of its once more, by its delivery key. */
  lookAgain(key: string): Promise<void>;
  failpoint(name: string): void;
  /** HTTP calls made so far by whatever the flow uses. */
  callsMade(): number;
  /** What the systems' APIs may still be asked, for `status`. */
  budgets(): NamedBudget[];
  /** Days a record may wait before it becomes a dead letter. */
  waitingMaxDays: number;
}

/** A run in progress: its context, its counts and the lines that wait for the next append. */
export class FlowRun<D extends Document> {
  readonly context: SyncContext<D>;
  readonly counts = zeroCounts();
  readonly #pending: LineDraft[] = [];
  /** The last version of each record that the run has met, by id; earlier ones by id and version. */
  readonly #met = new Map<string, string>();
  readonly #metBefore = new Set<string>();
  /** Delivery keys of documents that the run has met, where they are not the ids of their records. */
  readonly #keys = new Set<string>();
  /** Versions of records of which this run leaves a document undone; another document in them may be settled. */
  readonly unsettled = new Set<string>();
  /** Ids of waiting records that are due before their time, since the target says that what they wait for may be there. */
  readonly arrived = new Set<string>();
  /** Records that are settled, for a source that wants to hear of them. */
  readonly settled: Pick<SourceRecord, "id" | "version">[] = [];
  readonly #callsBefore: number;
  /** A person did not want its first writes. */
  isDeclined = false;
  /** Only what a system's call named was read: it tells nothing of the source as a whole. */
  isNarrow = false;
  /** Documents that may still be written under `limit`. */
  left: number;

  constructor(context: SyncContext<D>) {
    this.context = context;
    this.#callsBefore = context.callsMade();
    this.left = context.options.limit ?? Number.POSITIVE_INFINITY;
  }

  get base(): { run: string; pair: string; flow: string } {
    const { run, flow } = this.context;
    return { run, pair: flow.pair, flow: flow.name };
  }

  get dryRun(): boolean {
    return this.context.options.dryRun ?? false;
  }

  /** Keeps a line for the next append; a dry run keeps none. What was merely seen goes into one line an append. */
  log(line: LineDraft): void {
    if (this.dryRun) return;
    const seen = line.kind === "seen" ? this.#pending.find((pending) => pending.kind === "seen") : undefined;
    if (line.kind !== "seen" || seen?.kind !== "seen") {
      this.#pending.push(line);
      return;
    }
    seen.versions.push(...line.versions);
    seen.closed.push(...line.closed);
  }

  /** Whether the run meets this version of the record for the first time; overlapping windows show it more often. */
  isNew(record: SourceRecord): boolean {
    const last = this.#met.get(record.id);
    if (last === record.version || this.#metBefore.has(versionOf(record))) return false;
    if (last !== undefined) this.#metBefore.add(versionOf({ id: record.id, version: last }));
    this.#met.set(record.id, record.version);
    return true;
  }

  /** Notes the delivery that a record's document belongs to; whether one of another record belonged there, too. */
  meet({ key, record }: { key: string; record: Pick<SourceRecord, "id"> }): boolean {
    if (key === record.id) return this.#keys.has(key);
    const isShared = this.hasMetKey(key);
    this.#keys.add(key);
    return isShared;
  }

  /** Whether the run has met a record of this id. */
  hasMet(id: string): boolean {
    return this.#met.has(id);
  }

  /** Whether the run has met a document of this delivery. */
  hasMetKey(key: string): boolean {
    return this.#met.has(key) || this.#keys.has(key);
  }

  /** How many records the run has met. */
  get size(): number {
    return this.#met.size;
  }

  /** Brings the number of calls up to date. */
  countCalls(): void {
    this.counts.calls = this.context.callsMade() - this.#callsBefore;
  }

  /** Appends what waits. */
  async flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    await this.context.store.append(this.#pending.splice(0));
  }
}

/** The name of one version of a record. Pure. */
export function versionOf({ id, version }: Pick<SourceRecord, "id" | "version">): string {
  return `${id}@${version}`;
}

/** Replaces people's values in a text; `personal` is longest first. Pure. */
export function masked(text: string, personal: readonly string[]): string {
  return personal.reduce((masking, value) => masking.replaceAll(value, "***"), text);
}

/** An error as the log keeps it. Pure. */
export function loggedError(error: unknown, personal: readonly string[] = []): LoggedError {
  if (!(error instanceof MlcError)) {
    return { code: "Bug", message: masked(error instanceof Error ? error.message : String(error), personal) };
  }
  const { code, field, correlationId } = error.context;
  return {
    code: code ?? error.name,
    message: shortened(masked(error.whole, personal)),
    ...(field === undefined ? {} : { field }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(error.hint === undefined ? {} : { hint: masked(error.hint, personal) }),
  };
}
