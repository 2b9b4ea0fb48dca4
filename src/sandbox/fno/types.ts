/** The vocabulary of entity sets: property types, enums, and how a set is described. */

/** A value as it lies on the wire. */
export type Value = string | number | null;
/** The values of a row by property name; what is absent reads as the type's empty value. */
export type Values = Record<string, Value>;

/** A property of an entity: an `Edm.*` type, or the name of an enum. */
export interface Property {
  type: string;
  /** A date without time, kept at noon UTC (F&O, 2.4). */
  dateOnly?: boolean;
  readOnly?: boolean;
  maxLength?: number;
  /** Reads as null while unset, as some enums do (F&O, 2.4). */
  nullable?: boolean;
}

/** An entity set as `$metadata` publishes it. */
export interface EntitySet {
  name: string;
  type: string;
  key: readonly string[];
  properties: Readonly<Record<string, Property>>;
  /** The navigation properties, each to the set it leads to. */
  navigation?: Readonly<Record<string, string>>;
  insertable?: boolean;
  /** Fields that a new row is given and that nobody changes later. */
  givenOnce?: readonly string[];
  editable?: boolean;
  deletable?: boolean;
}

/** The namespace of every type and enum. */
export const namespace = "Microsoft.Dynamics.DataEntities";

/** The members of every enum in use, in the order of their values. */
export const enums: Readonly<Record<string, readonly string[]>> = {
  NoYes: ["No", "Yes"],
  SalesStatus: ["None", "Backorder", "Delivered", "Invoiced", "Canceled"],
  SalesOrderProcessingStatus: [
    "Active",
    "Confirmed",
    "Picked",
    "PartiallyDelivered",
    "Delivered",
    "PartiallyInvoiced",
    "DeliveredPartiallyInvoiced",
    "Invoiced",
    "Canceled",
  ],
  DocumentStatus: ["None", "Confirmation", "PickingList", "PackingSlip", "Invoice"],
  WHSReleaseStatus: ["Open", "PartialReleased", "Released"],
  DocuRestriction: ["Internal", "External"],
  EcoResProductType: ["Item", "Service"],
  Timezone: ["GMTCOORDINATEDUNIVERSALTIME"],
  UnitOfMeasureClass: ["Quantity", "Length", "Mass", "Volume"],
};

/** An empty date-only field and an empty datetime (F&O, 2.4). */
export const emptyDate = "1900-01-01T12:00:00Z";
const emptyMoment = "1900-01-01T00:00:00Z";

/** What a property reads as when nothing was ever written to it. */
export function emptyValue(property: Property): Value {
  if (property.nullable) return null;
  switch (property.type) {
    case "Edm.String":
    case "Edm.Binary":
    case "Edm.Guid":
      return "";
    case "Edm.Decimal":
    case "Edm.Int32":
    case "Edm.Int64":
      return 0;
    case "Edm.DateTimeOffset":
      return property.dateOnly ? emptyDate : emptyMoment;
    default:
      return enums[property.type]?.[0] ?? null;
  }
}

/** Kinds of properties, for `of`. */
export const text: Property = { type: "Edm.String" };
export const decimal: Property = { type: "Edm.Decimal" };
export const integer: Property = { type: "Edm.Int32" };
export const date: Property = { type: "Edm.DateTimeOffset", dateOnly: true };
export const moment: Property = { type: "Edm.DateTimeOffset" };
export const noYes: Property = { type: "NoYes" };

/** The same kind, but refused in a write. */
export function readOnly(property: Property): Property {
  return { ...property, readOnly: true };
}
