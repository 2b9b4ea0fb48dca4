import type { Access } from "./app.ts";

/** Writes calls to a log, one JSON object a line; those of one turn of the event loop in one write, which costs as much as one. */
export function accessLog(write: (text: string) => void): (access: Access) => void {
  let lines = "";
  const flush = () => {
    const text = lines;
    lines = "";
    write(text);
  };
  return (access) => {
    if (lines === "") setImmediate(flush);
    lines += `${JSON.stringify(access)}\n`;
  };
}
