import { describe, expect, it } from "vitest";
import { jumpingClock } from "../../../src/core/clock.ts";
import { noFailpoint } from "../../../src/core/failpoint.ts";
import type { LineDraft } from "../../../src/core/state/lines.ts";
import { verifyLog } from "../../../src/core/state/log-check.ts";
import { pruneFailpoints, pruneLogs } from "../../../src/core/state/prune-logs.ts";
import { cursor, flowDir, intent, Killed, killAt, macKey, ofRun, open, plain, result } from "./kit.ts";
import { MemoryDisk } from "./memory-disk.ts";

const day = 24 * 3600 * 1000;
const july = new Date("2026-07-01T00:00:00Z");
const month = (number: number) => `log-2026-0${number}.jsonl`;

/** Three lines a month from March to August, folded up to the end. */
async function halfYear({ first = cursor("first") }: { first?: LineDraft } = {}) {
  const disk = new MemoryDisk();
  const clock = jumpingClock(new Date("2026-03-01T00:00:00Z"));
  const store = await open(disk, { clock });
  await store.append([first]);
  for (let number = 1; number <= 18; number += 1) {
    await store.append([intent(`so-${number}`), result(`so-${number}`, { closed: true })]);
    clock.advance(10 * day);
    if (number >= 17) await store.save();
  }
  return disk;
}

const flowOn = (disk: MemoryDisk) => ({ disk, dir: flowDir, key: macKey, failpoint: noFailpoint });
const months = async (disk: MemoryDisk) => (await disk.list(flowDir)).filter((name) => name.startsWith("log-"));
const state = async (disk: MemoryDisk) => plain((await open(disk, { readOnly: true })).state);

describe("removing old months of a log", () => {
  it("removes those that ended before, and what stays is whole and goes on", async () => {
    const disk = await halfYear();
    const before = await state(disk);
    expect(await pruneLogs(flowOn(disk), july)).toEqual([3, 4, 5, 6].map(month));
    expect(await months(disk)).toEqual([7, 8].map(month));
    const verdict = await verifyLog(disk, flowDir, macKey);
    expect(verdict.problem).toBeUndefined();
    expect(verdict.removed).toBeGreaterThan(20);
    expect(verdict.removed + verdict.lines).toBe(37);
    expect(await state(disk)).toEqual(before);
    const store = await open(disk);
    await store.append([cursor("on")]);
    disk.powerCut();
    expect((await open(disk)).state.cursor).toBe("on");
    expect((await verifyLog(disk, flowDir, macKey)).lines).toBe(verdict.lines + 1);
  });

  it("does so again later, from where the log begins then", async () => {
    const disk = await halfYear();
    await pruneLogs(flowOn(disk), new Date("2026-05-20T00:00:00Z"));
    expect(await months(disk)).toEqual([5, 6, 7, 8].map(month));
    expect(await pruneLogs(flowOn(disk), july)).toEqual([5, 6].map(month));
    expect(await pruneLogs(flowOn(disk), july)).toEqual([]);
    expect((await verifyLog(disk, flowDir, macKey)).problem).toBeUndefined();
  });

  it("keeps the month that a snapshot still reads from, however old", async () => {
    const disk = await halfYear();
    expect(await pruneLogs(flowOn(disk), new Date("2030-01-01T00:00:00Z"))).toEqual([3, 4, 5, 6, 7].map(month));
    expect(await months(disk)).toEqual([8].map(month));
  });

  it("keeps all from the month on in which something that is still open began", async () => {
    const disk = await halfYear({ first: intent("never-answered") });
    expect(await pruneLogs(flowOn(disk), july)).toEqual([]);
    const aside = { mapping: "m", error: { code: "X", message: "x" }, calls: [], attempts: 1, since: "" };
    const record = { id: "usmf/d", version: "1", ref: "d" };
    const dead = { kind: "aside", ...ofRun, key: "d", document: "D", outcome: "dead", record, ...aside } as const;
    expect(await pruneLogs(flowOn(await halfYear({ first: dead })), july)).toEqual([]);
  });

  it("removes nothing while there is only one whole snapshot", async () => {
    for (const name of ["state.json", "state.1.json"]) {
      const disk = await halfYear();
      disk.put(`${flowDir}/${name}`, Buffer.from("{}"));
      expect(await pruneLogs(flowOn(disk), july)).toEqual([]);
      expect(await months(disk)).toHaveLength(6);
    }
  });

  it("removes nothing that is not whole: a change in an old month is told, not forgotten", async () => {
    for (const [at, found] of [
      [4, '"so-5"'],
      [7, '"so-14"'],
    ] as const) {
      const disk = await halfYear();
      const path = `${flowDir}/${month(at)}`;
      disk.put(path, Buffer.from(disk.content(path).toString().replace(found, '"so-X"')));
      await expect(pruneLogs(flowOn(disk), july)).rejects.toMatchObject({ context: { code: "LOG_DAMAGED" } });
      expect(await months(disk)).toHaveLength(6);
    }
  });

  it("is harmless when it is killed anywhere, with or without power", async () => {
    for (const name of pruneFailpoints) {
      for (let nth = 1; ; nth += 1) {
        const disk = await halfYear();
        const before = await state(disk);
        const failpoint = killAt(name, nth);
        const error = await pruneLogs({ ...flowOn(disk), failpoint }, july).catch((reason: unknown) => reason);
        if (Array.isArray(error)) break;
        expect(error).toBeInstanceOf(Killed);
        for (const cut of [undefined, {}, { names: true }]) {
          const twin = disk.fork();
          if (cut) twin.powerCut(cut);
          expect(await state(twin)).toEqual(before);
          expect((await verifyLog(twin, flowDir, macKey)).problem).toBeUndefined();
          await pruneLogs(flowOn(twin), july);
          expect(await months(twin)).toEqual([7, 8].map(month));
          expect((await verifyLog(twin, flowDir, macKey)).problem).toBeUndefined();
        }
      }
    }
  });
});

describe("a log whose old months were removed", () => {
  async function pruned() {
    const disk = await halfYear();
    await pruneLogs(flowOn(disk), july);
    return disk;
  }

  it("is told from one whose head somebody cut off", async () => {
    const disk = await pruned();
    await disk.remove(`${flowDir}/${month(7)}`);
    const { problem, lines } = await verifyLog(disk, flowDir, macKey);
    expect(lines).toBe(0);
    expect(String(problem)).toMatch(/log-2026-08\.jsonl is damaged at byte 0, line number \d+: its number is/);
    const other = await pruned();
    await other.remove(`${flowDir}/anchor.json`);
    expect(String((await verifyLog(other, flowDir, macKey)).problem)).toMatch(/where 1 must stand/);
    const third = await pruned();
    third.put(
      `${flowDir}/anchor.json`,
      Buffer.from(third.content(`${flowDir}/anchor.json`).toString().replace("7", "6")),
    );
    expect((await verifyLog(third, flowDir, macKey)).problem).toMatchObject({ context: { code: "FILE_DAMAGED" } });
  });

  it("shows a cut tail", async () => {
    const disk = await pruned();
    await disk.remove(`${flowDir}/${month(8)}`);
    expect(String((await verifyLog(disk, flowDir, macKey)).problem)).toMatch(/its end is cut off/);
  });

  it("opens by the older snapshot, and is refused without both: never rebuilt from a part, never read as new", async () => {
    const disk = await pruned();
    const before = await state(disk);
    disk.put(`${flowDir}/state.json`, Buffer.from("{}"));
    expect(await state(disk)).toEqual(before);
    await disk.remove(`${flowDir}/state.json`);
    await disk.remove(`${flowDir}/state.1.json`);
    const incomplete = { exitCode: 7, context: { code: "LOG_INCOMPLETE" }, hint: expect.stringMatching(/^Restore/) };
    await expect(open(disk)).rejects.toMatchObject(incomplete);
    for (const name of await months(disk)) await disk.remove(`${flowDir}/${name}`);
    await expect(open(disk)).rejects.toMatchObject(incomplete);
  });
});
