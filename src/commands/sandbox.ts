import { Flags } from "@oclif/core";
import { systemClock } from "../core/clock.ts";
import { UsageError } from "../core/errors.ts";
import { BaseCommand } from "./support/base.ts";
import { sandboxText } from "./support/sandbox-text.ts";
import type { Sandboxes } from "./support/sandboxes.ts";

/** `mlc sandbox` */
export default class Sandbox extends BaseCommand {
  static override examples = ["<%= config.bin %> <%= command.id %>", "<%= config.bin %> <%= command.id %> --port 9100"];
  static override summary =
    "serve simulated F&O, Entra, ShipStation, FedEx, Business Central, NAV and ShipBob on loopback until Ctrl-C";
  static override flags = {
    port: Flags.integer({
      description: "the first of eight ports in a row; any free ones without it",
      min: 1024,
      max: 65_528,
      helpValue: "<port>",
    }),
  };

  protected override readonly onStop = "Closing the sandbox.";

  async run(): Promise<void> {
    const { flags } = await this.parse(Sandbox);
    const sandboxes = await open(flags.port ?? 0);
    this.log(sandboxText({ ...sandboxes, now: systemClock.now() }));
    this.say("Ctrl-C ends it.");
    await new Promise((resolve) => this.signal.addEventListener("abort", resolve, { once: true }));
    await sandboxes.close();
    // To be ended is what it is for.
    process.exitCode = 0;
  }
}

async function open(port: number): Promise<Sandboxes> {
  const { serveSandboxes } = await import("./support/sandboxes.ts");
  const { seedShop } = await import("../sandbox/seed/shop.ts");
  const { seedOnHand, seedShipBob, shipBobSettingsOfSeed } = await import("../sandbox/seed/shipbob.ts");
  try {
    const sandboxes = await serveSandboxes({ clock: systemClock, port, webShop: true, posts: true });
    seedShop(sandboxes.shipstation, sandboxes.nav.desk());
    seedShipBob(sandboxes.shipbob);
    seedOnHand(sandboxes.fno, shipBobSettingsOfSeed.fulfillmentCenters);
    return sandboxes;
  } catch (cause) {
    throw new UsageError(
      `The ports from ${port} on cannot be opened: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
        hint: "Choose others with --port, or leave it out.",
      },
    );
  }
}
