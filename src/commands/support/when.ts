import { UsageError } from "../../core/errors.ts";
import { instantOf } from "../../core/time.ts";

const day = 86_400_000;
const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: day };

/** A date that was typed, and where it was. */
export interface TypedDate {
  flag: string;
  text: string;
  zone: string;
  now: Date;
  /** A day alone means its end, not its start. */
  isEnd?: boolean;
}

/** The instant of a typed date: a day or time in the person's zone, ISO with a zone, or how long ago. Throws UsageError. Pure. */
export function typedInstant({ flag, text, zone, now, isEnd = false }: TypedDate): Date {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text.trim()) ?? [];
  if (count !== undefined) return new Date(now.getTime() - Number(count) * (units[unit ?? ""] ?? 0));
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text.trim());
  const instant = instantOf(isDay && isEnd ? dayAfter(text.trim()) : text, zone);
  if (instant && (!isDay || isRealDay(text.trim()))) return instant;
  throw new UsageError(`--${flag} ${text} is no date`, {
    hint: `Write it like 2026-11-21, 2026-11-21T08:30 (${zone}), 2026-11-21T08:30Z, or 12h, 7d for how long ago.`,
  });
}

function isRealDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function dayAfter(text: string): string {
  const date = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return text;
  return new Date(date.getTime() + day).toISOString().slice(0, 10);
}
