import type { ConfigFile } from "../core/config.ts";
import { MlcError, UsageError } from "../core/errors.ts";
import type { Product } from "../core/model.ts";
import type { Source, SourceRecord } from "../core/ports.ts";
import type { System } from "../core/system.ts";
import { pairKinds } from "../systems/index.ts";
import { makesItsOwn } from "./joins.ts";
import { chosenFlows } from "./open.ts";

/** What a person imports at the shipper. */
export interface ProductFile {
  shipper: string;
  text: string;
  /** How many products are in it. */
  products: number;
}

/** What it is made from. */
export interface ProductFileRequest {
  config: ConfigFile;
  pair?: string | undefined;
  system(name: string, pair: string): Promise<System>;
  now: Date;
}

/** The file with the ERP's products that the shipper has none of; nothing is sent. Throws UsageError where more than one pair has products. */
export async function productFile({ config, pair, system, now }: ProductFileRequest): Promise<ProductFile> {
  const [chosen, ...others] = chosenFlows(config, { pair, flows: ["products"] });
  const kind = chosen && pairKinds[chosen.pair];
  if (others.length > 0) throw new UsageError("More than one pair moves products.", { hint: "Name one with --pair." });
  const source = kind && (await system(kind.erp, chosen.pair)).productSource?.();
  const shipper = kind && (await system(kind.shipper, chosen.pair));
  const target = shipper?.productTarget?.();
  if (!source || !target || !shipper) throw new UsageError(`${chosen?.pair}: products cannot be moved there`);
  if (!makesItsOwn(target))
    throw new UsageError(`${shipper.name} has no product import: mlc makes its products`, {
      hint: `Run \`mlc sync products --pair ${chosen.pair}\` instead, with --dry-run to see what it would make.`,
    });
  const missing: Product[] = [];
  for await (const { records } of source.list({ now }))
    missing.push(...(await target.missing(records.flatMap((record) => activeIn(source, record)))));
  return { shipper: shipper.name, text: target.importFile(missing), products: missing.length };
}

/** What cannot be read is set aside where it is moved. */
function activeIn(source: Source<Product>, record: SourceRecord): Product[] {
  try {
    return source.read(record).filter(({ isActive }) => isActive);
  } catch (error) {
    if (error instanceof MlcError && error.disposition === "setAside") return [];
    throw error;
  }
}
