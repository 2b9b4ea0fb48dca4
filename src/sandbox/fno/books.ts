import type { SandboxClock } from "../kit.ts";
import type { Values } from "./types.ts";

/** A stored record: its version rises with every change of its own table row. */
export interface Row {
  readonly recId: number;
  version: number;
  readonly values: Values;
  /** From when reads see it, in milliseconds since 1970; default at once. */
  visibleAt?: number;
}

/** An order line and what of it was delivered, in the sales unit. */
export interface OrderLine {
  readonly row: Row;
  delivered: number;
  /** How many of the unit that stock is kept in one sales unit is. */
  readonly stockPerUnit: number;
}

/** A sales order as F&O keeps it inside; entities are views of it. */
export interface Order {
  readonly legalEntity: string;
  readonly number: string;
  readonly header: Row;
  readonly lines: OrderLine[];
  /** The highest document posted so far. */
  document: string;
  /** How far it is released to the warehouse. */
  release: string;
  modifiedAt: string;
}

/** The weak tag of a row: number pairs, the first of which moves with each change (F&O, 2.4). */
export function etagOf(row: Row): string {
  return `W/"${Buffer.from(`'${row.version},${row.recId};0,0'`).toString("base64")}"`;
}

/** An instant in F&O's form, without a fraction. */
export function momentOf(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** A date-only field: noon UTC of that day (F&O, 2.4). */
export function noonOf(time: string): string {
  return `${new Date(time).toISOString().slice(0, 10)}T12:00:00Z`;
}

const orderKey = (legalEntity: string, number: string) => `${legalEntity}/${number}`.toLowerCase();

/** Everything the simulated environment holds. */
export class Books {
  readonly clock: SandboxClock;
  private readonly orderMap = new Map<string, Order>();
  private readonly tables = new Map<string, Row[]>();
  private lastRecId = 5637144575;

  constructor(clock: SandboxClock) {
    this.clock = clock;
  }

  /** A new row of no table yet. */
  row(values: Values): Row {
    this.lastRecId += 1;
    return { recId: this.lastRecId, version: 1, values };
  }

  insert(table: string, values: Values): Row {
    const row = this.row(values);
    const rows = this.tables.get(table);
    if (rows) rows.push(row);
    else this.tables.set(table, [row]);
    return row;
  }

  remove(table: string, row: Row): void {
    const rows = this.tables.get(table) ?? [];
    rows.splice(rows.indexOf(row), 1);
  }

  touch(row: Row, patch: Values, order?: Order): void {
    Object.assign(row.values, patch);
    row.version += 1;
    if (order) order.modifiedAt = this.now();
  }

  now(): string {
    return momentOf(this.clock.now());
  }

  addOrder(order: Order): void {
    const key = orderKey(order.legalEntity, order.number);
    if (this.orderMap.has(key)) throw new Error(`order ${key} exists already`);
    this.orderMap.set(key, order);
  }

  removeOrder(order: Order): void {
    this.orderMap.delete(orderKey(order.legalEntity, order.number));
    for (const table of ["SalesOrderHeaderDocumentAttachmentsV2", "PackingSlipTrackingInformation"])
      for (const row of this.rows(table).filter(({ values }) => isOf(values, order))) this.remove(table, row);
  }

  orders(): Order[] {
    return [...this.orderMap.values()];
  }

  findOrder(legalEntity: string, number: string): Order | undefined {
    return this.orderMap.get(orderKey(legalEntity, number));
  }

  /** The order, for a person who knows that it is there. */
  order(legalEntity: string, number: string): Order {
    const order = this.findOrder(legalEntity, number);
    if (!order) throw new Error(`there is no order ${orderKey(legalEntity, number)}`);
    return order;
  }

  /** The rows that an entity set shows, views of orders included. */
  rows(set: string): Row[] {
    switch (set) {
      case "SalesOrderHeadersV2":
      case "SalesOrderHeadersV3":
        return this.orders().map((order) => order.header);
      case "SalesOrderLines":
        return this.orders().flatMap((order) => order.lines.map((line) => line.row));
      case "SalesTableBiEntities":
        return this.orders().map(tableBiRow);
      case "SalesLineBiEntities":
        return this.orders().flatMap((order) => order.lines.map(lineBiRow));
      default:
        return [...(this.tables.get(set) ?? [])];
    }
  }
}

function isOf(values: Values, order: Order): boolean {
  return values.dataAreaId === order.legalEntity && values.SalesOrderNumber === order.number;
}

/** What is still to be delivered of a line, in the sales unit. */
export function remainingOf(line: OrderLine): number {
  const isCanceled = line.row.values.SalesOrderLineStatus === "Canceled";
  return isCanceled ? 0 : Number(line.row.values.OrderedSalesQuantity ?? 0) - line.delivered;
}

function tableBiRow(order: Order): Row {
  const { dataAreaId = "", SalesOrderNumber = "", SalesOrderStatus = "None" } = order.header.values;
  return {
    ...order.header,
    values: {
      dataAreaId,
      SalesId: SalesOrderNumber,
      SalesStatus: SalesOrderStatus,
      DocumentStatus: order.document,
      ReleaseStatus: order.release,
      SysModifiedDateTime: order.modifiedAt,
    },
  };
}

function lineBiRow(line: OrderLine): Row {
  const values = line.row.values;
  const remaining = remainingOf(line);
  return {
    ...line.row,
    values: {
      dataAreaId: values.dataAreaId ?? "",
      SalesId: values.SalesOrderNumber ?? "",
      LineCreationSequenceNumber: values.LineCreationSequenceNumber ?? 0,
      LineNum: values.LineNumber ?? 0,
      InventTransId: values.InventoryLotId ?? "",
      ItemId: values.ItemNumber ?? "",
      SalesQty: values.OrderedSalesQuantity ?? 0,
      RemainSalesPhysical: remaining,
      RemainInventPhysical: Math.round(remaining * line.stockPerUnit * 1e6) / 1e6,
      SalesStatus: values.SalesOrderLineStatus ?? "None",
    },
  };
}
