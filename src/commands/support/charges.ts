import { sumOf } from "../../core/decimal.ts";
import type { ChargesReport } from "../../flows/charges-report.ts";
import { counted } from "./print.ts";

/** The invoices of a month, for a terminal. */
export async function invoicesText({ invoices }: ChargesReport, columns: number): Promise<string> {
  const { tableOf } = await import("./table.ts");
  const head = ["invoice", "date", "type", "total", "lines", "", "adds up"];
  const cells = invoices.map((row) => [
    row.invoice,
    row.date,
    row.type,
    row.total,
    row.isReconciled && row.lines !== row.total ? row.linesWithTax : row.lines,
    row.currency,
    row.isReconciled ? "yes" : "no",
  ]);
  return tableOf(cells, { head, columns });
}

/** The month in a line. Pure. */
export function chargesLine({ month, invoices, rows }: ChargesReport): string {
  const open = rows.filter(({ invoice }) => invoice === "");
  const wrong = invoices.filter(({ isReconciled }) => !isReconciled).length;
  const sums = [...new Set(open.map(({ currency }) => currency))].map(
    (currency) => `${sumOf(open.filter((row) => row.currency === currency).map(({ amount }) => amount))} ${currency}`,
  );
  const left = open.length === 0 ? "" : `; ${sums.join(", ")} of ${month} on none yet`;
  const sum = wrong === 0 ? "" : ` ${counted(wrong, "invoice")} ${wrong === 1 ? "does" : "do"} not add up.`;
  return `${counted(rows.length, "charge")}, ${counted(invoices.length, "invoice")} dated in ${month}${left}.${sum}`;
}
