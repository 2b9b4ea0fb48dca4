import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { promisify } from "node:util";
import { errorCode } from "./disk-error.ts";

/** What names a running process beyond doubt; a part that the platform does not tell is absent. */
export interface ProcessName {
  host: string;
  /** The installation's own id, since host names repeat. */
  machine?: string;
  /** Changes with each start of the machine. */
  boot?: string;
  /** Process ids mean something only within it. */
  namespace?: string;
  pid: number;
  /** When the process began, as the platform says it; tells a process from a later one with its number. */
  start?: string;
}

/** How this machine tells processes apart. */
export interface Machine {
  self(): Promise<ProcessName>;
  /** Whether a process runs here, and since when if the platform tells. */
  process(pid: number): Promise<{ runs: boolean; start?: string }>;
}

/** Runs a program and gives what it prints; undefined when it cannot. */
export type Asked = (program: string, ...args: string[]) => Promise<string | undefined>;

/** The machine that mlc runs on; it asks each thing about itself once. */
export function thisMachine(platform: NodeJS.Platform, asked: Asked = output): Machine {
  const start = (pid: number) => startOf(platform, pid, asked);
  let self: Promise<ProcessName> | undefined;
  return {
    self: () => {
      self ??= named(platform, start, asked);
      return self;
    },
    process: async (pid) => (runs(pid) ? { runs: true, ...known({ start: await start(pid) }) } : { runs: false }),
  };
}

async function named(
  platform: NodeJS.Platform,
  start: (pid: number) => Promise<string | undefined>,
  asked: Asked,
): Promise<ProcessName> {
  const isDarwin = platform === "darwin";
  return {
    host: hostname(),
    pid: process.pid,
    ...known({
      machine: await firstLine("/etc/machine-id"),
      boot: isDarwin ? await asked("sysctl", "-n", "kern.bootsessionuuid") : await firstLine(bootFile),
      namespace: await linkTarget("/proc/self/ns/pid"),
      start: await start(process.pid),
    }),
  };
}

/** Whether a process is proven to be gone, seen from here; age is no proof. Pure but for the look at the process. */
export async function isGone(machine: Machine, holder: ProcessName): Promise<boolean> {
  const here = await machine.self();
  if (holder.host !== here.host || holder.machine !== here.machine) return false;
  if (holder.boot !== undefined && here.boot !== undefined && holder.boot !== here.boot) return true;
  if (holder.namespace !== here.namespace) return false;
  const found = await machine.process(holder.pid);
  if (!found.runs) return true;
  return holder.start !== undefined && found.start !== undefined && holder.start !== found.start;
}

const bootFile = "/proc/sys/kernel/random/boot_id";

function known<T extends Record<string, string | undefined>>(parts: T): { [K in keyof T]?: string } {
  const found: { [K in keyof T]?: string } = {};
  for (const name in parts) {
    const value = parts[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}

async function firstLine(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).split("\n")[0]?.trim() || undefined;
  } catch {
    // The platform or the container does not tell; the comparison then does without it.
    return undefined;
  }
}

async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch {
    // As above.
    return undefined;
  }
}

async function output(command: string, ...args: string[]): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(command, args, { timeout: 5_000, windowsHide: true })).stdout.trim() || undefined;
  } catch {
    // As above: `ps` also ends with an error when there is no such process.
    return undefined;
  }
}

/** Clock ticks between the boot and the start: field 22 of stat, counted behind the command's closing bracket. */
async function linuxStart(pid: number): Promise<string | undefined> {
  const stat = await firstLine(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

/** Undefined where the platform does not tell; to the same question about the same process the answer is the same. */
async function startOf(platform: NodeJS.Platform, pid: number, asked: Asked): Promise<string | undefined> {
  if (platform === "linux") return linuxStart(pid);
  if (platform === "darwin") return asked("ps", "-p", String(pid), "-o", "lstart=");
  if (platform !== "win32") return undefined;
  // 100 ns since 1601, set by the kernel: it also tells processes of two boots apart, for which Windows has no id.
  const script = `(Get-Process -Id ${pid} -ErrorAction Stop).StartTime.ToFileTimeUtc()`;
  const told = await asked("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", script);
  return told !== undefined && /^\d+$/.test(told) ? told : undefined;
}
