import { resolve } from "node:path";
import { UsageError } from "../../core/errors.ts";
import { replaceFile } from "../../core/state/disk.ts";
import { type StockReport, type StockRow, stockCsv } from "../../flows/stock-report.ts";
import type { Mlc } from "../../mlc.ts";
import { counted, plain, put } from "./print.ts";

/** Throws UsageError for a file whose ending says neither CSV nor JSON. */
export function reportKind(file: string): "csv" | "json" {
  if (/\.json$/i.test(file)) return "json";
  if (/\.csv$/i.test(file) || file === "-") return "csv";
  throw new UsageError(`--report ${file} ends neither in .csv nor in .json`, { hint: "Name it like stock.csv." });
}

/** Writes the report to a file, whole or not at all, for its owner alone; `-` is stdout. */
export async function writeReport(mlc: Mlc, rows: readonly StockRow[], file: string): Promise<void> {
  const text = reportKind(file) === "json" ? `${JSON.stringify(rows, null, 2)}\n` : stockCsv(rows);
  if (file === "-") await put(text);
  else await replaceFile(mlc.disk, resolve(file), Buffer.from(text));
}

/** The rows that differ or cannot be compared, for a terminal. */
export async function differencesText(rows: readonly StockRow[], columns: number): Promise<string> {
  const { tableOf } = await import("./table.ts");
  const head = ["SKU", "centre", "warehouse", "shipper", "ERP", "differs by", "remark"];
  const shown = rows.filter(({ difference, remark }) => difference !== 0 || remark !== "");
  const text = (quantity: number | null) => (quantity === null ? "" : String(quantity));
  const cells = shown.map((row) => [
    row.sku,
    row.fulfillmentCenter,
    row.warehouse ?? "",
    text(row.shipperOnHand),
    text(row.erpOnHand),
    text(row.difference),
    row.remark,
  ]);
  return shown.length === 0 ? "" : tableOf(cells, { head, columns });
}

/** What the report says in a line. Pure. */
export function reportLine({ rows, pair, isWritten }: StockReport, file?: string): string {
  const differing = rows.filter(({ difference }) => difference !== null && difference !== 0).length;
  const uncompared = rows.filter(({ difference }) => difference === null).length;
  const found = `${counted(rows.length, "SKU")} compared${file === undefined || file === "-" ? "" : `, in ${plain(resolve(file))}`}`;
  const what = `${found}: ${differing} differ on hand, ${uncompared} cannot be compared.`;
  return isWritten ? what : `${what} Nothing is written to the ERP: ${pair} has inventory.mode none.`;
}
