import Table from "cli-table3";
import { plain } from "./print.ts";

/** Columns a terminal has; 80 where there is none. */
export function columnsOf(stream: { columns?: number }): number {
  return Math.max(40, stream.columns ?? 80);
}

const gap = 2;
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

function widthOf(text: string): number {
  return [...text].reduce((sum, character) => sum + (wide.test(character) ? 2 : 1), 0);
}

/** Text broken at blanks to a width; a longer word is broken wherever it must. Pure. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ").flatMap((one) => pieces(one, width))) {
      if (line !== "" && widthOf(line) + 1 + widthOf(word) > width) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

/** Text behind a head, its further lines below its own beginning; what came from outside is made harmless. Pure. */
export function hanging(head: string, text: string, columns: number): string {
  const [first = "", ...rest] = wrapped(plain(text), columns - widthOf(head));
  return [head + first, ...rest.map((line) => " ".repeat(widthOf(head)) + line)].join("\n");
}

function pieces(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  const all = [...word];
  const found: string[] = [];
  for (let start = 0; start < all.length; start += width) found.push(all.slice(start, start + width).join(""));
  return found;
}

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
