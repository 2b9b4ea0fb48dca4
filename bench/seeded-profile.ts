import { systemClock } from "../src/core/clock.ts";
import { type Mlc, openMlc } from "../src/mlc.ts";
import { type Seed, type Seeded, seedState } from "./state-seed.ts";

/** How much a seeded profile holds. */
export type SeedSize = Pick<Seed, "past" | "open" | "entries"> & Partial<Pick<Seed, "flow" | "clock">>;

/** Opens the profile in a directory, as the commands do. */
export function openProfile(home: string): Promise<Mlc> {
  return openMlc({
    profile: "default",
    env: { MLC_HOME: home },
    platform: process.platform,
    homedir: home,
    version: "0.0.0",
    signal: new AbortController().signal,
    isTty: false,
  });
}

/** Makes a profile with a vault and no connection in a directory, when there is none yet, and seeds the state of a flow. */
export async function seedProfile(home: string, size: SeedSize): Promise<Seeded> {
  const mlc = await openProfile(home);
  if (mlc.config.secrets === undefined) {
    await mlc.disk.makeDirectory(mlc.dir);
    await mlc.secrets.makeVaultKey();
    await mlc.settings.save({ schema: 1, secrets: "vault" });
    await mlc.secrets.write({}, "vault");
  }
  const { disk, stateDir: dir } = mlc;
  const macKey = await mlc.secrets.macKey();
  return seedState({ disk, dir, macKey, pair: "fno-shipstation", flow: "orders", clock: systemClock, ...size });
}
