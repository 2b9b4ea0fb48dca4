import { join } from "node:path";
import { UsageError } from "../../core/errors.ts";
import type { Planned, ToldAside } from "../../core/sync/run.ts";
import type { Mlc } from "../../mlc.ts";
import { flowsOfEvent } from "../../webhooks/event-flows.ts";
import { eventName, eventNamed, type ListedEvent } from "../../webhooks/inbox/reader.ts";
import { namesText } from "./access-print.ts";
import { plainLine } from "./print.ts";
import { left, type ReplayGiven } from "./replay-run.ts";
import { asidesText, plannedJson, plannedText, syncTable } from "./report-text.ts";
import { endWith, type SyncJson, skipped } from "./sync-run.ts";
import { columnsOf } from "./table.ts";
import { type EventJson, eventJson } from "./webhook-events.ts";
import { errorColumns, fitted } from "./wrap.ts";

/** Runs the flows of an event of the inbox again, whether it waits or is done; throws what was wrong with the id where it is none. */
export async function runEventReplay(mlc: Mlc, given: ReplayGiven, unknown: UsageError): Promise<SyncJson> {
  const { id = "", flags, isJson } = given;
  const found = await eventNamed(mlc.disk, join(mlc.dir, "inbox"), id);
  if (!found) throw unknown;
  const { body: _, ...listed } = found;
  const event = eventJson(mlc, listed);
  const asked = askedBy(mlc, listed, given);
  const say = (text: string) => void process.stderr.write(fitted(`${text}\n`, errorColumns(process.stderr)));
  if (!isJson && !flags.quiet) say(wasText(event));
  const planned: Record<string, unknown>[] = [];
  const asides: ToldAside[] = [];
  const { "dry-run": isDry, "if-running": ifRunning } = flags;
  const report = await mlc.replay(
    { id: event.name, event: asked, dryRun: isDry, ifRunning },
    {
      planned: (one: Planned) =>
        isJson ? void planned.push(plannedJson(one)) : void process.stdout.write(`${plannedText(one)}\n`),
      aside: (one) => asides.push(one),
    },
  );
  if (report === "skipped") return { ...skipped(mlc, flags.quiet), event };
  if (report === "left") return { ...left(mlc, { id: undefined, flags }), event };
  if (!isJson && !(flags.quiet && report.exitCode === 0)) {
    if (isDry) say("Dry run: nothing was sent and nothing was kept.");
    process.stdout.write(`${syncTable(report, columnsOf(process.stdout))}\n`);
    process.stderr.write(asidesText(asides, isDry, columnsOf(process.stderr)));
  }
  endWith(mlc, report);
  return { ...report, ...(isDry ? { dryRun: true, planned } : {}), event };
}

/** The flows that an event asks for, of the pair that was named. Throws UsageError when there is none. */
function askedBy(mlc: Mlc, event: ListedEvent, { flags }: ReplayGiven) {
  const name = eventName(event);
  const only = flags.adopt ?? flags.order ?? (flags["create-anyway"] || flags.drop);
  if (only) throw new UsageError(`${name} is an event: it is replayed, and nothing else`);
  const flows = flowsOfEvent(mlc.config, event);
  const asked = flows.filter(({ pair }) => flags.pair === undefined || pair === flags.pair);
  if (asked.length > 0) return asked;
  const whose = flows.length > 0 ? ` of ${flags.pair}` : "";
  throw new UsageError(`${name} (${event.route} ${event.topic}) asks for no flow${whose} that is connected and on`, {
    hint: `See it with \`mlc webhooks events ${name} --body\`.`,
  });
}

function wasText({ name, system, topic, records, state, flows }: EventJson): string {
  return plainLine(`${name} (${system} ${topic}: ${namesText(records)}) was ${state}; it asks for ${flows.join(", ")}`);
}
