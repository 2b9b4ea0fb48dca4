import { z } from "zod";
import { choices } from "../odata/query.ts";
import { type OdataText, odata, odataAnd, odataName } from "../odata/text.ts";
import type { FnoCalls } from "./calls.ts";
import { fieldsOf } from "./fields.ts";
import * as goods from "./goods/schema.ts";
import { readPath } from "./query.ts";

/** Rows of a page when a whole set is read; F&O gives at most 10,000 (F&O, 2.3). */
const pageSize = 2_000;

/** A set that has rows of products, and how they are asked for. */
interface Asked<T> {
  set: string;
  row: z.ZodType<T>;
  /** The fields that come; absent: all, since the sheet does not name them. */
  select?: readonly string[];
  /** Absent: the set is the same in all companies. */
  legalEntity?: string;
  /** What a row is found by. */
  field: string;
  /** The values of it; absent: the whole set. */
  keys: readonly string[] | undefined;
}

/** Released products of an environment with what other sets have of them, read only; keys that are left out mean all. */
export class FnoProducts {
  readonly #calls: FnoCalls;

  constructor(calls: FnoCalls) {
    this.#calls = calls;
  }

  /** All released products of a company, page by page, each row as it came. */
  async *released(legalEntity: string): AsyncGenerator<unknown[]> {
    const filter = odata`dataAreaId eq ${legalEntity}`;
    const select = fieldsOf(goods.catalogueProduct);
    for await (const { rows } of this.#calls.pages(readPath("ReleasedProductsV2", { filter, select }))) yield rows;
  }

  /** Those with one of these numbers; `eq` knows wildcards and no case, so more may come (F&O, 2.1). */
  async releasedByNumber(legalEntity: string, keys: readonly string[]): Promise<unknown[]> {
    const { set, select } = selected("ReleasedProductsV2", goods.catalogueProduct);
    return (await this.#rows({ set, select, row: z.unknown(), legalEntity, field: "ItemNumber", keys })) ?? [];
  }

  /** Names by product number. */
  async names(keys?: readonly string[]): Promise<goods.ProductName[]> {
    return (await this.#rows({ ...selected("ProductsV2", goods.productName), field: "ProductNumber", keys })) ?? [];
  }

  /** Variants by the number of their product. */
  async variants(legalEntity: string, keys?: readonly string[]): Promise<goods.ProductVariant[]> {
    const asked = selected("ReleasedProductVariantsV2", goods.productVariant);
    return (await this.#rows({ ...asked, legalEntity, field: "ProductMasterNumber", keys })) ?? [];
  }

  /** Barcodes by item number. */
  async barcodes(legalEntity: string, keys?: readonly string[]): Promise<goods.ProductBarcode[]> {
    const asked = { set: "ProductBarcodesV3", row: goods.productBarcode };
    return (await this.#rows({ ...asked, legalEntity, field: "ItemNumber", keys })) ?? [];
  }

  /** Categories by product number; undefined when the environment does not publish them. */
  categories(keys?: readonly string[]): Promise<goods.CategoryAssignment[] | undefined> {
    const asked = selected("ProductCategoryAssignments", goods.categoryAssignment);
    return this.#rows({ ...asked, field: "ProductNumber", keys });
  }

  async #rows<T>({ set, row, select, legalEntity, field, keys }: Asked<T>): Promise<T[] | undefined> {
    const company = legalEntity === undefined ? [] : [odata`dataAreaId eq ${legalEntity}`];
    const pathOf = (clauses: readonly OdataText[]) =>
      readPath(set, {
        filter: clauses.length === 0 ? undefined : odataAnd(clauses),
        ...(select === undefined ? {} : { select }),
      });
    if (keys === undefined) return (await this.#calls.rows([pathOf(company)], row, { pageSize }))?.rows;
    const clauses = [...new Set(keys)].map((value) => odata`${odataName(field)} eq ${value}`);
    const paths = choices(this.#calls.host, clauses, (any) => pathOf([...company, any]));
    return (await this.#calls.rows(paths, row))?.rows;
  }
}

function selected<T>(set: string, row: z.ZodType<T> & { shape: Record<string, unknown> }) {
  return { set, row, select: fieldsOf(row) };
}
