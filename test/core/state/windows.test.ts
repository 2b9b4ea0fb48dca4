import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stopSignals } from "../../../src/commands/support/signals.ts";
import { readVaultKey } from "../../../src/core/secrets/vault-key.ts";
import { machineDisk, replaceFile } from "../../../src/core/state/disk.ts";
import { isGone, type ProcessName, thisMachine } from "../../../src/core/state/machine.ts";
import { modeFromAccessList } from "../../../src/core/state/windows.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "mlc-windows-"));
});
afterEach(() => rm(dir, { recursive: true }));

const own = "(A;;FA;;;S-1-5-21-1-2-3-1001)";

describe("an access list as permission bits", () => {
  it.each([
    ["the owner, the system and administrators", `D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)${own}`, 0o600],
    ["users that may read", `D:AI${own}(A;ID;0x1200a9;;;BU)`, 0o644],
    ["everybody, by letters", `D:P${own}(A;;FR;;;WD)`, 0o644],
    ["everybody, by a generic right", `D:P(A;;GA;;;WD)${own}`, 0o666],
    ["authenticated users that may change it", `D:AI(A;ID;0x1301bf;;;AU)${own}`, 0o666],
    ["a right in figures that is generic", `D:(A;;0x80000000;;;S-1-1-0)`, 0o644],
    ["users that may only run it", `D:${own}(A;;FX;;;BU)`, 0o600],
    ["an entry that is only for what is below", `D:${own}(A;OICIIO;FA;;;BU)`, 0o600],
    ["an inherited entry that is not", `D:${own}(A;OICIID;FA;;;BU)`, 0o666],
    ["users that are refused", `D:(D;;FA;;;BU)${own}`, 0o600],
    ["no list, which lets everybody", "D:NO_ACCESS_CONTROL", 0o666],
    ["a text that is none", "vault.key\r\n", 0o600],
    ["what icacls writes around it", `vault.key\r\nD:AI${own}(A;ID;FR;;;BU)S:AI(AU;SAFA;FA;;;WD)\r\n`, 0o644],
  ])("%s", (_, text, mode) => {
    expect(modeFromAccessList(text).toString(8)).toBe(mode.toString(8));
  });

  it("refuses a vault's key that others can read, and says how to close it", async () => {
    const path = join(dir, "vault.key");
    await writeFile(path, "00".repeat(32));
    const open = machineDisk("win32", { accessList: async () => `D:${own}(A;ID;FR;;;BU)` });
    const error = await readVaultKey(open, { MLC_VAULT_KEY_FILE: path }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ exitCode: 6, message: expect.stringContaining("Others can read") });
    expect(error).toMatchObject({
      hint: expect.stringMatching(/^Run `icacls ".*vault\.key" \/inheritance:r \/grant:r/),
    });
    expect((await open.facts(dir))?.closeWith).toMatch(/:\(OI\)\(CI\)F"$/);
    const closed = machineDisk("win32", { accessList: async () => `D:${own}` });
    expect(await readVaultKey(closed, { MLC_VAULT_KEY_FILE: path })).toHaveLength(32);
  });
});

describe("a rename that somebody else's open file refuses", () => {
  function busy(code: string, times: number) {
    const waits: number[] = [];
    let left = times;
    const parts = {
      sleep: async (ms: number) => void waits.push(ms),
      rename: async (from: string, to: string) => {
        left -= 1;
        if (left >= 0) throw Object.assign(new Error(code), { code });
        await rename(from, to);
      },
    };
    return { waits, parts };
  }

  it.each(["EPERM", "EACCES", "EBUSY"])(
    "is tried again on Windows after %s, with longer and longer waits",
    async (code) => {
      const { waits, parts } = busy(code, 3);
      await replaceFile(machineDisk("win32", parts), join(dir, "state.json"), Buffer.from("new"));
      expect(await readFile(join(dir, "state.json"), "utf8")).toBe("new");
      expect(waits).toEqual([10, 20, 40]);
    },
  );

  it("is given up after about five seconds, as any other refusal is at once", async () => {
    const { waits, parts } = busy("EBUSY", 1_000);
    const disk = machineDisk("win32", parts);
    await expect(disk.rename(join(dir, "a"), join(dir, "b"))).rejects.toMatchObject({ context: { code: "EBUSY" } });
    expect(waits.reduce((sum, wait) => sum + wait)).toBe(5_110);
    const full = busy("ENOSPC", 1);
    await expect(machineDisk("win32", full.parts).rename("a", "b")).rejects.toMatchObject({ exitCode: 7 });
    expect(full.waits).toEqual([]);
  });

  it("is not tried again elsewhere, where it means what it says", async () => {
    const { waits, parts } = busy("EACCES", 1);
    await expect(machineDisk("linux", parts).rename("a", "b")).rejects.toMatchObject({ context: { code: "EACCES" } });
    expect(waits).toEqual([]);
  });
});

describe("a process on Windows", () => {
  const asked: string[][] = [];
  const machineWith = (starts: Record<number, string>) =>
    thisMachine("win32", async (...words) => {
      asked.push(words);
      const pid = Number(/-Id (\d+)/.exec(words.at(-1) ?? "")?.[1]);
      return starts[pid];
    });

  it("is told from a later one with its number by when it was created", async () => {
    const machine = machineWith({ [process.pid]: "133766784000000000" });
    const self = await machine.self();
    expect(self).toMatchObject({ pid: process.pid, start: "133766784000000000" });
    expect(asked[0]?.[0]).toBe("powershell.exe");
    const holder: ProcessName = { ...self };
    expect(await isGone(machine, holder)).toBe(false);
    expect(await isGone(machine, { ...holder, start: "133766700000000000" })).toBe(true);
  });

  it("counts as there while its number is taken, when nobody tells when it began", async () => {
    const machine = machineWith({});
    const self = await machine.self();
    expect(self.start).toBeUndefined();
    expect(await isGone(machine, { ...self, start: "1" })).toBe(false);
    expect(await isGone(machine, { ...self, pid: 2 ** 22 + 1 })).toBe(true);
    const chatty = thisMachine("win32", async () => "Get-Process : not found");
    expect((await chatty.self()).start).toBeUndefined();
  });

  it("asks about itself once, however often the lock looks", async () => {
    asked.length = 0;
    const machine = machineWith({ [process.pid]: "1" });
    await Promise.all([machine.self(), machine.self(), machine.self()]);
    expect(asked).toHaveLength(1);
  });
});

it("a run ends in order by the signals that its platform has", () => {
  expect(stopSignals("linux")).toEqual([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ]);
  expect(stopSignals("win32")).toEqual([
    ["SIGINT", 130],
    ["SIGBREAK", 130],
    ["SIGHUP", 143],
  ]);
});
