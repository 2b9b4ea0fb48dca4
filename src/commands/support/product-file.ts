import { resolve } from "node:path";
import { UsageError } from "../../core/errors.ts";
import { replaceFile } from "../../core/state/disk.ts";
import type { Mlc } from "../../mlc.ts";
import { counted, plain, put } from "./print.ts";
import { narrowed } from "./sync-run.ts";

/** What `sync products --csv --json` prints. */
export interface ProductFileJson {
  /** Where it is; null where it went to stdout. */
  file: string | null;
  products: number;
}

/** Flags of a run that say nothing of a file. Usage would name each of them with `--csv`, were they told to oclif. */
const ofRuns = ["watch", "ignore-schedule", ...narrowed];

/** Throws UsageError where a flag of runs stands beside `--csv`. */
export function refuseWithCsv(flags: Readonly<Record<string, unknown>>): void {
  const other = ofRuns.find((name) => flags[name] !== undefined && flags[name] !== false);
  if (other === undefined) return;
  throw new UsageError(`--csv writes a file and runs nothing, so that --${other} says nothing with it`, {
    hint: `Leave out --${other}.`,
  });
}

/** Writes the file for the shipper's product import, whole or not at all, for its owner alone; `-` is stdout. */
export async function writeProductFile(
  mlc: Mlc,
  { csv, pair, quiet }: { csv: string; pair?: string | undefined; quiet: boolean },
): Promise<ProductFileJson> {
  const { text, products, shipper } = await mlc.reports.productFile(pair);
  const file = csv === "-" ? null : resolve(csv);
  if (file === null) await put(text);
  else await replaceFile(mlc.disk, file, Buffer.from(text));
  const what = `${counted(products, "item")} without a product at ${shipper}`;
  if (!quiet) process.stderr.write(`${what}${file === null ? "" : `, in ${plain(file)}`}\n`);
  return { file, products };
}
