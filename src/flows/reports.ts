import type { Clock } from "../core/clock.ts";
import type { ConfigFile } from "../core/config.ts";
import { UsageError } from "../core/errors.ts";
import type { ProfileState } from "../core/profile-state.ts";
import type { System } from "../core/system.ts";
import { pairKinds } from "../systems/index.ts";
import type { PairKind } from "../systems/kinds.ts";
import { type ChargesReport, chargesReport } from "./charges-report.ts";
import type { FlowName } from "./names.ts";
import { connectedPairs, moves } from "./open.ts";
import { PairOrders } from "./pair-orders.ts";
import { type ProductFile, productFile } from "./product-file.ts";
import { type StockReport, stockReport } from "./stock-report.ts";

/** What reports are made from. */
export interface ReportsOptions {
  state: ProfileState;
  clock: Clock;
  config(): ConfigFile;
  system(name: string, pair: string): Promise<System>;
}

/** What is only read from the systems of a pair; nothing is sent and nothing kept. `pair` may be left out where there is one. */
export class Reports {
  readonly #options: ReportsOptions;

  constructor(options: ReportsOptions) {
    this.#options = options;
  }

  /** The file by which a person imports at the shipper what it has no products of. Throws UsageError. */
  productFile(pair?: string): Promise<ProductFile> {
    const { config, clock, system } = this.#options;
    return productFile({ config: config(), pair, system, now: clock.now() });
  }

  /** What both sides hold, side by side. Throws UsageError. */
  async stock(given?: string): Promise<StockReport> {
    const { config, system } = this.#options;
    const { pair, kind } = this.#pairWith("inventory", "stock to compare", given);
    const rows = await stockReport(await system(kind.erp, pair), await system(kind.shipper, pair));
    return { rows, pair, isWritten: moves(config(), { pair, flow: "inventory" }) };
  }

  /** What the shipper charged in a month, `2026-10`. Throws UsageError. */
  async charges(month: string, given?: string): Promise<ChargesReport> {
    const { state, system } = this.#options;
    const { pair, kind } = this.#pairWith("charges", "charges of its own", given);
    const orders = await PairOrders.open(state, pair);
    try {
      const shipper = await system(kind.shipper, pair);
      return { pair, month, ...(await chargesReport(shipper, month, (order) => orders.find(order))) };
    } finally {
      await orders.close();
    }
  }

  #pairWith(flow: FlowName, what: string, given: string | undefined): { pair: string; kind: PairKind } {
    const [pair, ...others] = connectedPairs(this.#options.config()).filter(
      (name) => pairKinds[name]?.flows.includes(flow) && (given === undefined || name === given),
    );
    const kind = pair === undefined ? undefined : pairKinds[pair];
    if (pair === undefined || !kind)
      throw new UsageError(`${given ?? "No connected pair"} has ${given === undefined ? what : `no ${what}`}`, {
        hint: "Run `mlc connect fno-shipbob`.",
      });
    if (others.length > 0) throw new UsageError(`More than one pair has ${what}.`, { hint: "Name one with --pair." });
    return { pair, kind };
  }
}
