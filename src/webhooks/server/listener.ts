import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createSecureContext } from "node:tls";
import { type ServerType, serve } from "@hono/node-server";
import { ConfigError } from "../../core/errors.ts";
import type { receiverApp } from "./app.ts";
import { limitPerAddress } from "./connections.ts";

/** Where the receiver listens. */
export interface ListenOptions {
  app: ReturnType<typeof receiverApp>;
  port: number;
  host: string;
  /** Its own certificate and key, PEM; absent: a proxy has them. */
  tls?: { cert: string; key: string };
  limits?: Partial<ConnectionLimits>;
}

/** What one connection may take, and how many there may be. */
export interface ConnectionLimits {
  headersMs: number;
  /** Headers and body together. */
  requestMs: number;
  idleMs: number;
  connections: number;
  /** Of one address; none counts where a proxy's is that of all. */
  perAddress: number;
  /** What is not done so long after the receiver was told to close is cut. */
  closeMs: number;
}

const usualLimits: ConnectionLimits = {
  headersMs: 10_000,
  requestMs: 20_000,
  idleMs: 30_000,
  connections: 1024,
  perAddress: 64,
  closeMs: 5_000,
};

/** A receiver at work. */
export interface Listener {
  /** Its address on this machine. */
  url: string;
  /** Takes no more calls and waits for those at work. */
  close(): Promise<void>;
}

/** Node no longer looks for connections that dawdle once a server closes: one of them would hold it for ever. */
function closed(server: ServerType, closeMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (!("closeAllConnections" in server)) return void server.close(() => resolve());
    const cutting = setTimeout(() => server.closeAllConnections(), closeMs);
    // One that was at work stands idle after its answer.
    const looking = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearTimeout(cutting);
      clearInterval(looking);
      resolve();
    });
  });
}

function checkCertificate(tls: NonNullable<ListenOptions["tls"]>): void {
  try {
    createSecureContext(tls);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`--cert and --key are no certificate with its key: ${reason}`, {
      cause,
      hint: "Name two PEM files that belong together.",
    });
  }
}

/** Listens for calls. Throws ConfigError for a port that is taken or a certificate that is none. */
export async function listen({ app, port, host, tls, limits }: ListenOptions): Promise<Listener> {
  const { headersMs, requestMs, idleMs, connections, perAddress, closeMs } = { ...usualLimits, ...limits };
  const timeouts = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    // How soon a time-out is noticed.
    connectionsCheckingInterval: Math.min(1000, headersMs),
    maxHeaderSize: 16_384,
  };
  const given = { fetch: app.fetch, hostname: host, port };
  if (tls) checkCertificate(tls);
  try {
    const server = tls
      ? serve({ ...given, createServer: createTlsServer, serverOptions: { ...timeouts, ...tls } })
      : serve({ ...given, createServer, serverOptions: timeouts });
    server.maxConnections = connections;
    limitPerAddress(server, perAddress);
    await once(server, "listening");
    const { port: taken, address, family } = server.address() as AddressInfo;
    const name = family === "IPv6" ? `[${address}]` : address;
    return {
      url: `${tls ? "https" : "http"}://${name}:${taken}`,
      close: () => closed(server, closeMs),
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`mlc cannot listen on ${host}, port ${port}: ${reason}`, {
      cause,
      hint: "Choose another with --port and --host.",
    });
  }
}
