/** POST, PATCH and DELETE: what each set takes and what it refuses (F&O, 4.1). */

import type { LedgerEntry } from "../kit.ts";
import { type Books, etagOf, type Order, type Row } from "./books.ts";
import { infolog, Refusal } from "./errors.ts";
import { addLine } from "./orders.ts";
import { takeStockRow } from "./stock.ts";
import type { FnoSwitches } from "./switches.ts";
import type { EntitySet, Values } from "./types.ts";
import { checkedValues, checkRelations } from "./validation.ts";

type Body = Readonly<Record<string, unknown>>;

/** A refusal that a person planned for one order. */
export interface PlannedRefusal {
  infolog: readonly string[];
  /** How often it still happens. */
  times: number;
}

/** Takes the writes and keeps the ledger of those that were accepted. */
export class Writes {
  readonly ledger: LedgerEntry[] = [];
  /** By `usmf/SO-1001`: what the next writes to that order are answered with. */
  readonly refusals = new Map<string, PlannedRefusal>();
  private readonly books: Books;
  private readonly switches: FnoSwitches;
  private documents = 0;

  constructor(books: Books, switches: FnoSwitches) {
    this.books = books;
    this.switches = switches;
  }

  /** Merges a body into a row; 412 when `ifMatch` is stale. */
  patch(set: EntitySet, row: Row, body: Body, ifMatch: string | null): void {
    if (!set.editable) throw infolog(set.type, ["Error: Update is not allowed.", "Error: Update has been canceled."]);
    this.checkTag(row, ifMatch);
    const order = this.orderOf(row.values);
    this.checkPlanned(set, order);
    const keys = Object.fromEntries(set.key.map((name) => [name, row.values[name]]));
    const changes = Object.fromEntries(Object.entries(body).filter(([name, value]) => keys[name] !== value));
    const values = checkedValues(set, changes);
    checkRelations(this.books, set, values, { ...row.values, ...values });
    this.books.touch(row, values, order);
    this.record(`PATCH ${set.name}`, row.values, body);
  }

  /** Creates a row in the company that the body names. */
  insert(set: EntitySet, body: Body, defaultCompany: string, companies: readonly string[]): Row {
    const isTracking = set.name === "PackingSlipTrackingInformation";
    if (!set.insertable || (isTracking && !this.switches.trackingInsertable))
      throw infolog(set.type, ["Error: Create is not allowed.", "Error: Update has been canceled."]);
    const values: Values = { dataAreaId: defaultCompany, ...checkedValues(asNew(set), body) };
    const company = String(values.dataAreaId).toLowerCase();
    if (!companies.includes(company)) throw infolog(set.type, [`Error: Company '${company}' does not exist.`]);
    values.dataAreaId = company;
    const order = this.orderOf(values);
    this.checkPlanned(set, order);
    if (takeStockRow(this.books, set, values)) return this.inserted(set, values, body);
    if (!order)
      throw infolog(set.type, [
        `Error: The value '${values.SalesOrderNumber ?? ""}' in field 'Sales order' is not found in the related table 'Sales orders'.`,
        "Error: Update has been canceled.",
      ]);
    values.SalesOrderNumber = order.number;
    if (set.name === "SalesOrderLines") return this.insertLine(set, order, { values, body });
    if (isTracking) this.checkTracking(set, values);
    else this.checkAttachment(set, values);
    return this.inserted(set, values, body);
  }

  /** A line of a released item, on an order that is still open (F&O, 4.1). */
  private insertLine(
    set: EntitySet,
    order: Order,
    { values: { ItemNumber, OrderedSalesQuantity, SalesPrice }, body }: { values: Values; body: Body },
  ): Row {
    const refuse = (sentence: string) => infolog(set.type, [`Error: ${sentence}`, "Error: Update has been canceled."]);
    const status = String(order.header.values.SalesOrderStatus);
    if (status === "Invoiced" || status === "Canceled") throw refuse(`Sales order ${order.number} is ${status}.`);
    const isReleased = this.books
      .rows("ReleasedProductsV2")
      .some(({ values }) => values.dataAreaId === order.legalEntity && values.ItemNumber === ItemNumber);
    if (!isReleased)
      throw refuse(`The value '${ItemNumber ?? ""}' in field 'Item number' is not found in the related table 'Items'.`);
    const spec = {
      item: String(ItemNumber),
      quantity: Number(OrderedSalesQuantity ?? 0),
      price: Number(SalesPrice ?? 0),
    };
    const { row } = addLine(this.books, order, spec);
    row.visibleAt = this.books.clock.now().getTime() + this.switches.createdVisibleAfterMs;
    this.record(`POST ${set.name}`, row.values, body);
    return row;
  }

  private inserted(set: EntitySet, values: Values, body: Body): Row {
    const row = this.books.insert(set.name, values);
    row.visibleAt = this.books.clock.now().getTime() + this.switches.createdVisibleAfterMs;
    this.record(`POST ${set.name}`, values, body);
    return row;
  }

  /** Deletes a row where the set allows it. */
  remove(set: EntitySet, row: Row, ifMatch: string | null): void {
    const isTracking = set.name === "PackingSlipTrackingInformation";
    if (!set.deletable || (isTracking && !this.switches.trackingDeletable))
      throw infolog(set.type, ["Error: Delete is not allowed.", "Error: Update has been canceled."]);
    this.checkTag(row, ifMatch);
    this.checkPlanned(set, this.orderOf(row.values));
    this.books.remove(set.name, row);
    this.record(`DELETE ${set.name}`, row.values, row.values);
  }

  private checkTag(row: Row, ifMatch: string | null): void {
    if (ifMatch === null || ifMatch === "*" || !this.switches.checksIfMatch) return;
    if (ifMatch !== etagOf(row))
      throw new Refusal(412, "The record was changed by another user since it was last read.");
  }

  private checkPlanned(set: EntitySet, order: Order | undefined): void {
    const planned = order && this.refusals.get(`${order.legalEntity}/${order.number}`);
    if (!planned || planned.times <= 0) return;
    planned.times -= 1;
    throw infolog(set.type, planned.infolog);
  }

  /** Tracking needs a posted slip of that order, and five key fields that no other row has (F&O, 4.1). */
  private checkTracking(set: EntitySet, values: Values): void {
    for (const name of set.key)
      if ((values[name] ?? "") === "")
        throw infolog(set.type, [`Error: Field '${name}' must be filled in.`, "Error: Update has been canceled."]);
    const slip = this.books
      .rows("CustPackingSlipJourBiEntities")
      .find(
        ({ values: slip }) =>
          slip.dataAreaId === values.dataAreaId &&
          slip.SalesId === values.SalesOrderNumber &&
          slip.PackingSlipId === values.PackingSlipNumber &&
          (!this.switches.slipDateMustMatch || slip.DeliveryDate === values.DeliveryDate),
      );
    if (!slip)
      throw infolog(set.type, [
        `Error: The value '${values.PackingSlipNumber}' in field 'Packing slip' is not found in the related table 'Customer packing slip journal'.`,
        "Error: Update has been canceled.",
      ]);
    const isDouble = this.books
      .rows(set.name)
      .some(({ values: other }) => set.key.every((name) => other[name] === values[name]));
    if (isDouble)
      throw infolog(set.type, [
        "Error: Cannot create a record. The record already exists.",
        "Error: Update has been canceled.",
      ]);
  }

  private checkAttachment(set: EntitySet, values: Values): void {
    if ((values.DocumentAttachmentTypeCode ?? "") === "")
      throw infolog(set.type, ["Error: Field 'Type' must be filled in.", "Error: Update has been canceled."]);
    checkRelations(this.books, set, values, values);
    this.documents += 1;
    values.DocumentId = `d0c00000-0000-4000-8000-${String(this.documents).padStart(12, "0")}`;
  }

  private orderOf(values: Values): Order | undefined {
    return this.books.findOrder(String(values.dataAreaId), String(values.SalesOrderNumber));
  }

  private record(action: string, values: Values, body: unknown): void {
    const key = `${values.dataAreaId}/${values.SalesOrderNumber ?? values.JournalNumber ?? ""}`;
    this.ledger.push({ at: this.books.clock.now().toISOString(), action, key, body: structuredClone(body) });
  }
}

/** The set with what a new row may be given. */
function asNew(set: EntitySet): EntitySet {
  const given = (set.givenOnce ?? []).flatMap((name) => {
    const property = set.properties[name];
    return property ? [[name, { ...property, readOnly: false }]] : [];
  });
  return { ...set, properties: { ...set.properties, ...Object.fromEntries(given) } };
}
