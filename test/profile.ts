import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../src/core/clock.ts";
import type { Disk } from "../src/core/state/disk.ts";
import { type Mlc, openMlc } from "../src/mlc.ts";
import type { SimulatedVendor } from "../src/sandbox/kit.ts";

/** A fetch that knows the simulated vendors by their hosts and nobody else; `answer` may stand in for them. */
export function routed(
  hosts: ReadonlyMap<string, SimulatedVendor>,
  answer: (request: Request) => Response | undefined = () => undefined,
): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const vendor = hosts.get(new URL(request.url).hostname);
    if (!vendor)
      throw new TypeError("fetch failed", {
        cause: Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }),
      });
    return answer(request) ?? vendor.fetch(request, {});
  };
}

/** A profile on disk, whose secrets are in its vault; `open` opens it as a new process would. */
export async function profileOnDisk(given: {
  clock: Clock;
  fetch: typeof fetch;
  /** By entry: `fno.clientSecret`. */
  secrets: Record<string, string>;
  /** Instead of the machine's. */
  disk?: Disk | undefined;
}): Promise<{ home: string; open(): Promise<Mlc>; remove(): void }> {
  const home = mkdtempSync(join(tmpdir(), "mlc-"));
  const open = () =>
    openMlc({
      profile: "default",
      env: { MLC_HOME: home },
      platform: process.platform,
      homedir: home,
      version: "0.0.0",
      signal: new AbortController().signal,
      isTty: false,
      fetch: given.fetch,
      clock: given.clock,
      ...(given.disk ? { disk: given.disk } : {}),
    });
  const first = await open();
  await first.disk.makeDirectory(first.dir);
  await first.secrets.makeVaultKey();
  await first.secrets.write(given.secrets, "vault");
  return { home, open, remove: () => rmSync(home, { recursive: true, force: true }) };
}
