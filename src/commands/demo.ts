import { BaseCommand } from "./support/base.ts";

/** `mlc demo`: the main job end to end against simulated vendors. */
export default class Demo extends BaseCommand {
  static override summary = "see the main job end to end, against simulated vendors";
  static override description =
    "Serves simulated F&O, Business Central, NAV, ShipStation, FedEx and ShipBob on loopback ports, connects temporary profiles to them, moves orders and shipments, buys labels, books what a web shop sold, has a shipment wait for its order, and compares stock and charges. Your own profiles are not touched, and nothing is left behind.";
  static override examples = ["<%= config.bin %> demo"];

  async run(): Promise<void> {
    await this.parse(Demo);
    const { openStage } = await import("./support/demo-stage.ts");
    const { playDemo } = await import("./support/demo.ts");
    const { columnsOf } = await import("./support/table.ts");
    const { demoPage } = await import("./support/demo-page.ts");
    const stage = await openStage({ version: this.config.version, signal: this.signal });
    try {
      const { stdout } = process;
      const page = demoPage({
        write: (text) => stdout.write(text),
        columns: columnsOf(stdout),
        isBold: stdout.isTTY === true && !process.env.NO_COLOR,
      });
      await playDemo(stage, page);
    } finally {
      await stage.close();
    }
  }
}
