import { auditEntries } from "../../core/audit.ts";
import { UsageError } from "../../core/errors.ts";
import type { NamedRecord } from "../../core/find-record.ts";
import type { SyncReport } from "../../core/report.ts";
import type { IfRunning } from "../../core/state/lock.ts";
import type { Planned } from "../../core/sync/run.ts";
import { type ReplayRequest, unnamedCode } from "../../flows/replay.ts";
import type { Mlc } from "../../mlc.ts";
import { confirmed } from "./confirm.ts";
import { counted, plainLine } from "./print.ts";
import { detailText, plannedJson, plannedText, syncTable } from "./report-text.ts";
import { endWith, nothingRun, type SyncJson, skipped } from "./sync-run.ts";
import { columnsOf } from "./table.ts";
import { errorColumns, fitted } from "./wrap.ts";

/** What a replay was asked for. */
export interface ReplayGiven {
  id: string | undefined;
  flags: {
    pair?: string | undefined;
    yes: boolean;
    quiet: boolean;
    "no-input": boolean;
    "dry-run": boolean;
    "if-running": IfRunning;
    adopt?: string | undefined;
    "create-anyway": boolean;
    drop: boolean;
    order?: string | undefined;
  };
  isJson: boolean;
}

/** Replays, says what each record was and what came of it, and sets the exit code. */
export async function runReplay(mlc: Mlc, given: ReplayGiven): Promise<SyncJson> {
  const { id, flags, isJson } = given;
  if (id === undefined && !flags.yes && !flags["dry-run"]) await agree(mlc, given);
  const planned: Record<string, unknown>[] = [];
  const found: NamedRecord[] = [];
  const replayed = mlc.replay(requestOf(given), {
    found: (_pair, _flow, record) => {
      found.push(record);
      if (!isJson && !flags.quiet) process.stderr.write(fitted(wasText(record), errorColumns(process.stderr)));
    },
    planned: (one: Planned) =>
      isJson ? void planned.push(plannedJson(one)) : void process.stdout.write(`${plannedText(one)}\n`),
  });
  const report = await replayed.catch((error: unknown) => {
    if (id !== undefined && error instanceof UsageError && error.context.code === unnamedCode) return error;
    throw error;
  });
  // Only then, since the inbox may be large.
  if (report instanceof UsageError) return (await import("./replay-event.ts")).runEventReplay(mlc, given, report);
  if (report === "skipped") return skipped(mlc, flags.quiet);
  if (report === "left") return left(mlc, given);
  if (!isJson) await tell(mlc, report, found, given);
  endWith(mlc, report);
  const records = found.map(({ id: record, key, document, was, why }) => ({ record, key, document, was, why }));
  return { ...report, ...(flags["dry-run"] ? { dryRun: true, planned } : {}), records };
}

/** What a replay prints that the run at work will do. */
export function left(mlc: Mlc, { id, flags }: Pick<ReplayGiven, "id" | "flags">): SyncJson {
  if (!flags.quiet)
    process.stderr.write(
      `Left for the run at work, which takes it up before it ends; see \`mlc audit${id ? ` ${id}` : ""}\`.\n`,
    );
  return { ...nothingRun(mlc), left: true };
}

/** Asks a person at a terminal; elsewhere --yes must say it. */
async function agree(mlc: Mlc, { flags, isJson }: ReplayGiven): Promise<void> {
  if (!mlc.surroundings.isTty || flags["no-input"] || isJson) {
    throw new UsageError("replay --all needs --yes where nobody can be asked", {
      hint: "Look at what it would do with --dry-run first.",
    });
  }
  const { flows } = await mlc.status();
  const count = flows
    .filter(({ pair }) => flags.pair === undefined || pair === flags.pair)
    .reduce((sum, { deadLetters, unknown, waiting }) => sum + deadLetters + unknown + waiting, 0);
  const isAgreed = await confirmed(`Send ${counted(count, "record")} again?`, "Nothing was sent");
  if (!isAgreed) throw new UsageError("Nothing was sent");
}

function requestOf({ id, flags }: ReplayGiven): ReplayRequest {
  const { adopt, drop, order, pair } = flags;
  return {
    ...(id === undefined ? {} : { id }),
    ...(pair === undefined ? {} : { pair }),
    ...(adopt === undefined ? {} : { ending: { adopt } }),
    ...(flags["create-anyway"] ? { ending: "createAnyway" as const } : {}),
    ...(order === undefined ? {} : { belongsTo: order }),
    drop,
    dryRun: flags["dry-run"],
    ifRunning: flags["if-running"],
  };
}

/** What a record was before its replay. Pure. */
export function wasText({ id, document, was, why }: NamedRecord): string {
  const name = id === document ? document : `${document} (${id})`;
  return `${plainLine(`${name} was ${was}${why === undefined ? "" : `: ${why}`}`)}\n`;
}

async function tell(mlc: Mlc, report: SyncReport, found: readonly NamedRecord[], given: ReplayGiven): Promise<void> {
  const { id, flags } = given;
  const isDry = flags["dry-run"];
  if (flags.quiet && report.exitCode === 0) return;
  if (found.length === 0) {
    process.stderr.write("Nothing is set aside.\n");
    return;
  }
  if (isDry) process.stderr.write("Dry run: nothing was sent and nothing was kept.\n");
  if (id === undefined) {
    process.stdout.write(`${syncTable(report, columnsOf(process.stdout))}\n`);
    return;
  }
  if (flags.drop) {
    const verb = isDry ? "would be dropped" : "dropped";
    process.stdout.write(
      found.map((record) => `${plainLine(record.document)}: ${verb}; it rests until it changes\n`).join(""),
    );
    return;
  }
  const lines: string[] = [];
  const since = new Date(report.startedAt);
  for await (const entry of auditEntries(mlc.disk, mlc.stateDir, { since, about: report.run })) {
    if (entry.kind === "run") continue;
    const detail = detailText(entry);
    lines.push(plainLine(`${entry.document}: ${entry.outcome}${detail === "" ? "" : `: ${detail}`}`));
  }
  const isStopped = report.flows.some(({ error }) => error !== undefined);
  if (lines.length === 0 && !isDry && !isStopped)
    lines.push(`${plainLine(found[0]?.document ?? "")}: nothing to do, or gone at its source`);
  for (const line of lines) process.stdout.write(`${fitted(line, errorColumns(process.stdout))}\n`);
}
