import type { ShipStationClient } from "../../connectors/shipstation/client.ts";
import { productSchema, type ShipStationProduct } from "../../connectors/shipstation/schema.ts";
import type { Delivery, Found, Lookup, Step, StepResult } from "../../core/delivery.ts";
import { MlcError, NotSentError, NotYetError, RejectedError } from "../../core/errors.ts";
import { holdsUpOrders, ordersText } from "../../core/held-up.ts";
import type { Json } from "../../core/json.ts";
import type { Product } from "../../core/model.ts";
import type { ProductTarget, WantedSku } from "../../core/ports.ts";
import { isDone, recorded } from "../../core/steps.ts";
import {
  hasValues,
  meantBy,
  mergedProduct,
  type ProductField,
  productImport,
  productValues,
} from "../../mappings/shipstation/product.ts";
import { type OpenOrders, skusOf } from "./open-orders.ts";
import { type BookedProduct, ProductBook } from "./product-book.ts";
import { isSeedStep, type SeedOrders } from "./seed-orders.ts";

/** What the settings say about products. */
export interface ProductTargetOptions {
  fields: readonly ProductField[];
  /** A SKU that is missing gets an order of it, on hold, which is cancelled once the product is there. */
  seed: boolean;
}

/** ShipStation as the taker of products; it makes them itself, so that what is not there yet waits (V1, 5.2). */
export class ShipStationProductTarget implements ProductTarget {
  readonly system = "shipstation";
  readonly batch = 100;
  readonly settleMs = 0;
  readonly #client: ShipStationClient;
  readonly #openOrders: OpenOrders;
  readonly #options: ProductTargetOptions;
  readonly #seeds: SeedOrders;
  readonly #book: ProductBook;
  #wanted: Promise<WantedSku[]> | undefined;

  constructor(
    client: ShipStationClient,
    given: { openOrders: OpenOrders; seeds: SeedOrders },
    options: ProductTargetOptions,
  ) {
    this.#client = client;
    this.#openOrders = given.openOrders;
    this.#seeds = given.seeds;
    this.#options = options;
    this.#book = new ProductBook(client);
  }

  /** A product there is known by its SKU alone: an item that is renamed is another product. */
  key(product: Product): string {
    return product.sku;
  }

  next(product: Product, delivery: Delivery, seen: Record<string, Json>): Step[] {
    const { sku } = product;
    if (!product.isActive) return delivery.steps.product ? [leftAlone(product)] : [];
    const owned = productValues(product, this.#options.fields);
    const write = { name: "product", payload: owned, owned };
    if (isDone(write, delivery)) return this.#seeds.end(product, delivery);
    const prepares = { name: write.name, owned };
    const read = { action: "read" as const, naturalKey: sku, prepares, repeatable: true };
    if (seen.find === undefined) return [{ ...read, name: "find", payload: { sku } }];
    const there = booked(seen.find);
    if (there.length === 0 && this.#options.seed && !delivery.steps.seed) return [this.#seeds.begin(product)];
    const held = theOne(product, there);
    if (hasValues(held, owned)) return [hasThem(sku, owned), ...this.#seeds.end(product, delivery)];
    if (seen.held === undefined) return [{ ...read, name: "held", payload: { productId: held.productId } }];
    if (seen.held === null) throw missing(product);
    const whole = productSchema.parse(seen.held);
    if (hasValues(whole, owned)) return [hasThem(sku, owned), ...this.#seeds.end(product, delivery)];
    const payload = mergedProduct(whole, owned);
    return [{ name: "product", action: "update", naturalKey: sku, payload, owned, repeatable: true }];
  }

  async send(steps: readonly Step[]): Promise<StepResult[]> {
    const skus = steps.flatMap((step) => (step.name === "find" ? [step.naturalKey] : []));
    const found = await this.#book.find(skus);
    const results: StepResult[] = [];
    for (const step of steps) {
      if (results.some(isStop)) results.push({ outcome: "failed", calls: [], error: leftUnsent });
      else results.push(await this.#sendOne(step, found));
    }
    return results;
  }

  async find(steps: readonly Lookup[]): Promise<Found[]> {
    const found: Found[] = [];
    for (const step of steps) {
      if (isSeedStep(step)) {
        found.push(await this.#seeds.find(step));
        continue;
      }
      const { value: held } = await this.#meant(step.naturalKey);
      const isThere = held !== undefined && (step.action === "create" || isAsSent(held, step.payload));
      found.push(isThere ? { state: "present", target: String(held.productId) } : { state: "absent" });
    }
    return found;
  }

  /** SKUs of open orders, each with whether there is a product of it. */
  wanted(): Promise<WantedSku[]> {
    this.#wanted ??= this.#look();
    return this.#wanted;
  }

  async missing(products: readonly Product[]): Promise<Product[]> {
    const found = await this.#book.find(products.map(({ sku }) => sku));
    return products.filter(({ sku }) => found.get(sku)?.length === 0);
  }

  importFile(products: readonly Product[]): string {
    return productImport(products, this.#options.fields);
  }

  async #look(): Promise<WantedSku[]> {
    const skus = skusOf(await this.#openOrders.all());
    const found = await this.#book.find(skus.map(({ sku }) => sku));
    return skus.map((one) => ({ ...one, isThere: (found.get(one.sku) ?? []).length > 0 }));
  }

  async #sendOne(step: Step, found: ReadonlyMap<string, BookedProduct[]>): Promise<StepResult> {
    if (step.name === "find") return { outcome: "done", calls: [], seen: plain(found.get(step.naturalKey) ?? []) };
    try {
      if (isSeedStep(step)) return await this.#seeds.send(step);
      const { productId } = productSchema.pick({ productId: true }).parse(step.payload);
      if (step.action === "read") {
        const { value, calls } = await this.#client.product(productId);
        return { outcome: "done", calls, seen: value ? plain(value) : null };
      }
      const { calls } = await this.#client.replaceProduct(productId, step.payload);
      return { outcome: "done", calls, target: String(productId) };
    } catch (error) {
      if (!(error instanceof MlcError)) throw error;
      return { outcome: "failed", calls: error.context.calls ?? [], error };
    }
  }

  /** The product of a SKU as it is at this moment. */
  async #meant(sku: string): Promise<{ value: ShipStationProduct | undefined }> {
    const rows: ShipStationProduct[] = [];
    for await (const { value } of this.#client.products(sku)) {
      rows.push(...value.flatMap((row) => productSchema.safeParse(row).data ?? []));
    }
    const [one, ...others] = meantBy(sku, rows);
    return { value: others.length === 0 ? one : undefined };
  }
}

/** What comes after a failure that is not one product's own is not sent. */
function isStop(result: StepResult): boolean {
  if (result.outcome !== "failed" || !(result.error instanceof MlcError)) return false;
  return result.error.disposition !== "setAside" && result.error.disposition !== "wait";
}

const leftUnsent = new NotSentError("ShipStation was not asked: the product before could not be written.", {
  system: "shipstation",
});

/** The product that is meant. Throws where there is none yet, or more than one. */
function theOne(product: Product, held: readonly BookedProduct[]): BookedProduct {
  const [one, ...others] = held;
  if (!one) throw missing(product);
  if (others.length === 0) return one;
  const ids = held.map(({ productId }) => productId).join(", ");
  throw new RejectedError(`ShipStation has ${held.length} products of the SKU ${product.sku}: ${ids}`, {
    system: "shipstation",
    document: product.number,
    field: "sku",
    hint: `Leave one of them active there, then run \`mlc replay ${product.sku}\`.`,
  });
}

function missing({ sku, number, wantedBy = [] }: Product): NotYetError {
  const orders = wantedBy.length > 0 ? `, and ${ordersText(wantedBy)} ${wantedBy.length > 1 ? "have" : "has"} it` : "";
  return new NotYetError(`ShipStation has no product of the SKU ${sku} yet${orders}.`, {
    system: "shipstation",
    document: number,
    ...(wantedBy.length > 0 ? { code: holdsUpOrders } : {}),
    hint: "It comes with the first order of a store; or run `mlc sync products --csv FILE` and import the file there.",
  });
}

/** Kept, so that the values are known as delivered. */
function hasThem(sku: string, owned: Record<string, Json>): Step {
  return recorded("notice", "product", sku, owned, "ShipStation has these values already");
}

function leftAlone({ sku }: Product): Step {
  const remark =
    "is blocked, has no stock of its own or is outside of flows.products.filter now; its product stays as it is";
  return recorded("skip", "left", sku, { left: true }, remark);
}

function booked(seen: Json): BookedProduct[] {
  return productSchema.array().parse(seen);
}

/** Whether a product shows all that was sent. */
function isAsSent(held: ShipStationProduct, payload: Json | undefined): boolean {
  const sent = productSchema.partial().safeParse(payload ?? null).data;
  if (!sent) return false;
  const { name, price, weightOz, customsTariffNo, customsCountryCode } = sent;
  return hasValues(held, { name, price, weightOz, customsTariffNo, customsCountryCode });
}

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
