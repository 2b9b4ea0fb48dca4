import { basename } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { readConfig } from "../../../src/core/config.ts";
import { MlcError } from "../../../src/core/errors.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { days, RunsWorld } from "./runs-kit.ts";

/** A profile after some days, with a request that nobody took and a run that holds the lock. */
async function lived(): Promise<RunsWorld> {
  const world = new RunsWorld(new MemoryDisk(), "open");
  expect(await days(world)).toEqual([]);
  await world.ask({ replay: "usmf/SO-1" });
  await world.takeLock();
  return world;
}

/** A person writes this file, so nothing seals it: another letter in it is another setting. */
const byHand = "/profile/config.json";

/** What the run makes of a damaged profile: the truth, or an expected error with something to do. */
async function outcome(world: RunsWorld, whole: object, where: string): Promise<"whole" | "refused"> {
  try {
    const seen = await world.view();
    const again = { token: "asked for anew" };
    expect([whole, { ...whole, ...again }], where).toContainEqual(seen);
    return "whole";
  } catch (error) {
    if (!(error instanceof MlcError)) throw error;
    expect([6, 7], `${where}: ${error.message}`).toContain(error.exitCode);
    expect(error.hint, `${where}: ${error.message}`).toMatch(/^[A-Z].*[.]$/);
    return "refused";
  }
}

const filesOf = (disk: MemoryDisk): string[] => disk.paths().filter((path) => disk.content(path).length > 0);

it("a file cut at any byte is made good from the others or refused, never taken for empty", async () => {
  const world = await lived();
  const { disk } = world;
  const whole = (await world.view()) as object;
  const madeGood = new Set<string>();
  for (const path of filesOf(disk)) {
    const bytes = disk.content(path);
    const outcomes = new Set<string>();
    // The log has every byte swept in a test of its own.
    for (let size = 0; size < bytes.length; size += bytes.length > 2_000 ? 7 : 1) {
      const twin = disk.copy();
      twin.put(path, bytes.subarray(0, size));
      outcomes.add(await outcome(world.on(twin), whole, `${path} cut to ${size} of ${bytes.length}`));
    }
    if (!outcomes.has("refused")) madeGood.add(basename(path).replace(/^[0-9a-f]{32}|^state-\d+-\d\d/, "…"));
  }
  expect([...madeGood].sort()).toEqual([
    "index-00002.bin",
    "log-2026-03.jsonl", // behind the snapshot's position; `audit verify` tells
    "state.1.json",
    "state.json",
    "….json", // parts of the snapshot, and the token
  ]);
});

it("a cut log that the snapshot hides is told by the check of the chain", async () => {
  const world = await lived();
  const path = "/profile/state/erp-shipper.orders/log-2026-03.jsonl";
  const bytes = world.disk.content(path);
  for (const size of [0, 1, bytes.indexOf(10) + 1, bytes.length - 1]) {
    const twin = world.disk.copy();
    twin.put(path, bytes.subarray(0, size));
    const lost = await new RunsWorld(twin, "open").lost();
    expect(lost.join(), `cut to ${size}`).toMatch(/The log \S+ is damaged at byte/);
  }
});

it("a flipped bit in the config is refused or another setting, and never no config", async () => {
  const world = await lived();
  const bytes = world.disk.content(byHand);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const twin = world.disk.copy();
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    twin.put(byHand, changed);
    const read = await readConfig(twin, byHand).catch((error: unknown) => error);
    if (read instanceof MlcError) expect([6, 7]).toContain(read.exitCode);
    else expect(Object.keys(read as object), changed.toString()).toHaveLength(3);
  }
});

it("a flipped bit in any file is made good or refused, never believed", async () => {
  const world = await lived();
  const { disk } = world;
  const whole = (await world.view()) as object;
  const paths = filesOf(disk).filter((path) => path !== byHand);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fc.nat(), fc.nat(7), async (path, place, bit) => {
      const twin = disk.copy();
      const bytes = twin.content(path);
      const at = place % bytes.length;
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
      twin.put(path, bytes);
      await outcome(world.on(twin), whole, `bit ${bit} of byte ${at} in ${path}`);
    }),
    { numRuns: 3_000, seed: 7 },
  );
});
