import { z } from "zod";
import type { ShipBobBilling } from "../../connectors/shipbob/billing/calls.ts";
import type { Transaction } from "../../connectors/shipbob/billing/schema.ts";
import type { ShipBobShipments } from "../../connectors/shipbob/shipments/calls.ts";
import type { Ref } from "../../core/delivery.ts";
import { hashOf } from "../../core/json.ts";
import type { Charge, CivilDate } from "../../core/model.ts";
import type { ListRequest, OrderThere, Page, Source, SourceRecord } from "../../core/ports.ts";
import type { Bills } from "../../core/system.ts";
import { billOf, chargeLine, chargeOf, isForShipment } from "../../mappings/shipbob/charge.ts";
import { grouped } from "../in-groups.ts";
import { isDaily } from "./polling.ts";
import { ordersOfShipments } from "./shipment-orders.ts";

const dayMs = 86_400_000;
/** Some fees show hours after the label (8). */
const overlapDays = 2;
/** Once a day: a charge gets its invoice later, and does not move with it (8). */
const wideDays = 14;
/** Nothing is charged for a shipment before it is made, and none is older than this when it is. */
const oldestDays = 400;
/** Most orders do not move any more so long after they were charged. */
const settledDays = 30;
/** Shipments whose charges are told together. */
const pageSize = 200;

const refSchema = z.object({ shipment: z.string() });
const cursorSchema = z.object({ at: z.string() });

/** A shipment's transactions, and its order where ShipBob has it. */
interface Payload {
  shipment: string;
  order: OrderThere | undefined;
  transactions: Transaction[];
}

/** What is read with. */
export interface ChargeCalls {
  billing: ShipBobBilling;
  shipments: ShipBobShipments;
  /** The channel whose orders are ours. */
  channelId: number | undefined;
}

/** ShipBob as the giver of charges: one record for each shipment, with all that was ever charged for it. */
export class ShipBobChargeSource implements Source<Charge> {
  readonly system = "shipbob";
  readonly reads = "changes";
  readonly #calls: ChargeCalls;
  readonly #options: { lookBack: number; now(): Date };

  constructor(calls: ChargeCalls, options: { lookBack: number; now(): Date }) {
    this.#calls = calls;
    this.#options = options;
  }

  /** The cursor is ShipBob's own: the day of the latest charge that was read. */
  async *list(request: ListRequest): AsyncGenerator<Page> {
    const from = this.#start(request);
    const shipments = new Set<string>();
    const ahead = new Date(request.now.getTime() + dayMs).toISOString();
    let latest = cursorSchema.safeParse(request.cursor).data?.at ?? "";
    for await (const rows of this.#calls.billing.transactions({ from, to: request.until })) {
      for (const row of rows) {
        if (isForShipment(row)) shipments.add(row.reference_id);
        // One dated ahead would hide what comes until then.
        if (row.charge_date > latest && row.charge_date <= ahead) latest = row.charge_date;
      }
    }
    const orders = await ordersOfShipments(this.#calls, shipments, {
      since: new Date(from.getTime() - dayMs),
    });
    const ids = [...shipments];
    for (let start = 0; start < ids.length; start += pageSize)
      yield { records: await this.#records(ids.slice(start, start + pageSize), orders) };
    if (latest !== "") yield { records: [], cursor: { at: latest } };
  }

  async get(refs: readonly Ref[]): Promise<Map<string, SourceRecord | "gone">> {
    const ids = refs.map((ref) => refSchema.parse(ref).shipment);
    const found = new Map<string, SourceRecord | "gone">(refs.map((ref) => [this.idOf(ref), "gone"]));
    // They may be of any age, so that no list has them.
    const orders = await ordersOfShipments(this.#calls, new Set(ids), { since: this.#options.now() });
    for (const record of await this.#records(ids, orders)) found.set(record.id, record);
    return found;
  }

  idOf(ref: Ref): string {
    return refSchema.parse(ref).shipment;
  }

  read({ payload }: SourceRecord): Charge[] {
    const { shipment, transactions, order } = payload as Payload;
    return [chargeOf(shipment, transactions, order)];
  }

  #start({ since, cursor, now, lastRunAt }: ListRequest): Date {
    if (since) return since;
    const at = Date.parse(cursorSchema.safeParse(cursor).data?.at ?? "");
    if (Number.isNaN(at)) return new Date(now.getTime() - this.#options.lookBack * dayMs);
    const days = isDaily("charges", lastRunAt, now) ? wideDays : overlapDays;
    return new Date(at - days * dayMs);
  }

  async #records(ids: readonly string[], orders: ReadonlyMap<string, OrderThere>): Promise<SourceRecord[]> {
    const from = new Date(this.#options.now().getTime() - oldestDays * dayMs);
    const rows = await this.#calls.billing.ofShipments(ids, from);
    const byShipment = grouped(rows.filter(isForShipment), ({ reference_id }) => reference_id);
    return [...byShipment].map(([shipment, unsorted]) => {
      const transactions = [...unsorted].sort((left, right) => (left.transaction_id < right.transaction_id ? -1 : 1));
      const payload: Payload = { shipment, order: orders.get(shipment), transactions };
      return { id: shipment, version: hashOf(transactions), ref: { shipment }, payload };
    });
  }
}

/** What ShipBob billed in these days, and what it charged in them and will bill. */
export async function shipBobBills(calls: ChargeCalls, from: CivilDate, to: CivilDate): Promise<Bills> {
  const { billing } = calls;
  const [start, end] = [new Date(`${from}T00:00:00Z`), new Date(`${to}T23:59:59Z`)];
  const ofDays = (day: CivilDate) => day >= from && day <= to;
  const invoices = (await billing.invoices(start, end)).filter(({ invoice_date }) => ofDays(invoice_date.slice(0, 10)));
  const rows: Transaction[] = [];
  const bills: Bills["bills"] = [];
  for (const invoice of invoices) {
    const lines = await billing.invoiced(invoice.invoice_id);
    bills.push(billOf(invoice, lines));
    rows.push(...lines);
  }
  const open: Transaction[] = [];
  for await (const page of billing.transactions({ from: start, to: end, isInvoiced: false }))
    open.push(...page.filter(({ invoice_id, charge_date }) => invoice_id === "" && ofDays(charge_date.slice(0, 10))));
  const ids = new Set([...rows, ...open].filter(isForShipment).map(({ reference_id }) => reference_id));
  const days = [...rows, ...open].map(({ charge_date }) => Date.parse(charge_date)).filter((at) => !Number.isNaN(at));
  const earliest = days.reduce((least, day) => Math.min(least, day), start.getTime());
  // An order moves until it is delivered; of a month long ago that is less to read than all that moved since.
  const span = { since: new Date(earliest - dayMs), until: new Date(end.getTime() + settledDays * dayMs) };
  return { bills, open: open.map(chargeLine), orders: await ordersOfShipments(calls, ids, span) };
}
