import { z } from "zod";
import { address, flag, listOf, timeSpan } from "../../core/settings.ts";

const texts = listOf(z.string().min(1));

/** The settings of an F&O environment. */
export const fnoSettings = z.strictObject({
  /** The environment's address, also the scope of its tokens. */
  host: address,
  tenantId: z.string().min(1),
  clientId: z.string().min(1),
  /** The companies that are read, in lower case as `dataAreaId` has them. */
  legalEntities: listOf(z.string().min(1).toLowerCase()).refine((list) => list.length > 0, "must name at least one"),
  authority: address.default("https://login.microsoftonline.com"),
  /** Business Events that `mlc listen` takes. */
  webhooks: z
    .strictObject({
      /** Ids of the events that name sales orders; an empty list takes all. */
      events: texts.default([]),
      /** Where they have the order's number, dotted; absent: `SalesOrderNumber`, `SalesId` or `SalesOrder`. */
      orderNumberPath: z.string().min(1).optional(),
    })
    .optional(),
});

/** The settings of an F&O environment, parsed. */
export type FnoSettings = z.infer<typeof fnoSettings>;

const civilDate = z.iso.date("is not a date like 2026-11-21");
const leftOutRule = z.enum(["skip", "send", "setAside"]);
const fieldName = z.string().regex(/^[A-Za-z]\w*$/, "is not a field name");
const orderSet = z.string().regex(/^\w*Sales(Order|Table)\w*$/, "is not an entity set of sales orders");
/** Only order headers are written to, so that no setting leads a write into the books. */
const headerSet = orderSet
  .regex(/^\w*Sales(OrderHeader|Table)s?\w*$/, "is not an entity set of sales order headers")
  .refine((name) => !/ledger|journal|payment|vend|invoice|charge|price|tax/i.test(name), "belongs to the books");

const processingStatus = z.enum([
  "Active",
  "Confirmed",
  "Picked",
  "PartiallyDelivered",
  "Delivered",
  "PartiallyInvoiced",
  "DeliveredPartiallyInvoiced",
  "Invoiced",
  "Canceled",
]);

const skuNames = ["itemNumber", "variant", "configuration", "size", "color", "style", "version", "externalItemNumber"];
const placeholders = (template: string) => [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");

const ordersFlow = z.strictObject({
  enabled: flag.default(true),
  every: timeSpan.default("15m"),
  /** Orders created before this day are not read. */
  startDate: civilDate.optional(),
  /** What this pair takes; an empty list takes all. */
  filter: z
    .strictObject({ warehouses: texts.default([]), deliveryModes: texts.default([]), pools: texts.default([]) })
    .prefault({}),
  /** Processing statuses in which an open order is released to ship. */
  eligible: listOf(processingStatus)
    .refine((list) => list.length > 0, "must name at least one")
    .default(["Confirmed", "Picked", "PartiallyDelivered"]),
  /** Names an order at the shipper. */
  keyTemplate: z
    .string()
    .refine((text) => placeholders(text).includes("orderNumber"), "must hold {orderNumber}")
    .refine(
      (text) => placeholders(text).every((name) => ["legalEntity", "orderNumber"].includes(name)),
      "knows only {legalEntity} and {orderNumber}",
    )
    .default("{legalEntity}-{orderNumber}"),
  /** `{variant}` stands for the variant ids that are set, each after a hyphen. */
  skuTemplate: z
    .string()
    .refine((text) => placeholders(text).length > 0, "must hold {itemNumber} or another field")
    .refine(
      (text) => placeholders(text).every((name) => skuNames.includes(name)),
      `knows only ${skuNames.map((name) => `{${name}}`).join(", ")}`,
    )
    .default("{itemNumber}{variant}"),
  /** The phone of recipients whose customer has none. */
  phone: z.string().default(""),
  zeroQuantity: leftOutRule.default("skip"),
  stoppedLines: leftOutRule.default("skip"),
  serviceItems: leftOutRule.default("skip"),
});

const shipmentsFlow = z.strictObject({
  enabled: flag.default(true),
  every: timeSpan.default("15m"),
  startDate: civilDate.optional(),
  /** How many days a first run looks back. */
  lookBack: z.coerce.number().int().positive().default(30),
});

/** What can be written into header fields. */
export const headerFieldNames = [
  "trackingNumber",
  "trackingUrl",
  "carrier",
  "service",
  "shipDate",
  "shippingCost",
  "currency",
  "packages",
  "deliveryStatus",
  "deliveredAt",
  "receivedBy",
] as const;

const writeBack = z.strictObject({
  headerFields: z
    .strictObject({
      /** Several packages: all values, or the first one's. */
      multiPackage: z.enum(["join", "first"]).default("join"),
      /** The set that carries the fields; absent: the order headers that are read. */
      entity: headerSet.optional(),
      /** mlc's name → the customer's field. */
      map: z.partialRecord(z.enum(headerFieldNames), fieldName).default({}),
    })
    .prefault({}),
  attachmentNote: z
    .strictObject({
      enabled: flag.default(true),
      typeCode: z.string().min(1).default("Note"),
      restriction: z.enum(["Internal", "External"]).default("Internal"),
    })
    .prefault({}),
  /** auto: where the environment publishes the sets. */
  packingSlipTracking: z
    .preprocess(
      (value) => (value === "true" ? true : value === "false" ? false : value),
      z.union([z.literal("auto"), z.boolean()]),
    )
    .default("auto"),
  confirmedShipDate: flag.default(false),
  /** `<carrier>` or `<carrier>/<service>` in mlc's codes → F&O's codes. */
  standardCarrier: z
    .record(z.string(), z.strictObject({ carrier: z.string().min(1), service: z.string().default("") }))
    .default({}),
});

/** F&O's side of any pair's settings, every one with a default. */
export const fnoPairSettings = z.strictObject({
  flows: z.strictObject({ orders: ordersFlow.prefault({}), shipments: shipmentsFlow.prefault({}) }).prefault({}),
  entities: z
    .strictObject({
      headers: headerSet.default("SalesOrderHeadersV3"),
      /** The navigation from a header to its lines. */
      lines: orderSet.default("SalesOrderLines"),
    })
    .prefault({}),
  /** The unit of product weights; absent: the system unit of mass. */
  weightUnit: z.enum(["kg", "g", "lb", "oz"]).optional(),
  writeBack: writeBack.prefault({}),
});

/** What a pair that buys labels says about reading F&O beside that. */
export interface FnoLabelSettings {
  /** The unit of product sizes; absent: the system unit of length. */
  lengthUnit?: "mm" | "cm" | "m" | "in" | "ft" | undefined;
  /** A header field that holds the customer invoice number; absent: the newest posted invoice. */
  invoiceField?: string | undefined;
}

/** What a pair says beside that whose shipper keeps the goods: quantities are in the unit that stock is kept in. */
export interface FnoStockSettings {
  /** Release statuses in which an order is sent, of the set `SalesTableBiEntities`; an empty list asks for none. */
  releaseStatus: readonly string[];
}

/** F&O's side of a pair's settings, parsed. */
export type FnoPairSettings = z.infer<typeof fnoPairSettings>;
