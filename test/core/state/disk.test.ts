import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StateError } from "../../../src/core/errors.ts";
import { machineDisk, replaceFile } from "../../../src/core/state/disk.ts";
import { diskError } from "../../../src/core/state/disk-error.ts";
import { cursor, open, result } from "./kit.ts";

const disk = machineDisk(process.platform);
let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "mlc-disk-"));
});
afterEach(() => rm(dir, { recursive: true }));

const mode = async (path: string) => (await stat(path)).mode & 0o777;

describe("the machine's disk", () => {
  it("makes directories 0700 and files 0600, whatever the umask", async () => {
    const path = join(dir, "a", "b");
    await disk.makeDirectory(path);
    await disk.makeDirectory(path);
    await replaceFile(disk, join(path, "whole"), Buffer.from("1"));
    const file = await disk.append(join(path, "log"));
    await file.write(Buffer.from("one\n"));
    await file.write(Buffer.from("two\n"));
    await file.sync();
    await file.close();
    expect(await Promise.all(["", "../", "whole", "log"].map((name) => mode(join(path, name))))).toEqual([
      0o700, 0o700, 0o600, 0o600,
    ]);
    expect(await readFile(join(path, "log"), "utf8")).toBe("one\ntwo\n");
    expect(await disk.list(path)).toEqual(["log", "whole"]);
  });

  it("says of absent files that they are absent", async () => {
    const path = join(dir, "none");
    expect([await disk.read(path), await disk.facts(path), await disk.list(path)]).toEqual([undefined, undefined, []]);
    for await (const _ of disk.chunks(path, 0)) throw new Error("no chunk was expected");
    await disk.remove(path);
  });

  it("reads on from an offset over many chunks, and truncates", async () => {
    const path = join(dir, "long");
    await writeFile(path, Buffer.alloc(600_000, 1));
    let length = 0;
    for await (const chunk of disk.chunks(path, 100)) length += chunk.length;
    expect(length).toBe(599_900);
    await disk.truncate(path, 10);
    expect(await disk.facts(path)).toMatchObject({ size: 10 });
  });

  it("gives a second name only when it is free", async () => {
    await writeFile(join(dir, "a"), "1");
    expect(await disk.link(join(dir, "a"), join(dir, "b"))).toBe(true);
    expect(await disk.link(join(dir, "a"), join(dir, "b"))).toBe(false);
  });

  it("syncs no directory and reads no mode where the platform has none", async () => {
    const windows = machineDisk("win32", { accessList: async () => undefined });
    await writeFile(join(dir, "a"), "1", { mode: 0o644 });
    await windows.syncDirectory(join(dir, "none"));
    expect(await windows.facts(join(dir, "a"))).toMatchObject({ size: 1, mode: 0o600 });
    await expect(disk.syncDirectory(join(dir, "none"))).rejects.toBeInstanceOf(StateError);
  });

  it("tells every refusal as a StateError with its code and what to do", async () => {
    await writeFile(join(dir, "file"), "1");
    await expect(disk.read(dir)).rejects.toMatchObject({ exitCode: 7, context: { code: "EISDIR" } });
    await expect(disk.makeDirectory(join(dir, "file", "x"))).rejects.toBeInstanceOf(StateError);
    for (const [code, hint] of [
      ["ENOSPC", /^Free some space/],
      ["EACCES", /^Give the user/],
      ["EROFS", /^Remount/],
      ["EMFILE", /^Raise the limit/],
    ] as const) {
      const error = diskError("write", "/p/f", Object.assign(new Error("x"), { code }));
      expect(error.message).toBe(`Cannot write /p/f: ${code}.`);
      expect(error.hint).toMatch(hint);
    }
  });

  it("carries a flow's store", async () => {
    const first = await open(disk, { dir, closedPerFiling: 1 });
    await first.append([result("a", { closed: true }), cursor("1")]);
    await first.save();
    await first.append([cursor("2")]);
    await first.close();
    const again = await open(disk, { dir });
    expect(again.state.cursor).toBe("2");
    expect(await again.holder("a")).toBe("a");
    await again.close();
  });
});
