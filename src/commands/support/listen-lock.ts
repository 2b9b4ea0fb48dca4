import { join } from "node:path";
import { LockedError } from "../../core/errors.ts";
import { acquireLock, type HeldLock, readHolder } from "../../core/state/lock.ts";
import { thisMachine } from "../../core/state/machine.ts";
import type { Mlc } from "../../mlc.ts";

/** Does work while no other process listens for the profile. Throws LockedError. */
export async function whileListening(mlc: Mlc, command: string, work: () => Promise<void>): Promise<void> {
  const lock = await listenLock(mlc, command);
  try {
    await work();
  } finally {
    await lock.release();
  }
}

async function listenLock({ disk, dir, clock, surroundings }: Mlc, command: string): Promise<HeldLock> {
  const name = "listen.lock";
  const lock = await acquireLock({
    ...{ disk, dir, clock, signal: surroundings.signal, name, command, mode: "skip" },
    ...{ machine: thisMachine(surroundings.platform), token: () => String(clock.now().getTime()), waitMs: 0 },
  });
  if (lock) return lock;
  const holder = await readHolder(disk, join(dir, name));
  const who = holder ? `: \`mlc ${holder.command}\`, process ${holder.pid} on ${holder.host}, since ${holder.at}` : "";
  throw new LockedError(`Another mlc takes the calls of this profile${who}`, {
    code: "LOCKED",
    hint: `End that one first, or, once it is surely gone, remove ${join(dir, name)}.`,
  });
}
