import { z } from "zod";
import { address, flag, timeSpan } from "../../core/settings.ts";

const name = z.string().regex(/^[A-Za-z]\w*$/, "is not a field name");

/** A set of the customer's own, so that no setting leads a write into the books. */
export const ownSet = z
  .string()
  .regex(/^[A-Za-z]\w*$/, "is not the name of an entity set")
  .refine(
    (set) => !/ledger|journal|payment|vend|invoice|tax|voucher|bank|asset/i.test(set),
    "belongs to the books; name a set of your own extension",
  );

/** What can be written into a row of the customer's own set of stock. */
export const stockFieldNames = [
  "sku",
  "item",
  "warehouse",
  "fulfillmentCenter",
  "onHand",
  "committed",
  "available",
  "countedAt",
] as const;

/** What names such a row. */
const stockKeyNames = ["sku", "item", "warehouse", "fulfillmentCenter"] as const;

const customStock = z
  .strictObject({
    entity: ownSet.optional(),
    /** mlc's name → the field of the set; those of `key` among them. */
    map: z.partialRecord(z.enum(stockFieldNames), name).default({}),
    /** Which of them name a row, beside the company. */
    key: z.array(z.enum(stockKeyNames)).min(1).default(["sku", "warehouse"]),
  })
  .prefault({});

const countingJournal = z
  .strictObject({
    /** The name of a counting journal in F&O. */
    journalName: z.string().min(1).optional(),
    reasonCode: z.string().min(1).optional(),
  })
  .prefault({});

const inventoryVisibility = z
  .strictObject({
    /** The service's own address, as the add-in's page shows it (F&O, 5.5). */
    url: address.optional(),
    /** Where its tokens are given. */
    securityUrl: address.default("https://securityservice.operations365.dynamics.com"),
    environmentId: z.string().min(1).optional(),
    dataSource: z.string().min(1).default("shipbob"),
    /** Names of the physical measures of the data source. */
    measures: z
      .strictObject({ onHand: z.string().min(1).default("onhand"), available: z.string().min(1).default("available") })
      .prefault({}),
  })
  .prefault({});

/** What becomes in F&O of the stock that a shipper holds; the default changes nothing there. */
export const stockSettings = z
  .strictObject({
    mode: z.enum(["none", "inventoryVisibility", "countingJournal", "customEntity"]).default("none"),
    /** By so many units and less both sides may differ before anything is written. */
    threshold: z.coerce.number().nonnegative().default(0),
    countingJournal,
    inventoryVisibility,
    customEntity: customStock,
  })
  .superRefine(({ mode, countingJournal, inventoryVisibility, customEntity }, context) => {
    const missing = (path: string[], what: string) =>
      context.addIssue({ code: "custom", path, message: `must be set for mode ${mode}: ${what}`, input: undefined });
    if (mode === "countingJournal" && countingJournal.journalName === undefined)
      missing(["countingJournal", "journalName"], "the name of a counting journal in F&O");
    if (mode === "inventoryVisibility" && inventoryVisibility.url === undefined)
      missing(["inventoryVisibility", "url"], "the service's address");
    if (mode === "inventoryVisibility" && inventoryVisibility.environmentId === undefined)
      missing(["inventoryVisibility", "environmentId"], "the environment's id");
    if (mode !== "customEntity") return;
    if (customEntity.entity === undefined) missing(["customEntity", "entity"], "the entity set of your extension");
    const unmapped = customEntity.key.find((one) => customEntity.map[one] === undefined);
    if (unmapped) missing(["customEntity", "map", unmapped], "it names a row");
  })
  .prefault({});

/** What becomes of stock, parsed. */
export type StockSettings = z.infer<typeof stockSettings>;

/** The flow of stock in a pair. */
export const inventoryFlow = z
  .strictObject({ enabled: flag.default(true), every: timeSpan.default("1h") })
  .prefault({});
