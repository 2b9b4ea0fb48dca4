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

/** The rows that differ, and below them what is told of others; for a terminal. */
export async function differencesText(rows: readonly StockRow[], columns: number): Promise<string> {
  const { tableOf, wrapped } = await import("./table.ts");
  const head = ["SKU", "centre", "warehouse", "shipper", "ERP", "differs by"];
  const cells = rows.filter(differs).map((row) => {
    const quantities = [row.shipperOnHand, row.erpOnHand, row.difference];
    return [
      row.sku,
      row.fulfillmentCenter,
      row.warehouse ?? "",
      ...quantities.map((quantity) => String(quantity ?? 0)),
    ];
  });
  const notes = notesOf(rows).flatMap((note) => wrapped(plain(note), Math.min(columns, 80)));
  return [...(cells.length === 0 ? [] : [tableOf(cells, { head, columns })]), ...notes].join("\n");
}

const differs = ({ difference }: StockRow) => difference !== null && difference !== 0;

/** So many SKUs are named. */
const mostNamed = 5;

/** A line for each remark at each centre, with its SKUs, but for those of a centre that is of no warehouse. */
function notesOf(rows: readonly StockRow[]): string[] {
  const groups = new Map<string, StockRow[]>();
  for (const row of rows.filter(({ remark }) => remark !== "")) {
    const head = `${row.fulfillmentCenter === "" ? "" : `${row.fulfillmentCenter}: `}${row.remark}`;
    groups.set(head, [...(groups.get(head) ?? []), row]);
  }
  return [...groups].map(([head, [first, ...others]]) => {
    const skus = [first, ...others].map((row) => row?.sku ?? "");
    if (first?.warehouse === null && first.fulfillmentCenter !== "") return `${head} (${counted(skus.length, "SKU")})`;
    const more = skus.length > mostNamed ? ` and ${skus.length - mostNamed} more` : "";
    return `${head}: ${skus.slice(0, mostNamed).join(", ")}${more}`;
  });
}

/** What the report says in a line. Pure. */
export function reportLine({ rows, pair, isWritten }: StockReport, file?: string): string {
  const differing = rows.filter(differs).length;
  const uncompared = rows.filter(({ difference }) => difference === null).length;
  const where = file === undefined || file === "-" ? "" : ` In ${plain(resolve(file))}.`;
  const what = `${counted(rows.length - uncompared, "stock row")} compared: ${differing} differ on hand; ${uncompared} cannot be compared.${where}`;
  return isWritten ? what : `${what} Nothing is written to the ERP: ${pair} has inventory.mode none.`;
}
