import type { Delivery, Step, StepResult } from "../../src/core/delivery.ts";
import type { Json } from "../../src/core/json.ts";
import type { Shipment } from "../../src/core/model.ts";
import type { Target } from "../../src/core/ports.ts";
import { newDelivery, withResult } from "../../src/core/state/fold.ts";
import { fieldHashes } from "../../src/core/steps.ts";

/** A shipment of one parcel, with changes. */
export function shipment(change: Partial<Shipment> = {}): Shipment {
  return {
    id: "900001",
    number: "SO-1",
    final: false,
    personal: [],
    orderKey: "usmf-SO-1",
    orderNumber: "SO-1",
    carrier: "ups",
    carrierName: "UPS",
    service: "ups_ground",
    shipDate: "2026-11-20",
    isVoided: false,
    isReturn: false,
    cost: { amount: "8.30", currency: "USD" },
    packages: [{ trackingNumber: "1Z1", trackingUrl: "https://ups.example/1Z1" }],
    lines: [],
    ...change,
  };
}

/** A delivery of which nothing was sent. */
export const fresh = (): Delivery => newDelivery("SO-1", null, "2026-11-21T08:00:00Z");

/** The delivery after a step, as the engine keeps it. */
export function deliveryAfter(delivery: Delivery, step: Step, result: StepResult & { outcome: "done" }): Delivery {
  return withResult(delivery, {
    kind: "result",
    run: "r",
    pair: "p",
    flow: "f",
    key: "usmf/SO-1",
    document: "SO-1",
    record: { id: "1", version: "1", ref: null },
    step: step.name,
    action: step.action,
    naturalKey: step.naturalKey,
    outcome: step.outcome ?? "written",
    calls: [],
    fields: [],
    hashes: fieldHashes(step),
    at: "2026-11-21T08:00:00Z",
    ...(result.target === undefined ? {} : { target: result.target }),
    ...(result.memo === undefined ? {} : { memo: result.memo }),
  });
}

/** What came of taking a shipment to its end. */
export interface Outcome {
  delivery: Delivery;
  /** `written note:900001`, oldest first. */
  did: string[];
  /** What it waits for. */
  waits: string[];
  errors: Error[];
}

/** Does what the engine does with one shipment: reads, writes, records, asks again until nothing is left. */
export async function settle(
  target: Target<Shipment>,
  document: Shipment,
  delivery: Delivery,
  located = "usmf/SO-1",
): Promise<Outcome> {
  const seen: Record<string, Json> = { located };
  const outcome: Outcome = { delivery, did: [], waits: [], errors: [] };
  for (let round = 0; round < 10; round += 1) {
    const steps = target.next(document, outcome.delivery, seen);
    for (const step of steps.filter(({ action }) => action === "skip")) {
      outcome.delivery = deliveryAfter(outcome.delivery, step, { outcome: "done", calls: [] });
      outcome.did.push(`skipped ${step.name}: ${step.remark}`);
    }
    outcome.waits = steps.flatMap((step) => (step.action === "wait" ? (step.remark ?? "") : []));
    const reads = steps.filter(({ action }) => action === "read");
    const writes = steps.filter(({ action }) => !["read", "skip", "wait"].includes(action));
    const batch = reads.length > 0 ? reads : writes;
    if (batch.length === 0) return outcome;
    for (const [index, result] of (await target.send(batch)).entries()) {
      const step = batch[index]!;
      if (result.outcome === "failed") outcome.errors.push(result.error);
      else if (step.action === "read") seen[step.name] = result.seen ?? null;
      else {
        outcome.delivery = deliveryAfter(outcome.delivery, step, result);
        outcome.did.push(`${step.outcome} ${step.name}`);
      }
    }
    if (outcome.errors.length > 0) return outcome;
  }
  throw new Error("does not settle");
}
