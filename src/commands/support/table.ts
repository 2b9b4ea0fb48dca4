import Table from "cli-table3";
import { plain } from "./print.ts";
import { widthOf, wrapped } from "./wrap.ts";

export { columnsOf, wrapped } from "./wrap.ts";

const gap = 2;

/** A table's shape. */
export interface TableShape {
  head: readonly string[];
  /** Columns of the terminal. */
  columns: number;
  /** Widths of all columns but the last, which takes what is left; found from the rows when absent. */
  widths?: readonly number[];
  /** Left out where a table goes on. */
  isHeadless?: boolean;
}

/** Rows without borders, as wide as the terminal at most; what came from outside is made harmless. Pure. */
export function tableOf(rows: readonly (readonly string[])[], shape: TableShape): string {
  const { head, columns, isHeadless } = shape;
  const cells = [...(isHeadless ? [] : [head]), ...rows].map((row) => row.map(plain));
  const widths = widthsOf(cells, shape);
  const none = { top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "" };
  const chars = { ...none, "bottom-left": "", "bottom-right": "", left: "", "left-mid": "", mid: "", "mid-mid": "" };
  const table = new Table({
    chars: { ...chars, right: "", "right-mid": "", middle: " ".repeat(gap) },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colWidths: widths,
  });
  for (const row of cells) table.push(row.map((cell, index) => wrapped(cell, widths[index] ?? columns).join("\n")));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function widthsOf(cells: readonly string[][], { head, columns, widths }: TableShape): number[] {
  const natural = head.map((_, index) =>
    Math.max(1, ...cells.map((row) => Math.max(...(row[index] ?? "").split("\n").map(widthOf)))),
  );
  const chosen = head.map((_, index) => widths?.[index] ?? natural[index] ?? 1);
  const last = chosen.at(-1) ?? 1;
  const room = columns - 1 - Math.min(last, 12);
  const excess = Math.max(0, chosen.slice(0, -1).reduce((sum, width) => sum + width + gap, 0) - room);
  const [first = 1, ...middle] = chosen.slice(0, -1);
  const others = [Math.max(12, first - excess), ...middle];
  const taken = others.reduce((sum, width) => sum + width + gap, 0);
  return [...others, Math.max(Math.min(last, 12), Math.min(last, columns - taken - 1))];
}
