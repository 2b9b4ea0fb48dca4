import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { freeBytesAt, machineFindings } from "../../src/commands/support/doctor-machine.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import { diskError } from "../../src/core/state/disk-error.ts";
import { MemoryDisk } from "../core/state/memory-disk.ts";

const dir = "/home/mlc/default";

/** The findings that are not ok, on a machine that is well but for what is given. */
async function bad(given: Partial<Parameters<typeof machineFindings>[0]>) {
  const disk = new MemoryDisk();
  disk.put(dir, Buffer.alloc(0));
  const findings = await machineFindings({
    env: {},
    nodeVersion: "20.19.0",
    disk,
    home: "/home/mlc",
    dir,
    machine: { self: async () => ({ host: "here", pid: 1 }), process: async () => ({ runs: false }) },
    freeBytes: async () => 10_000_000_000,
    ...given,
  });
  return findings.filter(({ state }) => state !== "ok");
}

describe("doctor's look at the machine", () => {
  it.each([
    ["18.20.8", true],
    ["20.18.3", true],
    ["20.19.0", false],
    ["22.1.0", false],
    ["100.0.0", false],
  ])("Node %s is too old: %s", async (nodeVersion, isOld) => {
    expect(await bad({ nodeVersion })).toEqual(
      isOld
        ? [
            {
              name: "Node",
              state: "failed",
              message: `${nodeVersion} is older than 20.19`,
              fix: "Install Node 20.19 or newer.",
              exitCode: 6,
            },
          ]
        : [],
    );
  });

  it("warns on Windows of what the access list opens to others, with the command that closes it", async () => {
    const own = mkdtempSync(join(tmpdir(), "mlc-doctor-"));
    const users = "D:(A;;FA;;;S-1-5-21-1-2-3-1001)(A;ID;0x1200a9;;;BU)";
    const disk = machineDisk("win32", { accessList: async (path) => (path === own ? users : "D:") });
    const [finding] = await bad({ disk, home: dirname(own), dir: own });
    rmSync(own, { recursive: true });
    expect(finding).toMatchObject({ name: "Permissions", state: "warning", message: `others can reach ${own}` });
    expect(finding?.fix).toMatch(/^Run `icacls ".*mlc-doctor-.*" \/inheritance:r \/grant:r ".*:\(OI\)\(CI\)F"`\.$/);
  });

  it("warns before the disk is full, and where nobody can tell says nothing", async () => {
    expect(await bad({ freeBytes: async () => 12_345_678 })).toEqual([
      {
        name: "Disk",
        state: "warning",
        message: `only 12 MB are free at ${dir}`,
        fix: expect.stringContaining("Free some space"),
      },
    ]);
    expect(await bad({ freeBytes: async () => undefined })).toEqual([]);
    const atHome = async (path: string) => (path === dir ? undefined : 1);
    expect(await bad({ freeBytes: atHome })).toHaveLength(1);
    expect(await freeBytesAt("/")).toBeGreaterThan(0);
    expect(await freeBytesAt("/no/such/place")).toBeUndefined();
  });

  it.each(["EACCES", "EROFS", "ENOSPC", "EDQUOT"])("fails with 7 on a directory that says %s", async (code) => {
    const disk = new MemoryDisk();
    disk.put(dir, Buffer.alloc(0));
    disk.write = async (path) => {
      throw diskError("write", path, Object.assign(new Error(code), { code }));
    };
    expect(await bad({ disk })).toEqual([
      {
        name: "Directory",
        state: "failed",
        message: `Cannot write ${dir}/.doctor: ${code}.`,
        exitCode: 7,
        fix: expect.stringMatching(/^[A-Z].*\.$/),
      },
    ]);
  });
});
