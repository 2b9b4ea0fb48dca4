/** `Package_Tracking_No` is Text[30] (NAV, 4.1). */
const fieldLength = 30;

/** Tracking numbers as NAV can hold them. */
export interface TrackingTexts {
  /** For the field: all that fit in it whole, else the first that does. */
  field: string;
  /** For comments: those that the field does not show. */
  rest: string[];
}

/** Tracking numbers as they fit: all of them joined, else the first in the field and the others beside it. Pure. */
export function trackingTexts(numbers: readonly string[]): TrackingTexts {
  const distinct = [...new Set(numbers.map((number) => number.trim()).filter((number) => number !== ""))];
  const joined = distinct.join(",");
  if (joined.length <= fieldLength) return { field: joined, rest: [] };
  const first = distinct.find((number) => number.length <= fieldLength) ?? "";
  return { field: first, rest: distinct.filter((number) => number !== first) };
}

/** Texts of comments: a head, then numbers, on as many lines as they need; no number is cut. Pure. */
export function commentTexts(head: string, numbers: readonly string[], maxLength: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const number of numbers) {
    const longer = line === "" ? `${head}: ${number}` : `${line}, ${number}`;
    if (line !== "" && longer.length > maxLength) {
      lines.push(line);
      line = `${head}: ${number}`;
    } else line = longer;
  }
  const all = line === "" ? lines : [...lines, line];
  // A head that leaves a number no room goes without: the number is what counts.
  return all.map((text) => (text.length > maxLength ? text.slice(head.length + 2) : text));
}
