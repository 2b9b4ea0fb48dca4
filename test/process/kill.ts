import { expect } from "vitest";
import { openMlc } from "../../src/mlc.ts";
import type { Bench } from "./fixture.ts";

/** Runs a command that is killed at a failpoint, which it must meet. */
export async function killAt(bench: Bench, args: readonly string[], failpoint: string): Promise<void> {
  const { code, stderr } = await bench.run(args, { env: { MLC_FAILPOINT: failpoint } });
  expect(code, `${failpoint} was never met: ${stderr}`).toBeNull();
}

/**
 * Syncs some times more, a quarter of an hour apart as cron does; each time it must end well. It is done in this process, many
 * times cheaper than in one of its own: what a killed one left stands on the disk, and the next one is told by its files alone.
 */
export async function runAgain(
  { clock, env, home }: Pick<Bench, "clock" | "env" | "home">,
  flows: readonly string[],
  times: number,
): Promise<void> {
  for (let run = 0; run < times; run += 1) {
    clock.advance(15 * 60_000);
    const mlc = await openMlc({
      profile: "default",
      env: { ...env, MLC_TEST_NOW: clock.now().toISOString() },
      platform: process.platform,
      homedir: home,
      version: "0.0.0",
      signal: new AbortController().signal,
      isTty: false,
    });
    const asked = {
      command: ["sync", ...flows].join(" "),
      ignoreSchedule: true,
      ...(flows.length > 0 ? { flows } : {}),
    };
    const report = await mlc.sync(asked, {});
    expect(report?.exitCode, JSON.stringify(report?.flows)).toBe(0);
  }
}
