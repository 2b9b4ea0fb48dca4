import { z } from "zod";
import type { Given } from "../../connectors/shipbob/calls.ts";
import type { ShipBobProducts } from "../../connectors/shipbob/products/calls.ts";
import { type ShipBobProduct, variantInput } from "../../connectors/shipbob/products/schema.ts";
import type { Call, Step, StepResult } from "../../core/delivery.ts";
import { MlcError, NotSentError, RejectedError, UnknownOutcomeError } from "../../core/errors.ts";
import { isSizeLocked, variantChanges } from "../../mappings/shipbob/product.ts";
import { grouped } from "../in-groups.ts";
import type { HeldVariant, ProductBook } from "./product-book.ts";

/** A variant to make: alone, or with the others of its item. */
export const creation = z.object({
  /** The item whose variants belong together; null where it has none. */
  parent: z.string().nullable(),
  /** The product that has others of them already. */
  into: z.number().nullable(),
  /** Of the product, where it is made too. */
  name: z.string(),
  variant: variantInput,
});

/** Changes of a variant, and of its product where that has no other. */
export const change = z.object({
  productId: z.number(),
  name: z.string().optional(),
  variant: variantInput.extend({ id: z.number() }),
});

/** Writes products, those of one product in one call. */
export class ProductWrites {
  readonly #products: ShipBobProducts;
  readonly #book: ProductBook;
  /** The product of each item whose variants were made in this run: the next batch adds to it. */
  readonly #made = new Map<string, number>();

  constructor(products: ShipBobProducts, book: ProductBook) {
    this.#products = products;
    this.#book = book;
  }

  /** An answer for each write, by step; what comes after a failure that is not one product's own is not sent. */
  async send(steps: readonly Step[]): Promise<Map<Step, StepResult>> {
    const results = new Map<Step, StepResult>();
    for (const [, group] of grouped(steps, groupKey)) {
      const isStopped = [...results.values()].some(isStop);
      const answers = isStopped ? allFailed(group, leftUnsent) : await this.#sendGroup(group);
      for (const [step, result] of answers) results.set(step, result);
    }
    return results;
  }

  #sendGroup(group: readonly Step[]): Promise<Map<Step, StepResult>> {
    return group[0]?.action === "create" ? this.#create(group) : this.#change(group);
  }

  /** A refusal may be for a SKU that is there already: that is adopted, and the others are sent one by one. */
  async #create(group: readonly Step[]): Promise<Map<Step, StepResult>> {
    try {
      return await this.#post(group);
    } catch (error) {
      if (!(error instanceof RejectedError)) return allFailed(group, error);
      const found = await this.#book.find(group.map(({ naturalKey }) => naturalKey));
      const results = new Map<Step, StepResult>();
      for (const step of group) {
        const held = found.get(step.naturalKey) ?? [];
        if (held.length > 0) results.set(step, await this.#adopt(step, held));
        else if (group.length === 1) results.set(step, failed(error));
        else for (const [one, result] of await this.#create([step])) results.set(one, result);
      }
      return results;
    }
  }

  async #post(group: readonly Step[]): Promise<Map<Step, StepResult>> {
    const given = group.map(({ payload }) => creation.parse(payload));
    const [first] = given;
    if (!first) return new Map();
    const { parent, name } = first;
    const into = first.into ?? (parent === null ? undefined : this.#made.get(parent));
    const variants = given.map(({ variant }) => variant);
    if (into !== undefined) return answersOf(group, await this.#products.addVariants(into, variants));
    const made = await this.#products.create({ name, type_id: 1, variants });
    if (parent !== null) this.#made.set(parent, made.body.id);
    return answersOf(group, made);
  }

  async #adopt(step: Step, [held, ...others]: readonly HeldVariant[]): Promise<StepResult> {
    if (!held || others.length > 0) return failed(foundTwice(step.naturalKey, held ? [held, ...others] : others));
    const target = String(held.variant.id);
    const remark = "ShipBob had this SKU already, and it was taken over";
    const values = variantInput.parse(step.owned);
    const changes = held.isBundle ? {} : variantChanges(held.variant, unlocked(held, values));
    if (Object.keys(changes).length === 0) return { outcome: "done", calls: [], target, remark };
    try {
      const variants = [{ ...changes, id: held.variant.id }];
      const { calls } = await this.#products.change(held.productId, { variants });
      return { outcome: "done", calls, target, remark };
    } catch (error) {
      return failed(error);
    }
  }

  async #change(group: readonly Step[]): Promise<Map<Step, StepResult>> {
    const given = group.map(({ payload }) => change.parse(payload));
    const [first] = given;
    if (!first) return new Map();
    try {
      const { productId, name } = first;
      const variants = given.map(({ variant }) => variant).filter((variant) => Object.keys(variant).length > 1);
      const { calls } = await this.#products.change(productId, {
        ...(name === undefined ? {} : { name }),
        ...(variants.length === 0 ? {} : { variants }),
      });
      return new Map(group.map((step, index) => [step, changed(step, index === 0 ? calls : [])]));
    } catch (error) {
      if (!(error instanceof RejectedError) || group.length === 1) return allFailed(group, error);
      const results = new Map<Step, StepResult>();
      for (const step of group) for (const [one, result] of await this.#change([step])) results.set(one, result);
      return results;
    }
  }
}

/** Values without a size that ShipBob has measured and locked. Pure. */
export function unlocked<V extends { dimension?: unknown }>({ variant }: HeldVariant, values: V): Omit<V, "dimension"> {
  if (!isSizeLocked(variant)) return values;
  const { dimension: _locked, ...rest } = values;
  return rest;
}

/** What a person has to mend of a SKU that stands at ShipBob more than once. Pure. */
export function foundTwice(sku: string, held: readonly HeldVariant[]): RejectedError {
  const places = held.map(({ productId, variant }) => `variant ${variant.id} of product ${productId}`).join(", ");
  return new RejectedError(`ShipBob has the SKU ${sku} ${held.length} times: ${places}`, {
    system: "shipbob",
    document: sku,
    field: "sku",
    hint: `Leave one of them there, then run \`mlc replay ${sku}\`.`,
  });
}

function groupKey({ action, naturalKey, payload }: Step): string {
  if (action !== "create") return `product ${change.parse(payload).productId}`;
  const { parent, into } = creation.parse(payload);
  return parent === null ? `sku ${naturalKey}` : `item ${parent} ${into}`;
}

function answersOf(
  group: readonly Step[],
  { body, calls }: Given<Pick<ShipBobProduct, "variants">>,
): Map<Step, StepResult> {
  return new Map(group.map((step, index) => [step, created(step, body, index === 0 ? calls : [])]));
}

function created(step: Step, { variants }: Pick<ShipBobProduct, "variants">, calls: readonly Call[]): StepResult {
  const made = variants?.find(({ sku }) => sku === step.naturalKey);
  if (made) return { outcome: "done", calls, target: String(made.id) };
  const error = new UnknownOutcomeError(`ShipBob's answer has no variant with the SKU ${step.naturalKey}`, {
    system: "shipbob",
    document: step.naturalKey,
  });
  return { outcome: "failed", calls, error };
}

function changed({ payload }: Step, calls: readonly Call[]): StepResult {
  return { outcome: "done", calls, target: String(change.parse(payload).variant.id) };
}

function failed(error: unknown): StepResult {
  if (!(error instanceof MlcError)) throw error;
  return { outcome: "failed", calls: error.context.calls ?? [], error };
}

function allFailed(group: readonly Step[], error: unknown): Map<Step, StepResult> {
  return new Map(group.map((step) => [step, failed(error)]));
}

function isStop(result: StepResult): boolean {
  if (result.outcome !== "failed" || !(result.error instanceof MlcError)) return false;
  return ["stopRun", "stopSystem", "stopFlow"].includes(result.error.disposition);
}

const leftUnsent = new NotSentError("ShipBob was not asked: the product before could not be written.", {
  system: "shipbob",
});
