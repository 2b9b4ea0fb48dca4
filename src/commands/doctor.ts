import { Flags } from "@oclif/core";
import { BaseCommand } from "./support/base.ts";
import type { Diagnosis } from "./support/doctor.ts";
import type { Finding } from "./support/doctor-machine.ts";
import { counted } from "./support/print.ts";
import { columnsOf, hanging } from "./support/wrap.ts";

const marks = { ok: "ok     ", warning: "warning", failed: "FAILED " } as const;

/** `mlc doctor`: looks at the machine and the set-up, and says what mends what is wrong. */
export default class Doctor extends BaseCommand {
  static override summary = "check the machine and the set-up, each with its fix";
  static override description =
    "Exits 0 when nothing failed (warnings are no failure), else with the worst that did: 7 state that cannot be read or written, 6 a wrong setting or a missing secret, 4 a refused credential, 5 an unreachable system.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --quiet",
    "<%= config.bin %> <%= command.id %> --json",
    "<%= config.bin %> <%= command.id %> --restored",
  ];
  static override enableJsonFlag = true;
  static override flags = {
    restored: Flags.boolean({
      description:
        "say that this profile was restored from a backup: until each flow has read to its end once, every write is looked up before it is sent",
    }),
  };

  async run(): Promise<Diagnosis> {
    const { flags } = await this.parse(Doctor);
    const { diagnose } = await import("./support/doctor.ts");
    if (flags.restored) await (await this.openMlc(flags)).markRestored();
    const diagnosis = await diagnose(this.surroundings(flags), process.versions.node);
    process.exitCode = diagnosis.exitCode;
    if (!this.jsonEnabled()) {
      const columns = columnsOf(process.stdout);
      const shown = diagnosis.checks.filter(({ state }) => !flags.quiet || state !== "ok");
      for (const finding of shown) this.log(linesOf(finding, columns));
      this.say(summaryOf(diagnosis.checks));
    }
    return diagnosis;
  }
}

function summaryOf(checks: readonly Finding[]): string {
  const count = (wanted: Finding["state"]) => checks.filter(({ state }) => state === wanted).length;
  const failed = count("failed") === 0 ? "Nothing failed" : `${counted(count("failed"), "check")} failed`;
  return `${failed}; ${counted(count("warning"), "warning")}.`;
}

function linesOf({ name, state, message, fix }: Finding, columns: number): string {
  const found = hanging(`${marks[state]}  `, `${name}: ${message}`, columns);
  return fix === undefined ? found : `${found}\n${hanging("         → ", fix, columns)}`;
}
