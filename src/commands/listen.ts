import { readFile } from "node:fs/promises";
import { Flags } from "@oclif/core";
import { ConfigError, UsageError } from "../core/errors.ts";
import { publicAddress } from "../core/settings.ts";
import { BaseCommand } from "./support/base.ts";

/** `mlc listen` */
export default class Listen extends BaseCommand {
  static override summary = "take the systems' calls when something changed, and run the flows they ask for";
  static override description =
    "Listens at /webhooks/<system> until Ctrl-C or SIGTERM; /webhooks/shipstation and /webhooks/fno are followed by /<webhookToken>. A call is verified and kept (inbox/) before it is answered; a system without its secret (webhookToken, webhookSecret) is not known. What an event names is read again from its system: the event's flow runs from where it stands, so that `mlc sync` stays the backstop and must go on running. stdout has a line of JSON for each call.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --port 8787 --trust-proxy --public-url https://sync.contoso.example",
    "<%= config.bin %> <%= command.id %> --host 0.0.0.0 --cert fullchain.pem --key privkey.pem",
  ];
  static override flags = {
    port: Flags.integer({ description: "the port; 0: any that is free", default: 8787, min: 0, max: 65_535 }),
    host: Flags.string({ description: "the address to listen on", default: "127.0.0.1", helpValue: "<address>" }),
    "public-url": Flags.string({
      description:
        "where the systems reach it, in the place of webhooks.publicUrl; asked before a subscription is renewed",
      helpValue: "<https://…>",
    }),
    "trust-proxy": Flags.boolean({ description: "count callers by the last address in X-Forwarded-For" }),
    cert: Flags.string({ description: "own certificate with its chain, PEM", helpValue: "<path>", dependsOn: ["key"] }),
    key: Flags.string({ description: "its private key, PEM", helpValue: "<path>", dependsOn: ["cert"] }),
  };

  protected override readonly onStop = "Finishing what is in flight; again to leave at once.";

  async run(): Promise<void> {
    const { flags } = await this.parse(Listen);
    const { runListen } = await import("./support/listen-run.ts");
    const { accessLog } = await import("../webhooks/server/access-log.ts");
    const tls = flags.cert && flags.key ? { cert: await pem(flags.cert), key: await pem(flags.key) } : undefined;
    const publicUrl = flags["public-url"] === undefined ? undefined : typedPublicUrl(flags["public-url"]);
    const open = async () => {
      const mlc = await this.openMlc(flags);
      mlc.webhooks.publicUrlHere = publicUrl;
      return mlc;
    };
    await runListen(open, {
      port: flags.port,
      host: flags.host,
      trustsProxy: flags["trust-proxy"],
      isQuiet: flags.quiet,
      ...(tls ? { tls } : {}),
      access: accessLog((text) => void process.stdout.write(text)),
      ready: (url) => this.say(`Listening on ${url}/webhooks; Ctrl-C ends it.`),
    });
  }
}

function typedPublicUrl(text: string): string {
  const { data, error } = publicAddress.safeParse(text);
  if (data !== undefined) return data;
  throw new UsageError(`--public-url ${error?.issues[0]?.message ?? "is no address"}: ${text}`);
}

async function pem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new ConfigError(`${path} cannot be read`, { cause, hint: "Name a PEM file that mlc may read." });
  }
}
