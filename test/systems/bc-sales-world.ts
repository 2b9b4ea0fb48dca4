import { BcClient } from "../../src/connectors/bc/client.ts";
import { bcPairSettings, bcSettings } from "../../src/connectors/bc/config.ts";
import { parseSettings } from "../../src/core/config.ts";
import { sumOf } from "../../src/core/decimal.ts";
import type { Ref } from "../../src/core/delivery.ts";
import { hashOf } from "../../src/core/json.ts";
import { personalValues, type Sale, type SaleLine, type Shipment } from "../../src/core/model.ts";
import type { Page, Source, SourceRecord } from "../../src/core/ports.ts";
import { fold } from "../../src/core/state/fold.ts";
import type { LineDraft, LogLine } from "../../src/core/state/lines.ts";
import { type RunOptions, zeroCounts } from "../../src/core/sync/run.ts";
import { syncFlow } from "../../src/core/sync.ts";
import type { Fault } from "../../src/sandbox/kit.ts";
import { BcSaleTarget } from "../../src/systems/bc/sale-target.ts";
import { Crash, MemoryStore } from "../core/sync/memory-systems.ts";
import { bcWorld, clientId, tenantId } from "./bc-world.ts";

/** A line as it was sold, shipped whole but for what is given. */
export const lineOf = (key: string, more: Partial<SaleLine> = {}): SaleLine => {
  const line = { key, sku: "MUG", name: "Mug", quantity: 2, unitPrice: "10.5", tax: "0", ...more };
  return { shipped: line.quantity, ...line };
};

/** A parcel that left. */
export const parcel = (id: string, more: Partial<Shipment> = {}): Shipment => ({
  id,
  number: id,
  final: false,
  personal: [],
  carrier: "ups",
  carrierName: "UPS",
  service: "ups_ground",
  shipDate: "2026-11-20",
  isVoided: false,
  isReturn: false,
  packages: [{ trackingNumber: `1Z${id}` }],
  lines: [],
  ...more,
});

/** A shipped sale of two mugs with freight, but for what is given; its total follows unless it is given. */
export function saleOf(id: string, more: Partial<Sale> = {}): Sale {
  const shipTo = {
    name: "Maria Keller",
    street: ["12 Harbour Rd"],
    city: "Portland",
    state: "OR",
    postalCode: "97201",
    country: "US",
  };
  const sale = {
    id,
    number: `ORD-${id}`,
    final: false,
    personal: personalValues([more.shipTo ?? shipTo], [more.email ?? "maria@keller.example"]),
    naturalKey: `ord-${id}`,
    orderKey: `ord-${id}`,
    status: "shipped" as const,
    email: "maria@keller.example",
    shipTo,
    orderDate: "2026-11-18",
    shipDate: "2026-11-20",
    currency: "USD",
    lines: [lineOf("1")],
    shipments: [parcel(`${id}01`)],
    shipping: "7.25",
    otherTax: "0",
    discount: "0",
    total: "",
    ...more,
  };
  if (sale.total !== "") return sale;
  const goods = sale.lines.flatMap(({ unitPrice, quantity, tax }) => [
    ...Array.from({ length: quantity }, () => unitPrice),
    tax,
  ]);
  const taken = sale.discount === "0" ? "0" : `-${sale.discount}`;
  return { ...sale, total: sumOf([...goods, sale.shipping, sale.otherTax, taken]) };
}

/** Sales by hand: all of them at every listing. */
class SaleDesk implements Source<Sale> {
  readonly system = "shipstation";
  readonly reads = "changes";
  readonly sales = new Map<string, Sale>();

  put(sale: Sale): Sale {
    this.sales.set(sale.id, sale);
    return sale;
  }

  async *list(): AsyncGenerator<Page> {
    yield { records: [...this.sales.values()].map((sale) => this.#record(sale)), cursor: 1 };
  }

  async get(refs: readonly Ref[]): Promise<Map<string, SourceRecord | "gone">> {
    return new Map(
      refs.map((ref) => {
        const sale = this.sales.get(String(ref));
        return [String(ref), sale ? this.#record(sale) : ("gone" as const)];
      }),
    );
  }

  idOf(ref: Ref): string {
    return String(ref);
  }

  read({ payload }: SourceRecord): Sale[] {
    return [payload as Sale];
  }

  #record(sale: Sale): SourceRecord {
    return { id: sale.id, version: hashOf(sale), ref: sale.id, payload: sale };
  }
}

/** A store in memory whose lines have the time of the simulated world. */
class TimedStore extends MemoryStore {
  readonly #now: () => Date;

  constructor(now: () => Date) {
    super();
    this.#now = now;
  }

  override async append(drafts: readonly LineDraft[]): Promise<LogLine[]> {
    if (this.isDead) throw new Crash("the process is gone");
    return drafts.map((draft): LogLine => {
      const seq = this.lines.length + 1;
      const at = this.#now().toISOString();
      const line: LogLine = { ...draft, id: String(seq).padStart(26, "0"), at, seq, prev: "", mac: "" };
      this.lines.push(structuredClone(line));
      fold(this.state, line);
      return line;
    });
  }
}

/** A simulated company that sells mugs, and the flow of sales into it over a store in memory. */
export function salesWorld(pair: Record<string, unknown> = {}) {
  const world = bcWorld();
  const desk = world.bc.desk();
  desk.addItem({ number: "MUG", displayName: "Mug", unitPrice: 12 });
  desk.addItem({ number: "PEN", displayName: "Pen", unitPrice: 3 });
  desk.addCustomer({ number: "C1", displayName: "Web shop", email: "shop@web.example" });
  desk.add("accounts", { number: "22700", displayName: "Tax collected" });
  const source = new SaleDesk();
  const context = world.context();
  const clock = world.clock;
  const store = new TimedStore(() => clock.now());
  const stock = { customers: { account: "C1" }, lines: { shippingAccount: "40200" } };
  let mapping = "m1";
  let settings = parseSettings(bcPairSettings, { ...stock, ...pair }, "bc-shipstation");
  const access = parseSettings(
    bcSettings,
    { tenantId, environment: "production", clientId, company: "CRONUS USA, Inc." },
    "bc",
  );
  /** Settings as a person changed them. */
  const configure = (more: Record<string, unknown>) => {
    settings = parseSettings(bcPairSettings, { ...stock, ...pair, ...more }, "bc-shipstation");
    mapping += "+";
  };
  const targetNow = () => new BcSaleTarget(new BcClient({ settings: access, ...context }), settings, clock);
  /** Runs the flow as a new process would, sixteen minutes after the last one. */
  const sync = async (options: Partial<RunOptions> = {}, failpoint: (name: string) => void = () => {}) => {
    const result = await syncFlow({
      flow: { pair: "bc-shipstation", name: "sales", source, target: targetNow() },
      store,
      clock,
      signal: new AbortController().signal,
      run: "run",
      options: { command: "sync orders", ...options },
      observer: {},
      account: { bc: "a" },
      mapping,
      assertHeld: async () => {
        if (store.isDead) throw new Crash("the process is gone");
      },
      findOrder: async () => undefined,
      lookAgain: async () => {},
      failpoint,
      callsMade: () => 0,
      budgets: () => [],
      waitingMaxDays: 14,
    }).catch((error: unknown) => {
      if (error instanceof Crash) return { counts: zeroCounts() };
      throw error;
    });
    clock.advance(16 * 60_000);
    if ("error" in result && !(result.error instanceof Crash)) throw result.error;
    return result.counts;
  };
  const replay = (id: string, more: Partial<RunOptions> = {}) => sync({ only: [id], ...more });
  /** Why a sale is set aside. */
  const aside = (id: string) => store.state.asides[id]?.error;
  /** Lets the nth request of a kind meet a fault. */
  const failOnce = (kind: RegExp, fault: Fault, nth = 1) => {
    let left = nth;
    world.bc.faults = (request) => {
      if (!kind.test(`${request.method} ${new URL(request.url).pathname}`)) return undefined;
      left -= 1;
      return left === 0 ? fault : undefined;
    };
  };
  /** Posted invoices: external number and total. */
  const booked = () =>
    desk.invoices
      .filter(({ header }) => header.status === "Open")
      .map(({ header }) => `${header.externalDocumentNumber} ${header.totalAmountIncludingTax}`);
  const drafts = () =>
    desk.invoices
      .filter(({ header }) => header.status === "Draft")
      .map(({ header }) => `${header.externalDocumentNumber} ${header.totalAmountIncludingTax}`);
  /** Outcome and remark of every entry. */
  const told = () =>
    store.lines.flatMap((line) =>
      "outcome" in line && line.outcome
        ? [
            `${line.outcome} ${"step" in line ? line.step : ""}: ${"remark" in line ? (line.remark ?? "") : ""}${"error" in line ? line.error?.message : ""}`,
          ]
        : [],
    );
  const memo = (id: string) => store.state.deliveries.get(id)?.memo ?? {};
  return {
    ...world,
    clock,
    desk,
    source,
    store,
    configure,
    sync,
    replay,
    aside,
    failOnce,
    booked,
    drafts,
    told,
    memo,
    targetNow,
  };
}
