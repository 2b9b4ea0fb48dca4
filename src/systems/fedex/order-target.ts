import { z } from "zod";
import type { FedExClient } from "../../connectors/fedex/client.ts";
import { createdInBytes } from "../../connectors/fedex/reply.ts";
import type { CreateRequest } from "../../connectors/fedex/schema.ts";
import type { Delivery, Found, Lookup, Step, StepResult } from "../../core/delivery.ts";
import { MlcError, NotSentError, RejectedError, reworded, UnknownOutcomeError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { LabelStore } from "../../core/labels.ts";
import type { CivilDate, Order } from "../../core/model.ts";
import type { Target } from "../../core/ports.ts";
import type { RunProgram } from "../../core/program.ts";
import { masked } from "../../core/sync/run.ts";
import { personalIn } from "../../mappings/fedex.ts";
import { findLabel } from "./find-label.ts";
import { labelIn, memoOf, voidStep } from "./label-memo.ts";
import { type OrderStepOptions, orderSteps, voidMemo } from "./order-steps.ts";
import { delivered, purchaseOf } from "./purchase.ts";

/** So many lost answers in a row mean that FedEx is not well: each may be a label that nobody knows of. */
const mostLost = 3;
/** So long nothing more is bought then. */
const restMs = 15 * 60_000;

/** What the order target works with. */
export interface OrderTargetParts {
  client: FedExClient;
  labels: LabelStore;
  options: OrderStepOptions;
  /** With `{file}` in the place of a label's file. */
  printCommand: readonly string[] | undefined;
  run: RunProgram;
  now(): Date;
  /** The day at an instant that has begun wherever parcels leave from. */
  dayOf(instant: Date): CivilDate;
}

const createBody = z.custom<CreateRequest>(
  (value) => z.looseObject({ requestedShipment: z.looseObject({}) }).safeParse(value).success,
);
const cancelBody = z.object({ accountNumber: z.string(), trackingNumber: z.string() });

/** FedEx as the taker of orders: one label a part, bought once. What was lost is never bought again by itself (8). */
export class FedExOrderTarget implements Target<Order> {
  readonly system = "fedex";
  readonly batch = 1;
  readonly settleMs = Number.POSITIVE_INFINITY;
  readonly buys = "label";
  readonly #parts: OrderTargetParts;
  #lost: { count: number; at: number } = { count: 0, at: 0 };

  constructor(parts: OrderTargetParts) {
    this.#parts = parts;
  }

  key(order: Order): string {
    return order.id;
  }

  next(order: Order, delivery: Delivery, seen: Record<string, Json>): Step[] {
    return orderSteps(order, delivery, seen, this.#parts.options);
  }

  async send(steps: readonly Step[]): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (const step of steps) results.push(await this.#sendOne(step));
    return results;
  }

  async find(steps: readonly Lookup[], since: Date): Promise<Found[]> {
    const found: Found[] = [];
    for (const step of steps) found.push(await this.#findOne(step, since));
    return found;
  }

  async #sendOne(step: Step): Promise<StepResult> {
    if (step.action === "cancel") return this.#cancel(step);
    const body = createBody.parse(step.payload);
    // FedEx may repeat what it was sent, which is not what the ERP calls people.
    const hide = (text: string) => masked(text, personalIn(body));
    try {
      return step.action === "read" ? await this.#validate(step, body) : await this.#buy(step, body, hide);
    } catch (error) {
      throw error instanceof MlcError ? reworded(error, hide) : error;
    }
  }

  async #validate({ naturalKey }: Step, body: CreateRequest): Promise<StepResult> {
    try {
      const { value, calls } = await this.#parts.client.validateShipment(body, naturalKey);
      if (value.isValid) return { outcome: "done", calls, seen: true };
      const said = value.alerts.flatMap(({ code, message }) => [code, message].filter(Boolean).join(": ")).join("; ");
      const message = `FedEx did not find shipment ${naturalKey} valid: ${said || "it gives no reason"}`;
      throw new RejectedError(message, { system: "fedex", calls });
    } catch (error) {
      if (!(error instanceof RejectedError)) throw error;
      const hide = (text: string) => masked(text, personalIn(body));
      return { outcome: "failed", calls: error.context.calls ?? [], error: reworded(error, hide) };
    }
  }

  /** The answer is kept before anything of it is read, then the labels, and only then the purchase counts as done. */
  async #buy(step: Step, body: CreateRequest, hide: (text: string) => string): Promise<StepResult> {
    const { client, labels, now } = this.#parts;
    const { name, naturalKey: reference } = step;
    const about = purchaseOf(body, reference);
    await this.#refuseBought(reference);
    this.#refuseUnwell();
    try {
      const keep = (raw: Uint8Array) => labels.keepAnswer(reference, raw, about);
      const { value: created, calls } = await client.createShipment(body, reference, keep);
      this.#lost.count = 0;
      const { label, files, remarks } = await delivered(labels, created, about);
      const told = [step.remark, ...remarks.map(hide), ...(await this.#print(files))].filter((text) => text);
      const remark = told.length === 0 ? {} : { remark: told.join("; ") };
      return { outcome: "done", calls, target: label.master, memo: memoOf(name, label), ...remark };
    } catch (error) {
      if (error instanceof UnknownOutcomeError) this.#lost = { count: this.#lost.count + 1, at: now().getTime() };
      else if (error instanceof RejectedError) this.#lost.count = 0;
      throw error;
    }
  }

  /** A reference is never used twice, whatever became of the state that knew of its label. */
  async #refuseBought(reference: string): Promise<void> {
    const kept = await this.#parts.labels.answer(reference);
    const created = kept && createdInBytes(kept.raw);
    if (!created) return;
    const message = `FedEx made shipment ${created.trackingNumber} under reference ${reference} before; no other label is bought.`;
    const hint = `Void that shipment at FedEx and move ${kept.path} away, then run \`mlc replay\`.`;
    throw new RejectedError(message, { system: "fedex", hint });
  }

  #refuseUnwell(): void {
    const { count, at } = this.#lost;
    if (count < mostLost || this.#parts.now().getTime() - at >= restMs) return;
    const message = `FedEx's answers to the last ${count} purchases were lost; nothing more is bought for now.`;
    throw new NotSentError(message, { system: "fedex" });
  }

  /** At most once for each label: one that is found again after a crash is left to a person. */
  async #print(files: readonly string[]): Promise<string[]> {
    const { printCommand, labels, run } = this.#parts;
    if (!printCommand) return [];
    const failed: string[] = [];
    for (const file of files) {
      const command = printCommand.map((part) => part.replaceAll("{file}", labels.pathOf(file)));
      await run(command, "").catch((error: unknown) => {
        failed.push(`${file} was not printed: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
    return failed;
  }

  async #cancel({ payload }: Pick<Step, "payload">): Promise<StepResult> {
    const { accountNumber, trackingNumber } = cancelBody.parse(payload);
    const { calls } = await this.#parts.client.cancelShipment(accountNumber, trackingNumber);
    return { outcome: "done", calls, target: trackingNumber };
  }

  async #findOne(step: Lookup, since: Date): Promise<Found> {
    const { client, labels, options, now, dayOf } = this.#parts;
    if (step.action === "cancel") return this.#cancelAgain(step);
    // What a replay asks of a cancel that was done: it stays done.
    if (step.name.startsWith(voidStep(""))) return { state: "absent" };
    const about = step.payload === undefined ? undefined : purchaseOf(createBody.parse(step.payload), step.naturalKey);
    const { accountNumber } = options;
    const [today, from] = [dayOf(now()), about?.shipDate ?? dayOf(since)];
    const references = about ? { references: about.references } : {};
    return findLabel(step, { client, labels, accountNumber, today, from, ...references });
  }

  /** Cancelled is cancelled, so that the look-up of a cancel is the same call once more. */
  async #cancelAgain({ name, memo, payload }: Lookup): Promise<Found> {
    const { options } = this.#parts;
    const bought = name.slice(voidStep("").length);
    const label = labelIn(memo, bought);
    if (!label) return { state: "absent" };
    const trackingNumber = label.master;
    try {
      await this.#cancel({ payload: { accountNumber: options.accountNumber, trackingNumber } });
    } catch (error) {
      // What `next` still wants is tried there, where the refusal can be told.
      if (error instanceof RejectedError) return { state: "absent" };
      throw error;
    }
    // A cancel that the order itself does not want any more was a person's.
    return {
      state: "present",
      target: trackingNumber,
      ...(payload === undefined ? { memo: voidMemo(bought, label, "person") } : {}),
    };
  }
}
