import type { Sandboxes } from "./sandboxes.ts";

/** The vendors whose calls wait to be sent. */
type Callers = Pick<Sandboxes, "shipstation" | "shipbob" | "bc">;

/** Calls the addresses of webhooks on this machine, and none elsewhere whatever a program subscribes. */
export const loopbackFetch: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const { hostname } = new URL(request.url);
  if (!["localhost", "127.0.0.1", "[::1]"].includes(hostname)) throw new TypeError(`${hostname} is not on loopback`);
  return fetch(request, { signal: AbortSignal.timeout(5_000) });
};

/** Sends what waits at all vendors; Business Central holds changes back for 30 seconds. */
export async function postWaiting({ shipstation, shipbob, bc }: Callers): Promise<void> {
  const send = (request: Request) => loopbackFetch(request);
  await shipstation.webhooks.deliver(send);
  await shipbob.webhooks.deliver(send);
  await bc.notify();
}

const everyMs = 300;

/** Sends what waits, soon after it came, until the returned function is called. */
export function postOnAndOn(vendors: Callers): () => void {
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    // A receiver that is not there is the vendor's affair: it tries again by its own rules.
    postWaiting(vendors).finally(() => {
      isBusy = false;
    });
  }, everyMs);
  return () => clearInterval(timer);
}
