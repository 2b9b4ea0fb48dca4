import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../../core/clock.ts";
import { type Mlc, openMlc } from "../../mlc.ts";
import { type Connected, connectGiven, type Given } from "./connect.ts";
import { connectBench } from "./connect-bench.ts";
import { type Sandboxes, serveSandboxes } from "./sandboxes.ts";
import { personsZone } from "./zone.ts";

/** Where the demo plays: the simulated vendors, and a profile in a directory that goes away with it. */
export interface Stage {
  vendors: Sandboxes;
  clock: DemoClock;
  /** Aborted when the person has seen enough. */
  signal: AbortSignal;
  /** Opens the profile anew, as each command does. */
  open(): Promise<Mlc>;
  /** What `mlc connect --no-input --store vault` does. */
  connect(given: Omit<Given, "check">): Promise<Connected>;
  /** The same stage in another profile. */
  inProfile(profile: string): Stage;
  close(): Promise<void>;
}

/** A clock that runs with the machine's and can be moved ahead; nobody waits on it. */
export interface DemoClock extends Clock {
  advance(ms: number): void;
}

/** Sets the stage. Whatever ends the process, the directory is removed. */
export async function openStage({ version, signal }: { version: string; signal: AbortSignal }): Promise<Stage> {
  const clock = demoClock();
  const home = mkdtempSync(join(tmpdir(), "mlc-demo-"));
  const strike = () => rmSync(home, { recursive: true, force: true });
  // A terminal that is closed would otherwise end the process without its exit event.
  const hangUp = () => process.exit(129);
  process.once("exit", strike);
  process.once("SIGHUP", hangUp);
  const vendors = await serveSandboxes({ clock });
  const open = (profile: string) =>
    openMlc({
      profile,
      env: { MLC_HOME: home, MLC_ZONE: personsZone(process.env) },
      platform: process.platform,
      homedir: home,
      version,
      signal,
      isTty: false,
      clock,
    });
  const inProfile = (profile: string): Stage => ({
    vendors,
    clock,
    signal,
    open: () => open(profile),
    connect: async (given) =>
      connectGiven(connectBench(await open(profile), { store: "vault", say: () => {} }), { ...given, check: true }),
    inProfile,
    close: async () => {
      await vendors.close();
      strike();
      process.off("exit", strike);
      process.off("SIGHUP", hangUp);
    },
  });
  return inProfile("default");
}

function demoClock(): DemoClock {
  let ahead = 0;
  const advance = (ms: number) => {
    ahead += ms;
  };
  return {
    now: () => new Date(systemClock.now().getTime() + ahead),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      advance(ms);
    },
    advance,
  };
}
