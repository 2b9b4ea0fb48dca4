import { customer, item } from "../connectors/bc/schema.ts";
import { decimalOf, isAmount } from "../core/decimal.ts";
import { MappingError } from "../core/errors.ts";
import { type Customer, type Product, personalValues, type Weight } from "../core/model.ts";

/** What a read needs that API v2.0 does not have. */
export interface ProductOptions {
  /** Weights of one unit, by item number: BC keeps none in API v2.0 (BC, 2.2). */
  weights?: ReadonlyMap<string, Weight>;
}

/** The product that an item is; one that is blocked or has no stock of its own is not active. Throws MappingError. Pure. */
export function productFromBc(payload: unknown, { weights }: ProductOptions = {}): Product {
  const row = read(item, payload, "item");
  const { id, number, displayName, type, itemCategoryCode, gtin, unitPrice, baseUnitOfMeasureCode } = row;
  const weight = weights?.get(number);
  return {
    id,
    number,
    final: false,
    personal: [],
    sku: number,
    name: displayName || number,
    isActive: type === "Inventory" && !row.blocked,
    ...(itemCategoryCode === "" ? {} : { category: itemCategoryCode }),
    ...(gtin === "" ? {} : { barcode: gtin }),
    unitPrice: amountFrom(unitPrice, "unitPrice", number),
    ...(baseUnitOfMeasureCode === "" ? {} : { unit: baseUnitOfMeasureCode }),
    ...(weight === undefined ? {} : { weight }),
  };
}

/** The customer that a customer card is. Throws MappingError. Pure. */
export function customerFromBc(payload: unknown): Customer {
  const row = read(customer, payload, "customer");
  const { id, number, city, state, postalCode, country, phoneNumber, email, blocked } = row;
  const address = {
    name: row.displayName,
    street: [row.addressLine1, row.addressLine2].filter((line) => line !== ""),
    ...(city === "" ? {} : { city }),
    ...(state === "" ? {} : { state }),
    ...(postalCode === "" ? {} : { postalCode }),
    country,
    ...(phoneNumber === "" ? {} : { phone: phoneNumber }),
    ...(email === "" ? {} : { email }),
  };
  return {
    id,
    number,
    final: false,
    personal: personalValues([address]),
    account: number,
    address,
    isBlocked: blocked !== "",
  };
}

interface Readable<T> {
  safeParse(
    value: unknown,
  ): { success: true; data: T } | { success: false; error: { issues: { path: PropertyKey[] }[] } };
}

function read<T>(schema: Readable<T>, payload: unknown, what: string): T {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join(".") ?? "";
  throw new MappingError(`Business Central's ${what} cannot be read: ${field} is not as documented.`, {
    system: "bc",
    field,
  });
}

function amountFrom(value: number, field: string, document: string): string {
  if (isAmount(value)) return decimalOf(value);
  throw new MappingError(`Business Central's ${document}: ${field} ${value} is too large`, {
    system: "bc",
    document,
    field,
  });
}
