import { readFile } from "node:fs/promises";
import type { BcClient } from "../../connectors/bc/client.ts";
import type { BcPairSettings } from "../../connectors/bc/config.ts";
import { csvRows } from "../../core/csv.ts";
import { ConfigError } from "../../core/errors.ts";
import { canonicalJson, type Hash, hashOfText } from "../../core/json.ts";
import type { Weight } from "../../core/model.ts";

/** The weights of items as one run has them. */
export interface WeightTable {
  /** By item number. */
  byNumber: ReadonlyMap<string, Weight>;
  /** Of all of them: an item whose weight moves is not changed for Business Central. */
  hash: Hash;
}

/** Reads a file of the operator's. */
export type ReadText = (path: string) => Promise<string>;

/** Items' weights from where the settings say, since API v2.0 has none (BC, 2.2); read once a run. */
export class ItemWeights {
  readonly #client: BcClient;
  readonly #settings: BcPairSettings["weight"];
  readonly #readText: ReadText;
  #table: Promise<WeightTable> | undefined;

  constructor(
    client: BcClient,
    settings: BcPairSettings["weight"],
    readText: ReadText = (path) => readFile(path, "utf8"),
  ) {
    this.#client = client;
    this.#settings = settings;
    this.#readText = readText;
  }

  /** All weights. Throws ConfigError for a file that is missing or wrong. */
  table(): Promise<WeightTable> {
    this.#table ??= this.#read();
    return this.#table;
  }

  /** Reads them again: a person mended something. */
  forget(): void {
    this.#table = undefined;
  }

  async #read(): Promise<WeightTable> {
    const { source, unit, path, file } = this.#settings;
    let values = new Map<string, number>();
    if (source === "customApi" && path !== undefined) values = await this.#custom(path);
    if (source === "csv" && file !== undefined) values = weightsIn(await this.#text(file), file);
    // The settings want a unit with every source but none.
    const byNumber = new Map([...values].flatMap(([number, value]) => (unit ? [[number, { value, unit }]] : [])));
    return {
      byNumber,
      hash: hashOfText(canonicalJson([...byNumber].sort(([one], [other]) => (one < other ? -1 : 1)))),
    };
  }

  async #custom(path: string): Promise<Map<string, number>> {
    const { field, numberField } = this.#settings;
    const { value: rows } = await this.#client.masterData.customItems(path, [numberField, field]);
    return new Map(
      rows.flatMap((row) => {
        const [number, weight] = [row[numberField], row[field]];
        if (typeof number !== "string" || typeof weight !== "number") throw notThere(path, numberField, field);
        return weight > 0 ? [[keyOf(number), weight]] : [];
      }),
    );
  }

  async #text(file: string): Promise<string> {
    try {
      return await this.#readText(file);
    } catch (error) {
      throw new ConfigError(`The file of weights ${file} cannot be read.`, {
        field: "weight.file",
        hint: "Put the file there, or set bc-shipstation.weight.file to where it is, as an absolute path.",
        cause: error,
      });
    }
  }
}

/** BC keeps numbers in upper case and trimmed (BC, 2). */
function keyOf(number: string): string {
  return number.trim().toUpperCase();
}

function weightsIn(text: string, file: string): Map<string, number> {
  const [head, ...rows] = csvRows(text);
  const names = head?.cells.map((name) => name.trim().toLowerCase()) ?? [];
  const [skuAt, weightAt] = [names.indexOf("sku"), names.indexOf("weight")];
  if (skuAt < 0 || weightAt < 0) throw wrong(file, head?.line ?? 1, "has no columns sku and weight");
  const weights = new Map<string, number>();
  for (const { line, cells } of rows) {
    const [sku, weight] = [keyOf(cells[skuAt] ?? ""), (cells[weightAt] ?? "").trim()];
    if (sku === "") throw wrong(file, line, "has no SKU");
    if (!/^\d{1,9}(\.\d{1,9})?$/.test(weight)) throw wrong(file, line, `weight "${weight}" of ${sku} is not a number`);
    if (weights.has(sku)) throw wrong(file, line, `has ${sku} a second time`);
    weights.set(sku, Number(weight));
  }
  // Nothing weighs nothing: it is not known.
  for (const [sku, weight] of weights) if (weight === 0) weights.delete(sku);
  return weights;
}

function wrong(file: string, line: number, what: string): ConfigError {
  return new ConfigError(`${file} line ${line}: ${what}.`, {
    field: "weight.file",
    hint: "Correct the line; weights are written like 1.25.",
  });
}

function notThere(path: string, numberField: string, field: string): ConfigError {
  return new ConfigError(`The page ${path} has rows without a text ${numberField} or a number ${field}.`, {
    system: "bc",
    field: "weight.path",
    hint: "Set bc-shipstation.weight.numberField and .field to the page's own names.",
  });
}
