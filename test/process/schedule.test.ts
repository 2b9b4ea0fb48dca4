import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Bench, openBench } from "./fixture.ts";

let bench: Bench;
afterEach(() => bench.close());

const script = realpathSync(join(import.meta.dirname, "..", "..", "bin", "run.js"));

describe("schedule", () => {
  it("prints on stdout only what a scheduler takes, with Node, script, profile, directory and key of this machine", async () => {
    bench = await openBench({ seeded: false });
    const { stdout, stderr, code } = await bench.run(["schedule", "cron", "--log-file", "/var/log/mlc.log"]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      `*/15 * * * * MLC_HOME=${bench.home} MLC_VAULT_KEY_FILE=${join(bench.home, "vault.key")} ${process.execPath} ` +
        `${script} sync --profile default --quiet --if-running skip --no-input --log-file /var/log/mlc.log\n`,
    );
    expect(stderr).toMatch(/`crontab -e`.*would replace/);
    const log = join(bench.home, "runs.log");
    expect((await bench.run(["schedule", "cron", "--log-file", log])).code).toBe(0);
    expect(existsSync(log)).toBe(false);
  });

  it("runs as often as the flow that wants it most often, but not for one that is switched off", async () => {
    const flows = { orders: { every: "10m" }, shipments: { every: "5m", enabled: false } };
    bench = await openBench({ seeded: false, pair: { flows } });
    expect((await bench.run(["schedule", "cron"])).stdout).toMatch(/^\*\/10 /);
    expect((await bench.run(["schedule", "cron", "--every", "1h"])).stdout).toMatch(/^0 \* \* \* \* /);
  });

  it("refuses with 2 what cron cannot express, and says what it can", async () => {
    bench = await openBench({ seeded: false });
    const { code, stdout, stderr } = await bench.run(["schedule", "cron", "--every", "7m"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/cannot run every 7m.*\n {2}→ Say --every 6m or 10m/);
    expect((await bench.run(["schedule", "--every", "often"])).code).toBe(2);
    expect((await bench.run(["schedule", "at"])).code).toBe(2);
  });

  it("prints one unit at a time, and all of it as JSON", async () => {
    bench = await openBench({ seeded: false });
    const timer = await bench.run(["schedule", "systemd", "--every", "7m", "--unit", "timer"]);
    expect(timer.stdout).toContain("OnUnitActiveSec=420s");
    expect(timer.stdout).not.toContain("ExecStart");
    expect(timer.stderr).toBe("");
    const { stdout } = await bench.run(["schedule", "systemd", "--json"]);
    const { kind, text, files, install, notes } = JSON.parse(stdout);
    expect([kind, files.length, install.length, notes.length]).toEqual(["systemd", 2, 3, 1]);
    expect(text).toContain(`LoadCredential=mlc-vault-key:${join(bench.home, "vault.key")}`);
    expect(text).not.toContain("MLC_VAULT_KEY_FILE");
  });

  it("prints the XML anywhere, and says whose paths are in it", async () => {
    bench = await openBench({ seeded: false, connected: false });
    const { code, stdout, stderr } = await bench.run(["schedule", "windows"]);
    expect(code).toBe(0);
    expect(stdout).toContain("<LogonType>InteractiveToken</LogonType>");
    expect(stderr.includes("those of this machine")).toBe(process.platform !== "win32");
  });

  it("leads past a keychain that nobody has opened", async () => {
    bench = await openBench({ seeded: false });
    const file = join(bench.home, "default", "config.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), secrets: "keychain" }));
    const cron = await bench.run(["schedule", "cron"]);
    expect(cron.stderr).toContain("mlc secrets move --to vault");
    expect(cron.stdout).not.toContain("MLC_VAULT_KEY_FILE");
    const systemd = await bench.run(["schedule", "systemd"]);
    expect(systemd.stdout).toContain("# ~/.config/systemd/user/mlc-default.service");
    expect((await bench.run(["schedule", "systemd", "--no-user"])).stderr).toContain(
      "only while its user is logged in",
    );
  });
});
