import { type AuditEntry, type AuditFilter, auditEntries } from "../../core/audit.ts";
import type { SyncReport } from "../../core/report.ts";
import type { ToldAside } from "../../core/sync/run.ts";
import type { FlowName } from "../../flows/names.ts";
import type { Page } from "./demo-page.ts";
import type { Stage } from "./demo-stage.ts";
import { firstRunText } from "./first-run.ts";
import { asidesText, syncTable } from "./report-text.ts";

/** What the simulated vendors were asked, and how many writes they took. */
export interface Calls {
  shipstation: number;
  fno: number;
  writes: number;
}

/** Runs flows as `mlc sync` does, shows what it shows, and returns what the vendors were asked meanwhile. */
export async function runSync(
  stage: Stage,
  page: Page,
  { flow, pair }: { flow?: FlowName; pair?: string } = {},
): Promise<Calls> {
  const command = flow === undefined ? "sync" : `sync ${flow}`;
  page.command(`mlc ${command}${pair === undefined ? "" : ` --pair ${pair}`}`);
  const before = callsSoFar(stage);
  const mlc = await stage.open();
  const asides: ToldAside[] = [];
  const report = await mlc.sync(
    {
      command,
      ...(flow === undefined ? {} : { flows: flow === "orders" ? ["orders", "sales"] : [flow] }),
      ...(pair === undefined ? {} : { pair }),
    },
    {
      firstRun: async (about) => page.tell(`F${firstRunText(about).slice(1)}.`),
      aside: (aside) => asides.push(aside),
    },
  );
  showReport(stage, page, report);
  if (asides.some(({ outcome }) => outcome !== "waiting"))
    page.show(asidesText(asides, false, Math.min(page.columns, 80)).trimEnd());
  const after = callsSoFar(stage);
  return {
    shipstation: after.shipstation - before.shipstation,
    fno: after.fno - before.fno,
    writes: after.writes - before.writes,
  };
}

/** Calls since the vendors began. */
export function callsSoFar({ vendors: { shipstation, fno, bc, nav, shipbob } }: Stage): Calls {
  return {
    shipstation: shipstation.requests.length,
    fno: fno.requests.length,
    writes:
      shipstation.ledger.length + fno.ledger.length + bc.ledger.length + nav.ledger.length + shipbob.ledger.length,
  };
}

/** Shows what a run came to; throws when the person interrupted it, or what stopped a flow. */
export function showReport(stage: Stage, page: Page, report: SyncReport | undefined): void {
  stage.signal.throwIfAborted();
  if (!report) throw new Error("Another run holds the demo's lock.");
  const stopped = report.flows.find(({ error }) => error !== undefined);
  if (stopped?.error) throw new Error(`The demo's ${stopped.flow} stopped: ${stopped.error.message}`);
  page.show(syncTable(report, page.columns));
}

/** Entries of the trail, oldest first. */
export async function trailOf(stage: Stage, filter: AuditFilter): Promise<AuditEntry[]> {
  const { disk, stateDir } = await stage.open();
  const entries: AuditEntry[] = [];
  for await (const entry of auditEntries(disk, stateDir, filter)) entries.push(entry);
  return entries;
}
