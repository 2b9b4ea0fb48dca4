import { isPlainOrder, type OrderRecord, orderRecord, type SalesOrderHeader } from "../../connectors/fno/schema.ts";
import { MappingError } from "../../core/errors.ts";
import {
  type Address,
  type CivilDate,
  type Dimensions,
  type Order,
  personalValues,
  type Weight,
} from "../../core/model.ts";
import { billToFrom, customerName, gapIn, hasPlace, shipTosWith } from "./address.ts";
import { type LineContext, linesFromFno, unknownRemainder } from "./lines.ts";

/** What is done with lines of one kind. */
export type LineRule = "skip" | "send" | "setAside";

/** What a pair's settings say about reading orders. */
export interface FnoOrderOptions {
  /** Processing statuses in which an open order is released to ship. */
  eligible: readonly string[];
  filter: { warehouses: readonly string[]; deliveryModes: readonly string[]; pools: readonly string[] };
  skuTemplate: string;
  /** The phone of recipients whose customer has none; may be empty. */
  phone: string;
  zeroQuantity: LineRule;
  stoppedLines: LineRule;
  serviceItems: LineRule;
  weightUnit?: Weight["unit"] | undefined;
  lengthUnit?: Dimensions["unit"] | undefined;
  /** Quantities and prices are those of the unit that stock is kept in. */
  isInStockUnits?: boolean;
  /** Release statuses in which an order is sent; an empty list asks for none. */
  releaseStatus?: readonly string[];
}

/** The id of an order: its legal entity in lower case and its number as it is. Pure. */
export function orderId(legalEntity: string, number: string): string {
  return `${legalEntity.toLowerCase()}/${number}`;
}

/** A date-only field's day; F&O keeps it at noon UTC, and 1900 for none (F&O, 2.4). Pure. */
export function civilDateFrom(value: string): CivilDate | undefined {
  return value === "" || value.startsWith("1900-01-01") ? undefined : value.slice(0, 10);
}

type Stand = Pick<Order, "status" | "reason" | "unsendable">;

/** An open order that is not released is left as it is, like a stopped one. */
function standOf(record: OrderRecord, { eligible, filter, releaseStatus = [] }: FnoOrderOptions): Stand {
  const { header } = record;
  const { SalesOrderStatus: status, SalesOrderProcessingStatus: processing } = header;
  if (status === "Canceled") return { status: "cancelled" };
  if (status === "Delivered" || status === "Invoiced") return { status: "closed" };
  if (header.IsSalesProcessingStopped === "Yes")
    return { status: "stopped", reason: "IsSalesProcessingStopped is Yes" };
  if (status !== "Backorder") return { status: "stopped", reason: `SalesOrderStatus is ${status}` };
  if (!eligible.includes(processing))
    return { status: "stopped", reason: `SalesOrderProcessingStatus is ${processing}` };
  if (releaseStatus.length > 0 && !releaseStatus.includes(record.releaseStatus ?? ""))
    return { status: "stopped", reason: `ReleaseStatus is ${record.releaseStatus || "not there"}` };
  const outside = outsideOf(header, filter);
  if (outside !== undefined) return { status: "stopped", reason: outside };
  const unsendable = unknownRemainder(record);
  return unsendable ? { status: "stopped", reason: unsendable.message, unsendable } : { status: "open" };
}

/** Why a pair's filter leaves an order to others; undefined when it does not. Lines are filtered by warehouse on their own. Pure. */
export function outsideOf(
  header: Pick<SalesOrderHeader, "DeliveryModeCode" | "SalesOrderPoolId">,
  { deliveryModes, pools }: FnoOrderOptions["filter"],
): string | undefined {
  if (deliveryModes.length > 0 && !deliveryModes.includes(header.DeliveryModeCode))
    return `delivery mode ${header.DeliveryModeCode || "(none)"} is outside this pair's filter`;
  if (pools.length > 0 && !pools.includes(header.SalesOrderPoolId))
    return `pool ${header.SalesOrderPoolId || "(none)"} is outside this pair's filter`;
  return undefined;
}

function parsed(payload: unknown): OrderRecord {
  // The schema takes as long as all else that is done to read an order, and says no more of a plain one.
  if (isPlainOrder(payload)) return payload;
  const result = orderRecord.safeParse(payload);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.map(String).at(-1) ?? "order";
  throw new MappingError(`F&O order: ${issue?.path.join(".") ?? "record"} is not readable: ${issue?.message}`, {
    system: "fno",
    field,
    hint: "Run `mlc doctor` to compare the entity set's fields with what mlc reads.",
  });
}

/** The neutral order of an F&O sales order record: always one. Throws MappingError. Pure. */
export function ordersFromFno(payload: unknown, options: FnoOrderOptions): Order[] {
  const record = parsed(payload);
  const { header, orderingCustomer, invoiceCustomer = orderingCustomer, countries } = record;
  const stand = standOf(record, options);
  const name = (orderingCustomer && customerName(orderingCustomer)) || header.SalesOrderName;
  const phone = orderingCustomer?.PrimaryContactPhone || options.phone;
  const email = header.Email || (orderingCustomer?.PrimaryContactEmail ?? "");
  const contact = { name, phone, email };
  const complete = (address: Address, where: string): Address => {
    const gap = stand.status === "open" ? gapIn(address) : undefined;
    if (!gap) return address;
    throw new MappingError(`F&O order ${header.SalesOrderNumber}${where}: ${gap.field} is empty`, {
      system: "fno",
      document: header.SalesOrderNumber,
      field: gap.field,
      hint: "Complete the delivery address in F&O; the next sync takes the order again.",
    });
  };
  const shipToOf = shipTosWith(countries, contact);
  const headerShipTo = shipToOf(header);
  const context: LineContext = {
    record,
    options,
    isOpen: stand.status === "open",
    shipTo: (line) =>
      hasPlace(line) ? complete(shipToOf(line), ` line ${line.LineNumber}`) : complete(headerShipTo, ""),
  };
  const { lines, leftOut } = linesFromFno(context);
  const billTo =
    (invoiceCustomer && billToFrom(invoiceCustomer, countries, contact)) ?? lines[0]?.shipTo ?? headerShipTo;
  const requestedShipDate = civilDateFrom(header.RequestedShippingDate);
  const confirmedShipDate = civilDateFrom(header.ConfirmedShippingDate);
  return [
    {
      id: orderId(header.dataAreaId, header.SalesOrderNumber),
      number: header.SalesOrderNumber,
      legalEntity: header.dataAreaId.toLowerCase(),
      ...stand,
      final: stand.status === "cancelled" || stand.status === "closed",
      personal: personalValues(
        [billTo, headerShipTo, ...new Set(lines.map((line) => line.shipTo))],
        [name, email, phone],
      ),
      customerAccount: header.OrderingCustomerAccountNumber,
      customerName: name,
      ...(email === "" ? {} : { email }),
      billTo: { ...billTo, name: billTo.name || name },
      ...(header.CustomerRequisitionNumber === "" ? {} : { purchaseOrder: header.CustomerRequisitionNumber }),
      ...(record.invoice === undefined ? {} : { invoice: record.invoice }),
      orderedAt: header.OrderCreationDateTime,
      ...(requestedShipDate === undefined ? {} : { requestedShipDate }),
      ...(confirmedShipDate === undefined ? {} : { confirmedShipDate }),
      ...(header.DeliveryModeCode === "" ? {} : { deliveryMode: header.DeliveryModeCode }),
      currency: header.CurrencyCode,
      lines,
      leftOut,
    },
  ];
}
