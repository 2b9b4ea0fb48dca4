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
    entity: ownSet.optional().describe("an entity set of your own extension"),
    map: z
      .partialRecord(z.enum(stockFieldNames), name)
      .default({})
      .describe("mlc's name to the field of the set; those of key among them"),
    key: z
      .array(z.enum(stockKeyNames))
      .min(1)
      .default(["sku", "warehouse"])
      .describe("which of them name a row, beside the company"),
  })
  .prefault({});

const countingJournal = z
  .strictObject({
    journalName: z.string().min(1).optional().describe("the name of a counting journal in F&O"),
    reasonCode: z.string().min(1).optional().describe("the counting reason code of each line"),
  })
  .prefault({});

const inventoryVisibility = z
  .strictObject({
    // As the add-in's page shows it (F&O, 5.5).
    url: address.optional().describe("the address of the Inventory Visibility service"),
    /** Where its tokens are given. */
    securityUrl: address.default("https://securityservice.operations365.dynamics.com"),
    environmentId: z.string().min(1).optional().describe("the environment's id, as the add-in's page shows it"),
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
    mode: z
      .enum(["none", "inventoryVisibility", "countingJournal", "customEntity"])
      .default("none")
      .describe("what becomes of the shipper's stock in F&O; none changes nothing there"),
    threshold: z.coerce
      .number()
      .nonnegative()
      .default(0)
      .describe("a counting journal leaves out what differs by so many units or less"),
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
