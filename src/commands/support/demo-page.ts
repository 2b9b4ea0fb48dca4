import { plain } from "./print.ts";
import { table } from "./table.ts";

/** Where the demo writes, in chapters that fit the width. */
export interface Page {
  chapter(title: string): void;
  /** A paragraph. */
  tell(text: string): void;
  /** What a person would type. */
  command(...lines: string[]): void;
  /** Something as it stands elsewhere, set in. */
  quote(text: string): void;
  table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void;
}

/** A page on a stream; headings and commands are bold where the stream shows it. */
export function demoPage({
  write,
  width,
  isBold,
}: {
  write(text: string): void;
  width: number;
  isBold: boolean;
}): Page {
  let chapters = 0;
  const bold = (text: string) => (isBold ? `\u001b[1m${text}\u001b[22m` : text);
  const line = (text = "") => write(`${text}\n`);
  return {
    chapter: (title) => {
      chapters += 1;
      line();
      line(bold(`${chapters}. ${title}`));
      line();
    },
    tell: (text) => {
      for (const row of wrapped(plain(text), width)) line(row);
    },
    command: (...lines) => {
      lines.forEach((text, index) => {
        line(bold(index === 0 ? `$ ${text}` : `    ${text}`));
      });
    },
    quote: (text) => {
      for (const row of plain(text).split("\n")) for (const part of wrapped(row, width - 4)) line(`    ${part}`);
    },
    table: (head, rows) => {
      line(
        table(
          head,
          rows.map((row) => row.map(String)),
          width,
        ),
      );
    },
  };
}

/** A text in rows of at most `width`, broken at blanks; a word that is longer is cut. Pure. */
export function wrapped(text: string, width: number): string[] {
  const rows: string[] = [];
  let row = "";
  for (const word of text.split(/\s+/).flatMap((long) => chunks(long, width))) {
    if (row !== "" && row.length + 1 + word.length > width) {
      rows.push(row);
      row = word;
    } else row = row === "" ? word : `${row} ${word}`;
  }
  return [...rows, row];
}

function chunks(word: string, width: number): string[] {
  return word.length <= width ? [word] : [word.slice(0, width), ...chunks(word.slice(width), width)];
}
