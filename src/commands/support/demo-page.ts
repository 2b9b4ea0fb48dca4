import { plain } from "./print.ts";
import { tableOf, wrapped } from "./table.ts";

/** Where the demo writes, in chapters that fit the width. */
export interface Page {
  readonly columns: number;
  chapter(title: string): void;
  /** Text that wraps; what is set in stays so. */
  tell(text: string): void;
  /** What a person would type. */
  command(...lines: string[]): void;
  /** Text that fits already; an empty line without one. */
  show(text?: string): void;
  table(head: readonly string[], rows: readonly (readonly string[])[]): void;
}

/** A page on a stream; headings and commands are bold where the stream shows it. */
export function demoPage({
  write,
  columns,
  isBold,
}: {
  write(text: string): void;
  columns: number;
  isBold: boolean;
}): Page {
  let chapters = 0;
  const bold = (text: string) => (isBold ? `\u001b[1m${text}\u001b[22m` : text);
  const line = (text = "") => write(`${text}\n`);
  const block = (text: string) => {
    for (const row of plain(text).split("\n")) {
      const indent = row.length - row.trimStart().length;
      for (const part of wrapped(row.trim(), Math.min(columns, 80) - indent)) line(" ".repeat(indent) + part);
    }
  };
  return {
    columns,
    chapter: (title) => {
      chapters += 1;
      line(`\n${bold(`${chapters}. ${title}`)}\n`);
    },
    tell: block,
    command: (...lines) => {
      for (const [index, text] of lines.entries()) line(bold(index === 0 ? `$ ${text}` : `    ${text}`));
    },
    show: line,
    table: (head, rows) => line(tableOf(rows, { head, columns })),
  };
}
