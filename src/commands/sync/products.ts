import { Flags } from "@oclif/core";
import { BaseCommand } from "../support/base.ts";
import { type ProductFileJson, refuseWithCsv, writeProductFile } from "../support/product-file.ts";
import { runSync, type SyncJson, syncFlags } from "../support/sync-run.ts";

/** `mlc sync products` */
export default class SyncProducts extends BaseCommand {
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --dry-run",
    "<%= config.bin %> <%= command.id %> --csv missing.csv",
  ];
  static override summary =
    "update the shipper's products from the ERP's items; ShipBob's are made too, ShipStation's missing SKUs told";
  static override enableJsonFlag = true;
  static override flags = {
    ...syncFlags,
    csv: Flags.string({
      description:
        "only write the file for ShipStation's product import, with the items that it has no product of; - is stdout",
      helpValue: "<file>",
    }),
  };

  async run(): Promise<SyncJson | ProductFileJson | undefined> {
    const { flags } = await this.parse(SyncProducts);
    const { csv, pair } = flags;
    if (csv !== undefined) {
      refuseWithCsv(flags);
      return writeProductFile(await this.openMlc(flags), { csv, pair, quiet: flags.quiet || this.jsonEnabled() });
    }
    return runSync(() => this.openMlc(flags), {
      flags,
      flows: ["products"],
      command: "sync products",
      isJson: this.jsonEnabled(),
    });
  }
}
