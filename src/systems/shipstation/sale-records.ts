import { orderSchema, pacific, type Row, type ShipStationOrder } from "../../connectors/shipstation/schema.ts";
import type { Ref } from "../../core/delivery.ts";
import type { SourceRecord } from "../../core/ports.ts";
import { instantText } from "../../core/time.ts";
import { type SalePayload, saleVersion } from "../../mappings/shipstation/sale.ts";

/** What names an order; no personal data. */
export interface SaleRef {
  orderId: number;
  /** When it was made, which never changes, so that many are found in one list. */
  at?: string;
}

/** A ref as it was kept; order 0 is none. Pure. */
export function saleRefOf(ref: Ref): SaleRef {
  const { orderId, at } = ref !== null && typeof ref === "object" && !Array.isArray(ref) ? ref : {};
  return {
    orderId: typeof orderId === "number" ? orderId : 0,
    ...(typeof at === "string" ? { at } : {}),
  };
}

/** An order with all that was read beside it as a record. Pure. */
export function saleRecord(payload: SalePayload & { kind: "order" }): SourceRecord {
  const { orderId, createDate } = payload.order;
  const at = createDate ? instantText(createDate, pacific) : undefined;
  const ref = { orderId, ...(at === undefined ? {} : { at }) };
  return { id: String(orderId), version: saleVersion(payload), ref, payload };
}

/** An order that cannot be read becomes a record that says so, so that it is told and set aside alone. Pure. */
export function unreadableSale(id: string, message: string): SourceRecord {
  const orderId = Number(id);
  const payload: SalePayload = { kind: "unreadable", id, message };
  return { id, version: saleVersion(payload), ref: Number.isInteger(orderId) ? { orderId } : null, payload };
}

/** The rows that are orders as documented, and a record for each that is not. Pure. */
export function ordersIn(rows: readonly Row[]): { orders: ShipStationOrder[]; bad: SourceRecord[] } {
  const orders: ShipStationOrder[] = [];
  const bad: SourceRecord[] = [];
  for (const row of rows) {
    const { data, error } = orderSchema.safeParse(row);
    if (data) orders.push(data);
    else {
      const message = `${error?.issues[0]?.path.join(".")} is not as documented`;
      bad.push(unreadableSale(String(row.orderId), message));
    }
  }
  return { orders, bad };
}
