import { macName } from "../../core/secrets/store.ts";
import { BaseCommand } from "../support/base.ts";
import { plain } from "../support/print.ts";
import { columnsOf, tableOf } from "../support/table.ts";

/** What `secrets list --json` prints. */
interface SecretsJson {
  store: "keychain" | "vault" | null;
  secrets: { name: string; setAt: string | null }[];
}

/** `mlc secrets list` */
export default class SecretsList extends BaseCommand {
  static override examples = ["<%= config.bin %> <%= command.id %>", "<%= config.bin %> <%= command.id %> --json"];
  static override summary = "show which secrets are kept, where and since when; never their values";
  static override enableJsonFlag = true;

  async run(): Promise<SecretsJson> {
    const { flags } = await this.parse(SecretsList);
    const { secrets } = await this.openMlc(flags);
    const listed = { store: secrets.kind ?? null, secrets: await secrets.list() };
    if (this.jsonEnabled()) return listed;
    const rows = listed.secrets.map(({ name, setAt }) => [
      name === macName ? `${name} (seals the audit trail)` : name,
      listed.store ?? "",
      setAt ?? "not known",
    ]);
    const head = ["secret", "store", "set"];
    if (rows.length > 0) this.log(plain(tableOf(rows, { head, columns: columnsOf(process.stdout) })));
    else
      this.say(listed.store === null ? "Nothing is connected yet." : `The ${listed.store} has none of this profile.`);
    return listed;
  }
}
