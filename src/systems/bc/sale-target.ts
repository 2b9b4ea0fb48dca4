import { z } from "zod";
import type { BcClient } from "../../connectors/bc/client.ts";
import { type BcPairSettings, rulesOf } from "../../connectors/bc/config.ts";
import type { BcRules } from "../../connectors/bc/rules.ts";
import type { Clock } from "../../core/clock.ts";
import { decimalOf, sumOf } from "../../core/decimal.ts";
import type { Call, Delivery, Found, Lookup, Step, StepResult } from "../../core/delivery.ts";
import { MlcError, NotSentError } from "../../core/errors.ts";
import { type Json, plainJson } from "../../core/json.ts";
import type { Sale } from "../../core/model.ts";
import type { Target } from "../../core/ports.ts";
import { customerStep } from "./sale-case.ts";
import { type DocumentThere, readDocument } from "./sale-document.ts";
import { findSaleSteps } from "./sale-find.ts";
import { SaleLook } from "./sale-look.ts";
import { saleSteps } from "./sale-steps.ts";
import {
  deleteDraft,
  makeCustomer,
  makeDraft,
  postDocument,
  readPage42,
  setDates,
  setQuantities,
  setShipTo,
  writeTracking,
} from "./sale-writes.ts";

/** Creates and reads that are under way at once: 5 are processed at a time, and one is left to others (BC, 3.3). */
const atOnce = 4;

const named = z.object({
  kind: z.enum(["invoice", "order"]),
  id: z.string(),
  number: z.string(),
  isInvoiced: z.boolean().default(false),
});

type Send = (client: BcClient, step: Step) => Promise<StepResult>;

/** By the begin of a step's name. */
const sends: readonly (readonly [string, Send])[] = [
  ["invoice", makeDraft],
  ["order", makeDraft],
  ["delete", deleteDraft],
  ["header", setShipTo],
  ["dates", setDates],
  ["quantities", setQuantities],
  ["tracking", writeTracking],
  ["page42", readPage42],
  ["read", readOne],
  ["found", readOne],
];

/** Business Central as the taker of sales: each booked exactly once, equal to the cent. */
export class BcSaleTarget implements Target<Sale> {
  readonly system = "bc";
  readonly batch = 40;
  readonly settleMs = 10 * 60_000;
  readonly #client: BcClient;
  readonly #look: SaleLook;
  readonly #settings: BcPairSettings;
  readonly #rules = new Map<string | undefined, BcRules>();

  constructor(client: BcClient, settings: BcPairSettings, clock: Clock) {
    this.#client = client;
    this.#settings = settings;
    this.#look = new SaleLook(client, clock);
  }

  key(sale: Sale): string {
    return sale.id;
  }

  next(sale: Sale, delivery: Delivery, seen: Record<string, Json>): Step[] {
    return saleSteps(sale, delivery, seen, { rules: (storeId) => this.#rulesOf(storeId) });
  }

  async send(steps: readonly Step[]): Promise<StepResult[]> {
    const looks = steps.filter(isLook);
    const looked = new Map<Step, StepResult | undefined>();
    if (looks.length > 0) {
      const answers = await this.#look.read(looks);
      for (const [index, step] of looks.entries()) looked.set(step, answers[index]);
    }
    const results = new Map<Step, StepResult>();
    const outage: { error?: MlcError } = {};
    const work = (step: Step) => this.#sendOne(step, outage).then((result) => results.set(step, result));
    await inTurns(
      steps.filter((step) => !isLook(step) && !isAlone(step)),
      atOnce,
      work,
    );
    // Posting locks number series and ledgers: one at a time in a company (BC, 6).
    await inTurns(steps.filter(isAlone), 1, work);
    return steps.map((step) => {
      const result = looked.get(step) ?? results.get(step);
      if (!result) throw new Error(`${step.name} was not sent`);
      return result;
    });
  }

  async find(steps: readonly Lookup[]): Promise<Found[]> {
    return findSaleSteps(this.#client, steps);
  }

  /** What concerns one step is its own answer; after an outage the others are not even tried. */
  async #sendOne(step: Step, outage: { error?: MlcError }): Promise<StepResult> {
    const { error: before } = outage;
    if (before) {
      const error = new NotSentError(before.message, { ...before.context, calls: [], cause: before });
      return { outcome: "failed", calls: [], error };
    }
    try {
      return await sendFor(step)(this.#client, step);
    } catch (error) {
      if (!(error instanceof MlcError)) throw error;
      if (["stopFlow", "stopSystem", "stopRun"].includes(error.disposition)) outage.error = error;
      return { outcome: "failed", calls: error.context.calls ?? [], error };
    }
  }

  #rulesOf(storeId: string | undefined): BcRules {
    const known = this.#rules.get(storeId) ?? rulesOf(this.#settings, storeId);
    this.#rules.set(storeId, known);
    return known;
  }
}

const isLook = ({ name, action }: Step) => action === "read" && name.startsWith("look");
/** Two customers with one address are made one after the other, so that the second finds the first. */
const isAlone = ({ name, action }: Step) => action === "post" || name === customerStep;

function sendFor(step: Step): Send {
  if (step.action === "post") return postDocument;
  if (step.name === customerStep) return makeCustomer;
  const found = sends.find(([begin]) => step.name.startsWith(begin));
  if (!found) throw new Error(`nobody knows how to send ${step.name}`);
  return found[1];
}

async function inTurns<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = items.values();
  const lane = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
}

/** A document with its lines; of an order that was invoiced whole those of its invoices, where that is asked for. */
async function readOne(client: BcClient, { payload }: Step): Promise<StepResult> {
  const { isInvoiced, ...name } = named.parse(payload);
  const { there, calls } = await readDocument(client, name);
  if (!isInvoiced || !there.isGone) return { outcome: "done", calls, seen: plainJson(there) };
  const whole = await withInvoices(client, there);
  return { outcome: "done", calls: [...calls, ...whole.calls], seen: plainJson(whole.there) };
}

async function withInvoices(client: BcClient, order: DocumentThere): Promise<{ there: DocumentThere; calls: Call[] }> {
  const calls: Call[] = [];
  let there = order;
  for (const { id, number } of order.invoices) {
    const { there: invoice, calls: made } = await readDocument(client, { kind: "invoice", id, number });
    calls.push(...made);
    const { customerNumber, currencyCode, total } = invoice;
    const lines = [...there.lines];
    for (const line of invoice.lines) {
      const same = lines.findIndex((one) => one.number === line.number && one.unitPrice === line.unitPrice);
      const before = lines[same];
      if (before && line.number !== "")
        lines[same] = { ...before, quantity: Number(sumOf([decimalOf(before.quantity), decimalOf(line.quantity)])) };
      else lines.push(line);
    }
    there = { ...there, customerNumber, currencyCode, lines, total: sumOf([there.total, total]) };
  }
  return { there, calls };
}
