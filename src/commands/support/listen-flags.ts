import { readFile } from "node:fs/promises";
import { Flags } from "@oclif/core";
import { ConfigError, UsageError } from "../../core/errors.ts";
import { publicAddress } from "../../core/settings.ts";
import type { Mlc } from "../../mlc.ts";
import type { ListenGiven } from "./listen-run.ts";

/** Flags that say where a receiver listens. */
export const listenFlags = {
  port: Flags.integer({ description: "the port; 0: any that is free; default: 8787", min: 0, max: 65_535 }),
  host: Flags.string({ description: "the address to listen on; default: 127.0.0.1", helpValue: "<address>" }),
  "public-url": Flags.string({
    description:
      "where the systems reach it, in the place of webhooks.publicUrl; asked before a subscription is renewed",
    helpValue: "<https://…>",
  }),
  "trust-proxy": Flags.boolean({
    description: "behind a proxy: limit callers by the last address in X-Forwarded-For, not all of them as one",
  }),
  cert: Flags.string({ description: "own certificate with its chain, PEM", helpValue: "<path>", dependsOn: ["key"] }),
  key: Flags.string({ description: "its private key, PEM", helpValue: "<path>", dependsOn: ["cert"] }),
};

/** Values of these flags. */
export interface ListenFlags {
  port?: number | undefined;
  host?: string | undefined;
  "public-url"?: string | undefined;
  "trust-proxy": boolean;
  cert?: string | undefined;
  key?: string | undefined;
  quiet: boolean;
}

/** Where a receiver listens by its flags. Throws ConfigError for a file that cannot be read. */
export async function listenGiven(flags: ListenFlags): Promise<Omit<ListenGiven, "access" | "stamp" | "say">> {
  const { port = 8787, host = "127.0.0.1", cert, key, quiet } = flags;
  const tls = cert && key ? { cert: await pem(cert), key: await pem(key) } : undefined;
  return { port, host, trustsProxy: flags["trust-proxy"], isQuiet: quiet, ...(tls ? { tls } : {}) };
}

/** Opens a profile of which the systems reach the receiver where the flags say. Throws UsageError for what is no address. */
export function openListening(open: () => Promise<Mlc>, flags: Pick<ListenFlags, "public-url">): () => Promise<Mlc> {
  const typed = flags["public-url"];
  const publicUrl = typed === undefined ? undefined : typedPublicUrl(typed);
  return async () => {
    const mlc = await open();
    mlc.webhooks.addresses.publicUrlHere = publicUrl;
    return mlc;
  };
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
