import { expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { InterruptedError } from "../../src/core/errors.ts";

it("a sleep that is cut short rejects with the signal's own reason", async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(60_000, controller.signal);
  const reason = new InterruptedError("interrupted by SIGTERM");
  controller.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
});
