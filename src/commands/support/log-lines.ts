import type { RunEvent } from "../../core/run-log.ts";
import { plain, plainLine } from "./print.ts";

/** How lines of the log file look. */
export type LogFormat = "text" | "json";

/** Where and when something happened. */
export interface LogStamp {
  at: Date;
  /** The run it belongs to, when it belongs to one. */
  run: string | undefined;
}

type Level = "debug" | "info" | "warn" | "error";

/** One line for the log file, its end included; control and bidi characters are escaped. Pure. */
export function logLine(happened: RunEvent, { at, run }: LogStamp, format: LogFormat): string {
  const { event, ...rest } = happened;
  const members = { at: at.toISOString(), level: levelOf(happened), ...(run === undefined ? {} : { run }), event };
  // What `plain` makes of a character is how JSON escapes it too.
  if (format === "json") return `${plain(JSON.stringify({ ...members, ...rest }))}\n`;
  const named = Object.entries(rest).filter(([name]) => name !== "message");
  const said = "message" in rest ? [plainLine(rest.message)] : [];
  const values = named.map(([name, value]) => `${name}=${valueText(value)}`);
  return `${[members.at, members.level.padEnd(5), run ?? "-", event, ...values, ...said].join(" ")}\n`;
}

function valueText(value: unknown): string {
  const text = plainLine(String(value));
  return text === "" || /[\s"]/.test(text) ? JSON.stringify(text) : text;
}

function levelOf(happened: RunEvent): Level {
  switch (happened.event) {
    case "call":
      return happened.status >= 200 && happened.status < 300 ? "debug" : "warn";
    case "wait":
      return "debug";
    case "access":
      return happened.status < 400 ? "info" : "warn";
    case "aside":
      return happened.outcome === "waiting" ? "info" : "warn";
    case "flowEnd":
      return happened.error === undefined ? "info" : "error";
    case "end":
    case "runEnd":
      return happened.exitCode === 0 ? "info" : "error";
    case "said":
      // oclif sets a bar before its own.
      if (/^[›\s]*Error/.test(happened.message)) return "error";
      return happened.message.startsWith("Warning") ? "warn" : "info";
    default:
      return "info";
  }
}
