import { Args } from "@oclif/core";
import { worstExitCode } from "../core/errors.ts";
import type { PingRow } from "../core/report.ts";
import { BaseCommand } from "./support/base.ts";

/** `mlc ping`: asks each system who we are there. */
export default class Ping extends BaseCommand {
  static override summary = "ask each connected system who we are there, and whether it has what the pairs use";
  static override description =
    "Warns of missing entities and fields and of a clock that differs. Exits with the worst of its systems: 4 a refused credential, 5 unreachable, 6 a wrong setting.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> fno",
    "<%= config.bin %> <%= command.id %> --json",
  ];
  static override args = {
    system: Args.string({ ignoreStdin: true, description: "only this system: fno, shipstation, fedex, bc" }),
  };
  static override enableJsonFlag = true;

  async run(): Promise<{ systems: PingRow[] }> {
    const { args, flags } = await this.parse(Ping);
    const mlc = await this.openMlc(flags);
    const systems = await mlc.ping(args.system);
    process.exitCode = worstExitCode(systems.flatMap(({ error }) => (error ? [error.exitCode] : [])));
    if (!this.jsonEnabled()) {
      const { columnsOf, tableOf } = await import("./support/table.ts");
      const shape = { head: ["system", "answer", "what it says"], columns: columnsOf(process.stdout) };
      this.log(tableOf(systems.map(rowOf), shape));
    }
    return { systems };
  }
}

function rowOf({ system, ok, ms, identity, warnings, notes, error }: PingRow): string[] {
  const said = [
    ...(identity === null ? [] : [identity]),
    ...notes,
    ...warnings.map((warning) => `! ${warning}`),
    ...(error ? [error.message, ...(error.hint === undefined ? [] : [`→ ${error.hint}`])] : []),
  ];
  return [system, ok ? `ok, ${ms} ms` : "failed", said.join("\n")];
}
