import { Args, Flags } from "@oclif/core";
import { UsageError } from "../core/errors.ts";
import type { Mlc } from "../mlc.ts";
import { BaseCommand, type FlagsOf } from "./support/base.ts";
import { type Connected, connectGiven, type StoreKind } from "./support/connect.ts";
import { connectBench } from "./support/connect-bench.ts";
import { secretsFromText, textOf } from "./support/connect-input.ts";
import { connectAsking } from "./support/connect-session.ts";
import { plain } from "./support/print.ts";
import { errorColumns, fitted } from "./support/wrap.ts";

/** `mlc connect`: sets up a system or a pair. */
export default class Connect extends BaseCommand {
  static override summary = "set up a system or a pair: ask, check it live, keep it";
  static override description =
    "Without a terminal, or with --no-input, nothing is asked: settings come by --set, secrets as one JSON object by --secrets-stdin. Nothing is kept unless all is well.";
  static override examples = [
    "<%= config.bin %> connect",
    "<%= config.bin %> connect fno",
    `echo '{"clientSecret":"…"}' | <%= config.bin %> connect fno --no-input --set host=https://contoso.operations.dynamics.com --set tenantId=contoso.com --set clientId=… --set legalEntities=usmf,demf --secrets-stdin`,
    `<%= config.bin %> connect shipstation --no-input --store vault --secrets-stdin < keys.json`,
    `echo '{"clientSecret":"…"}' | <%= config.bin %> connect bc --no-input --set tenantId=contoso.com --set environment=production --set company=CRONUS --set clientId=… --secrets-stdin`,
    `echo '{"password":"…"}' | <%= config.bin %> connect nav --no-input --set baseUrl=https://nav.contoso.example:7048/DynamicsNAV110/ODataV4 --set company=CRONUS --set username=SYNC --secrets-stdin`,
    `echo '{"accessToken":"…"}' | <%= config.bin %> connect shipbob --no-input --set channelId=100101 --secrets-stdin`,
    "<%= config.bin %> connect shipbob --set clientId=… --no-browser",
    "<%= config.bin %> connect fno-shipstation --no-input --set flows.orders.startDate=2026-12-01",
    "<%= config.bin %> connect fno-shipbob --no-input --set flows.orders.startDate=2026-12-01 --set fulfillmentCenters.8=24 --set shippingMethods.Ground=Standard",
    "<%= config.bin %> connect fno-fedex --no-input --set flows.orders.startDate=2026-12-01 --set flows.orders.filter.warehouses=51",
  ];
  static override args = {
    name: Args.string({
      ignoreStdin: true,
      description:
        "the system or pair: fno, bc, nav, shipstation, shipbob, fedex, fno-shipstation, fno-shipbob, fno-fedex, bc-shipstation, nav-shipstation",
    }),
  };
  static override flags = {
    set: Flags.string({
      description: "a setting, as path=value; may be repeated",
      multiple: true,
      multipleNonGreedy: true,
    }),
    "secrets-stdin": Flags.boolean({ description: "read the secrets from stdin, as one JSON object" }),
    store: Flags.option({ description: "where secrets are kept", options: ["keychain", "vault"] as const })(),
    check: Flags.boolean({
      description: "ask the system whether it takes the credentials",
      default: true,
      allowNo: true,
    }),
    browser: Flags.boolean({
      description: "open the browser for a sign-in; without it, the address is printed and what it leads to is pasted",
      default: true,
      allowNo: true,
    }),
  };
  static override enableJsonFlag = true;

  // Files are replaced whole, and what a check began nobody needs.
  protected override readonly leavesAtOnce = true;

  async run(): Promise<Connected | undefined> {
    const { args, flags } = await this.parse(Connect);
    const mlc = await this.openMlc(flags);
    const asks = mlc.surroundings.isTty && !flags["no-input"] && !flags["secrets-stdin"] && !this.jsonEnabled();
    if (!asks) return this.#given(mlc, args.name, flags);
    await connectAsking(mlc, {
      ...(args.name === undefined ? {} : { name: args.name }),
      sets: flags.set ?? [],
      store: flags.store,
      browser: flags.browser,
      say: (text) => process.stderr.write(`${fitted(plain(text), errorColumns(process.stderr))}\n`),
    });
    return undefined;
  }

  async #given(mlc: Mlc, name: string | undefined, flags: FlagsOf<typeof Connect>): Promise<Connected> {
    const store: StoreKind | undefined = flags.store;
    const bench = connectBench(mlc, { store, say: (text) => this.say(text) });
    if (name === undefined) {
      throw new UsageError("connect needs the name of a system or pair when it cannot ask", {
        hint: `Name one of ${[...Object.keys(bench.systemKinds), ...Object.keys(bench.pairKinds)].join(", ")}.`,
      });
    }
    const text = flags["secrets-stdin"] ? await textOf(process.stdin) : undefined;
    const secrets = text === undefined ? {} : secretsFromText(text, bench.systemKinds[name]?.secrets ?? [], name);
    const connected = await connectGiven(bench, { name, sets: flags.set ?? [], secrets, check: flags.check });
    const { identity, warnings, notes, possible } = connected;
    this.say(`Connected ${name}${identity === null ? ", unchecked" : `: ${plain(identity)}`}.`);
    for (const warning of warnings) this.say(`Warning: ${plain(warning)}`);
    for (const note of notes) this.say(plain(note));
    for (const pair of possible) this.say(`Next: mlc connect ${pair}`);
    return connected;
  }
}
