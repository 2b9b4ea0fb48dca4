import { describe, expect, it } from "vitest";
import { scheduleText, usualKind } from "../../src/commands/support/schedule.ts";
import type { Schedule } from "../../src/core/schedule/job.ts";

describe("schedule", () => {
  it("prints for what the machine has, unless a kind is named", () => {
    const booted = (path: string) => path === "/run/systemd/system";
    expect(usualKind("linux", booted)).toBe("systemd");
    expect(usualKind("linux", () => false)).toBe("cron");
    expect(usualKind("darwin", () => false)).toBe("cron");
    expect(usualKind("win32", booted)).toBe("windows");
  });

  it("heads each of several files with its path, and a single one with nothing", () => {
    const files = [
      { path: "/etc/mlc.service", text: "[Service]\n" },
      { path: "/etc/mlc.timer", text: "[Timer]\n" },
    ];
    const schedule: Schedule = { kind: "systemd", files, install: [], notes: [] };
    expect(scheduleText(schedule)).toBe("# /etc/mlc.service\n[Service]\n\n# /etc/mlc.timer\n[Timer]\n");
    expect(scheduleText(schedule, "timer")).toBe("[Timer]\n");
  });
});
