import { z } from "zod";
import type { BcClient } from "../../connectors/bc/client.ts";
import type { BcPairSettings } from "../../connectors/bc/config.ts";
import type { Product, Weight } from "../../core/model.ts";
import type { ListRequest, Page, ProductSource, Ref, SourceRecord } from "../../core/ports.ts";
import { productFromBc } from "../../mappings/bc.ts";
import { sinceOf } from "./poll-since.ts";
import type { ItemWeights } from "./weights.ts";

const itemRef = z.object({ number: z.string() });
const cursorSchema = z.object({ items: z.string(), weights: z.string() });

/** `number` is Code[20] (BC, 2.2): a longer one names no item, and BC refuses to be asked for it. */
const longestNumber = 20;

const payloadSchema = z.object({
  row: z.unknown(),
  weight: z.object({ value: z.number(), unit: z.enum(["kg", "g", "lb", "oz"]) }).optional(),
});

/** Business Central as the giver of products: items that changed, with weights that it does not have itself. */
export class BcProductSource implements ProductSource {
  readonly system = "bc";
  readonly reads = "changes";
  readonly #client: BcClient;
  readonly #settings: BcPairSettings["flows"]["products"];
  readonly #weights: ItemWeights;
  readonly #numbers: RegExp | undefined;

  constructor(client: BcClient, settings: BcPairSettings["flows"]["products"], weights: ItemWeights) {
    this.#client = client;
    this.#settings = settings;
    this.#weights = weights;
    const { numbers } = settings.filter;
    this.#numbers = numbers === undefined ? undefined : new RegExp(numbers);
  }

  async *list(request: ListRequest): AsyncGenerator<Page> {
    const { byNumber, hash } = await this.#weights.table();
    const { data: cursor } = cursorSchema.safeParse(request.cursor);
    // A weight that moved moves no item: all of them are looked at again.
    const last = cursor?.weights === hash ? cursor.items : undefined;
    const { startDate } = this.#settings;
    const poll = { since: sinceOf(request, last, startDate), until: request.until };
    for await (const { records, cursor: items } of this.#client.masterData.items(poll)) {
      yield {
        records: records.flatMap(({ payload, etag }) => recordOf(payload, etag, byNumber)),
        ...(items === undefined ? {} : { cursor: { items, weights: hash } }),
      };
    }
  }

  async get(refs: readonly Ref[], isAnew = false): Promise<Map<string, SourceRecord | "gone">> {
    if (isAnew) this.#weights.forget();
    const { byNumber } = await this.#weights.table();
    const found = new Map<string, SourceRecord | "gone">(refs.map((ref) => [this.idOf(ref), "gone"]));
    const numbers = [...found.keys()].filter((number) => number !== "" && number.length <= longestNumber);
    if (numbers.length === 0) return found;
    const { value: items } = await this.#client.masterData.itemsByNumber(numbers);
    for (const item of items)
      for (const record of recordOf(item, item["@odata.etag"], byNumber)) found.set(record.id, record);
    return found;
  }

  idOf(ref: Ref): string {
    return numberOf(itemRef.parse(ref).number);
  }

  /** A variant is sold by its item's number and its code, `1000/RED` or `1000|RED`, and is no product by itself. */
  async bySku(skus: readonly string[]): Promise<Map<string, SourceRecord | "noProduct">> {
    const items = await this.get(skus.map((sku) => ({ number: numberOf(sku) })));
    const found = new Map<string, SourceRecord | "noProduct">();
    const open: string[] = [];
    for (const sku of skus) {
      const item = items.get(numberOf(sku));
      if (item !== undefined && item !== "gone") found.set(sku, item);
      else if (variantIn(sku)) open.push(sku);
    }
    const numbers = open.flatMap((sku) => variantIn(sku)?.number ?? []);
    if (numbers.length === 0) return found;
    const { value: variants } = await this.#client.masterData.itemVariants(numbers);
    const there = new Set(variants.map(({ itemNumber, code }) => `${numberOf(itemNumber)}/${numberOf(code)}`));
    for (const sku of open) if (there.has(numberOf(sku).replace("|", "/"))) found.set(sku, "noProduct");
    return found;
  }

  read({ payload }: SourceRecord): Product[] {
    const { row, weight } = payloadSchema.parse(payload);
    const { number = "" } = itemRef.safeParse(row).data ?? {};
    const product = productFromBc(row, { weights: new Map(weight ? [[number, weight]] : []) });
    return [{ ...product, isActive: product.isActive && this.#isWanted(product) }];
  }

  #isWanted({ number, category }: Product): boolean {
    const { categories } = this.#settings.filter;
    if (categories.length > 0 && !categories.includes((category ?? "").toUpperCase())) return false;
    return this.#numbers?.test(number) ?? true;
  }
}

/** The item's number in a SKU that may name a variant; codes are Code[10] (BC, 2.2). */
function variantIn(sku: string): { number: string } | undefined {
  const [, number = ""] = /^([^/|]{1,20})[/|][^/|]{1,10}$/.exec(numberOf(sku)) ?? [];
  return number === "" ? undefined : { number };
}

/** Numbers are kept in upper case and trimmed (BC, 2). */
function numberOf(text: string): string {
  return text.trim().toUpperCase();
}

/** The record of an item; the weight is part of its version, since it moves alone. An item without a number is none. */
function recordOf(row: unknown, etag: string, weights: ReadonlyMap<string, Weight>): SourceRecord[] {
  const id = numberOf(itemRef.safeParse(row).data?.number ?? "");
  if (id === "") return [];
  const weight = weights.get(id);
  const version = weight === undefined ? etag : `${etag} ${weight.value} ${weight.unit}`;
  return [{ id, version, ref: { number: id }, payload: { row, ...(weight ? { weight } : {}) } }];
}
