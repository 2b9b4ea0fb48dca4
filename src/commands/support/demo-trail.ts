import type { LogLine } from "../../core/state/lines.ts";
import type { Page } from "./demo-page.ts";
import type { Stage } from "./demo-stage.ts";
import { logLines } from "./demo-sync.ts";

/** Shows what the logs of both flows say of an order, and the note that now stands on it. */
export async function showTrail(
  stage: Stage,
  page: Page,
  { legalEntity, number }: { legalEntity: string; number: string },
): Promise<void> {
  page.chapter(`The trail of ${number}`);
  const key = `${legalEntity}/${number}`;
  page.command(`mlc audit ${key}`);
  const lines = [...(await logLines(stage, "orders")), ...(await logLines(stage, "shipments"))];
  page.table(
    ["time", "flow", "action", "outcome", "target", "fields or remark"],
    lines.flatMap((line) => ("key" in line && line.key === key ? rowOf(line) : [])),
  );
  page.tell("The note as it stands on the sales order in F&O:");
  page.tell("");
  const note = stage.vendors.fno.attachments.find(
    ({ dataAreaId, SalesOrderNumber }) => dataAreaId === legalEntity && SalesOrderNumber === number,
  );
  page.quote(String(note?.Notes ?? ""));
}

function rowOf(line: LogLine): string[][] {
  const time = line.at.slice(11, 19);
  switch (line.kind) {
    case "result":
      return [
        [
          time,
          line.flow,
          line.action,
          line.outcome ?? "",
          targetOf(line.target),
          line.remark ?? line.fields.join(", "),
        ],
      ];
    case "aside":
      return [[time, line.flow, "", line.outcome, "", line.error.message]];
    case "resolved":
      return [[time, line.flow, "", line.outcome, "", line.how]];
    default:
      return [];
  }
}

/** What tells it from others at a glance; `mlc audit --json` has it whole. */
function targetOf(target = ""): string {
  const name = target.split("|")[0] ?? "";
  return name.length > 12 ? `${name.slice(0, 11)}…` : name;
}
