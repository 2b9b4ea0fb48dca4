import { join } from "node:path";
import { UsageError } from "../../core/errors.ts";
import type { Profile } from "../../core/profile.ts";
import { flowsFor, systemOf } from "../../webhooks/event-flows.ts";
import {
  type EventFilter,
  eventName,
  eventNamed,
  isEvent,
  type ListedCall,
  type ListedEvent,
  newestCalls,
} from "../../webhooks/inbox/reader.ts";
import { namesText } from "./access-print.ts";
import { plain, plainLine, put } from "./print.ts";
import { columnsOf, tableOf } from "./table.ts";
import { typedInstant } from "./when.ts";
import { inPersonsZone, personsZone, shownTime } from "./zone.ts";

/** What the inbox was asked for. */
export interface EventsGiven {
  event: string | undefined;
  flags: {
    system?: string | undefined;
    topic?: string | undefined;
    since?: string | undefined;
    until?: string | undefined;
    limit: number;
    body: boolean;
    json: boolean;
  };
}

/** Whether an event's flows are still to run, have run, or no flow has it. */
export type EventState = "waiting" | "done" | "kept";

/** An event as `--json` shows it. */
export interface EventJson extends Omit<ListedEvent, "isDone" | "seq" | "id"> {
  /** mlc's own name for it. */
  name: string;
  system: string;
  /** The vendor's id. */
  event: string;
  state: EventState;
  /** The flows that it asks for as the config is now. */
  flows: string[];
  body?: string;
}

/** A refused call as `--json` shows it: one that was proved, and would have led mlc elsewhere. */
export interface RefusedJson extends Pick<EventJson, "at" | "system" | "route"> {
  state: "refused";
  /** Scheme and host that it named. */
  elsewhere: string;
}

const rowsAtOnce = 100;

/** Prints what systems told of, newest last; of one event all there is. */
export async function printEvents(profile: Profile, given: EventsGiven): Promise<void> {
  const { disk, dir } = profile;
  const { flags } = given;
  if (given.event !== undefined) return printEvent(profile, given.event, flags);
  const calls = await newestCalls(disk, join(dir, "inbox"), filterOf(profile, flags));
  for (let from = 0; from < calls.length; from += rowsAtOnce) {
    const rows = calls.slice(from, from + rowsAtOnce).map((call) => callJson(profile, call));
    await put(flags.json ? rows.map((row) => `${JSON.stringify(row)}\n`).join("") : tableFrom(profile, rows, from > 0));
  }
  if (calls.length === 0 && !flags.json) process.stderr.write("No such event came in.\n");
}

/** An event of the inbox by the vendor's id or mlc's own name. Throws UsageError when there is none. */
export async function eventOf({ disk, dir }: Pick<Profile, "disk" | "dir">, name: string) {
  const event = await eventNamed(disk, join(dir, "inbox"), name);
  if (event) return event;
  throw new UsageError(`${name} is no event in the inbox`, { hint: "Look it up with `mlc webhooks events`." });
}

/** An event with what mlc makes of it. Pure. */
export function eventJson({ config }: Pick<Profile, "config">, event: ListedEvent): EventJson {
  const { isDone, seq: _, id, records, route, topic, ...rest } = event;
  const asked = records.flatMap((record) => flowsFor(config, { route, topic, record }));
  const flows = [...new Set(asked.map(({ pair, flow }) => `${pair} ${flow}`))];
  const state = flows.length === 0 ? "kept" : isDone ? "done" : "waiting";
  return { name: eventName(event), ...rest, system: systemOf(route), route, topic, event: id, records, state, flows };
}

function callJson(profile: Profile, call: ListedCall): EventJson | RefusedJson {
  if (isEvent(call)) return eventJson(profile, call);
  const { at, route, elsewhere } = call;
  return { at, system: systemOf(route), route, state: "refused", elsewhere };
}

async function printEvent(profile: Profile, name: string, flags: EventsGiven["flags"]): Promise<void> {
  const { body, ...event } = await eventOf(profile, name);
  const shown = eventJson(profile, event);
  if (flags.json) return put(`${JSON.stringify({ ...shown, ...(flags.body ? { body } : {}) })}\n`);
  const lines = [
    ["event", shown.name],
    ["id", shown.event],
    ["at", inPersonsZone(profile.surroundings.env, () => shownTime(shown.at))],
    ["from", `${shown.system}, at /webhooks/${shown.route}`],
    ["topic", shown.topic],
    ...shown.records.map(({ kind, id, legalEntity }) => [
      "names",
      `${kind} ${legalEntity === undefined ? id : `${legalEntity}/${id}`}`,
    ]),
    ["state", stateText(shown)],
  ];
  await put(lines.map(([what = "", value = ""]) => `${what.padEnd(5)}  ${plainLine(value)}\n`).join(""));
  if (flags.body) await put(`\n${plain(body)}\n`);
}

function stateText({ state, flows }: EventJson): string {
  if (state === "kept") return "kept: no flow that is connected and switched on has it";
  return `${state}; asks for ${flows.join(", ")}`;
}

function tableFrom({ surroundings }: Profile, rows: readonly (EventJson | RefusedJson)[], isHeadless: boolean): string {
  const cells = inPersonsZone(surroundings.env, () =>
    // Without the year and the seconds the longest topics still fit 80 columns.
    rows.map((row) => [shownTime(row.at).slice(5, -3), nameIn(row), row.system, row.state, plainLine(whatIn(row))]),
  );
  const longest = Math.max(8, ...rows.map((row) => nameIn(row).length));
  const shape = { columns: columnsOf(process.stdout), widths: [12, longest, 11, 7], isHeadless };
  return `${tableOf(cells, { ...shape, head: ["time", "event", "system", "state", "what"] })}\n`;
}

function nameIn(row: EventJson | RefusedJson): string {
  return row.state === "refused" ? "" : row.name;
}

function whatIn(row: EventJson | RefusedJson): string {
  if (row.state === "refused") return `resource_url at ${row.elsewhere}`;
  const names = namesText(row.records);
  return names === "" ? row.topic : `${row.topic}: ${names}`;
}

function filterOf({ surroundings, clock }: Profile, flags: EventsGiven["flags"]): EventFilter {
  const { system, topic, limit } = flags;
  const zone = personsZone(surroundings.env);
  const date = (flag: "since" | "until") => {
    const text = flags[flag];
    if (text === undefined) return {};
    return { [flag]: typedInstant({ flag, text, zone, now: clock.now(), isEnd: flag === "until" }) };
  };
  return {
    ...{ ...date("since"), ...date("until"), limit },
    isWanted: (event) =>
      (system === undefined || systemOf(event.route) === system) &&
      (topic === undefined || event.topic?.startsWith(topic) === true),
  };
}
