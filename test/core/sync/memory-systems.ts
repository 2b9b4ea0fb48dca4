import { jumpingClock } from "../../../src/core/clock.ts";
import type { Delivery, Found, Lookup, Ref, Step, StepResult } from "../../../src/core/delivery.ts";
import { MappingError, RejectedError, UnavailableError, UnknownOutcomeError } from "../../../src/core/errors.ts";
import { hashOf, type Json } from "../../../src/core/json.ts";
import type { Document } from "../../../src/core/model.ts";
import type {
  EditSource,
  KnownOrder,
  ListRequest,
  NamedPage,
  NamedReader,
  OrdersDone,
  Page,
  Source,
  SourceRecord,
  Target,
} from "../../../src/core/ports.ts";
import { emptyState, fold } from "../../../src/core/state/fold.ts";
import type { LineDraft, LogLine } from "../../../src/core/state/lines.ts";
import type { FlowStore } from "../../../src/core/state/store.ts";
import { isDone } from "../../../src/core/steps.ts";
import type { HeldElsewhere } from "../../../src/core/sync/held.ts";
import type { Observer, Planned, RunOptions } from "../../../src/core/sync/run.ts";
import type { FlowResult } from "../../../src/core/sync.ts";
import { syncFlow } from "../../../src/core/sync.ts";

/** A sales document of the little ERP. */
export interface Row {
  id: string;
  status: "open" | "cancelled" | "closed";
  text: string;
  /** Makes it unreadable. */
  isBroken?: boolean;
}

export interface Doc extends Document {
  id: string;
  status: Row["status"];
  text: string;
}

/** The process died: nothing after this may reach the store. */
export class Crash extends Error {}

/** An ERP in memory: all open rows at every listing, pages of two. */
export class MemoryErp implements Source<Doc> {
  readonly system = "erp";
  reads: Source<Doc>["reads"] = "open";
  readonly rows = new Map<string, Row>();
  /** Raises every version, as a touched timestamp does. */
  epoch = 0;
  pageSize = 2;
  failOnPage?: { number: number; error: Error };
  /** Every call that listed or read. */
  readonly asked: string[] = [];
  /** Ids that only a listing finds the rest of. */
  readonly torn = new Set<string>();
  readonly named: NamedReader = {
    has: ({ kind }) => kind === "orderNumber",
    read: (things) => this.#named(things.map(({ id }) => id)),
  };

  put(id: string, text = "first", status: Row["status"] = "open"): Row {
    const row: Row = { id, text, status };
    this.rows.set(id, row);
    return row;
  }

  #record(row: Row): SourceRecord {
    return { id: row.id, version: hashOf([row, this.epoch]), ref: row.id, payload: { ...row } };
  }

  async *#named(ids: readonly string[]): AsyncGenerator<NamedPage> {
    this.asked.push(`named ${ids.join(" ")}`);
    const rows = ids.flatMap((id) => this.rows.get(id) ?? []);
    const isListed = ({ status }: Row) => this.reads !== "open" || status === "open";
    yield {
      records: rows.filter(isListed).map((row) => this.#record(row)),
      unlisted: rows.filter((row) => !isListed(row)).map((row) => this.#record(row)),
      ...(ids.some((id) => this.torn.has(id)) ? { isIncomplete: true } : {}),
    };
  }

  async *list({ cursor }: ListRequest): AsyncGenerator<Page> {
    this.asked.push("list");
    const rows = [...this.rows.values()].filter((row) => this.reads !== "open" || row.status === "open");
    const from = this.reads === "changes" && typeof cursor === "number" ? cursor : 0;
    let page = 0;
    for (let start = from; start < rows.length; start += this.pageSize) {
      page += 1;
      if (this.failOnPage?.number === page) throw this.failOnPage.error;
      const records = rows.slice(start, start + this.pageSize).map((row) => this.#record(row));
      yield this.reads === "changes" ? { records, cursor: start + records.length } : { records };
    }
  }

  async get(refs: readonly Ref[]): Promise<Map<string, SourceRecord | "gone">> {
    this.asked.push(`get ${refs.join(" ")}`);
    return new Map(refs.map((ref) => [this.idOf(ref), this.#one(this.idOf(ref))]));
  }

  #one(id: string): SourceRecord | "gone" {
    const row = this.rows.get(id);
    return row ? this.#record(row) : "gone";
  }

  idOf(ref: Ref): string {
    return String(ref);
  }

  read({ payload }: SourceRecord): Doc[] {
    const row = payload as Row;
    if (row.isBroken)
      throw new MappingError(`erp ${row.id}: text is missing`, { field: "text", hint: "Fill in the text." });
    return [
      {
        id: row.id,
        number: row.id,
        status: row.status,
        text: row.text,
        final: row.status !== "open",
        personal: ["Ada Lovelace"],
      },
    ];
  }
}

/** What a fault does to one call of `send`. */
export type SendFault = "resetBefore" | "resetAfter" | "crashAfter" | "down" | undefined;

/** A shipper in memory, keyed by upsert like a store, or blind like a carrier: it never finds what it was sent. */
export class MemoryShipper implements Target<Doc> {
  readonly system = "shipper";
  readonly batch = 3;
  readonly settleMs: number;
  readonly isBlind: boolean;
  readonly documents = new Map<string, { number: number; text: string; status: string }>();
  /** Every write that was taken. */
  readonly ledger: { key: string; action: string; text: string }[] = [];
  faults: SendFault[] = [];
  refuse = (_text: string): boolean => false;
  refuseWhole = false;
  sends = 0;
  suffix = "";
  /** Texts that wait for something. */
  waitsFor = (_text: string): boolean => false;
  invisible = false;

  constructor({ isBlind = false, settleMs = 0 }: { isBlind?: boolean; settleMs?: number } = {}) {
    this.isBlind = isBlind;
    this.settleMs = isBlind ? Number.POSITIVE_INFINITY : settleMs;
  }

  key(document: Doc): string {
    return document.id;
  }

  next(document: Doc, delivery: Delivery): Step[] {
    const { order } = delivery.steps;
    const text = document.text + this.suffix;
    if (document.status === "closed") return [];
    if (document.status === "cancelled") {
      const cancel: Step = {
        name: "cancel",
        action: "cancel",
        naturalKey: document.id,
        payload: { status: "cancelled" },
        repeatable: true,
      };
      return order && !isDone(cancel, delivery) ? [cancel] : [];
    }
    if (this.waitsFor(text))
      return [{ name: "wait", action: "wait", naturalKey: "", payload: null, repeatable: true, remark: "not ready" }];
    const step: Step = {
      name: "order",
      action: order ? "update" : "create",
      naturalKey: document.id,
      payload: { text },
      repeatable: this.settleMs === 0,
    };
    return isDone(step, delivery) || (order && this.isBlind) ? [] : [step];
  }

  async send(steps: readonly Step[]): Promise<StepResult[]> {
    this.sends += 1;
    const fault = this.faults.shift();
    if (fault === "resetBefore") throw new UnknownOutcomeError("connection reset");
    if (fault === "down") throw new UnavailableError("shipper is down");
    if (this.refuseWhole && steps.some(({ payload }) => this.refuse(textOf(payload))))
      throw new RejectedError("the batch was refused");
    const results = steps.map((step) => this.#take(step));
    if (fault === "resetAfter") throw new UnknownOutcomeError("connection reset");
    if (fault === "crashAfter") throw new Crash("killed after the commit");
    return results;
  }

  #take(step: Step): StepResult {
    const calls = [{ method: "POST", path: "/orders", status: 200, ms: 1, attempt: 1 }];
    const text = textOf(step.payload);
    if (this.refuse(text))
      return {
        outcome: "failed",
        calls,
        error: new RejectedError(`shipper ${step.naturalKey}: Ada Lovelace has no such text ${text}`, {
          field: "text",
          hint: "Mend the text.",
        }),
      };
    const number = this.documents.get(step.naturalKey)?.number ?? this.documents.size + 1;
    this.documents.set(step.naturalKey, { number, text, status: step.action === "cancel" ? "cancelled" : "open" });
    this.ledger.push({ key: step.naturalKey, action: step.action, text });
    return { outcome: "done", calls, target: String(number), memo: { number } };
  }

  async find(steps: readonly Lookup[]): Promise<Found[]> {
    return steps.map(({ naturalKey, payload, action }) => {
      const document = this.documents.get(naturalKey);
      if (this.isBlind || this.invisible || !document) return { state: "absent" };
      const agrees =
        action === "cancel"
          ? document.status === "cancelled"
          : payload === undefined || document.text === textOf(payload);
      return agrees
        ? { state: "present", target: String(document.number), memo: { number: document.number } }
        : { state: "absent" };
    });
  }
}

function textOf(payload: Json): string {
  return payload !== null && typeof payload === "object" && !Array.isArray(payload) ? String(payload.text ?? "") : "";
}

/** A store that keeps its lines in memory; after a crash it takes nothing. */
export class MemoryStore implements FlowStore {
  readonly state = emptyState();
  readonly lines: LogLine[] = [];
  isDead = false;

  async append(drafts: readonly LineDraft[]): Promise<LogLine[]> {
    if (this.isDead) throw new Crash("the process is gone");
    const stamped = drafts.map((draft): LogLine => {
      const seq = this.lines.length + 1;
      const line: LogLine = { ...draft, id: String(seq).padStart(26, "0"), at: stampNow(), seq, prev: "", mac: "" };
      this.lines.push(structuredClone(line));
      fold(this.state, line);
      return line;
    });
    return stamped;
  }

  async load(keys: readonly string[]): Promise<Map<string, Delivery>> {
    return new Map(
      keys.flatMap((key) => {
        const delivery = this.state.deliveries.get(key);
        return delivery ? [[key, delivery] as const] : [];
      }),
    );
  }

  holderOfTarget(): undefined {
    return undefined;
  }

  async holder(naturalKey: string): Promise<string | undefined> {
    return [...this.state.deliveries.entries()].find(([, { steps }]) =>
      Object.values(steps).some((step) => step.naturalKey === naturalKey),
    )?.[0];
  }

  async save(): Promise<void> {}

  /** The lines a person reads in the audit. */
  outcomes(): string[] {
    return this.lines.flatMap((line) => ("outcome" in line && line.outcome ? [`${line.key} ${line.outcome}`] : []));
  }
}

export const clock = jumpingClock(new Date("2026-11-21T12:00:00Z"));
const stampNow = (): string => clock.now().toISOString();

/** One little world: an ERP, a shipper, a store, and a way to run the flow. */
export function world(erp: MemoryErp, shipper: MemoryShipper, store = new MemoryStore()) {
  const planned: Planned[] = [];
  const told: number[] = [];
  let mapping = "m1";
  const setMapping = (hash: string): void => {
    mapping = hash;
  };
  const sync = (
    options: Partial<RunOptions> = {},
    more: {
      failpoint?: (name: string) => void;
      edits?: EditSource;
      findOrder?: KnownOrder;
      heldElsewhere?: HeldElsewhere;
      signal?: AbortSignal;
      observer?: Observer;
      orders?: OrdersDone;
    } = {},
  ): Promise<FlowResult> =>
    syncFlow({
      flow: {
        pair: "erp-shipper",
        name: "orders",
        source: erp,
        target: shipper,
        ...(more.edits ? { edits: more.edits } : {}),
      },
      store,
      clock,
      signal: more.signal ?? new AbortController().signal,
      run: "run",
      options: { command: "sync orders", ...options },
      observer: more.observer ?? {
        planned: (one) => planned.push(one),
        firstRun: async ({ documents }) => void told.push(documents),
      },
      account: { erp: "a" },
      mapping,
      assertHeld: async () => {
        if (store.isDead) throw new Crash("the process is gone");
      },
      findOrder: more.findOrder ?? (async () => undefined),
      ...(more.orders ? { orders: more.orders } : {}),
      heldElsewhere: more.heldElsewhere,
      lookAgain: async () => {},
      failpoint: more.failpoint ?? (() => {}),
      callsMade: () => shipper.sends,
      budgets: () => [],
      waitingMaxDays: 14,
    });
  return { erp, shipper, store, planned, told, sync, setMapping };
}
