import { describe, expect, it } from "vitest";
import { jumpingClock } from "../../../src/core/clock.ts";
import { readLog } from "../../../src/core/state/audit-reader.ts";
import { verifyLog } from "../../../src/core/state/log-check.ts";
import { stateSchema } from "../../../src/core/state/schema.ts";
import { cursor, flowDir, macKey, open } from "./kit.ts";
import { MemoryDisk } from "./memory-disk.ts";

const day = 24 * 3600 * 1000;
const april = `${flowDir}/log-2026-04.jsonl`;

/** One line a ten days from 1 March on. */
async function halfYear(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const clock = jumpingClock(new Date("2026-03-01T00:00:00Z"));
  const store = await open(disk, { clock });
  for (let number = 1; number <= 18; number += 1) {
    await store.append([cursor(String(number))]);
    if (number === 9) await store.save();
    clock.advance(10 * day);
  }
  return disk;
}

async function seqs(disk: MemoryDisk, range: { since?: Date; until?: Date } = {}): Promise<number[]> {
  const found: number[] = [];
  for await (const line of readLog(disk, flowDir, range)) found.push(line.seq);
  return found;
}

describe("reading a log", () => {
  it("streams all months, oldest first", async () => {
    const disk = await halfYear();
    expect(await seqs(disk)).toEqual(Array.from({ length: 18 }, (_, index) => index + 1));
  });

  it("opens only the months of the range", async () => {
    const disk = await halfYear();
    disk.calls = [];
    const range = { since: new Date("2026-04-10T00:00:00Z"), until: new Date("2026-05-10T00:00:00Z") };
    expect(await seqs(disk, range)).toEqual([5, 6, 7]);
    expect(disk.calls.filter((call) => call.startsWith("chunks"))).toEqual([
      `chunks ${april}`,
      `chunks ${flowDir}/log-2026-05.jsonl`,
    ]);
  });

  it("leaves out a torn end and reads a flow that never ran as nothing", async () => {
    const disk = await halfYear();
    const last = `${flowDir}/log-2026-08.jsonl`;
    disk.put(last, disk.content(last).subarray(0, -3));
    expect((await seqs(disk)).at(-1)).toBe(17);
    expect(await seqs(new MemoryDisk())).toEqual([]);
  });

  it("refuses a line of a newer mlc", async () => {
    const disk = await halfYear();
    disk.put(
      april,
      Buffer.from(
        disk
          .content(april)
          .toString()
          .replace(`"schema":${stateSchema}`, `"schema":${stateSchema + 1}`),
      ),
    );
    await expect(seqs(disk)).rejects.toMatchObject({ exitCode: 7, context: { code: "SCHEMA_NEWER" } });
  });

  it("refuses a line that is not JSON without quoting it", async () => {
    const disk = await halfYear();
    disk.put(april, Buffer.from("secret\n"));
    await expect(seqs(disk)).rejects.toThrow(/^The log .*log-2026-04\.jsonl is damaged at byte 0: it is not JSON\.$/);
  });
});

describe("verifying a log", () => {
  it("passes a whole one and counts its lines", async () => {
    expect(await verifyLog(await halfYear(), flowDir, macKey)).toMatchObject({ lines: 18, torn: false });
    expect((await verifyLog(await halfYear(), flowDir, macKey)).problem).toBeUndefined();
  });

  it("names the place of a change", async () => {
    const disk = await halfYear();
    disk.put(april, Buffer.from(disk.content(april).toString().replace('"cursor":"6"', '"cursor":"7"')));
    const { lines, problem } = await verifyLog(disk, flowDir, macKey);
    expect(lines).toBe(5);
    expect(String(problem)).toMatch(/log-2026-04\.jsonl is damaged at byte \d+, line number 6/);
  });

  it("finds an end that was cut off, line by line or month by month", async () => {
    const disk = await halfYear();
    for (const name of ["05", "06", "07", "08"]) await disk.remove(`${flowDir}/log-2026-${name}.jsonl`);
    const text = disk.content(april).toString();
    disk.put(april, Buffer.from(text.slice(0, text.lastIndexOf("\n", text.length - 2) + 1)));
    const { lines, problem } = await verifyLog(disk, flowDir, macKey);
    expect(lines).toBe(6);
    expect(String(problem)).toMatch(/its end is cut off: the snapshot knows lines up to number 9/);
  });
});
