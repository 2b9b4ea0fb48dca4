import { Flags } from "@oclif/core";
import { labelsDirOf } from "../../core/labels.ts";
import { BaseCommand } from "../support/base.ts";
import { filterFlags } from "../support/flags.ts";
import { type LabelRow, labelCells, labelRow, labelsListed } from "../support/labels.ts";

/** `mlc labels list` */
export default class LabelsList extends BaseCommand {
  static override summary = "show the labels that were bought, newest last";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --since 1d",
    "<%= config.bin %> <%= command.id %> --status void",
    "<%= config.bin %> <%= command.id %> --json",
  ];
  static override flags = {
    ...filterFlags,
    limit: Flags.integer({ description: "only the newest so many", min: 1, helpValue: "<n>" }),
    status: Flags.option({
      description: "live: to be shipped with; noLabel: bought, but its label was lost",
      options: ["live", "void", "noLabel"] as const,
    })(),
  };
  static override enableJsonFlag = true;

  async run(): Promise<{ labels: LabelRow[] }> {
    const { flags } = await this.parse(LabelsList);
    const mlc = await this.openMlc(flags);
    const labels = (await labelsListed(mlc, flags)).map((label) => labelRow(mlc.dir, mlc.disk, label));
    if (this.jsonEnabled()) return { labels };
    const { columnsOf, tableOf } = await import("../support/table.ts");
    const head = ["order", "state", "service", "bought", "file, by tracking number"];
    const dir = labelsDirOf(mlc.dir);
    const cells = labelCells(mlc.surroundings.env, dir, labels);
    if (labels.length > 0) this.log(tableOf(cells, { head, columns: columnsOf(process.stdout) }));
    this.say(labels.length > 0 ? `Files are in ${dir}.` : "No label was bought.");
    return { labels };
  }
}
