import { setFlagsFromString } from "node:v8";
import { Flags } from "@oclif/core";
import { reportedError, type SyncReport } from "../../core/report.ts";
import type { IfRunning } from "../../core/state/lock.ts";
import type { Planned, ToldAside } from "../../core/sync/run.ts";
import type { FlowName } from "../../flows/names.ts";
import type { SyncRequest } from "../../flows/runs.ts";
import type { Mlc } from "../../mlc.ts";
import { canAsk } from "./first-run.ts";
import { dryRunFlag, filterFlags, ifRunningFlag } from "./flags.ts";
import { plain, unheard } from "./print.ts";
import { canMove, openProgress } from "./progress.ts";
import { asidesText, driftText, flowErrorText, plannedJson, plannedText, syncTable } from "./report-text.ts";
import type { EventJson } from "./webhook-events.ts";
import { typedInstant } from "./when.ts";
import { columnsOf, errorColumns, errorText } from "./wrap.ts";
import { personsZone } from "./zone.ts";

/** Flags that narrow a run, and so are none for a watch. */
export const narrowed = ["dry-run", "since", "until", "limit", "resend", "yes", "validate", "new-state", "keep-state"];

/** Flags of all `sync` commands. */
export const syncFlags = {
  watch: Flags.boolean({
    char: "w",
    description: "go on until Ctrl-C or SIGTERM, each flow at its own cadence from the config (flows.<flow>.every)",
    exclusive: narrowed,
  }),
  every: Flags.string({
    description:
      "cadence of flows that have none in the config, like 90s or 2h; default: each flow's own, 15m for most",
    helpValue: "<span>",
    dependsOn: ["watch"],
  }),
  ...filterFlags,
  ...dryRunFlag,
  resend: Flags.boolean({ description: "send drift too: what differs only because settings, tables or mlc changed" }),
  yes: Flags.boolean({
    char: "y",
    description: "agree to what the run would stop or ask for: many cancellations, the first labels",
  }),
  validate: Flags.boolean({ description: "have the shipper check a shipment before it is bought, where it can" }),
  "ignore-schedule": Flags.boolean({ description: "try waiting records now, whenever they are due" }),
  ...ifRunningFlag,
  "new-state": Flags.boolean({
    description: "where the state belongs to another account, put it away and begin anew",
    exclusive: ["keep-state"],
  }),
  "keep-state": Flags.boolean({ description: "keep the state although the account has another name now" }),
};

/** Values of the flags of all `sync` commands. */
export interface SyncFlags {
  watch: boolean;
  every?: string | undefined;
  pair?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  limit?: number | undefined;
  quiet: boolean;
  verbose: boolean;
  "dry-run": boolean;
  resend: boolean;
  yes: boolean;
  "no-input": boolean;
  validate: boolean;
  "ignore-schedule": boolean;
  "if-running": IfRunning;
  "new-state": boolean;
  "keep-state": boolean;
}

/** What `sync --json` prints; a dry run tells what it would send. */
export type SyncJson = SyncReport & {
  dryRun?: true;
  planned?: Record<string, unknown>[];
  /** The run at work does it. */
  left?: true;
  /** What the records of a replay were. */
  records?: Record<string, unknown>[];
  /** The event that was replayed. */
  event?: EventJson;
};

/** What a `sync` command was asked for. */
export interface SyncGiven {
  flags: SyncFlags;
  command: string;
  flows?: readonly FlowName[];
  isJson: boolean;
}

/** Runs flows once, or on and on; undefined after a watch, which has printed its reports itself. */
export async function runSync(open: () => Promise<Mlc>, given: SyncGiven): Promise<SyncJson | undefined> {
  compileLess();
  if (!given.flags.watch) return runOnce(await open(), given);
  const { runWatch } = await import("./watch-run.ts");
  await runWatch(open, given);
  return undefined;
}

/**
 * Has V8 compile a function anew only when it ran about twice as long as usual: most of a run's functions do not earn back
 * the second compiler, which took a quarter of the processor time of 2,000 orders and slows down no long run. Measured on
 * Node 20; a V8 that had lost the flag would complain on stderr.
 */
export function compileLess(): void {
  if (process.versions.node.startsWith("20.")) setFlagsFromString("--interrupt-budget=300000");
}

/** Runs flows once, prints what came of it and sets the exit code. */
async function runOnce(mlc: Mlc, given: SyncGiven): Promise<SyncJson> {
  const { flags, isJson } = given;
  const isDry = flags["dry-run"];
  const planned: Record<string, unknown>[] = [];
  const asides: ToldAside[] = [];
  const isTty = canMove(process.stderr) && !isJson && !flags.verbose;
  const isAsked = canAsk(mlc, { flags, isJson });
  const progress = await openProgress({ isTty, isQuiet: flags.quiet, isAsked, budgets: () => mlc.budgets() });
  const tell = (one: Planned) =>
    isJson ? void planned.push(plannedJson(one)) : progress.aside(() => process.stdout.write(`${plannedText(one)}\n`));
  let report: SyncReport | undefined;
  try {
    report = await mlc.sync(requestOf(mlc, given), { ...progress, planned: tell, aside: (one) => asides.push(one) });
  } finally {
    progress.stop();
  }
  if (!report) return skipped(mlc, flags.quiet);
  if (!isJson) {
    if (isDry && !flags.quiet) process.stderr.write("Dry run: nothing was sent and nothing was kept.\n");
    if (!flags.quiet) process.stdout.write(`${syncTable(report, columnsOf(process.stdout))}\n`);
    unheard(mlc.surroundings.log, () => process.stderr.write(asidesText(asides, isDry, columnsOf(process.stderr))));
    if (!flags.quiet) process.stderr.write(driftText(report, columnsOf(process.stderr)));
  }
  endWith(mlc, report);
  const isWhole = [flags.since, flags.until, flags.limit].every((value) => value === undefined) && !isDry;
  const { signal } = mlc.surroundings;
  if (!isDry && !signal.aborted) await renewAfter(mlc, report);
  if (isWhole && !signal.aborted) await alertAfter(mlc, report);
  return { ...report, ...(isDry ? { dryRun: true, planned } : {}) };
}

/**
 * Renews webhooks of the run's pairs that are about to end and makes again what is gone, whose flows then run once more: what
 * came between the run and that was told to nobody. What fails of it is a warning.
 */
export async function renewAfter(mlc: Mlc, report: SyncReport): Promise<void> {
  const pairs = [...new Set(report.flows.map(({ pair }) => pair))];
  const tended = await mlc.webhooks.tend(pairs).catch((error: unknown) => ({ errors: [error], missed: [] }));
  const failures = [...tended.errors];
  for (const { pair, flow } of mlc.webhooks.flowsOf(tended.missed)) {
    if (mlc.surroundings.signal.aborted) break;
    await mlc.sync({ command: "sync", pair, flows: [flow] }).catch((error: unknown) => failures.push(error));
  }
  warn(failures);
}

/** Tells whom the settings name how it went; what fails of that is a warning. */
export async function alertAfter(mlc: Mlc, report: SyncReport): Promise<void> {
  // Whatever goes wrong here, the next run must be told of too.
  warn(await mlc.alert(report).catch((error: unknown) => [error]));
}

function warn(failures: readonly unknown[]): void {
  for (const failure of failures) {
    const { message, hint } = reportedError(failure);
    process.stderr.write(`Warning: ${plain(message)}\n${hint === undefined ? "" : `  → ${plain(hint)}\n`}`);
  }
}

/** The request that the flags make. Throws UsageError for a date that is none. */
function requestOf(
  mlc: Mlc,
  { flags, command, flows }: { flags: SyncFlags; command: string; flows?: readonly FlowName[] },
): SyncRequest {
  const date = (flag: "since" | "until") => {
    const text = flags[flag];
    if (text === undefined) return {};
    const zone = personsZone(mlc.surroundings.env);
    return { [flag]: typedInstant({ flag, text, zone, now: mlc.clock.now(), isEnd: flag === "until" }) };
  };
  return {
    command,
    ...(flows === undefined ? {} : { flows }),
    ...(flags.pair === undefined ? {} : { pair: flags.pair }),
    ...date("since"),
    ...date("until"),
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
    dryRun: flags["dry-run"],
    resend: flags.resend,
    yes: flags.yes,
    validate: flags.validate,
    ignoreSchedule: flags["ignore-schedule"],
    ifRunning: flags["if-running"],
    newState: flags["new-state"],
    keepState: flags["keep-state"],
  };
}

/** What a run prints that gave way to another one. */
export function skipped(mlc: Mlc, isQuiet: boolean): SyncJson {
  if (!isQuiet) process.stderr.write("Another run holds the lock; skipped.\n");
  return nothingRun(mlc);
}

/** The report of a command that ran no flow. */
export function nothingRun(mlc: Mlc): SyncJson {
  const at = mlc.clock.now().toISOString();
  return { run: "", startedAt: at, endedAt: at, flows: [], exitCode: 0 };
}

/** Prints what stopped flows, and sets the exit code unless a signal set it. */
export function endWith(mlc: Mlc, report: SyncReport): void {
  for (const flow of report.flows) process.stderr.write(flowErrorText(flow, errorColumns(process.stderr)));
  const { error } = report;
  if (error) process.stderr.write(errorText(error.message, error.hint, errorColumns(process.stderr)));
  if (!mlc.surroundings.signal.aborted) process.exitCode = report.exitCode;
}
