import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { MlcError } from "../../core/errors.ts";
import { isTlsOpen } from "../../core/http/open-tls.ts";
import { ignoredProxies } from "../../core/http/proxy.ts";
import type { Disk } from "../../core/state/disk.ts";
import { readHolder } from "../../core/state/lock.ts";
import { isGone, type Machine } from "../../core/state/machine.ts";
import type { Check } from "../../core/system.ts";

/** A check with the exit code that its failure is worth. */
export interface Finding extends Check {
  exitCode?: number;
}

/** What the checks of a machine look at. */
export interface MachineFacts {
  env: Readonly<Record<string, string | undefined>>;
  /** `20.19.0`. */
  nodeVersion: string;
  disk: Disk;
  /** Of all profiles. */
  home: string;
  /** Of this profile. */
  dir: string;
  machine: Machine;
  /** Bytes that this user may still write where a path is; undefined where the platform does not tell. */
  freeBytes(path: string): Promise<number | undefined>;
}

const ok = (name: string, message: string): Finding => ({ name, state: "ok", message });

/** An expected error as a failed check; throws any other. */
export function findingOf(name: string, error: unknown, fix?: string): Finding {
  if (!(error instanceof MlcError) || error.exitCode === 130) throw error;
  const hint = fix ?? error.hint;
  const { message, exitCode } = error;
  return { name, state: "failed", message, exitCode, ...(hint === undefined ? {} : { fix: hint }) };
}

/** Node, environment variables, directories and the lock. */
export async function machineFindings(facts: MachineFacts): Promise<Finding[]> {
  return [
    nodeFinding(facts.nodeVersion),
    tlsFinding(facts.env),
    proxyFinding(facts.env),
    await writableFinding(facts),
    ...(await spaceFinding(facts)),
    await modesFinding(facts),
    await lockFinding(facts),
  ];
}

function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return ok("Node", version);
  return {
    name: "Node",
    state: "failed",
    message: `${version} is older than 20.19`,
    fix: "Install Node 20.19 or newer.",
    exitCode: 6,
  };
}

function tlsFinding(env: MachineFacts["env"]): Finding {
  if (!isTlsOpen(env)) return ok("TLS", "certificates are checked");
  return {
    name: "TLS",
    state: "warning",
    message: "NODE_TLS_REJECT_UNAUTHORIZED=0 switches the check of certificates off; mlc then talks to loopback only",
    fix: "Unset it; let NODE_EXTRA_CA_CERTS name the certificate of your own authority instead.",
  };
}

function proxyFinding(env: MachineFacts["env"]): Finding {
  const names = ignoredProxies(env);
  if (names.length === 0) return ok("Proxy", "none is asked for");
  return {
    name: "Proxy",
    state: "warning",
    message: `${names.join(", ")} is set, and mlc does not use proxies`,
    fix: "Let the firewall pass mlc's own connections to the systems, and unset the variable for mlc.",
  };
}

async function writableFinding({ disk, dir }: MachineFacts): Promise<Finding> {
  const name = "Directory";
  const probe = join(dir, ".doctor");
  try {
    if ((await disk.facts(dir)) === undefined) return ok(name, `${dir} is made by the first connect`);
    await disk.write(probe, Buffer.from("mlc doctor\n"));
    await disk.remove(probe);
    return ok(name, `${dir} can be written`);
  } catch (error) {
    return findingOf(name, error);
  }
}

/** A run of a busy day writes some megabytes; what is less than this fills up before somebody looks. */
const leastFree = 200_000_000;

async function spaceFinding({ freeBytes, home, dir }: MachineFacts): Promise<Finding[]> {
  const free = (await freeBytes(dir)) ?? (await freeBytes(home));
  if (free === undefined) return [];
  const message = `${Math.floor(free / 1_000_000).toLocaleString("en")} MB are free`;
  if (free >= leastFree) return [ok("Disk", message)];
  const fix = "Free some space: a run stops when it cannot write down what it is about to send.";
  return [{ name: "Disk", state: "warning", message: `only ${message} at ${dir}`, fix }];
}

/** Windows has access lists instead; the disk then says what they come to. */
async function modesFinding({ disk, home, dir }: MachineFacts): Promise<Finding> {
  const name = "Permissions";
  const paths = [home, dir, ...["config.json", "vault.json", "state", "tokens", "vault.key"].map((n) => join(dir, n))];
  const open: { path: string; closeWith: string }[] = [];
  try {
    for (const path of paths) {
      const facts = await disk.facts(path);
      // What holds all profiles may be readable by others: each profile is not.
      if (facts && (facts.mode & (path === home ? 0o022 : 0o077)) !== 0)
        open.push({ path, closeWith: facts.closeWith ?? `chmod -R go-rwx ${path}` });
    }
  } catch (error) {
    return findingOf(name, error);
  }
  if (open.length === 0) return ok(name, "others can read nothing of this profile");
  return {
    name,
    state: "warning",
    message: `others can reach ${open.map(({ path }) => path).join(", ")}`,
    fix: `Run \`${open[0]?.closeWith}\`.`,
  };
}

async function lockFinding({ disk, dir, machine }: MachineFacts): Promise<Finding> {
  const name = "Lock";
  try {
    const holder = await readHolder(disk, join(dir, "lock"));
    if (!holder) return ok(name, "free");
    const who = `"${holder.command}", process ${holder.pid} on ${holder.host}, since ${holder.at}`;
    if (await isGone(machine, holder)) return ok(name, `left by ${who}, which is gone; the next run takes it`);
    return ok(name, `held by ${who}`);
  } catch (error) {
    return findingOf(name, error);
  }
}

/** Bytes that are free for this user on the file system of a path; undefined when nobody can tell. */
export async function freeBytesAt(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    // The path is not there yet, or the file system does not say; that it cannot be written is found elsewhere.
    return undefined;
  }
}
