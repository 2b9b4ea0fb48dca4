import { Flags } from "@oclif/core";
import { BaseCommand } from "../support/base.ts";
import { plain } from "../support/print.ts";
import { moveSecrets } from "../support/secrets.ts";

/** `mlc secrets move` */
export default class SecretsMove extends BaseCommand {
  static override examples = [
    "<%= config.bin %> <%= command.id %> --to vault",
    "<%= config.bin %> <%= command.id %> --to keychain",
  ];
  static override summary =
    "move all secrets to the vault or the keychain; erases them in the other once they are safe";
  static override flags = {
    to: Flags.option({
      description: "where they are kept from now on",
      options: ["keychain", "vault"] as const,
      required: true,
    })(),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(SecretsMove);
    await moveSecrets(await this.openMlc(flags), flags.to, (text) => this.say(plain(text)));
  }
}
