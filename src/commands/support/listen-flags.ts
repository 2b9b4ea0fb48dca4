import { readFile } from "node:fs/promises";
import { Flags } from "@oclif/core";
import { ConfigError } from "../../core/errors.ts";
import type { ListenGiven } from "./listen-run.ts";

/** Flags that say where a receiver listens. */
export const listenFlags = {
  port: Flags.integer({ description: "the port; 0: any that is free; default: 8787", min: 0, max: 65_535 }),
  host: Flags.string({ description: "the address to listen on; default: 127.0.0.1", helpValue: "<address>" }),
  "trust-proxy": Flags.boolean({ description: "count callers by the last address in X-Forwarded-For" }),
  cert: Flags.string({ description: "own certificate with its chain, PEM", helpValue: "<path>", dependsOn: ["key"] }),
  key: Flags.string({ description: "its private key, PEM", helpValue: "<path>", dependsOn: ["cert"] }),
};

/** Values of these flags. */
export interface ListenFlags {
  port?: number | undefined;
  host?: string | undefined;
  "trust-proxy": boolean;
  cert?: string | undefined;
  key?: string | undefined;
  quiet: boolean;
}

/** Where a receiver listens by its flags. Throws ConfigError for a file that cannot be read. */
export async function listenGiven(flags: ListenFlags): Promise<Omit<ListenGiven, "access" | "ready">> {
  const { port = 8787, host = "127.0.0.1", cert, key, quiet } = flags;
  const tls = cert && key ? { cert: await pem(cert), key: await pem(key) } : undefined;
  return { port, host, trustsProxy: flags["trust-proxy"], isQuiet: quiet, ...(tls ? { tls } : {}) };
}

async function pem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new ConfigError(`${path} cannot be read`, { cause, hint: "Name a PEM file that mlc may read." });
  }
}
