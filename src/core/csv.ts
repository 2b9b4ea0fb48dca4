/** One row of a CSV file, with the line it begins on. */
export interface CsvRow {
  line: number;
  cells: string[];
}

/**
 * The rows of a CSV text (RFC 4180) without those that are blank; a byte order mark and the ends of lines of any system are
 * understood. A quote that nobody closes reaches to the end. Pure.
 */
export function csvRows(text: string, separator = ","): CsvRow[] {
  const rows: CsvRow[] = [];
  let [row, cell, line] = [{ line: 1, cells: [] as string[] }, "", 1];
  let isQuoted = false;
  const endCell = () => {
    row.cells.push(cell);
    cell = "";
  };
  const endRow = () => {
    endCell();
    if (row.cells.some((value) => value.trim() !== "")) rows.push(row);
    row = { line, cells: [] };
  };
  const characters = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? "";
    if (character === "\n") line += 1;
    if (isQuoted && character === '"' && characters[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (character === '"' && (isQuoted || cell === "")) isQuoted = !isQuoted;
    else if (!isQuoted && character === separator) endCell();
    else if (!isQuoted && character === "\n") endRow();
    else cell += character;
  }
  endRow();
  return rows;
}

const isNumber = (cell: string) => /^-?\d+(\.\d+)?$/.test(cell);

/** One line of a CSV file with its end; a cell that a spreadsheet would take for a formula gets a `'` before it. Pure. */
export function csvLine(cells: readonly string[]): string {
  const safe = cells.map((cell) => (/^[=+\-@\t]/.test(cell) && !isNumber(cell) ? `'${cell}` : cell));
  return `${safe.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\r\n`;
}
