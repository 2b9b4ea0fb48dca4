import { type AuditEntry, type AuditFilter, auditPieces } from "../../core/audit.ts";
import { UsageError } from "../../core/errors.ts";
import type { Outcome } from "../../core/ports.ts";
import type { Mlc } from "../../mlc.ts";
import { pairKinds } from "../../systems/index.ts";
import { put } from "./print.ts";
import { detailText } from "./report-text.ts";
import { columnsOf, tableOf } from "./table.ts";
import { personsZone, shownTime, typedInstant } from "./when.ts";

/** What an entry can say of a document. */
export const outcomes = [
  "created",
  "updated",
  "cancelled",
  "posted",
  "written",
  "withdrawn",
  "skipped",
  "noticed",
  "waiting",
  "dead",
  "unknown",
  "resolved",
] as const satisfies readonly Outcome[];

/** What the trail was asked for. */
export interface AuditGiven {
  about: string | undefined;
  flags: {
    pair?: string | undefined;
    flow?: string | undefined;
    since?: string | undefined;
    until?: string | undefined;
    limit?: number | undefined;
    status?: Outcome | undefined;
    json: boolean;
  };
}

/** Prints the trail as it is read: JSON Lines, or a table in pieces. Nothing where nothing matches. */
export async function printAudit(mlc: Mlc, given: AuditGiven): Promise<void> {
  const pieces = auditPieces(mlc.disk, mlc.stateDir, filterOf(mlc, given));
  if (given.flags.json) {
    for await (const entries of pieces) await put(`${entries.map((entry) => JSON.stringify(entry)).join("\n")}\n`);
    return;
  }
  const zone = personsZone(mlc.surroundings.env);
  let rows: string[][] = [];
  let isHeadless = false;
  const print = async () => {
    if (rows.length > 0) await put(`${auditTable(rows, columnsOf(process.stdout), isHeadless)}\n`);
    isHeadless = isHeadless || rows.length > 0;
    rows = [];
  };
  for await (const entries of pieces) {
    for (const entry of entries) {
      rows.push(rowOf(entry, zone));
      if (rows.length >= rowsAtOnce) await print();
    }
  }
  await print();
}

const rowsAtOnce = 100;

function auditTable(rows: readonly string[][], columns: number, isHeadless: boolean): string {
  const head = ["time", "flow", "document", "outcome", "what"];
  return tableOf(rows, { head, columns, widths: [16, 9, 12, 9], isHeadless });
}

function rowOf(entry: AuditEntry, zone: string): string[] {
  const outcome = entry.outcome ?? (entry.error ? "stopped" : "run");
  return [
    shownTime(entry.at, zone).slice(0, -3),
    entry.flow,
    entry.document ?? "",
    outcome,
    shortened(detailText(entry)),
  ];
}

/** A server may say much; `--json` shows it all, and a table takes far longer for each line of a cell. */
function shortened(text: string): string {
  return text.length > maxDetail ? `${text.slice(0, maxDetail)}…` : text;
}

const maxDetail = 300;

function filterOf(mlc: Mlc, { about, flags }: AuditGiven): AuditFilter {
  const { pair, flow, limit, status } = flags;
  if (pair !== undefined && !Object.hasOwn(pairKinds, pair)) {
    throw new UsageError(`${pair} is not a pair that mlc knows: ${Object.keys(pairKinds).join(", ")}`);
  }
  const date = (flag: "since" | "until") => {
    const text = flags[flag];
    if (text === undefined) return {};
    const zone = personsZone(mlc.surroundings.env);
    return { [flag]: typedInstant({ flag, text, zone, now: mlc.clock.now(), isEnd: flag === "until" }) };
  };
  return {
    ...date("since"),
    ...date("until"),
    ...(limit === undefined ? {} : { limit }),
    endsOnly: !flags.json,
    ...(pair === undefined ? {} : { pair }),
    ...(flow === undefined ? {} : { flow }),
    ...(status === undefined ? {} : { outcome: status }),
    ...(about === undefined ? {} : { about }),
  };
}
