import type { AuditEntry } from "../../core/audit.ts";
import { detailText } from "./report-text.ts";
import { columnsOf, tableOf } from "./table.ts";
import { inPersonsZone, shownTime } from "./zone.ts";

/** A piece of the trail as a table, as wide as the terminal; all but the first piece go without a head. */
export function auditTable(
  entries: readonly AuditEntry[],
  { env, isHeadless }: { env: NodeJS.ProcessEnv; isHeadless: boolean },
): string {
  const head = ["time", "flow", "document", "outcome", "what"];
  const shape = { head, columns: columnsOf(process.stdout), widths: [16, 9, 12, 9], isHeadless };
  return tableOf(
    inPersonsZone(env, () => entries.map(rowOf)),
    shape,
  );
}

function rowOf(entry: AuditEntry): string[] {
  const outcome = entry.outcome ?? (entry.error ? "stopped" : "run");
  return [shownTime(entry.at).slice(0, -3), entry.flow, entry.document ?? "", outcome, shortened(detailText(entry))];
}

/** A server may say much; `--json` shows it all, and a table takes far longer for each line of a cell. */
function shortened(text: string): string {
  return text.length > maxDetail ? `${text.slice(0, maxDetail)}…` : text;
}

const maxDetail = 300;
