import { UsageError, worstExitCode } from "../../core/errors.ts";
import type { SyncReport } from "../../core/report.ts";
import { isOrder, type PairLabel } from "../../flows/labels.ts";
import type { ReplayRequest } from "../../flows/replay.ts";
import type { Mlc } from "../../mlc.ts";
import { confirmed } from "./confirm.ts";
import { labelsNamed } from "./labels.ts";
import { counted, plainLine } from "./print.ts";
import { plannedJson, plannedText } from "./report-text.ts";
import { endWith } from "./sync-run.ts";

/** What `labels void` was asked for. */
export interface VoidGiven {
  id: string;
  flags: { pair?: string | undefined; yes: boolean; quiet: boolean; "no-input": boolean; "dry-run": boolean };
  isJson: boolean;
}

/** What `labels void --json` prints: tracking numbers by what they are now. */
export interface VoidJson {
  voided: string[];
  /** They were before. */
  alreadyVoid: string[];
  /** They are still as they were. */
  notVoided: string[];
  dryRun?: true;
  planned?: Record<string, unknown>[];
  /** The run at work does it. */
  left?: true;
}

/** Voids labels through the orders flow and has the shipments flow withdraw them; says so and sets the exit code. */
export async function runVoid(mlc: Mlc, given: VoidGiven): Promise<VoidJson> {
  const { id, flags, isJson } = given;
  const named = await labelsNamed(mlc, id, flags.pair);
  const say = (text: string) => {
    if (!isJson && !flags.quiet) process.stdout.write(`${plainLine(text)}\n`);
  };
  const open = named.filter(({ label }) => label.state !== "void");
  const alreadyVoid = numbersOf(named.filter(({ label }) => label.state === "void"));
  const [first] = open;
  if (!first) {
    for (const { label, document } of named) say(`${label.master} of ${document}: void already`);
    return { voided: [], alreadyVoid, notVoided: [] };
  }
  if (!flags["dry-run"] && !flags.yes) await agree(mlc, open, given);
  const request = requestOf(first, given);
  const planned: Record<string, unknown>[] = [];
  const report = await mlc.replay(request, {
    planned: (one) =>
      isJson ? void planned.push(plannedJson(one)) : void process.stdout.write(`${plannedText(one)}\n`),
  });
  if (report === "left" || report === "skipped") {
    process.stderr.write("Left for the run at work, which takes it up before it ends; see `mlc labels list`.\n");
    return { voided: [], alreadyVoid, notVoided: numbersOf(open), left: true };
  }
  if (flags["dry-run"]) {
    endWith(mlc, report);
    process.stderr.write("Dry run: nothing was sent and nothing was kept.\n");
    return { voided: [], alreadyVoid, notVoided: numbersOf(open), dryRun: true, planned };
  }
  const after = await labelsNamed(mlc, id, flags.pair);
  const isVoid = ({ label }: PairLabel) =>
    after.some((one) => one.label.reference === label.reference && one.label.state === "void");
  const [voided, notVoided] = [numbersOf(open.filter(isVoid)), numbersOf(open.filter((one) => !isVoid(one)))];
  for (const number of voided) say(`${number} of ${first.document}: voided`);
  if (notVoided.length > 0) {
    const why = `${notVoided.join(", ")} of ${first.document}: not voided; see \`mlc audit ${first.key}\``;
    process.stderr.write(`${plainLine(why)}\n`);
  }
  const withdrawn = voided.length > 0 ? await withdraw(mlc, first.pair) : undefined;
  endWith(mlc, {
    ...report,
    flows: [...report.flows, ...(withdrawn?.flows ?? [])],
    exitCode: worstExitCode([report.exitCode, withdrawn?.exitCode ?? 0, notVoided.length > 0 ? 3 : 0]),
  });
  return { voided, alreadyVoid, notVoided };
}

function numbersOf(labels: readonly PairLabel[]): string[] {
  return labels.map(({ label }) => label.master);
}

function requestOf(first: PairLabel, { id, flags }: VoidGiven): ReplayRequest {
  const { pair, key, label } = first;
  const asked = isOrder(first, id) ? "void:*" : `void:${label.master}`;
  return { id: key, pair, flow: "orders", asked, dryRun: flags["dry-run"] };
}

/** Has the pair's shipments flow take the numbers back; what keeps it from that is told, and the next sync does it. */
function withdraw(mlc: Mlc, pair: string): Promise<SyncReport | undefined> {
  return mlc.sync({ command: "labels void", pair, flows: ["shipments"], ifRunning: "skip" });
}

/** Asks a person at a terminal; elsewhere --yes must say it. */
async function agree(mlc: Mlc, labels: readonly PairLabel[], { flags, isJson }: VoidGiven): Promise<void> {
  const what = `${counted(labels.length, "label")} of ${labels[0]?.document} (${numbersOf(labels).join(", ")})`;
  if (!mlc.surroundings.isTty || flags["no-input"] || isJson) {
    throw new UsageError(`labels void needs --yes where nobody can be asked; it would void ${what}`, {
      hint: "Look at what it would do with --dry-run first.",
    });
  }
  if (!(await confirmed(`Void ${what}?`, "Nothing was voided"))) throw new UsageError("Nothing was voided");
}
