import type { Clock } from "../clock.ts";
import { InterruptedError } from "../errors.ts";
import { SendFailure } from "./failure.ts";
import { policy, type Trail } from "./trail.ts";
import type { Policy, RetrySettings } from "./types.ts";

const transientStatuses = [408, 500, 502, 503, 504];

/** Sends again what may be sent again, waiting as the server says, else with full jitter. */
export function retry(settings: RetrySettings, clock: Clock, signal: AbortSignal | undefined): Policy {
  return policy(async (request, trail, next) => {
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= settings.attempts;
      const outcome = await next(request).catch((error: unknown) => {
        if (!(error instanceof SendFailure)) throw error;
        return error;
      });
      const again = !last && mayRepeat(outcome, trail, settings);
      if (hasLeft(outcome)) trail.mayHaveArrived = true;
      if (outcome instanceof SendFailure) {
        if (!again) throw outcome;
      } else {
        if (!again) return outcome;
        await outcome.body?.cancel();
      }
      const asked = outcome instanceof SendFailure ? undefined : settings.waitMs(outcome);
      await pause(asked !== undefined && asked >= 0 ? asked : jitter(settings, attempt), clock, signal);
    }
  });
}

/** Waits, or throws InterruptedError as soon as the run is interrupted. */
export async function pause(ms: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  try {
    signal?.throwIfAborted();
    await clock.sleep(ms, signal);
  } catch (error) {
    if (signal?.aborted) throw new InterruptedError("The run was interrupted while it waited to send.");
    throw error;
  }
}

function mayRepeat(outcome: Response | SendFailure, trail: Trail, settings: RetrySettings): boolean {
  if (outcome instanceof SendFailure) return outcome.passing && (outcome.notSent || trail.repeatable);
  if (outcome.status === 429) return true;
  if (!trail.repeatable) return false;
  // A page of a proxy or half an answer passes, as an outage does.
  if (outcome.ok) return trail.isCutOff;
  if (!settings.isTransient) return transientStatuses.includes(outcome.status);
  return settings.isTransient(outcome.status, new TextDecoder().decode(trail.raw));
}

function hasLeft(outcome: Response | SendFailure): boolean {
  return outcome instanceof SendFailure ? !outcome.notSent : outcome.status !== 429;
}

/** A random part of a doubling bound, so that clients that failed together do not return together. */
function jitter({ baseMs = 500, maxMs = 30_000, random = Math.random }: RetrySettings, attempt: number): number {
  return random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1));
}
