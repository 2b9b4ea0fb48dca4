import { describe, expect, it } from "vitest";
import { StateError } from "../../../src/core/errors.ts";
import type { MemoryErp } from "../sync/memory-systems.ts";
import { type Fault, MemoryDisk } from "./memory-disk.ts";
import { days, RunsWorld } from "./runs-kit.ts";

const codes = ["ENOSPC", "EACCES", "EROFS", "EMFILE"] as const;

/** A world whose days met a fault. */
async function faulted(reads: MemoryErp["reads"], fault: Omit<Fault, "call">) {
  const disk = new MemoryDisk();
  const world = new RunsWorld(disk, reads);
  disk.fault = { call: "any", ...fault };
  const errors = await days(world);
  return { disk, world, errors };
}

function expectTold(errors: readonly unknown[], code: string, where: string): void {
  expect(errors.length, where).toBeGreaterThan(0);
  for (const error of errors) {
    expect(error, where).toBeInstanceOf(StateError);
    expect(error, where).toMatchObject({ exitCode: 7, context: { code } });
    expect((error as StateError).message, where).toMatch(/^Cannot \w+ \/profile\S*: /);
    expect((error as StateError).hint, where).toMatch(/^[A-Z].*\/profile.*[.]$/);
  }
}

async function expectWhole(world: RunsWorld, where: string): Promise<void> {
  await world.mend();
  expect(await world.lost(), where).toEqual([]);
  expect(world.misdelivered(), where).toEqual([]);
}

/** Meets a refusal at each disk call in turn, until there is none left to meet. */
async function sweep(reads: MemoryErp["reads"], faultAt: (nth: number) => Omit<Fault, "call" | "nth">): Promise<void> {
  for (let nth = 1; ; nth += 1) {
    const fault = faultAt(nth);
    const { disk, world, errors } = await faulted(reads, { nth, ...fault });
    if (!disk.hasFailed) break;
    const where = `${fault.code} at call ${nth}`;
    expectTold(errors, fault.code, where);
    disk.fault = undefined;
    await expectWhole(world, where);
  }
}

it("touches every file of a profile", async () => {
  const disk = new MemoryDisk();
  expect(await days(new RunsWorld(disk, "open"))).toEqual([]);
  const touched = (name: RegExp) => disk.calls.some((call) => name.test(call));
  const flow = "/profile/state/erp-shipper\\.orders";
  for (const name of [
    `appendSync ${flow}/log-2026-0[34]\\.jsonl`,
    `rename ${flow}/state\\.json\\.tmp`,
    `rename ${flow}/state\\.json$`,
    `rename ${flow}/state-\\d+-\\d\\d\\.json\\.tmp`,
    `remove ${flow}/state-\\d+-\\d\\d\\.json`,
    `rename ${flow}/closed/00001\\.json\\.tmp`,
    `rename ${flow}/closed/index-00001\\.bin\\.tmp`,
    `remove ${flow}/closed/index-00001\\.bin`,
    "link /profile/lock$",
    "remove /profile/lock$",
    "rename /profile/requests/.*\\.tmp",
    "remove /profile/requests/.*\\.json",
    "rename /profile/tokens/.*\\.tmp",
    "rename /profile/vault\\.json\\.tmp",
    "rename /profile/config\\.json\\.tmp",
    "link /profile/vault\\.key",
  ])
    expect(touched(new RegExp(name)), name).toBe(true);
});

/** Cuts the power at each disk call in turn. */
async function cutSweep(reads: MemoryErp["reads"], cut: Parameters<MemoryDisk["powerCut"]>[0]): Promise<void> {
  for (let nth = 1; ; nth += 1) {
    const { disk, world } = await faulted(reads, { nth, code: "EIO" });
    if (!disk.hasFailed) break;
    world.reboot(cut);
    await expectWhole(world, `at call ${nth}`);
  }
}

const codeAt = (nth: number) => codes[nth % codes.length] ?? "EIO";

describe("runs over a source that lists what is open lose nothing and send nothing twice", () => {
  it.each(codes)("when one disk call, whichever, is refused with %s", (code) =>
    sweep("open", () => ({ code, once: true })),
  );

  it("when the disk refuses all calls from any one on", () => sweep("open", (nth) => ({ code: codeAt(nth) })));

  it.each([
    ["nothing that was not synced", {}],
    ["all names and some of the contents", { names: true, keep: 60 }],
    ["half of the names and all contents", { names: (path: string) => path.length % 2 === 0, keep: 1_000_000 }],
  ])("when the power goes at any disk call and %s reached the disk", (_, cut) => cutSweep("open", cut));
});

describe("runs over a source with a cursor lose nothing and send nothing twice", () => {
  it("when one disk call, whichever, is refused", () => sweep("changes", (nth) => ({ code: codeAt(nth), once: true })));

  it("when the power goes at any disk call", () => cutSweep("changes", {}));
});
