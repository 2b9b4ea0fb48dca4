import { UnavailableError } from "../../core/errors.ts";
import { sendFailure } from "../../core/http/failure.ts";
import type { Route } from "../receive/receiver.ts";
import type { TrialCall } from "./call.ts";

const timeoutMs = 30_000;

/** Where a receiver takes a system's calls, behind whatever path a proxy has before it; a token in it is cut off. Pure. */
export function trialUrl(base: string, route: Route): string {
  const { origin, pathname } = new URL(base);
  return `${origin}${pathname.replace(/\/webhooks(\/.*)?$/, "").replace(/\/+$/, "")}/webhooks/${route}`;
}

/** Makes a call and gives the status of the answer. Throws UnavailableError, which never names the token. */
export async function sendTrial(url: string, call: TrialCall, stop: AbortSignal): Promise<number> {
  const { token, headers, body } = call;
  const address = token === undefined ? url : `${url}/${encodeURIComponent(token)}`;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
  try {
    const answer = await fetch(address, { method: "POST", headers, body, redirect: "manual", signal });
    await answer.body?.cancel();
    return answer.status;
  } catch (error) {
    if (stop.aborted) throw stop.reason;
    // Its cause is left out: what it says may have the address.
    const code = signal.aborted ? `none within ${timeoutMs / 1000} seconds` : sendFailure(error).code;
    throw new UnavailableError(`${new URL(url).host} gave no answer: ${code}`, {
      hint: "See that `mlc listen` runs, and name its address, or that of the proxy before it, with --url.",
    });
  }
}

/** What a receiver's answer means, and what to do about it. */
export interface TrialAnswer {
  isTaken: boolean;
  exitCode: 0 | 4 | 5;
  meaning: string;
}

/** What a status means. Pure. */
export function trialAnswer(status: number): TrialAnswer {
  if (status === 200) return { isTaken: true, exitCode: 0, meaning: "taken" };
  if (status === 401) return { isTaken: false, exitCode: 4, meaning: meanings[401] ?? "" };
  const meaning = meanings[status] ?? "no answer of `mlc listen`: something else is at that address";
  return { isTaken: false, exitCode: 5, meaning };
}

const meanings: Readonly<Record<number, string>> = {
  400: "the receiver could not read it, or it points to another account than the receiver's",
  401: "the receiver has another secret: it runs for another profile, or took over a new one less than 10 seconds ago",
  404: "nobody is there: a proxy does not pass this path on, or the receiver's profile has no secret of this system",
  413: "too large for a proxy on the way",
  429: "too many calls from this address: wait a few seconds",
  502: "a proxy is there, and `mlc listen` is not behind it",
  503: "the receiver is too busy, its inbox is full, or its disk does not write: see what it printed",
  504: "a proxy is there, and `mlc listen` gave it no answer",
};
