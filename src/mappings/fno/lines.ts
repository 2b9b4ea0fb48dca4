import type { OrderRecord, SalesOrderLine } from "../../connectors/fno/schema.ts";
import { isAmount } from "../../core/decimal.ts";
import { MappingError } from "../../core/errors.ts";
import type { Address, OrderLine } from "../../core/model.ts";
import { isNamed } from "../../core/warehouse.ts";
import { type GoodsContext, goodsOf } from "./goods.ts";
import type { FnoOrderOptions, LineRule } from "./orders.ts";
import { pricePerUnit } from "./price.ts";
import { skuOf } from "./sku.ts";
import { inStockUnit } from "./stock.ts";

/** What lines are read with. */
export interface LineContext {
  record: OrderRecord;
  options: FnoOrderOptions;
  /** Only an open order's lines have to be complete. */
  isOpen: boolean;
  /** Throws MappingError when the address is incomplete. */
  shipTo(line: SalesOrderLine): Address;
}

const labelOf = (line: SalesOrderLine) => `line ${line.LineNumber} (${line.ItemNumber})`;

function refuse({ record }: LineContext, field: string, text: string, hint: string): never {
  const document = record.header.SalesOrderNumber;
  throw new MappingError(`F&O order ${document} ${text}`, { system: "fno", document, field, hint });
}

const isOver = ({ SalesOrderLineStatus }: SalesOrderLine) =>
  ["Canceled", "Delivered", "Invoiced"].includes(SalesOrderLineStatus);

/** What is still to ship: F&O says it only in a set of its own once part of an order was delivered (F&O, 3.3). */
function quantityOf(line: SalesOrderLine, { record, isOpen }: LineContext): number {
  const isPartly = isOpen && record.header.SalesOrderProcessingStatus === "PartiallyDelivered";
  return (isPartly ? record.remaining?.get(line.InventoryLotId) : undefined) ?? line.OrderedSalesQuantity;
}

/** Why nobody can tell what is still to ship of an order; undefined when it is plain. Pure. */
export function unknownRemainder({ header, lines, remaining }: OrderRecord): MappingError | undefined {
  if (header.SalesOrderProcessingStatus !== "PartiallyDelivered") return undefined;
  const line = lines.find((one) => !isOver(one) && !remaining?.has(one.InventoryLotId));
  if (!line) return undefined;
  const document = header.SalesOrderNumber;
  return new MappingError(
    `F&O order ${document} is partially delivered, and F&O does not say what remains of ${labelOf(line)}: RemainSalesPhysical is missing`,
    {
      system: "fno",
      document,
      field: "RemainSalesPhysical",
      hint: "Publish the entity set SalesLineBiEntities, or ship the remainder by hand and take PartiallyDelivered out of flows.orders.eligible.",
    },
  );
}

/** Reasons for which a line may be left out, with the setting that decides. */
function reasonsOf(line: SalesOrderLine, quantity: number, context: LineContext): [string, string, LineRule][] {
  const { record, options } = context;
  const { warehouses } = options.filter;
  const warehouse = warehouseOf(line, record);
  const at = { legalEntity: record.header.dataAreaId, warehouse };
  const isElsewhere = warehouses.length > 0 && !warehouses.some((name) => isNamed(name, at));
  const isRest = quantity !== line.OrderedSalesQuantity;
  const reasons: [boolean, string, string, LineRule][] = [
    [isOver(line), "SalesOrderLineStatus", line.SalesOrderLineStatus.toLowerCase(), "skip"],
    [isElsewhere, "ShippingWarehouseId", `warehouse ${warehouse} is outside this pair's filter`, "skip"],
    [line.IsLineStopped === "Yes", "IsLineStopped", "stopped", options.stoppedLines],
    [
      record.products.get(line.ItemNumber)?.ProductType === "Service",
      "ProductType",
      "service item",
      options.serviceItems,
    ],
    [quantity === 0 && isRest, "RemainSalesPhysical", "nothing remains", "skip"],
    [quantity <= 0, "OrderedSalesQuantity", `quantity ${quantity}`, options.zeroQuantity],
  ];
  return reasons.filter(([applies]) => applies).map(([, ...reason]) => reason);
}

function warehouseOf(line: SalesOrderLine, { header }: OrderRecord): string {
  return line.ShippingWarehouseId || header.DefaultShippingWarehouseId;
}

function unitPriceOf(line: SalesOrderLine, context: LineContext): string {
  const wrong = (["SalesPrice", "SalesPriceQuantity"] as const).find((field) => !isAmount(line[field]));
  if (wrong && context.isOpen)
    refuse(
      context,
      wrong,
      `${labelOf(line)}: ${wrong} ${line[wrong]} is too large`,
      "Correct the line's price in F&O.",
    );
  return pricePerUnit(line);
}

function goodsContext({ record, options }: LineContext): GoodsContext {
  const number = record.header.SalesOrderNumber;
  return { codes: record, options, about: { document: number, label: `order ${number}` } };
}

function lineFromFno(line: SalesOrderLine, quantity: number, context: LineContext): OrderLine {
  const { record, options, isOpen } = context;
  const sold = { quantity, unit: line.SalesUnitSymbol, unitPrice: unitPriceOf(line, context) };
  const { unit, ...kept } = isOpen && options.isInStockUnits ? inStockUnit(line, sold, record) : sold;
  const goods = isOpen ? goodsOf(record.products.get(line.ItemNumber), goodsContext(context)) : {};
  return {
    key: line.InventoryLotId,
    lineNumber: line.LineNumber,
    sku: skuOf(options.skuTemplate, line),
    name: line.LineDescription || line.ItemNumber,
    ...kept,
    ...(unit === "" ? {} : { unit }),
    ...goods,
    warehouse: warehouseOf(line, record),
    shipTo: context.shipTo(line),
  };
}

/** The lines to ship, by line number, and in words those that are left out. Throws MappingError. Pure. */
export function linesFromFno(context: LineContext): { lines: OrderLine[]; leftOut: string[] } {
  const lines: OrderLine[] = [];
  const leftOut: string[] = [];
  const sorted = [...context.record.lines].sort((left, right) => left.LineNumber - right.LineNumber);
  for (const line of sorted) {
    const quantity = quantityOf(line, context);
    const reasons = context.isOpen ? reasonsOf(line, quantity, context) : [];
    const skipped = reasons.find(([, , rule]) => rule === "skip");
    if (skipped) {
      leftOut.push(`${labelOf(line)}: ${skipped[1]}`);
      continue;
    }
    const held = reasons.find(([, , rule]) => rule === "setAside");
    if (held)
      refuse(context, held[0], `${labelOf(line)}: ${held[1]}`, "Change the line in F&O, or the setting that holds it.");
    lines.push(lineFromFno(line, quantity, context));
  }
  return { lines, leftOut };
}
