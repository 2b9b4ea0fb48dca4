import { expect } from "vitest";
import type { Bench } from "./fixture.ts";

/** Runs a command that is killed at a failpoint, which it must meet. */
export async function killAt(bench: Bench, args: readonly string[], failpoint: string): Promise<void> {
  const { code, stderr } = await bench.run(args, { env: { MLC_FAILPOINT: failpoint } });
  expect(code, `${failpoint} was never met: ${stderr}`).toBeNull();
}

/** Runs a command some times more, a quarter of an hour apart as cron does; each time it must end well. */
export async function runAgain(bench: Bench, args: readonly string[], times: number): Promise<void> {
  for (let run = 0; run < times; run += 1) {
    bench.clock.advance(15 * 60_000);
    const { code, stderr } = await bench.run([...args, "--ignore-schedule"]);
    expect(code, stderr).toBe(0);
  }
}
