import { InterruptedError } from "../errors.ts";
import { policy } from "./trail.ts";
import type { Policy } from "./types.ts";

/** How many requests of one account are under way at once; shared by all its clients. */
export interface Lanes {
  /** Waits for a free lane, first come, first served; the returned function gives it back. Throws InterruptedError. */
  enter(signal?: AbortSignal): Promise<() => void>;
}

/** So many lanes that are held from a request's sending to the end of its answer. */
export function createLanes(count: number): Lanes {
  const waiting: (() => void)[] = [];
  let free = count;
  const leave = () => {
    const next = waiting.shift();
    // The lane goes from hand to hand, so that nobody who comes now overtakes who waits.
    if (next) next();
    else free += 1;
  };
  const wait = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      const stop = () => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(interrupted());
      };
      waiting.push(enter);
      signal?.addEventListener("abort", stop, { once: true });
    });
  return {
    async enter(signal) {
      if (signal?.aborted) throw interrupted();
      if (free > 0) free -= 1;
      else await wait(signal);
      return leave;
    },
  };
}

function interrupted(): InterruptedError {
  return new InterruptedError("The run was interrupted while it waited to send.");
}

/** Sends only while a lane is free; of a streamed answer only the beginning is waited for. */
export function inLanes(lanes: Lanes, signal: AbortSignal | undefined): Policy {
  return policy(async (request, _trail, next) => {
    const leave = await lanes.enter(signal);
    try {
      return await next(request);
    } finally {
      leave();
    }
  });
}
