import { z } from "zod";
import type { ShipBobProducts } from "../../connectors/shipbob/products/calls.ts";
import type { VariantInput } from "../../connectors/shipbob/products/schema.ts";
import type { Delivery, Found, Lookup, Step, StepResult } from "../../core/delivery.ts";
import { type Json, plainJson } from "../../core/json.ts";
import type { Product } from "../../core/model.ts";
import type { Target } from "../../core/ports.ts";
import { isDone, recorded } from "../../core/steps.ts";
import { newVariant, type ProductOptions, variantChanges, variantValues } from "../../mappings/shipbob/product.ts";
import { groupOf, type HeldVariant, heldVariant, ProductBook } from "./product-book.ts";
import { change, foundTwice, ProductWrites, unlocked } from "./product-writes.ts";

/** What a look at ShipBob found of a SKU. */
const looked = z.object({
  own: z.array(heldVariant),
  /** The product that has the other variants of its item. */
  group: z.number().optional(),
});

/** A product with what is to be written of it. */
interface Wanted {
  product: Product;
  values: VariantInput;
  owned: Record<string, Json>;
  remark: string | undefined;
}

/** ShipBob's catalogue as the taker of products: each is found by its SKU, made or changed only where it differs (6). */
export class ShipBobProductTarget implements Target<Product> {
  readonly system = "shipbob";
  readonly batch = 100;
  /** A new product may not be listed at once. */
  readonly settleMs = 60_000;
  readonly #options: ProductOptions;
  readonly #book: ProductBook;
  readonly #writes: ProductWrites;

  constructor(products: ShipBobProducts, options: ProductOptions) {
    this.#options = options;
    this.#book = new ProductBook(products);
    this.#writes = new ProductWrites(products, this.#book);
  }

  key({ sku }: Product): string {
    return sku;
  }

  next(product: Product, delivery: Delivery, seen: Record<string, Json>): Step[] {
    const wanted = wantedOf(product, delivery, this.#options);
    const { owned } = wanted;
    const write = { name: "product", payload: owned, owned };
    if (isDone(write, delivery)) return [];
    const left = leftOut(product, delivery);
    if (!product.isActive && isDone(left, delivery)) return [];
    if (seen.find === undefined) return [look(product, owned)];
    const { own, group } = looked.parse(seen.find);
    const [held, ...others] = own;
    if (others.length > 0) throw foundTwice(product.sku, own);
    if (held) return [...apart(product, held, group), ...alignment(wanted, held)];
    return product.isActive ? [make(wanted, group)] : [left];
  }

  async send(steps: readonly Step[]): Promise<StepResult[]> {
    const reads = steps.filter(({ action }) => action === "read");
    const found = await this.#book.find(reads.flatMap(({ payload }) => lookedFor.parse(payload).skus));
    const written = await this.#writes.send(steps.filter(({ action }) => action !== "read"));
    return steps.map((step) => written.get(step) ?? { outcome: "done", calls: [], seen: seenOf(step, found) });
  }

  async find(steps: readonly Lookup[]): Promise<Found[]> {
    const found = await this.#book.find(steps.map(({ naturalKey }) => naturalKey));
    return steps.map((step) => {
      const [held, ...others] = found.get(step.naturalKey) ?? [];
      if (!held) return { state: "absent" };
      if (others.length > 0)
        return { state: "unknown", message: foundTwice(step.naturalKey, [held, ...others]).message };
      const isThere = step.action === "create" || isAsSent(held, step.payload);
      return isThere ? { state: "present", target: String(held.variant.id) } : { state: "absent" };
    });
  }
}

const lookedFor = z.object({
  skus: z.array(z.string()),
  parent: z.object({ id: z.string(), name: z.string() }).optional(),
});

/** An item is inactive there once it is not sold any more; made active again is only what mlc made inactive. */
function wantedOf(product: Product, delivery: Delivery, options: ProductOptions): Wanted {
  const { values, remarks } = variantValues(product, options);
  const isFollowed = !product.isActive || delivery.memo.followsState === true;
  const all: VariantInput = { ...values, ...(isFollowed ? { status_id: product.isActive ? 0 : 1 } : {}) };
  const owned: Record<string, Json> = { ...Object.fromEntries(Object.entries(plainJson(all) ?? {})) };
  return { product, values: all, owned, remark: remarks.length === 0 ? undefined : remarks.join("; ") };
}

/** The other variants are looked for too, so that a new one joins them. */
function look({ sku, parent }: Product, owned: Record<string, Json>): Step {
  const payload = {
    skus: [sku, ...(parent?.skus ?? []).filter((one) => one !== sku)],
    ...(parent ? { parent: { id: parent.id, name: parent.name } } : {}),
  };
  const prepares = { name: "product", owned };
  return { name: "find", action: "read", naturalKey: sku, payload, prepares, repeatable: true };
}

function seenOf({ payload, naturalKey }: Step, found: ReadonlyMap<string, HeldVariant[]>): Json {
  const { skus, parent } = lookedFor.parse(payload);
  const group = parent && groupOf({ ...parent, skus }, found);
  return plainJson({ own: found.get(naturalKey) ?? [], group });
}

function make({ product, values, owned, remark }: Wanted, group: number | undefined): Step {
  const { sku, name, parent } = product;
  const payload = plainJson({
    parent: parent?.id ?? null,
    into: group ?? null,
    name: parent?.name ?? name,
    variant: newVariant(product, values),
  });
  return { name: "product", action: "create", naturalKey: sku, payload, owned, repeatable: false, ...told(remark) };
}

/** The write that makes a variant what the ERP has, or the note that it is so. */
function alignment({ product, values, owned, remark }: Wanted, held: HeldVariant): Step[] {
  const { sku, name, isActive } = product;
  const memo = isActive ? {} : { memo: { followsState: true } };
  const note = (text: string): Step => ({ ...recorded("notice", "product", sku, owned, text), ...memo });
  if (held.isBundle) return [note("is a bundle at ShipBob, which is left as it is")];
  const changes = variantChanges(held.variant, unlocked(held, values));
  const isRenamed = !product.parent && held.siblings === 1 && held.productName !== name;
  const locked = lockedSize(product, held, values);
  if (Object.keys(changes).length === 0 && !isRenamed)
    return [
      ...locked,
      note(["ShipBob has these values already", ...(remark === undefined ? [] : [remark])].join("; ")),
    ];
  const payload = plainJson({
    productId: held.productId,
    ...(isRenamed ? { name } : {}),
    variant: { ...changes, id: held.variant.id },
  });
  const write = { name: "product", action: "update", naturalKey: sku, payload, owned, repeatable: true } as const;
  return [...locked, { ...write, ...memo, ...told(remark) }];
}

/** Told once for each size that the ERP gives. */
function lockedSize({ sku }: Product, held: HeldVariant, { dimension }: VariantInput): Step[] {
  const locked = unlocked(held, { dimension });
  if (!dimension || "dimension" in locked || !("dimension" in variantChanges(held.variant, { dimension }))) return [];
  const { length, width, height } = held.variant.dimension ?? {};
  const sizes = `${length} x ${width} x ${height}, not ${dimension.length} x ${dimension.width} x ${dimension.height} in`;
  return [recorded("notice", "locked", sku, { dimension }, `ShipBob has locked its size, which stays: ${sizes}`)];
}

/** A variant that stands elsewhere than the others of its item is never moved: it has stock and orders there. */
function apart({ sku, parent }: Product, { productId }: HeldVariant, group: number | undefined): Step[] {
  if (!parent || parent.skus.length < 2 || productId === group) return [];
  const others = group === undefined ? "" : `, the others in product ${group}`;
  const remark = `stands in product ${productId} at ShipBob${others}; it is kept up to date there and not moved`;
  return [recorded("notice", "apart", sku, { productId }, remark)];
}

/** What is inactive and not at ShipBob is not made; thought over once it was written. */
function leftOut({ sku }: Product, { steps }: Delivery): Step {
  const owned = { inactiveSince: steps.product?.at ?? "" };
  return recorded("skip", "left", sku, owned, "is not sold any more, and ShipBob has no product of it");
}

/** Whether a variant shows all that was sent. */
function isAsSent(held: HeldVariant, payload: Json | undefined): boolean {
  const { data: sent } = change.safeParse(payload);
  if (!sent) return false;
  const { id: _ours, ...values } = sent.variant;
  const isNamed = sent.name === undefined || sent.name === held.productName;
  return isNamed && Object.keys(variantChanges(held.variant, values)).length === 0;
}

function told(remark: string | undefined): { remark?: string } {
  return remark === undefined ? {} : { remark };
}
