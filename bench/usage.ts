// Loaded into a measured process with `--import`: as it ends, it tells on descriptor 3 what it needed.
import { readFileSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Usage } from "./kit.ts";

let syncs = 0;
const handle = await open(fileURLToPath(import.meta.url));
const handles: { sync(): Promise<void>; datasync(): Promise<void> } = Object.getPrototypeOf(handle);
await handle.close();
for (const name of ["sync", "datasync"] as const) {
  const original = handles[name];
  handles[name] = function counted() {
    syncs += 1;
    return original.call(this);
  };
}

/** On Linux getrusage counts the parent's peak too, as it was when it forked. */
function peakBytes(): number {
  if (process.platform === "linux") {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1_024;
  }
  return process.resourceUsage().maxRSS * 1_024;
}

process.on("exit", () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage: Usage = { peakBytes: peakBytes(), cpuMs: (userCPUTime + systemCPUTime) / 1_000, syncs };
  writeSync(3, JSON.stringify(usage));
});
