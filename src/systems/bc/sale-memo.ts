import { z } from "zod";

const document = z.strictObject({
  kind: z.enum(["invoice", "order"]),
  externalNumber: z.string(),
  /** BC's id; an invoice keeps that of its draft (BC, 0). */
  id: z.string(),
  number: z.string(),
  /** 1 for the first part of a partial shipment. */
  part: z.number(),
  generation: z.number(),
  /** How much of each line is booked in it, by line key. */
  booked: z.record(z.string(), z.number()),
  posted: z
    .strictObject({
      /** The invoice's number. */
      invoice: z.string().optional(),
      invoiceId: z.string().optional(),
      /** Numbers of posted shipments. */
      shipments: z.array(z.string()),
    })
    .optional(),
  /** Ids of shipments whose tracking was written on it before it was posted. */
  tracked: z.array(z.string()),
  deleted: z.literal(true).optional(),
});

/** A document in Business Central that a sale was booked as, or a part of it. */
export type BookedDocument = z.infer<typeof document>;

/** The memo of a sale's delivery; no personal data. */
export const saleMemo = z.object({ documents: z.array(document).optional() });

/** The documents that a sale's delivery tells of, oldest first. */
export function documentsIn(memo: Readonly<Record<string, unknown>>): BookedDocument[] {
  return saleMemo.parse(memo).documents ?? [];
}
