import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Bench, openBench } from "../process/fixture.ts";
import { wants } from "./kit.ts";

let bench: Bench;
let daemon: ChildProcess | undefined;
/** The crontab that this user had before. */
let before: string | undefined;

const crontab = (text: string) => {
  const { status, stderr } = spawnSync("crontab", ["-"], { input: text, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
};

beforeEach(async () => {
  wants("cron", "cron");
  wants("crontab", "cron");
  const { status, stdout } = spawnSync("crontab", ["-l"], { encoding: "utf8" });
  before = status === 0 ? stdout : undefined;
  // Both sh and cron have a meaning for what stands in this name.
  bench = await openBench({ homeName: `mlc it's "100%" $HOME ` });
});
afterEach(async () => {
  daemon?.kill();
  if (before === undefined) spawnSync("crontab", ["-r"]);
  else crontab(before);
  await bench.close();
});

/** Starts cron in the foreground, which runs `@reboot` lines at once unless it did so since the last boot. */
async function cronUntil(path: string): Promise<string> {
  rmSync("/run/crond.reboot", { force: true });
  let said = "";
  daemon = spawn("cron", ["-f", "-L", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  daemon.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  while (!existsSync(path)) {
    if (daemon.exitCode !== null) throw new Error(`cron ended: ${said} (stop a cron that runs already)`);
    await delay(50);
  }
  return readFileSync(path, "utf8");
}

it("the printed line syncs when Debian's cron runs it", async () => {
  const log = join(bench.home, "what happened.log");
  const { stdout, stderr, code } = await bench.run(["schedule", "cron", "--every", "1m", "--log-file", log]);
  expect(code).toBe(0);
  expect(stderr).toContain("crontab -e");
  const line = stdout.replace(/^\* \* \* \* \*/, "@reboot");
  expect(line).not.toBe(stdout);
  const out = mkdtempSync(join(tmpdir(), "mlc-cron-"));
  // The clock of the simulated vendors, and what came of the run once it has ended.
  const told = `MLC_TEST_NOW=${bench.clock.now().toISOString()}\n`;
  crontab(`${told}${line.trimEnd()} > ${out}/run 2>&1; env > ${out}/env.tmp; mv ${out}/env.tmp ${out}/env\n`);
  try {
    const environment = await cronUntil(join(out, "env"));
    expect(environment).toMatch(/^SHELL=\/bin\/sh$/m);
    expect(environment).not.toMatch(/^(MLC_HOME|MLC_VAULT_KEY_FILE|DBUS_SESSION_BUS_ADDRESS)=/m);
    expect(readFileSync(join(out, "run"), "utf8")).toMatch(/^(?!.*Error)/);
    expect(readFileSync(log, "utf8")).toContain("sync");
    expect(bench.shipstation.orders.length).toBeGreaterThan(10);
    const status = JSON.parse((await bench.run(["status", "--json"])).stdout);
    expect(status.flows.map(({ lastSuccessAt }: { lastSuccessAt: string | null }) => lastSuccessAt !== null)).toEqual([
      true,
      true,
    ]);
  } finally {
    rmSync(out, { recursive: true });
  }
});
