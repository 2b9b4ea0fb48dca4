import { z } from "zod";
import type { Delivery } from "../../core/delivery.ts";
import type { Json } from "../../core/json.ts";

/** The memo entry of a create step: one label, never overwritten by another, as each generation has a step of its own. */
const prefix = "label:";

const labelMemo = z.object({
  /** Our own name of the shipment at FedEx, its CUSTOMER_REFERENCE. */
  reference: z.string(),
  /** The number that stands for all pieces. */
  master: z.string(),
  /** In FedEx's order; `file` as `LabelStore` names it; a piece without one has no label here. */
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

/** What of a delivery tells its labels. */
export type Labelled = Pick<Delivery, "memo" | "steps">;

/** The name of the step that buys a part's label; `suffix` tells part and generation: `label-2-g2`. Pure. */
export function labelStep(suffix: string): string {
  return `label${suffix}`;
}

/** The name of the step that voids what a create step bought. Pure. */
export function voidStep(step: string): string {
  return `void:${step}`;
}

/** The label that a create step of this name bought, or that a person adopted for it; else undefined. Pure. */
export function labelOf(delivery: Labelled, step: string): LabelMemo | undefined {
  return labelIn(delivery.memo, step) ?? adopted(delivery, step);
}

/** The same where only the memo is known. Pure. */
export function labelIn(memo: Delivery["memo"], step: string): LabelMemo | undefined {
  return labelMemo.safeParse(memo[prefix + step]).data;
}

/** Every label that was ever bought for a delivery, void ones too, in the order of their steps. Pure. */
export function labelsIn(delivery: Labelled): LabelMemo[] {
  return labelStepsIn(delivery).flatMap((step) => labelOf(delivery, step) ?? []);
}

/** The names of the steps that bought a label. Pure. */
export function labelStepsIn({ memo, steps }: Labelled): string[] {
  const noted = Object.keys(memo).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  const done = Object.keys(steps).filter((name) => /^label(-|$)/.test(name));
  return [...new Set([...noted, ...done])].sort();
}

/** A label as a step's result gives it to the memo. Pure. */
export function memoOf(step: string, label: LabelMemo): { [name: string]: Json } {
  return { [prefix + step]: JSON.parse(JSON.stringify(label)) };
}

/** A number that a person named for an unknown purchase: the label is in that person's hands, not in a file. */
function adopted({ steps }: Labelled, step: string): LabelMemo | undefined {
  const state = steps[step];
  if (state?.target === undefined) return undefined;
  const { naturalKey, target, at } = state;
  return {
    reference: naturalKey,
    master: target,
    pieces: [{ trackingNumber: target }],
    shipDate: at.slice(0, 10),
    references: { CUSTOMER_REFERENCE: naturalKey },
    state: "live",
  };
}
