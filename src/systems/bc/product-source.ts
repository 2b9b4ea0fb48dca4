import { z } from "zod";
import type { BcClient } from "../../connectors/bc/client.ts";
import type { BcPairSettings } from "../../connectors/bc/config.ts";
import type { Ref } from "../../core/delivery.ts";
import type { Product, Weight } from "../../core/model.ts";
import type {
  ListRequest,
  Named,
  NamedPage,
  NamedReader,
  Page,
  ProductSource,
  SourceRecord,
} from "../../core/ports.ts";
import { productFromBc } from "../../mappings/bc.ts";
import { asCode, longestNumber, splitsOf } from "./items.ts";
import { isRowOf, rowIds } from "./named-rows.ts";
import { sinceOf } from "./poll-since.ts";
import type { ItemWeights } from "./weights.ts";

const itemRef = z.object({ number: z.string() });
const cursorSchema = z.object({ items: z.string(), weights: z.string() });

const payloadSchema = z.object({
  row: z.unknown(),
  weight: z.object({ value: z.number(), unit: z.enum(["kg", "g", "lb", "oz"]) }).optional(),
});

/** Business Central as the giver of products: items that changed, with weights that it does not have itself. */
export class BcProductSource implements ProductSource {
  readonly system = "bc";
  readonly reads = "changes";
  readonly named: NamedReader = {
    has: (thing) => isRowOf("items", thing),
    read: (things) => this.#named(things),
  };
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

  async *#named(things: readonly Named[]): AsyncGenerator<NamedPage> {
    const ids = rowIds(things, (await this.#client.company()).id);
    if (!ids) {
      yield { records: [], isIncomplete: true };
      return;
    }
    const { byNumber } = await this.#weights.table();
    const records: SourceRecord[] = [];
    for (const id of ids) {
      const row = await this.#client.masterData.itemById(id);
      if (row) records.push(...recordOf(row, row["@odata.etag"], byNumber));
    }
    yield { records };
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
    return asCode(itemRef.parse(ref).number);
  }

  /** A variant is sold by its item's number and its code, `1000/RED` or `1000|RED`, and is no product by itself. */
  async bySku(skus: readonly string[]): Promise<Map<string, SourceRecord | "noProduct">> {
    const items = await this.get(skus.map((sku) => ({ number: asCode(sku) })));
    const found = new Map<string, SourceRecord | "noProduct">();
    const open: string[] = [];
    for (const sku of skus) {
      const item = items.get(asCode(sku));
      if (item !== undefined && item !== "gone") found.set(sku, item);
      else if (splitsOf(sku).length > 0) open.push(sku);
    }
    const numbers = open.flatMap((sku) => splitsOf(sku).map(({ number }) => number));
    if (numbers.length === 0) return found;
    const { value: variants } = await this.#client.masterData.itemVariants(numbers);
    const there = new Set(variants.map(({ itemNumber, code }) => `${asCode(itemNumber)}/${asCode(code)}`));
    for (const sku of open)
      if (splitsOf(sku).some(({ number, code }) => there.has(`${number}/${code}`))) found.set(sku, "noProduct");
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

/** The record of an item; the weight is part of its version, since it moves alone. An item without a number is none. */
function recordOf(row: unknown, etag: string, weights: ReadonlyMap<string, Weight>): SourceRecord[] {
  const id = asCode(itemRef.safeParse(row).data?.number ?? "");
  if (id === "") return [];
  const weight = weights.get(id);
  const version = weight === undefined ? etag : `${etag} ${weight.value} ${weight.unit}`;
  return [{ id, version, ref: { number: id }, payload: { row, ...(weight ? { weight } : {}) } }];
}
