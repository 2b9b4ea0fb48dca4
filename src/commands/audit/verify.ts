import { setFlagsFromString } from "node:v8";
import { secretsOf } from "../../core/profile-config.ts";
import { verifyFlows } from "../../core/verify.ts";
import { BaseCommand } from "../support/base.ts";
import { counted } from "../support/print.ts";
import { columnsOf, tableOf } from "../support/table.ts";
import { errorColumns, errorText } from "../support/wrap.ts";

/** What `audit verify --json` prints. */
interface Verdicts {
  flows: { pair: string; flow: string; lines: number; removed: number; ok: boolean; problem?: string; hint?: string }[];
}

/** `mlc audit verify` */
export default class AuditVerify extends BaseCommand {
  static override examples = ["<%= config.bin %> <%= command.id %>"];
  static override summary = "check that no line of the trail was changed, removed or added by others";
  static override enableJsonFlag = true;

  async run(): Promise<Verdicts> {
    const { flags } = await this.parse(AuditVerify);
    // Not all of mlc, which with its systems takes a third of the memory that a million lines may take.
    const profile = await this.openProfile(flags);
    const secrets = secretsOf(profile);
    // Each seal that is checked leaves an object of OpenSSL behind; a young space that grows collects them late.
    setFlagsFromString("--semi-space-growth-factor=1");
    const verdicts = await verifyFlows(profile, () => secrets.macKey());
    const rows = verdicts.map(({ pair, flow, lines, removed, problem, torn }) => [
      `${pair} ${flow}`,
      String(lines),
      [
        problem ? "damaged" : "whole",
        ...(removed > 0 ? [`begins behind ${counted(removed, "line")} that retention.logs removed`] : []),
        ...(torn ? ["a crash left part of a line behind it, which is no harm"] : []),
      ].join("; "),
    ]);
    if (!this.jsonEnabled() && rows.length > 0)
      this.log(tableOf(rows, { head: ["flow", "lines", "the log is"], columns: columnsOf(process.stdout) }));
    for (const { pair, flow, problem } of verdicts)
      if (problem)
        process.stderr.write(
          errorText(`${pair} ${flow}: ${problem.message}`, problem.hint, errorColumns(process.stderr)),
        );
    if (verdicts.some(({ problem }) => problem)) process.exitCode = 7;
    return {
      flows: verdicts.map(({ pair, flow, lines, removed, problem }) => ({
        pair,
        flow,
        lines,
        removed,
        ok: problem === undefined,
        ...(problem === undefined ? {} : { problem: problem.message }),
        ...(problem?.hint === undefined ? {} : { hint: problem.hint }),
      })),
    };
  }
}
