import type { Clock } from "./clock.ts";
import { MlcError } from "./errors.ts";
import { type PingRow, reportedError } from "./report.ts";
import type { Probe, System } from "./system.ts";

/** A server's clock may differ by so much before anybody is told. */
const skewAllowedMs = 60_000;

/** Asks one system who we are there; an error becomes part of the row. */
export async function pingSystem(asked: {
  name: string;
  open(): Promise<System>;
  clock: Clock;
  /** A pair uses it, so that what it maps can be looked for. */
  isPaired: boolean;
}): Promise<PingRow> {
  const { name, open, clock, isPaired } = asked;
  const began = performance.now();
  try {
    const system = await open();
    const probe = await system.probe();
    const ms = Math.round(performance.now() - began);
    const warnings = [...probe.warnings, ...skewOf(probe, clock.now()), ...(isPaired ? await unfitOf(system) : [])];
    const { identity, notes = [] } = probe;
    return { system: name, ok: true, ms, identity, warnings, notes };
  } catch (error) {
    const ms = Math.round(performance.now() - began);
    return { system: name, ok: false, ms, identity: null, warnings: [], notes: [], error: reportedError(error) };
  }
}

/** Says it when a server's clock and ours differ by more than a minute. Pure. */
export function skewOf({ serverTime }: Probe, now: Date): string[] {
  const seconds = serverTime ? Math.round((serverTime.getTime() - now.getTime()) / 1000) : 0;
  return Math.abs(seconds) * 1000 > skewAllowedMs
    ? [`its clock is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead" : "behind"}`]
    : [];
}

/** What the pair wants from an account and does not find there; that nobody could look is no failure of a ping. */
async function unfitOf(system: System): Promise<string[]> {
  try {
    const checks = (await system.checks?.()) ?? [];
    return checks.filter(({ state }) => state !== "ok").map(({ name, message }) => `${name}: ${message}`);
  } catch (error) {
    if (!(error instanceof MlcError) || error.disposition === "stopRun") throw error;
    return [`what the pair uses there could not be checked: ${error.message}`];
  }
}
