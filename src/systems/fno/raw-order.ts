import { ContractError } from "../../core/errors.ts";
import { CanonicalText } from "../../core/json.ts";
import { orderId } from "../../mappings/fno/orders.ts";

/** An order as it was read, with nothing looked up yet. */
export interface RawOrder {
  id: string;
  number: string;
  header: unknown;
  /** By tags and values, so that the order in which the server answers them does not count as a change. */
  lines: readonly unknown[];
  /** Header and lines as canonical JSON. */
  text: string;
  names: OrderNames;
}

/** What paging, filtering and looking up need of a row; empty where the row says nothing. */
export interface OrderNames {
  legalEntity: string;
  processing: string;
  deliveryMode: string;
  pool: string;
  /** Where the lines leave from. */
  warehouses: string[];
  ordering: string;
  invoice: string;
  countryKeys: string[];
  /** Of each line: item, sales unit and lot. */
  items: string[];
  units: string[];
  lots: string[];
}

type Row = Record<string, unknown>;

const isRow = (value: unknown): value is Row => value !== null && typeof value === "object" && !Array.isArray(value);

/** What is no text here is the mapping's affair, so that the record fails alone. */
function textIn(row: Row, name: string): string {
  const value = row[name];
  return typeof value === "string" ? value : "";
}

/** Without these no order can be told from another. */
const needed = ["dataAreaId", "SalesOrderNumber"];
/** By these it is told whether an order is wanted. */
const deciding = ["SalesOrderProcessingStatus", "DeliveryModeCode", "SalesOrderPoolId", "DefaultShippingWarehouseId"];

/** The first field that no order can be read without. By hand, since a schema takes as long as all else here. */
function unreadableIn(header: Row): string | undefined {
  const isOther = (name: string) => typeof header[name] !== "string";
  return needed.find(isOther) ?? deciding.find((name) => isOther(name) && (header[name] ?? null) !== null);
}

/** A row of sales orders, its lines under the name of their navigation property. Throws ContractError. */
export function rawOrder(row: unknown, linesName: string, canonical = new CanonicalText()): RawOrder {
  const lines = isRow(row) ? row[linesName] : undefined;
  // Undefined, and so left out of the text: it takes a tenth of the time of a copy without it.
  const header: Row = isRow(row) ? { ...row, [linesName]: undefined } : {};
  const unreadable = unreadableIn(header);
  if (unreadable !== undefined || !Array.isArray(lines)) {
    throw new ContractError(`F&O sent a sales order without ${unreadable ?? linesName}`, {
      system: "fno",
      hint: "Check entities.headers and entities.lines.",
    });
  }
  const number = textIn(header, "SalesOrderNumber");
  const sorted = lines
    .map((line: unknown) => ({ line, text: canonical.of(line) }))
    .sort((left, right) => (left.text < right.text ? -1 : 1));
  return {
    id: orderId(textIn(header, "dataAreaId"), number),
    number,
    header,
    lines: sorted.map(({ line }) => line),
    text: `${canonical.of(header)},[${sorted.map((one) => one.text).join(",")}]`,
    names: namesOf(header, lines),
  };
}

function namesOf(header: Row, lines: readonly unknown[]): OrderNames {
  const names: OrderNames = {
    legalEntity: textIn(header, "dataAreaId"),
    processing: textIn(header, "SalesOrderProcessingStatus"),
    deliveryMode: textIn(header, "DeliveryModeCode"),
    pool: textIn(header, "SalesOrderPoolId"),
    ordering: textIn(header, "OrderingCustomerAccountNumber"),
    invoice: textIn(header, "InvoiceCustomerAccountNumber"),
    warehouses: [],
    countryKeys: [textIn(header, "DeliveryAddressCountryRegionId")],
    items: [],
    units: [],
    lots: [],
  };
  for (const line of lines) {
    if (!isRow(line)) continue;
    names.warehouses.push(textIn(line, "ShippingWarehouseId") || textIn(header, "DefaultShippingWarehouseId"));
    names.countryKeys.push(textIn(line, "DeliveryAddressCountryRegionId"));
    names.items.push(textIn(line, "ItemNumber"));
    names.units.push(textIn(line, "SalesUnitSymbol"));
    names.lots.push(textIn(line, "InventoryLotId"));
  }
  return names;
}
