import { BaseCommand } from "../support/base.ts";
import { plain } from "../support/print.ts";
import { rotateKey } from "../support/secrets.ts";

/** `mlc secrets rotate-key` */
export default class SecretsRotateKey extends BaseCommand {
  static override examples = ["<%= config.bin %> <%= command.id %>"];
  static override summary = "put the vault under a new key; the old one opens it no more";
  static override description =
    "All vaults below MLC_HOME that the key file opens are rotated together. The key that seals the audit trail stays: what is there is sealed with it.";

  async run(): Promise<void> {
    const { flags } = await this.parse(SecretsRotateKey);
    const mlc = await this.openMlc(flags);
    const profiles = await rotateKey(mlc);
    const others = profiles.length > 1 ? ` (profiles ${profiles.join(", ")})` : "";
    this.say(plain(`The vault${others} is under a new key: ${mlc.secrets.vaultKeyFile}.`));
    this.say("Keep a copy of it elsewhere; backups of the vault from before want the key from before.");
    this.say("The key that seals the audit trail stays as it is: what is there is sealed with it.");
  }
}
