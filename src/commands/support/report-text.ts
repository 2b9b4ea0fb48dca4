import type { AuditEntry } from "../../core/audit.ts";
import type {
  EventStatus,
  FlowReport,
  SignInStatus,
  SyncReport,
  WaitingRecord,
  WebhookStatus,
} from "../../core/report.ts";
import type { Counts, Planned, ToldAside } from "../../core/sync/run.ts";
import { utcMinute } from "../../core/utc.ts";
import { counted, numberText, plain, plainLine, spanText } from "./print.ts";
import { tableOf } from "./table.ts";
import { errorText, hanging } from "./wrap.ts";

const words: readonly [keyof Counts, string][] = [
  ["created", "created"],
  ["updated", "updated"],
  ["cancelled", "cancelled"],
  ["unchanged", "unchanged"],
  ["skipped", "skipped"],
  ["notOurs", "not ours"],
  ["editedThere", "edited there"],
  ["drift", "drifted"],
  ["waiting", "waiting"],
  ["deadLettered", "set aside"],
  ["unknown", "unknown"],
];

/** Counts in words, what is zero left out: `66 created, 3 set aside`. Pure. */
export function countsText(counts: Readonly<Partial<Counts>>): string {
  const parts = words.flatMap(([name, word]) => (counts[name] ? [`${numberText(counts[name])} ${word}`] : []));
  return parts.join(", ") || "nothing to do";
}

/** What a run came to, one row a flow. Pure. */
export function syncTable({ flows }: SyncReport, columns: number): string {
  const rows = flows.map((flow) => [
    `${flow.pair} ${flow.flow}`,
    String(flow.calls),
    spanText(flow.durationMs),
    flow.error && countsText(flow) === "nothing to do" ? "stopped" : countsText(flow) + (flow.error ? "; stopped" : ""),
  ]);
  return tableOf(rows, { head: ["flow", "calls", "time", "documents"], columns });
}

/** A flow's error with what to do about it. Pure. */
export function flowErrorText({ pair, flow, error }: FlowReport, columns: number): string {
  return error ? errorText(`${pair} ${flow}: ${error.message}`, error.hint, columns) : "";
}

/** What drift is and how it is sent, when a run saw some. Pure. */
export function driftText({ flows }: SyncReport, columns: number): string {
  const drift = flows.reduce((sum, flow) => sum + flow.drift, 0);
  if (drift === 0) return "";
  const why = "unchanged at the source, but settings, tables or mlc changed; `mlc sync --resend` sends them.";
  return `${hanging("", `${counted(drift, "document")} drifted: ${why}`, columns)}\n`;
}

/** At most so many records are told one by one. */
const toldAsides = 10;

/** Records that were set aside for a person, or would be, each with its reason and what to do; waiting ones need nobody. Pure. */
export function asidesText(asides: readonly ToldAside[], isDry: boolean, columns: number): string {
  const told = asides.filter(({ outcome }) => outcome !== "waiting");
  if (told.length === 0) return "";
  const head = isDry
    ? `Would be set aside for a person (${told.length}):`
    : `Set aside for a person (${told.length}); mend them, then run \`mlc replay --all\`:`;
  const more = told.length > toldAsides ? "  … and more: see `mlc audit --status dead`.\n" : "";
  const texts = told.slice(0, toldAsides).map((one) => asideText(one, columns));
  return `\n${head}\n${texts.join("")}${more}`;
}

function asideText({ document, record, outcome, error: { message, hint } }: ToldAside, columns: number): string {
  const name = record === document ? document : `${document} (${record})`;
  const what = hanging("  ", plainLine(`${name}: ${outcome}: ${message}`), columns);
  return hint === undefined ? `${what}\n` : `${what}\n${hanging("    → ", plainLine(hint), columns)}\n`;
}

/** What a dry run would send for a document, whole, with the names of the fields that differ. Pure. */
export function plannedText({ key, document, step, fields, isDrift }: Planned): string {
  const names = plainLine(fields.join(", "));
  if (isDrift) return `${plain(`${document} (${key})`)}: drifted, sent with --resend only\n  differs: ${names}\n`;
  const head = `${document} (${key}): ${step.action} ${step.naturalKey}`;
  const remark = step.remark === undefined ? "" : `  ${plainLine(step.remark)}\n`;
  if (step.action === "skip" || step.action === "notice" || step.action === "wait") return `${plain(head)}\n${remark}`;
  const differing = fields.length === 0 ? "" : `  differs: ${names}\n`;
  const payload = JSON.stringify(step.payload, null, 2).replace(/^/gm, "  ");
  return `${plain(head)}\n${remark}${differing}${plain(payload)}\n`;
}

/** The same for `--json`. Pure. */
export function plannedJson({ key, document, step, fields, isDrift }: Planned): Record<string, unknown> {
  if (isDrift) return { key, document, naturalKey: step.naturalKey, fields, drift: true };
  const { name, action, naturalKey, payload, remark } = step;
  return { key, document, step: name, action, naturalKey, fields, payload, remark };
}

/** What an entry of the trail says beside time, document and outcome. Pure. */
export function detailText(entry: AuditEntry): string {
  const { kind, event, outcome, target, fields, remark, error, counts, command, since } = entry;
  if (event === "restored") return `${command}: the backup holds everything up to ${since}`;
  if (kind === "run") return `${command}: ${error?.message ?? countsText(counts ?? {})}`;
  if (error) return [error.message, error.hint].filter(Boolean).join(" → ");
  const changed = outcome === "created" ? undefined : fields?.join(", ");
  return [target, remark, changed].filter(Boolean).join("; ");
}

/** What a person should know of a flow that was restored from a backup. Pure. */
export function restoredText(pair: string, flow: string, at: string): string {
  return `${pair} ${flow}: restored from a backup (${at}); each write is looked up first until it has read to its end`;
}

/** At most so many waiting records are told one by one. */
const toldWaiting = 10;

/** What waits, each with its age and what it waits for, the oldest first; empty when nothing does. Pure. */
export function waitingText(records: readonly WaitingRecord[], columns: number): string {
  if (records.length === 0) return "";
  const hints = new Set<string>();
  const rows = records.slice(0, toldWaiting).map(({ pair, flow, document, ageMs, message, hint }) => {
    // What helps several of them is said once.
    const isNew = hint && !hints.has(hint);
    if (isNew) hints.add(hint);
    const why = plainLine([message, ...(isNew ? [hint] : [])].join(" → "));
    return [`${pair} ${flow}`, plainLine(document), spanText(ageMs), why];
  });
  const table = tableOf(rows, { head: ["waiting", "document", "since", "for"], columns });
  const more = records.length - toldWaiting;
  return more > 0 ? `${table}\nand ${numberText(more)} more: see \`mlc status --json\`` : table;
}

/** What a run of a flow came to, in one line. Pure. */
export function flowLine(at: string, flow: FlowReport): string {
  const stopped = flow.error ? "; stopped" : "";
  return `${at}  ${flow.pair} ${flow.flow}: ${countsText(flow)}${stopped} (${counted(flow.calls, "call")}, ${spanText(flow.durationMs)})`;
}

/** When the subscriptions of a system end and which are gone, as mlc last saw them. Pure. */
export function webhooksText({ system, url, checkedAt, subscriptions }: WebhookStatus): string {
  const live = subscriptions.filter(({ isLive }) => isLive);
  const gone = subscriptions.filter(({ isLive }) => !isLive).map(({ topic }) => topic);
  const ends = live.flatMap(({ endsAt }) => endsAt ?? []).sort()[0];
  const until = ends === undefined ? "" : ` until ${utcMinute(ends)}`;
  const oldest = live.flatMap(({ createdAt }) => createdAt ?? []).sort()[0];
  const since = oldest === undefined ? "" : ` since ${utcMinute(oldest)}`;
  const parts = [
    ...(live.length > 0 ? [`${live.map(({ topic }) => topic).join(", ")}${since}${until}`] : []),
    ...(gone.length > 0 ? [`gone: ${gone.join(", ")}; run \`mlc webhooks create ${system}\``] : []),
    ...(checkedAt === null || subscriptions.length === 0 ? ["not looked at yet; run `mlc webhooks list`"] : []),
  ];
  return `webhooks of ${system} to ${url}: ${parts.join("; ")}`;
}

/** When a system last called and what waits of that. Pure. */
export function eventsText({ system, ageMs, waiting, waitingSince, isListening }: EventStatus): string {
  const since = waitingSince === null ? "" : ` since ${utcMinute(waitingSince)}`;
  const waits = `${counted(waiting, "record")} ${waiting === 1 ? "waits" : "wait"}`;
  const parts = [
    ageMs === null ? "none came yet" : `the last ${spanText(ageMs)} ago`,
    ...(waiting > 0 ? [`${waits}${since}; see \`mlc webhooks events\``] : []),
    ...(isListening ? [] : ["no receiver runs"]),
  ];
  return `events of ${system}: ${parts.join("; ")}`;
}

/** How old a sign-in is that ends by itself, in one line. Pure. */
export function signInText({ system, ageMs, endsAt }: SignInStatus): string {
  if (ageMs === null || endsAt === null) return `sign-in of ${system}: of an age that nobody knows; a run replaces it`;
  return `sign-in of ${system}: ${spanText(ageMs)} old; ends ${endsAt.slice(0, 10)} unless a run replaces it`;
}
