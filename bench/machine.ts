import { readFileSync } from "node:fs";
import { cpus, loadavg, release, tmpdir, totalmem } from "node:os";
import { relative, sep } from "node:path";

/** What was measured on, in a line: processor, memory, Node, system, disk and day. */
export function machineLine(): string {
  const all = cpus();
  return [
    `${all[0]?.model.trim() ?? process.arch}, ${all.length} cores (load ${loadavg()[0]?.toFixed(1)})`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Node ${process.versions.node}`,
    `${process.platform} ${release()}`,
    `files on ${fileSystem(tmpdir())}`,
    new Date().toISOString().slice(0, 10),
  ].join(" · ");
}

/** Kind and device of the file system that a directory is on; only Linux says. */
function fileSystem(directory: string): string {
  if (process.platform !== "linux") return directory;
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, point = ""]) => point !== "" && !relative(point, directory).split(sep).includes(".."))
    .toSorted(([, one = ""], [, other = ""]) => other.length - one.length);
  const [device = "?", , kind = "?"] = mounts[0] ?? [];
  return `${kind} (${device})`;
}
