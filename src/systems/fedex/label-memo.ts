import { z } from "zod";
import type { Json } from "../../core/json.ts";
import type { Delivery } from "../../core/ports.ts";

/** The memo entry of a step: one label, never overwritten by another; steps of later generations have names of their own. */
const prefix = "label:";

const labelMemo = z.object({
  /** Our own name of the shipment at FedEx, its CUSTOMER_REFERENCE. */
  reference: z.string(),
  /** The number that stands for all pieces. */
  master: z.string(),
  /** In FedEx's order; a piece without a file has no label here. */
  pieces: z.array(z.object({ trackingNumber: z.string(), file: z.string().optional() })),
  /** What FedEx made of the service that was asked for; unknown of some that were found by a look-up. */
  service: z.string().optional(),
  /** The day on the label, at its shipper. */
  shipDate: z.string(),
  /** For the whole shipment; FedEx may rate it only later. */
  charge: z.object({ amount: z.string(), currency: z.string() }).optional(),
  /** What stands on every piece, by FedEx's type: `CUSTOMER_REFERENCE`, `P_O_NUMBER`, `INVOICE_NUMBER`. */
  references: z.record(z.string(), z.string()),
  /** live: to be shipped with · void: cancelled at FedEx · noLabel: FedEx has the shipment, its label is lost. */
  state: z.enum(["live", "void", "noLabel"]),
});

/** What a delivery's memo keeps of one shipment at FedEx; no personal data. */
export type LabelMemo = z.infer<typeof labelMemo>;

/** The name of a step's entry in the memo. Pure. */
export function memoName(step: string): string {
  return prefix + step;
}

/** The label that a create step of this name bought; undefined when it bought none. Pure. */
export function labelOf(memo: Delivery["memo"], step: string): LabelMemo | undefined {
  return labelMemo.safeParse(memo[memoName(step)]).data;
}

/** Every label that was ever bought for a delivery, void ones too, in the order of their steps. Pure. */
export function labelsIn({ memo }: Pick<Delivery, "memo">): LabelMemo[] {
  return labelStepsIn(memo).flatMap((step) => labelOf(memo, step) ?? []);
}

/** The names of the steps that bought a label. Pure. */
export function labelStepsIn(memo: Delivery["memo"]): string[] {
  return Object.keys(memo)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .sort();
}

/** A label as a step's result gives it to the memo. Pure. */
export function memoOf(step: string, label: LabelMemo): { [name: string]: Json } {
  return { [memoName(step)]: JSON.parse(JSON.stringify(label)) };
}
