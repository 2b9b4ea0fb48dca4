import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../../src/core/errors.ts";
import { cronSchedule } from "../../../src/core/schedule/cron.ts";
import { job } from "./kit.ts";

const line = (changes: Parameters<typeof job>[0] = {}) => cronSchedule(job(changes)).files[0]?.text ?? "";
const every = (every: string, minutes: number) => line({ every, everyMs: minutes * 60_000 });

describe("the crontab line", () => {
  it("calls Node and mlc by their paths with all that cron does not give", () => {
    expect(line({ logFile: "/var/log/mlc.log", env: { NODE_EXTRA_CA_CERTS: "/etc/ca.pem" } })).toBe(
      "*/15 * * * * NODE_EXTRA_CA_CERTS=/etc/ca.pem MLC_HOME=/var/lib/mlc MLC_VAULT_KEY_FILE=/etc/mlc/vault.key " +
        "/usr/bin/node /opt/mlc/bin/run.js sync --profile default --quiet --if-running skip --no-input " +
        "--log-file /var/log/mlc.log\n",
    );
  });

  it.each([
    ["1m", 1, "* * * * *"],
    ["5m", 5, "*/5 * * * *"],
    ["60m", 60, "0 * * * *"],
    ["6h", 360, "0 */6 * * *"],
    ["1d", 1_440, "0 0 * * *"],
  ])("runs every %s", (span, minutes, times) => {
    expect(every(span, minutes).startsWith(`${times} MLC_HOME=`)).toBe(true);
  });

  it.each([
    ["30s", 0.5, "--every 1m,"],
    ["7m", 7, "--every 6m or 10m,"],
    ["45m", 45, "--every 30m or 1h,"],
    ["90m", 90, "--every 1h or 2h,"],
    ["5h", 300, "--every 4h or 6h,"],
    ["2d", 2_880, "--every 24h,"],
  ])("refuses %s, which would limp at the end of the hour or day, and names what is near", (span, minutes, near) => {
    expect(() => every(span, minutes)).toThrow(UsageError);
    expect(() => every(span, minutes)).toThrow(`cron cannot run every ${span}`);
    try {
      every(span, minutes);
    } catch (error) {
      expect((error as UsageError).hint).toContain(near);
    }
  });

  it("gives the shell every word as it was, once cron has taken the backslash from each per cent sign", () => {
    const home = `/srv/it's "100%" $HOME & (mlc); \`x\` #1~*?`;
    const text = line({ home, node: "/opt/node js/bin/node" });
    expect(text.match(/(?<!\\)%/)).toBeNull();
    const command = text.replace(/^(\S+ ){5}/, "").replaceAll("\\%", "%");
    const echo = command.replace("'/opt/node js/bin/node'", "/usr/bin/env printf '%s\\n' \"$MLC_HOME\"");
    // The shell expands words before it sets variables for the command, so that they are set beforehand here.
    const script = echo.replace(/ \/usr\/bin\/env /, "; /usr/bin/env ");
    const words = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8", env: {} }).split("\n");
    expect(words.slice(0, 3)).toEqual([home, "/opt/mlc/bin/run.js", "sync"]);
  });

  it("refuses what no crontab line can hold: a line break, a backslash, more than 998 characters", () => {
    expect(() => line({ home: "/srv/a\nb" })).toThrow(/cron cannot take .*\\n/);
    expect(() => line({ home: "/srv/a\\b" })).toThrow(/cron cannot take/);
    expect(() => line({ home: `/srv/${"x".repeat(900)}` })).toThrow(/cron takes 998/);
  });

  it("lets the runs write their log as it was asked for", () => {
    expect(line({ logFile: "/l", logFormat: "json" })).toMatch(/ --log-file \/l --log-format json\n$/);
    expect(line({ logFile: "/l", logFormat: "text" })).toMatch(/ --log-file \/l\n$/);
  });

  it("says that a keychain is closed under cron, and where output without a log file goes", () => {
    const { notes } = cronSchedule(job({ store: "keychain" }));
    expect(notes).toEqual([expect.stringContaining("mlc secrets move --to vault"), expect.stringContaining("MAILTO")]);
    expect(cronSchedule(job({ logFile: "/l" })).notes).toEqual([]);
  });
});
