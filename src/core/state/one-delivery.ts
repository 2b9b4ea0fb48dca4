import type { Delivery } from "../ports.ts";

const [quote, backslash, opening, closing] = [0x22, 0x5c, 0x7b, 0x7d];

/**
 * One delivery out of the text of a file that holds thousands, without reading the others; undefined where it cannot be
 * told beyond doubt, and then all of the file has to be read. Pure.
 */
export function oneDelivery(file: Buffer, key: string): Delivery | undefined {
  const name = Buffer.from(`${JSON.stringify(key)}:`);
  const start = Buffer.concat([name, Buffer.from('{"versions":{')]);
  const at = file.indexOf(start);
  if (at < 0 || file.indexOf(start, at + 1) >= 0) return undefined;
  const end = endOfObject(file, at + name.length);
  return end === undefined ? undefined : (JSON.parse(file.toString("utf8", at + name.length, end)) as Delivery);
}

/** Behind the object that begins at a place of a JSON text. */
function endOfObject(text: Buffer, start: number): number | undefined {
  let [depth, inString] = [0, false];
  for (let at = start; at < text.length; at += 1) {
    const byte = text[at];
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === opening) depth += 1;
    else if (byte === closing) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}
