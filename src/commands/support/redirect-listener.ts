import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { AuthError, ConfigError } from "../../core/errors.ts";
import type { Timer } from "../../core/http/types.ts";

const maxBytes = 64 * 1024;

/** What is waited for. */
export interface Awaited {
  /** `http://127.0.0.1:<port>/<path>` as it is registered. */
  redirectUri: string;
  /** The setting that names the port, for errors. */
  field: string;
  waitMs: number;
  timer: Timer;
  signal: AbortSignal;
  /** Whether an answer is the one; others are refused, and it is waited on. */
  isTheOne(answer: URLSearchParams): boolean;
  /** Called when the listener is there, with the port that it got. */
  ready(port: number): void;
}

/**
 * Waits on 127.0.0.1 for the browser to bring one answer, by form or query. Nothing of what comes is shown again. Throws
 * ConfigError when the port is taken, AuthError when nobody came in time.
 */
export function redirected(awaited: Awaited): Promise<URLSearchParams> {
  const { redirectUri, field, waitMs, timer, signal, isTheOne, ready } = awaited;
  const { hostname, port, pathname } = new URL(redirectUri);
  return new Promise((resolve, reject) => {
    const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
      answerOf(request, { host: `${hostname}:${portOf()}`, pathname }).then(
        (answer) => {
          const isOurs = answer !== undefined && isTheOne(answer);
          page(response, isOurs ? 200 : 400);
          if (isOurs) end(() => resolve(answer));
        },
        () => page(response, 400),
      );
    });
    const portOf = () => {
      const address = server.address();
      return address !== null && typeof address === "object" ? address.port : Number(port);
    };
    const stop = () => end(() => reject(signal.reason));
    const end = (settle: () => void) => {
      cancel();
      signal.removeEventListener("abort", stop);
      server.close();
      settle();
    };
    const cancel = timer(waitMs, () => {
      const hint = "Run it again; with --no-browser when the browser is on another machine.";
      end(() => reject(new AuthError(`Nobody signed in within ${Math.round(waitMs / 60_000)} minutes.`, { hint })));
    });
    signal.addEventListener("abort", stop, { once: true });
    server.once("error", (cause) => {
      const hint = `End what listens there, or set ${field} to another port and register its address.`;
      end(() => reject(new ConfigError(`Nothing can listen on ${hostname}:${port}`, { field, hint, cause })));
    });
    server.listen(Number(port), hostname, () => ready(portOf()));
  });
}

/** Another host in the header is a name that somebody pointed at this machine. */
async function answerOf(
  request: IncomingMessage,
  { host, pathname }: { host: string; pathname: string },
): Promise<URLSearchParams | undefined> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  if (request.headers.host !== host || url.pathname !== pathname) return undefined;
  if (request.method === "GET") return url.searchParams;
  if (request.method !== "POST") return undefined;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = Buffer.from(part);
    size += bytes.length;
    if (size > maxBytes) return undefined;
    parts.push(bytes);
  }
  return new URLSearchParams(Buffer.concat(parts).toString("utf8"));
}

function page(response: ServerResponse, status: 200 | 400): void {
  const text =
    status === 200 ? "That is all here. Close this window and go back to the terminal." : "This is not expected here.";
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    connection: "close",
  };
  response.writeHead(status, headers).end(`<!DOCTYPE html><title>mlc</title><p>${text}</p>`);
}
