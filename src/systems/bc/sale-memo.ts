import { z } from "zod";
import type { Delivery } from "../../core/delivery.ts";
import { type Json, plainJson } from "../../core/json.ts";
import { keySuffix } from "../../core/parts.ts";
import { beyond } from "../../mappings/bc/parts.ts";

/** Quantities by the key that the line has at the shipper. */
const quantities = z.record(z.string(), z.number());

const bookedDocument = z.strictObject({
  kind: z.enum(["invoice", "order"]),
  externalNumber: z.string(),
  /** Empty while only the step that made it knows it. */
  id: z.string(),
  /** Of the draft, then of the posted invoice; an order keeps its own. */
  number: z.string(),
  /** From 1: what left together. */
  part: z.number(),
  /** From 1: rises when the document before it is gone. */
  generation: z.number(),
  /** What has left and is booked by it. */
  booked: quantities,
  /** Numbers of what came of it by posting. */
  posted: z
    .strictObject({ invoice: z.string().optional(), invoiceId: z.string().optional(), shipments: z.array(z.string()) })
    .optional(),
  /** Ids of the shipments whose tracking was written on it before posting. */
  tracked: z.array(z.string()),
  deleted: z.literal(true).optional(),
  /** It was made on arrival and is the whole order, whatever has left of it. */
  whole: z.literal(true).optional(),
  /** An order that is being posted: what had been posted of it before, and what is booked once it is done. */
  posting: z
    .strictObject({ shipments: z.array(z.string()), invoices: z.array(z.string()), booked: quantities })
    .optional(),
});

/** A document in Business Central that a sale is booked by. */
export type BookedDocument = z.infer<typeof bookedDocument>;

/** What is remembered of a sale; no personal data. */
export const saleMemo = z.strictObject({
  documents: z.array(bookedDocument).default([]),
  /** Amounts and quantities as they were booked last, by name, for the report of an edit. */
  sold: z.record(z.string(), z.string()).optional(),
  /** What was ordered of each line when the last document was made: what is booked of it may be less so far. */
  ordered: quantities.optional(),
});

/** The documents that a sale's memo tells of, deleted ones too, oldest first. Pure. */
export function documentsIn(memo: Delivery["memo"]): BookedDocument[] {
  return saleMemo.parse(memo).documents;
}

/** What is ordered of each line and not booked yet; nothing where a document is the whole order. Pure. */
export function unbookedIn({ documents, ordered = {} }: z.infer<typeof saleMemo>): Record<string, number> {
  const live = documents.filter(({ deleted }) => !deleted);
  return live.some(({ whole }) => whole)
    ? {}
    : beyond(
        ordered,
        live.map(({ booked }) => booked),
      );
}

/** Members for the memo with one document changed or added, by its external number. Pure. */
export function withDocument(memo: Delivery["memo"], document: BookedDocument): { documents: Json } {
  const all = documentsIn(memo);
  const is = ({ externalNumber }: BookedDocument) => externalNumber === document.externalNumber;
  return { documents: plainJson(all.some(is) ? all.map((one) => (is(one) ? document : one)) : [...all, document]) };
}

/** What part and generation add to a document's names: nothing, `-2`, `-2-g2`. Pure. */
export function suffixOf({ part, generation }: Pick<BookedDocument, "part" | "generation">): string {
  return keySuffix({ number: part, generation });
}

/** The name of the step that makes a document: `invoice`, `order-2-g2`. Pure. */
export function draftStep(document: Pick<BookedDocument, "kind" | "part" | "generation">): string {
  return document.kind + suffixOf(document);
}
