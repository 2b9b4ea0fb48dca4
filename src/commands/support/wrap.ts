import { plain } from "./print.ts";

/** Columns a terminal has; 80 where there is none. */
export function columnsOf(stream: { columns?: number }): number {
  return Math.max(40, stream.columns ?? 80);
}

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** Columns that a text takes. Pure. */
export function widthOf(text: string): number {
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

/** Whether a line is an address and nothing else, which the terminal folds: broken by us, it could not be clicked or copied. Pure. */
export function isAddress(line: string): boolean {
  return /^https?:\/\/\S+$/.test(line);
}

/** Text whose lines are broken at blanks where they are too long, and stay as they are where they fit. Pure. */
export function fitted(text: string, columns: number): string {
  const lines = text.split("\n");
  return lines
    .flatMap((line) => (widthOf(line) <= columns || isAddress(line) ? [line] : wrapped(line, columns)))
    .join("\n");
}

/** Text behind a head, its further lines below its own beginning; what came from outside is made harmless. Pure. */
export function hanging(head: string, text: string, columns: number): string {
  const [first = "", ...rest] = wrapped(plain(text), columns - widthOf(head));
  return [head + first, ...rest.map((line) => " ".repeat(widthOf(head)) + line)].join("\n");
}

/** Columns for errors on a stream: off a terminal they are not broken, so that programs find them whole. */
export function errorColumns(stream: { isTTY?: boolean; columns?: number }): number {
  return stream.isTTY ? columnsOf(stream) : Number.POSITIVE_INFINITY;
}

/** An error with what to do about it, its end of line included. Pure. */
export function errorText(message: string, hint: string | undefined, columns: number): string {
  const said = hanging("", `Error: ${message}`, columns);
  return hint === undefined ? `${said}\n` : `${said}\n${hanging("  → ", hint, columns)}\n`;
}

function pieces(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  const all = [...word];
  const found: string[] = [];
  for (let start = 0; start < all.length; start += width) found.push(all.slice(start, start + width).join(""));
  return found;
}
