import { z } from "zod";
import { flag, timeSpan } from "../../core/settings.ts";
import { ownSet } from "./stock-config.ts";

const name = z.string().regex(/^[A-Za-z]\w*$/, "is not a field name");

/** What can be written into a row of the customer's own set of charges. */
export const chargeFieldNames = ["document", "shipment", "amount", "tax", "currency", "chargedOn", "invoice"] as const;

/** What becomes in F&O of what a shipper charged; the default keeps it in the report. */
export const chargeSettings = z
  .strictObject({
    mode: z.enum(["none", "headerField", "customEntity", "orderLine"]).default("none"),
    /** Whether an order's charge is written with its taxes, or without them. */
    withTax: flag.default(false),
    headerField: z.strictObject({ amount: name.optional(), currency: name.optional() }).prefault({}),
    customEntity: z
      .strictObject({
        entity: ownSet.optional(),
        /** mlc's name → the field of the set; `document` and `shipment` name a row, beside the company. */
        map: z.partialRecord(z.enum(chargeFieldNames), name).default({}),
      })
      .prefault({}),
    orderLine: z
      .strictObject({
        /** A service item of F&O; each order gets one line of it. */
        item: z.string().min(1).optional(),
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
