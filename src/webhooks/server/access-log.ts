/** Writes lines to a log; those of one turn of the event loop in one write, which costs as much as one. */
export function oncePerTurn(write: (text: string) => void): (line: string) => void {
  let lines = "";
  const flush = () => {
    const text = lines;
    lines = "";
    write(text);
  };
  return (line) => {
    if (lines === "") setImmediate(flush);
    lines += `${line}\n`;
  };
}
