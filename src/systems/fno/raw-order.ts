import { z } from "zod";
import { ContractError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/json.ts";
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
  processing: string;
  deliveryMode: string;
  pool: string;
  /** Where the lines leave from. */
  warehouses: string[];
  ordering: string;
  invoice: string;
  countryKeys: string[];
  items: string[];
  lots: string[];
}

const text = z.string().nullish();
/** What is not readable here is the mapping's affair, so that the record fails alone. */
const hint = text.catch(undefined);

const headerNames = z.object({
  dataAreaId: z.string(),
  SalesOrderNumber: z.string(),
  SalesOrderProcessingStatus: text,
  DeliveryModeCode: text,
  SalesOrderPoolId: text,
  DefaultShippingWarehouseId: text,
  OrderingCustomerAccountNumber: hint,
  InvoiceCustomerAccountNumber: hint,
  DeliveryAddressCountryRegionId: hint,
});
const lineNames = z.object({
  ItemNumber: hint,
  InventoryLotId: hint,
  ShippingWarehouseId: hint,
  DeliveryAddressCountryRegionId: hint,
});

/** A row of sales orders, its lines under the name of their navigation property. Throws ContractError. */
export function rawOrder(row: unknown, linesName: string): RawOrder {
  const parsed = headerNames.safeParse(row);
  const { [linesName]: lines, ...header } = parsed.success ? (row as Record<string, unknown>) : {};
  if (!parsed.success || !Array.isArray(lines)) {
    const what = parsed.success ? linesName : parsed.error.issues[0]?.path.join(".");
    throw new ContractError(`F&O sent a sales order without ${what}`, {
      system: "fno",
      hint: "Check entities.headers and entities.lines.",
    });
  }
  const { dataAreaId, SalesOrderNumber } = parsed.data;
  const sorted = lines
    .map((line: unknown) => ({ line, text: canonicalJson(line) }))
    .sort((left, right) => (left.text < right.text ? -1 : 1));
  return {
    id: orderId(dataAreaId, SalesOrderNumber),
    number: SalesOrderNumber,
    header,
    lines: sorted.map(({ line }) => line),
    text: `${canonicalJson(header)},[${sorted.map((one) => one.text).join(",")}]`,
    names: namesOf(parsed.data, lines),
  };
}

function namesOf(header: z.infer<typeof headerNames>, lines: readonly unknown[]): OrderNames {
  const names: OrderNames = {
    processing: header.SalesOrderProcessingStatus ?? "",
    deliveryMode: header.DeliveryModeCode ?? "",
    pool: header.SalesOrderPoolId ?? "",
    ordering: header.OrderingCustomerAccountNumber ?? "",
    invoice: header.InvoiceCustomerAccountNumber ?? "",
    warehouses: [],
    countryKeys: [header.DeliveryAddressCountryRegionId ?? ""],
    items: [],
    lots: [],
  };
  for (const line of lines) {
    const row = lineNames.safeParse(line).data;
    if (!row) continue;
    names.warehouses.push(row.ShippingWarehouseId || (header.DefaultShippingWarehouseId ?? ""));
    names.countryKeys.push(row.DeliveryAddressCountryRegionId ?? "");
    names.items.push(row.ItemNumber ?? "");
    names.lots.push(row.InventoryLotId ?? "");
  }
  return names;
}
