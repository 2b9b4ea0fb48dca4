import { z } from "zod";
import { flag, timeSpan } from "../../core/settings.ts";
import { ownSet } from "./stock-config.ts";

const name = z.string().regex(/^[A-Za-z]\w*$/, "is not a field name");

/** What can be written into a row of the customer's own set of charges. */
export const chargeFieldNames = ["document", "shipment", "amount", "tax", "currency", "chargedOn", "invoice"] as const;

/** What becomes in F&O of what a shipper charged; the default keeps it in the report. */
export const chargeSettings = z
  .strictObject({
    mode: z
      .enum(["none", "headerField", "customEntity", "orderLine"])
      .default("none")
      .describe("what becomes of the shipper's charges in F&O; none keeps them in the report"),
    withTax: flag.default(false).describe("whether charges are written with their taxes"),
    headerField: z
      .strictObject({
        amount: name.optional().describe("a field of the order header for the sum of all parcels"),
        currency: name.optional().describe("a field of the order header for its currency"),
      })
      .prefault({}),
    customEntity: z
      .strictObject({
        entity: ownSet.optional().describe("an entity set of your own extension"),
        map: z
          .partialRecord(z.enum(chargeFieldNames), name)
          .default({})
          .describe("mlc's name to the field of the set; document and shipment name a row, beside the company"),
      })
      .prefault({}),
    orderLine: z
      .strictObject({
        item: z.string().min(1).optional().describe("a service item of F&O; each order gets one line of it"),
      })
      .prefault({}),
  })
  .superRefine(({ mode, headerField, customEntity, orderLine }, context) => {
    const missing = (path: string[], what: string) =>
      context.addIssue({ code: "custom", path, message: `must be set for mode ${mode}: ${what}`, input: undefined });
    if (mode === "headerField" && headerField.amount === undefined)
      missing(["headerField", "amount"], "a field of the order header");
    if (mode === "orderLine" && orderLine.item === undefined) missing(["orderLine", "item"], "a service item");
    if (mode !== "customEntity") return;
    if (customEntity.entity === undefined) missing(["customEntity", "entity"], "the entity set of your extension");
    for (const one of ["document", "shipment"] as const)
      if (customEntity.map[one] === undefined) missing(["customEntity", "map", one], "it names a row");
  })
  .prefault({});

/** What becomes of charges, parsed. */
export type ChargeSettings = z.infer<typeof chargeSettings>;

/** The flow of charges in a pair. */
export const chargesFlow = z
  .strictObject({
    enabled: flag.default(true),
    every: timeSpan.default("1d"),
    /** How many days a first run looks back. */
    lookBack: z.coerce.number().int().positive().default(30),
  })
  .prefault({});
