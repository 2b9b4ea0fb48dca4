import { z } from "zod";
import { address, flag, program } from "../../core/settings.ts";
import { type ShipFromAddress, shipFromAddress } from "./address.ts";

// Open lists at FedEx: what it adds must not need a newer mlc (2.2, 2.8).
const code = z.string().regex(/^[A-Z][A-Z0-9_]*$/, "must be one of FedEx's codes, like FEDEX_GROUND");

const paper = [
  "PAPER_4X6",
  "PAPER_4X675",
  "PAPER_4X8",
  "PAPER_4X9",
  "PAPER_7X475",
  "PAPER_85X11_TOP_HALF_LABEL",
  "PAPER_85X11_BOTTOM_HALF_LABEL",
  "PAPER_LETTER",
] as const;
const stock = [
  "STOCK_4X6",
  "STOCK_4X8",
  "STOCK_4X9",
  "STOCK_4X675_LEADING_DOC_TAB",
  "STOCK_4X675_TRAILING_DOC_TAB",
  "STOCK_4X85_TRAILING_DOC_TAB",
  "STOCK_4X9_LEADING_DOC_TAB",
  "STOCK_4X9_TRAILING_DOC_TAB",
  "STOCK_4X105_TRAILING_DOC_TAB",
] as const;

const isPaper = (stockType: string) => paper.some((known) => known === stockType);
const isPaperImage = (imageType: string) => imageType === "PDF" || imageType === "PNG";

/** Format and stock go together (2.4); where only one is set the other follows it. */
const label = z
  .strictObject({
    imageType: z.enum(["PDF", "PNG", "ZPLII", "EPL2"]).optional(),
    stockType: z.enum([...paper, ...stock]).optional(),
  })
  .transform(({ imageType, stockType }) => {
    const image = imageType ?? (stockType === undefined || isPaper(stockType) ? "PDF" : "ZPLII");
    return { imageType: image, stockType: stockType ?? (isPaperImage(image) ? "PAPER_4X6" : "STOCK_4X6") } as const;
  })
  .superRefine(({ imageType, stockType }, context) => {
    if (isPaperImage(imageType) === isPaper(stockType)) return;
    const fitting = (isPaperImage(imageType) ? paper : stock).join(", ");
    context.addIssue({
      code: "custom",
      path: ["stockType"],
      message: `does not fit ${imageType}, which takes ${fitting}`,
    });
  });

/** The addresses of a legal entity's warehouses. */
const warehouses = z.record(z.string(), shipFromAddress);

/** An address by warehouse, or by legal entity and warehouse; told apart so that each wrong field is named by its path. */
const shipFrom = z.record(
  z.string(),
  z.unknown().transform((value, context): ShipFromAddress | Record<string, ShipFromAddress> => {
    const members = typeof value === "object" && value !== null ? Object.values(value) : [];
    const isEntity = members.length > 0 && members.every((member) => typeof member === "object" && member !== null);
    const result = (isEntity ? warehouses : shipFromAddress).safeParse(value);
    if (result.success) return result.data;
    context.issues.push(...result.error.issues.map(passedOn));
    return z.NEVER;
  }),
);

/** An issue as it is told on: whoever reads it asks for unknown names and absent values by their code. */
function passedOn(issue: z.core.$ZodIssue): z.core.$ZodRawIssue {
  const { path, message } = issue;
  if (issue.code === "unrecognized_keys") return { code: issue.code, keys: issue.keys, path, message, input: {} };
  if (issue.code === "invalid_type") return { code: issue.code, expected: issue.expected, path, message, input: null };
  return { code: "custom", path, message, input: null };
}

/** The settings of a FedEx account. */
export const fedexSettings = z.strictObject({
  apiUrl: address.default("https://apis.fedex.com"),
  accountNumber: z.string().regex(/^\d{9}$/, "must be 9 digits"),
  /** The ERP's warehouse → where its parcels leave from; or legal entity → warehouse → address. */
  shipFrom: shipFrom.default({}),
  label: label.prefault({}),
  /** The service of orders whose delivery mode has no row in the pair's `services`. */
  serviceType: code.default("FEDEX_GROUND"),
  packagingType: code.default("YOUR_PACKAGING"),
  pickupType: z
    .enum(["USE_SCHEDULED_PICKUP", "DROPOFF_AT_FEDEX_LOCATION", "CONTACT_FEDEX_TO_SCHEDULE"])
    .default("USE_SCHEDULED_PICKUP"),
});

/** The settings of a FedEx account, parsed. */
export type FedExSettings = z.infer<typeof fedexSettings>;

/** Where a warehouse's parcels leave from: its legal entity's own address before the common one. Pure. */
export function shipFromOf(
  { shipFrom }: Pick<FedExSettings, "shipFrom">,
  legalEntity: string,
  warehouse: string,
): ShipFromAddress | undefined {
  const entity = Object.entries(shipFrom).find(([name]) => name.toLowerCase() === legalEntity.toLowerCase())?.[1];
  const own = entity && !isAddress(entity) && Object.hasOwn(entity, warehouse) ? entity[warehouse] : undefined;
  if (own) return own;
  const common = Object.hasOwn(shipFrom, warehouse) ? shipFrom[warehouse] : undefined;
  return common && isAddress(common) ? common : undefined;
}

/** Every address that parcels leave from. Pure. */
export function addressesIn({ shipFrom }: Pick<FedExSettings, "shipFrom">): ShipFromAddress[] {
  return Object.values(shipFrom).flatMap((entry) => (isAddress(entry) ? [entry] : Object.values(entry)));
}

function isAddress(entry: ShipFromAddress | Record<string, ShipFromAddress>): entry is ShipFromAddress {
  return typeof entry.country === "string";
}

const positive = z.coerce.number().positive();
const weight = { value: positive, unit: z.enum(["kg", "g", "lb", "oz"]) };
const lengthUnit = z.enum(["in", "ft", "mm", "cm", "m"]);

/** A service alone, or with its packaging. */
const service = z.preprocess(
  (value) => (typeof value === "string" && !value.startsWith("{") ? { serviceType: value } : value),
  z.strictObject({ serviceType: code, packagingType: code.optional() }),
);

/** FedEx's side of any pair's settings, every one with a default or optional. */
export const fedexPairSettings = z.strictObject({
  /** What becomes a package: the whole order, each line, each unit, or as much as `maxPackageWeight` holds. */
  packing: z.enum(["order", "line", "unit", "maxWeight"]).default("order"),
  /** With packing `maxWeight`; the default is what one person lifts. */
  maxPackageWeight: z.strictObject({ value: weight.value.default(50), unit: weight.unit.default("lb") }).prefault({}),
  /** The ERP's delivery mode → FedEx's service; a mode without a row takes the account's `serviceType`. */
  services: z.record(z.string(), service).default({}),
  /** Whether addresses are homes. auto: as the ERP says, and where it does not say FedEx is not told either. */
  residential: z.enum(["auto", "always", "never"]).default("auto"),
  /** An order without a customer invoice waits for it. */
  requireInvoice: flag.default(false),
  /** The ERP's order header field that holds the invoice number; absent: the newest invoice of the order. */
  invoiceField: z
    .string()
    .regex(/^[A-Za-z]\w*$/, "is not a field name")
    .optional(),
  /** A parcel that was not delivered by then is asked for no more. */
  tracking: z.strictObject({ maxDays: z.coerce.number().int().positive().default(90) }).prefault({}),
  /** What becomes of a parcel's scans beside its delivery status. */
  scanHistory: z.enum(["note", "none"]).default("note"),
  /** Run with each label's file in the place of `{file}`, never by a shell. */
  printCommand: program
    .refine((list) => list.some((part) => part.includes("{file}")), 'must name {file}, like ["lp", "{file}"]')
    .optional(),
  /** Shipments of one package are checked by FedEx before they are bought. */
  validate: flag.default(false),
  /** The unit of the ERP's product sizes. */
  lengthUnit: lengthUnit.optional(),
  /** Of one unit of a product that has none; absent: its order is refused. */
  defaultWeight: z.strictObject(weight).optional(),
  /** Of a package whose products have none. */
  defaultDimensions: z
    .strictObject({ length: positive, width: positive, height: positive, unit: lengthUnit })
    .optional(),
  shipmentPurpose: z
    .enum(["SOLD", "NOT_SOLD", "GIFT", "SAMPLE", "REPAIR_AND_RETURN", "PERSONAL_EFFECTS"])
    .default("SOLD"),
  /** An Incoterm. */
  termsOfSale: z
    .string()
    .regex(/^[A-Z]{3}$/, "must be three letters, like DAP")
    .optional(),
  /** The ITN or FTR exemption of US exports. */
  exportComplianceStatement: z.string().min(1).optional(),
});

/** FedEx's side of a pair's settings, parsed. */
export type FedExPairSettings = z.infer<typeof fedexPairSettings>;
