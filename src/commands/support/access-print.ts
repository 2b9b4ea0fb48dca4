import type { Named } from "../../core/ports.ts";
import type { RunLog } from "../../core/run-log.ts";
import { systemOf } from "../../webhooks/event-flows.ts";
import { oncePerTurn } from "../../webhooks/server/access-log.ts";
import type { Access } from "../../webhooks/server/app.ts";
import { plainLine } from "./print.ts";
import { columnsOf, widthOf } from "./wrap.ts";
import { inPersonsZone, shownTime } from "./zone.ts";

/** Prints calls that came in. */
export type AccessPrint = (access: Access, records: readonly Named[]) => void;

/** How calls are printed: an access log in JSON, the same for people, or the events with what they name. */
export type AccessForm = "access" | "accessText" | "events" | "eventsText" | "none";

/** Prints each call to stdout, and to the log file where there is one. */
export function accessPrint(
  form: AccessForm,
  { log, stdout }: { log: RunLog | undefined; stdout: NodeJS.WriteStream },
): AccessPrint {
  const write = oncePerTurn((text) => void stdout.write(text));
  const isForPeople = form === "accessText" || form === "eventsText";
  return (access, records) => {
    const { at: _, bytes: __, event, ...rest } = access;
    log?.add({ ...rest, event: "access", ...(event === undefined ? {} : { id: event }) });
    const lineIn = () => lineOf(form, access, records);
    const line = isForPeople ? inPersonsZone(process.env, lineIn) : lineIn();
    if (line !== undefined) write(isForPeople && stdout.isTTY ? cut(line, columnsOf(stdout)) : line);
  };
}

/** A call's line, with the time on the clock that the process is set to; nothing where the form has none for it. Pure. */
export function lineOf(form: AccessForm, access: Access, records: readonly Named[]): string | undefined {
  if (form === "none") return undefined;
  if (form === "access") return JSON.stringify({ kind: "access", ...access });
  if (form === "events") return eventJson(access, records);
  const { route, status, outcome, topic, event } = access;
  const whence = route === undefined ? access.address : systemOf(route);
  const said = status < 400 ? outcome : `refused (${status}): ${outcome}`;
  const what = form === "eventsText" ? namesText(records) : (event ?? "");
  // A line that is too long is cut at its end: what became of a call stands before that.
  const parts = [whence, topic ?? "", said, what].filter((part) => part !== "");
  return plainLine(`${stampOf(form, access.at)}  ${parts.join("  ")}`);
}

/** When something was, for people: who watches events come knows the day; else a date as that of a run. Pure but for the zone. */
export function stampOf(form: AccessForm, at: string): string {
  return form === "eventsText" ? shownTime(at).slice(11) : `${at.slice(0, 19).replace("T", " ")}Z`;
}

function eventJson(access: Access, records: readonly Named[]): string {
  const { at, route, address, status, outcome, topic, event } = access;
  const system = route === undefined ? undefined : systemOf(route);
  return JSON.stringify({ kind: "event", at, system, route, topic, event, records, status, outcome, address });
}

/** What an event names, for people: ids alone. Pure. */
export function namesText(records: readonly Named[]): string {
  const names = records.slice(0, mostNames).map(nameText);
  const more = records.length - names.length;
  return names.join(", ") + (more > 0 ? `, and ${more} more` : "");
}

const mostNames = 5;

function nameText({ kind, id, legalEntity }: Named): string {
  // Of an address all but what asks for the list, or is the record, is the same in each.
  const name =
    kind === "resourceUrl" ? id.replace(/^https?:\/\/[^/]+/, "") : id.replace(/^.*\/companies\([^)]*\)\//, "");
  return legalEntity === undefined ? name : `${legalEntity}/${name}`;
}

function cut(line: string, columns: number): string {
  if (widthOf(line) <= columns) return line;
  let kept = "";
  for (const character of line) {
    if (widthOf(kept + character) > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
