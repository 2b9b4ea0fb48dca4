import Table from "cli-table3";
import { plain } from "./print.ts";

/** Narrowest that a column is made. */
const leastWidth = 8;

/** A table that fits a width, words wrapped; cells come from outside and are made plain. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const cells = rows.map((row) => row.map(plain));
  const colWidths = widthsWithin(naturalWidths([head, ...cells]), width - head.length - 1);
  const drawn = new Table({
    head: [...head],
    colWidths,
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  drawn.push(...cells.map((row) => row.map((cell, column) => withoutLongWords(cell, (colWidths[column] ?? 0) - 2))));
  return drawn.toString();
}

/** Width of each column's longest line, with a blank on both sides. */
function naturalWidths(rows: readonly (readonly string[])[]): number[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, column) => {
    const lines = rows.flatMap((row) => (row[column] ?? "").split("\n"));
    return 2 + Math.max(0, ...lines.map((line) => line.length));
  });
}

/** Takes from the widest columns until the sum fits. Pure. */
function widthsWithin(widths: readonly number[], sum: number): number[] {
  const fitted = [...widths];
  while (fitted.reduce((a, b) => a + b, 0) > sum) {
    const widest = fitted.indexOf(Math.max(...fitted));
    const width = fitted[widest] ?? 0;
    if (width <= leastWidth) break;
    fitted[widest] = width - 1;
  }
  return fitted;
}

/** The table cuts words that are longer than their column, so they are broken before. Pure. */
function withoutLongWords(text: string, width: number): string {
  return text.replace(new RegExp(`\\S{${Math.max(1, width)}}(?=\\S)`, "g"), "$& ");
}

/** How wide the terminal is; 80 where there is none. */
export function widthOf(stream: { columns?: number | undefined }): number {
  return stream.columns && stream.columns >= 40 ? stream.columns : 80;
}
