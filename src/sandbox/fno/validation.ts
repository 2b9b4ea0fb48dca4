/** What F&O checks in a write before it takes it. */

import { type Books, noonOf } from "./books.ts";
import { infolog, Refusal } from "./errors.ts";
import { type EntitySet, emptyValue, enums, namespace, type Property, type Value, type Values } from "./types.ts";

const isInstant = (text: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));

function wireValue(name: string, property: Property, raw: unknown): Value {
  const mismatch = () =>
    new Refusal(400, `Cannot convert the value of property '${name}' to the expected type '${property.type}'.`);
  if (raw === null) return emptyValue(property);
  switch (property.type) {
    case "Edm.Decimal":
    case "Edm.Int32":
    case "Edm.Int64":
      if (typeof raw !== "number" || (property.type !== "Edm.Decimal" && !Number.isInteger(raw))) throw mismatch();
      return raw;
    case "Edm.DateTimeOffset":
      if (typeof raw !== "string" || !isInstant(raw)) throw mismatch();
      return property.dateOnly ? noonOf(raw) : raw;
    default:
      if (typeof raw !== "string" || enums[property.type]?.includes(raw) === false) throw mismatch();
      return raw;
  }
}

/** Checks a body against the set's properties and returns its values as they will be kept; throws a Refusal. */
export function checkedValues(set: EntitySet, body: Readonly<Record<string, unknown>>): Values {
  const values: Values = {};
  for (const [name, raw] of Object.entries(body)) {
    if (name.includes("@")) continue;
    const property = Object.hasOwn(set.properties, name) ? set.properties[name] : undefined;
    if (!property)
      throw new Refusal(
        400,
        `The property '${name}' does not exist on type '${namespace}.${set.type}'. Make sure to only use property names that are defined by the type.`,
      );
    const value = wireValue(name, property, raw);
    if (property.readOnly)
      throw infolog(set.type, [`Error: Field '${name}' cannot be edited.`, "Error: Update has been canceled."]);
    if (property.maxLength !== undefined && String(value).length > property.maxLength)
      throw infolog(set.type, [
        `Error: The value in field '${name}' is longer than ${property.maxLength} characters.`,
        "Error: Update has been canceled.",
      ]);
    values[name] = value;
  }
  return values;
}

/** Fields whose value must exist in another set of the same company. */
const relations: Readonly<Record<string, readonly [set: string, field: string]>> = {
  DeliveryModeCode: ["DeliveryModesV2", "ModeCode"],
  ShippingCarrierId: ["ShippingCarriers", "CarrierId"],
  ShippingCarrierServiceId: ["ShippingCarrierServices", "ServiceId"],
  DefaultShippingWarehouseId: ["Warehouses", "WarehouseId"],
  ShippingWarehouseId: ["Warehouses", "WarehouseId"],
  DocumentAttachmentTypeCode: ["DocumentTypes", "ID"],
};

/** Checks that codes exist, a carrier's service with its carrier; `merged` is the record as it would be. */
export function checkRelations(books: Books, set: EntitySet, values: Values, merged: Values): void {
  for (const [name, value] of Object.entries(values)) {
    const relation = relations[name];
    if (!relation || value === "" || value === null) continue;
    const [table, field] = relation;
    const isThere = books
      .rows(table)
      .some(
        ({ values: row }) =>
          row.dataAreaId === merged.dataAreaId &&
          row[field] === value &&
          (table !== "ShippingCarrierServices" || row.ShippingCarrierId === merged.ShippingCarrierId),
      );
    if (!isThere)
      throw infolog(set.type, [
        `Error: The value '${value}' in field '${name}' is not found in the related table '${table}'.`,
        "Info: validateWrite failed on data source",
        "Error: Update has been canceled.",
      ]);
  }
}
