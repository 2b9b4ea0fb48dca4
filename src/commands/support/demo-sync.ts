import { join } from "node:path";
import type { FlowReport, SyncReport } from "../../core/report.ts";
import { readLog } from "../../core/state/audit-reader.ts";
import type { LogLine } from "../../core/state/lines.ts";
import type { Page } from "./demo-page.ts";
import type { Stage } from "./demo-stage.ts";

/** The pair that the demo connects. */
export const demoPair = "fno-shipstation";

/** Runs flows as `mlc sync` does, shows what it shows, and returns what the vendors were asked meanwhile. */
export async function runSync(stage: Stage, page: Page, flows?: readonly string[]): Promise<Calls> {
  const command = flows ? `sync ${flows.join(" ")}` : "sync";
  page.command(`mlc ${command}`);
  const before = callsSoFar(stage);
  const mlc = await stage.open();
  const report = await mlc.sync(
    { command, ...(flows ? { flows } : {}) },
    {
      firstRun: async (documents) => page.tell(`First run: it is about to make ${documents} orders in ShipStation.`),
    },
  );
  showReport(stage, page, report);
  const after = callsSoFar(stage);
  return {
    shipstation: after.shipstation - before.shipstation,
    fno: after.fno - before.fno,
    writes: after.writes - before.writes,
  };
}

/** What the simulated vendors were asked, and how many writes they took. */
export interface Calls {
  shipstation: number;
  fno: number;
  writes: number;
}

/** Calls since the vendors began. */
export function callsSoFar({ vendors: { shipstation, fno } }: Stage): Calls {
  return {
    shipstation: shipstation.requests.length,
    fno: fno.requests.length,
    writes: shipstation.ledger.length + fno.ledger.length,
  };
}

/** Shows the counts of a run; throws when the person interrupted it, or what stopped a flow. */
export function showReport(stage: Stage, page: Page, report: SyncReport | undefined): void {
  stage.signal.throwIfAborted();
  const flows = report?.flows ?? [];
  const stopped = flows.find(({ error }) => error !== undefined);
  if (stopped?.error) throw new Error(`The demo's ${stopped.flow} stopped: ${stopped.error.message}`);
  page.table(
    ["", ...columns.map(([, title]) => title)],
    flows.map((flow) => [flow.flow, ...columns.map(([name]) => flow[name])]),
  );
}

const columns = [
  ["created", "created"],
  ["updated", "updated"],
  ["unchanged", "same"],
  ["skipped", "skipped"],
  ["editedThere", "edited"],
  ["waiting", "waiting"],
  ["deadLettered", "aside"],
] as const satisfies readonly (readonly [keyof FlowReport, string])[];

/** Lines of a flow's log, oldest first. */
export async function logLines(stage: Stage, flow: string): Promise<LogLine[]> {
  const mlc = await stage.open();
  const lines: LogLine[] = [];
  for await (const line of readLog(mlc.disk, join(mlc.stateDir, `${demoPair}.${flow}`))) lines.push(line);
  return lines;
}
