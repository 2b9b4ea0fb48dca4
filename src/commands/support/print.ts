import { reportedError } from "../../core/report.ts";
import type { RunLog } from "../../core/run-log.ts";

/** Text from outside with control and bidi characters made visible, so that it cannot move the cursor or the reader. Pure. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === "\n" ? "\n" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The same on one line. Pure. */
export function plainLine(text: string): string {
  return plain(text).replace(/\s*\n\s*/g, " ");
}

/** Prints what the log file, if there is one, must not hold. */
export function unheard(log: RunLog | undefined, print: () => void): void {
  if (log) log.unheard(print);
  else print();
}

/** Prints an error that stops nothing, on one line. */
export function printError(error: unknown): void {
  process.stderr.write(`Error: ${plainLine(reportedError(error).message)}\n`);
}

/** Writes text to stdout and waits when the reader is slow. */
export async function put(text: string): Promise<void> {
  if (process.stdout.write(text)) return;
  await new Promise((resolve) => process.stdout.once("drain", resolve));
}

/** A whole number with commas between the thousands. To wake Intl for it takes as long as the rest of a short command. Pure. */
export function numberText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A count with its noun: `1 order`, `2 orders`. Pure. */
export function counted(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A time span for people: `350 ms`, `1.2 s`, `3 min`, `2 h`, `5 days`. Pure. */
export function spanText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Math.floor(ms / 3_600_000)} h`;
  return `${Math.floor(ms / 86_400_000)} days`;
}
