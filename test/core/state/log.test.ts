import { describe, expect, it } from "vitest";
import { jumpingClock } from "../../../src/core/clock.ts";
import { StateError } from "../../../src/core/errors.ts";
import type { LogLine } from "../../../src/core/state/lines.ts";
import { stateSchema } from "../../../src/core/state/schema.ts";
import { sealed } from "../../../src/core/state/seal.ts";
import { cursor, flowDir, intent, killAt, macKey, open, plain, result } from "./kit.ts";
import { MemoryDisk } from "./memory-disk.ts";

const march = `${flowDir}/log-2026-03.jsonl`;
const april = `${flowDir}/log-2026-04.jsonl`;

async function smallLog(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const store = await open(disk);
  await store.append([intent("a"), intent("b")]);
  await store.append([result("a")]);
  return disk;
}

const linesOf = (disk: MemoryDisk, path: string): LogLine[] =>
  disk
    .content(path)
    .toString()
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text) as LogLine);

/** Lines numbered, chained and sealed anew. */
function resealed(lines: readonly LogLine[]): Buffer {
  let prev = "";
  return Buffer.concat(
    lines.map(({ mac: _, ...line }) => {
      const { bytes, mac } = sealed(macKey, { ...line, prev }, "\n");
      prev = mac;
      return bytes;
    }),
  );
}

describe("a flow's log", () => {
  it("writes id first and mac last, numbers the lines and chains them", async () => {
    const disk = await smallLog();
    const lines = linesOf(disk, march);
    expect(lines.map((line) => line.seq)).toEqual([1, 2, 3]);
    expect(lines.map((line) => line.prev)).toEqual(["", lines[0]!.mac, lines[1]!.mac]);
    expect(Object.keys(lines[0]!).slice(0, 4)).toEqual(["id", "at", "seq", "prev"]);
    expect(Object.keys(lines[0]!).at(-1)).toBe("mac");
  });

  it("says its schema on the first line of a file and of each writer", async () => {
    const disk = await smallLog();
    const clock = jumpingClock(new Date("2026-03-31T23:59:59Z"));
    const store = await open(disk, { clock });
    await store.append([cursor("1"), cursor("2")]);
    clock.advance(2_000);
    await store.append([cursor("3")]);
    await store.append([cursor("4")]);
    expect(linesOf(disk, march).map((line) => line.schema)).toEqual([
      stateSchema,
      undefined,
      undefined,
      stateSchema,
      undefined,
    ]);
    expect(linesOf(disk, april).map((line) => line.schema)).toEqual([stateSchema, undefined]);
  });

  it("refuses lines of a newer mlc, also behind a snapshot of its own, and reads those of an older one", async () => {
    const disk = await smallLog();
    await (await open(disk)).save();
    await disk.remove(`${flowDir}/state.1.json`);
    await (await open(disk)).append([cursor("2"), cursor("3")]);
    const lines = linesOf(disk, march);
    disk.put(march, resealed(lines.map((line) => (line.seq === 4 ? { ...line, schema: stateSchema + 1 } : line))));
    const newer = { exitCode: 7, context: { code: "SCHEMA_NEWER" }, hint: expect.stringMatching(/^Run the newer mlc/) };
    await expect(open(disk)).rejects.toMatchObject(newer);
    await disk.remove(`${flowDir}/state.json`);
    await expect(open(disk, { readOnly: true })).rejects.toMatchObject(newer);
    disk.put(march, resealed(lines.map(({ schema: _, ...line }) => line)));
    const older = await open(disk);
    expect(older.state.cursor).toBe("3");
    await older.append([cursor("4")]);
    expect(linesOf(disk, march).map((line) => line.schema)).toEqual([...lines.map(() => undefined), stateSchema]);
  });

  it("costs one write and one fsync a batch", async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    await store.append([intent("a")]);
    await store.append([intent("b")]);
    disk.calls = [];
    await store.append([intent("c"), intent("d"), intent("e")]);
    expect(disk.calls).toEqual([`appendSync ${march}`]);
  });

  it("drops a last line torn at any byte and goes on behind the line before it", async () => {
    const whole = (await smallLog()).content(march);
    const third = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let size = third; size < whole.length; size += 1) {
      const disk = new MemoryDisk();
      disk.put(march, whole.subarray(0, size));
      const store = await open(disk);
      expect(Object.keys(store.state.intents)).toEqual(["a#order", "b#order"]);
      await store.append([cursor("on")]);
      disk.powerCut();
      expect((await open(disk)).state.cursor).toBe("on");
      expect(linesOf(disk, march).map((line) => line.seq)).toEqual([1, 2, 3]);
    }
  });

  it("refuses every flipped bit", async () => {
    const whole = (await smallLog()).content(march);
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const disk = new MemoryDisk();
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      disk.put(march, changed);
      await expect(open(disk), `bit ${bit}`).rejects.toMatchObject({ context: { code: "LOG_DAMAGED" } });
    }
  });

  it("refuses a missing, a doubled and a foreign line, and names file and line", async () => {
    const text = (await smallLog()).content(march).toString();
    const [first = "", second = "", third = ""] = text.trimEnd().split("\n");
    for (const lines of [
      [second, third],
      [first, third],
      [first, first, second, third],
      [first, second.replace('"b"', '"c"'), third],
    ]) {
      const disk = new MemoryDisk();
      disk.put(march, Buffer.from(`${lines.join("\n")}\n`));
      const error = await open(disk).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StateError);
      expect(String(error)).toMatch(/log-2026-03\.jsonl is damaged at byte \d+, line number [12]:/);
      expect((error as StateError).hint).toMatch(/^Restore /);
    }
  });

  it("refuses a log that is shorter than its snapshot knows", async () => {
    const disk = await smallLog();
    const store = await open(disk);
    await store.append([cursor("x")]);
    await store.save();
    const whole = disk.content(march);
    for (const size of [0, 10, whole.lastIndexOf(10, whole.length - 2) + 1, whole.length - 1]) {
      const twin = disk.copy();
      twin.put(march, whole.subarray(0, size));
      await expect(open(twin)).rejects.toThrow(/line numbered 4, which the snapshot knows, is missing/);
    }
  });

  it("refuses a log that was sealed with another key", async () => {
    const disk = await smallLog();
    await expect(open(disk, { macKey: Buffer.alloc(32, 8) })).rejects.toThrow(/damaged/);
  });

  it("carries number and chain into the next month, and never writes into an earlier month's file", async () => {
    const disk = new MemoryDisk();
    const clock = jumpingClock(new Date("2026-03-31T23:59:59Z"));
    const store = await open(disk, { clock });
    await store.append([intent("a")]);
    clock.advance(2_000);
    await store.append([intent("b")]);
    disk.powerCut();
    clock.advance(-10_000);
    const again = await open(disk, { clock });
    await again.append([intent("c")]);
    disk.powerCut();
    expect(linesOf(disk, march).map((line) => line.seq)).toEqual([1]);
    expect(linesOf(disk, april).map((line) => line.seq)).toEqual([2, 3]);
    expect(Object.keys((await open(disk)).state.intents)).toEqual(["a#order", "b#order", "c#order"]);
  });

  it("cuts a torn end off the old month before the new month begins", async () => {
    const disk = await smallLog();
    disk.put(march, disk.content(march).subarray(0, -5));
    const store = await open(disk, { clock: jumpingClock(new Date("2026-04-01T00:00:00Z")) });
    await store.append([result("b")]);
    disk.powerCut();
    expect(Object.keys((await open(disk)).state.intents)).toEqual(["a#order"]);
  });

  it("keeps the very first line through a power cut", async () => {
    const disk = new MemoryDisk();
    await (await open(disk)).append([intent("a")]);
    disk.powerCut();
    expect(Object.keys((await open(disk)).state.intents)).toEqual(["a#order"]);
  });

  it("makes safe what a killed process had written before it builds on it", async () => {
    for (const point of ["log.write.after", "log.fsync.after"]) {
      const disk = new MemoryDisk();
      const first = await open(disk, { failpoint: killAt(point) });
      await expect(first.append([intent("a")])).rejects.toThrow(point);
      disk.killProcess();
      const second = await open(disk);
      await second.append([intent("b")]);
      disk.powerCut();
      expect(Object.keys((await open(disk)).state.intents)).toEqual(["a#order", "b#order"]);
      const third = disk.copy();
      const fourth = await open(third, { failpoint: killAt("log.write.after") });
      await expect(fourth.append([intent("c")])).rejects.toThrow();
      third.killProcess();
      await (await open(third)).save();
      third.powerCut();
      expect(Object.keys((await open(third)).state.intents)).toContain("b#order");
    }
  });

  it("folds nothing that was not written, and takes no more lines after a failed write", async () => {
    for (const code of ["ENOSPC", "EROFS", "EACCES", "EMFILE"]) {
      for (const call of ["appendWrite", "appendSync"] as const) {
        const disk = new MemoryDisk();
        const store = await open(disk);
        await store.append([intent("a"), intent("b")]);
        const before = plain(store.state);
        disk.fault = { call, nth: 1, code };
        await expect(store.append([result("a"), result("b")])).rejects.toMatchObject({
          exitCode: 7,
          context: { code },
        });
        expect(plain(store.state)).toEqual(before);
        disk.fault = undefined;
        await expect(store.append([cursor("x")])).rejects.toThrow(/failed earlier/);
        await store.save();
        disk.powerCut({ keep: 700 });
        const again = await open(disk);
        await again.append([result("b")]);
        disk.powerCut();
        expect(Object.keys((await open(disk)).state.intents)).not.toContain("b#order");
      }
    }
  });
});
