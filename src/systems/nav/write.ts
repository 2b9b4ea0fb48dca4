import type { NavClient } from "../../connectors/nav/client.ts";
import { isRefusedByStatus } from "../../connectors/nav/errors.ts";
import { differing } from "../../connectors/nav/held.ts";
import type { SalesOrder, SalesOrderLine } from "../../connectors/nav/schema.ts";
import type { Given } from "../../connectors/odata/rows.ts";
import type { Call, StepResult } from "../../core/delivery.ts";
import { MlcError, RejectedError } from "../../core/errors.ts";
import { commentedName } from "./comment-steps.ts";
import { addComments } from "./comments.ts";
import type { DateRoute, HeadWrite, Payload } from "./payloads.ts";

type Write = Exclude<Payload, { kind: "look" }>;
type Kind<K extends Write["kind"]> = Extract<Write, { kind: K }>;
type Done = StepResult & { outcome: "done" };

/** The writes of one order, one after the other: each knows what those before it left there. */
export class OrderWrites {
  readonly #client: NavClient;
  readonly #now: () => Date;
  /** Records as the last write left them, by page and number. */
  readonly #heads = new Map<string, HeadWrite["held"]>();
  /** A change of the header may have moved the lines. */
  #areLinesStale = false;

  constructor(client: NavClient, now: () => Date) {
    this.#client = client;
    this.#now = now;
  }

  /** Does one write; throws what NAV says against it. */
  async do(payload: Write): Promise<Done> {
    switch (payload.kind) {
      case "heads":
        return this.#writeHeads(payload);
      case "mark":
        return this.#mark(payload);
      case "lines":
        return this.#writeLines(payload);
      case "date":
        return this.#writeDate(payload);
      case "comment": {
        const { place } = payload.comment;
        return done(place.number, await addComments(this.#client, place, payload.comment));
      }
      case "post":
        return this.#post(payload);
    }
  }

  async #writeHeads({ order, writes }: Kind<"heads">): Promise<Done> {
    const calls: Call[] = [];
    for (const write of writes) calls.push(...(await this.#writeHead(write)));
    return done(writes[0]?.held.No ?? order, calls);
  }

  async #writeHead(write: HeadWrite): Promise<readonly Call[]> {
    const { page, changes } = write;
    if (page === "order") {
      const { value, calls } = await this.#client.orders.write(this.#order(write.held), changes, write.posted);
      this.#keep(page, value);
      this.#areLinesStale ||= Object.keys(changes).some((name) => name !== "Package_Tracking_No");
      return calls;
    }
    const held = this.#heads.get(`${page} ${write.held.No}`);
    const { value, calls } = await this.#client.shipments.write({ ...write.held, ...held }, changes);
    this.#keep(page, value);
    return calls;
  }

  #order(held: SalesOrder): SalesOrder {
    return { ...held, ...this.#heads.get(`order ${held.No}`) };
  }

  #keep(page: HeadWrite["page"], held: HeadWrite["held"]): void {
    this.#heads.set(`${page} ${held.No}`, held);
  }

  async #mark({ write, field: name, value }: Kind<"mark">): Promise<Done> {
    const marked: Given<HeadWrite["held"]> =
      write.page === "order"
        ? await this.#client.orders.markShipped(this.#order(write.held), { page: "salesOrder", name, value })
        : await this.#client.shipments.markShipped(
            { ...write.held, ...this.#heads.get(`posted ${write.held.No}`) },
            { page: "postedSalesShipment", name, value },
          );
    this.#keep(write.page, marked.value);
    return done(write.held.No, marked.calls);
  }

  async #writeLines({ order, lines }: Kind<"lines">): Promise<Done> {
    const calls: Call[] = [];
    const fresh = new Map<number, SalesOrderLine>();
    if (this.#areLinesStale) {
      const read = await this.#client.orders.lines(lines.slice(0, 1).map(({ held }) => keyOf(held)));
      calls.push(...read.calls);
      for (const line of read.value) fresh.set(line.Line_No, line);
    }
    for (const { held, changes } of lines) {
      const now = fresh.get(held.Line_No) ?? held;
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const names = new Set(differing(given, now));
      const left = Object.fromEntries(Object.entries(given).filter(([name]) => names.has(name)));
      if (names.size > 0) calls.push(...(await this.#client.orders.writeLine(now, left)).calls);
    }
    return done(order, calls);
  }

  /** The first way that NAV takes; what speaks against the others is told. */
  async #writeDate({ order, shipment, shipDate, routes }: Kind<"date">): Promise<Done> {
    const refused: string[] = [];
    const calls: Call[] = [];
    for (const route of routes) {
      try {
        calls.push(...(await this.#writeDateBy(route, shipDate)));
        const memo = route.by === "comment" ? { memo: { [commentedName(shipment)]: true } } : {};
        return { ...done(order, calls), ...memo, remark: saying(route.by, refused) };
      } catch (error) {
        if (!isOfRoute(error)) throw error;
        calls.push(...(error.context.calls ?? []));
        const why = isRefusedByStatus(error) ? "the order is not open" : (error.context.code ?? "not kept");
        refused.push(`${route.by} was refused (${why})`);
      }
    }
    return { ...done(order, calls), remark: `it stands nowhere in Dynamics NAV: ${refused.join("; ")}` };
  }

  async #writeDateBy(route: DateRoute, shipDate: string): Promise<readonly Call[]> {
    switch (route.by) {
      case "header":
        return this.#writeHead({ page: "order", held: route.held, changes: { Shipment_Date: shipDate } });
      case "posting":
        return [];
      case "comment":
        return addComments(this.#client, route.comment.place, route.comment);
    }
  }

  async #post({ held, action, externalId, shipDate }: Kind<"post">): Promise<Done> {
    const postingDate = shipDate ?? this.#now().toISOString().slice(0, 10);
    const { value, calls } = await this.#client.orders.post(held, action, { externalId, postingDate });
    return done(value ?? held.No, calls);
  }
}

const done = (target: string, calls: readonly Call[]): Done => ({ outcome: "done", target, calls });
const keyOf = ({ Document_Type, Document_No }: SalesOrderLine) => ({ Document_Type, No: Document_No });

function saying(by: DateRoute["by"], refused: readonly string[]): string {
  const ways = { header: "in the header", posting: "with the posting", comment: "as a comment" };
  return [`written ${ways[by]}`, ...refused].join("; ");
}

/** NAV takes the date this way or not; a lock or an edit of somebody else's says nothing of that. */
function isOfRoute(error: unknown): error is MlcError {
  return error instanceof MlcError && (isRefusedByStatus(error) || error instanceof RejectedError);
}
