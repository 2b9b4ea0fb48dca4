import { execFileSync } from "node:child_process";

/** Throws a sentence that names the Debian package when a program is not there. */
export function wants(program: string, debianPackage: string): void {
  try {
    execFileSync("/bin/sh", ["-c", 'command -v "$1"', "sh", program]);
  } catch {
    throw new Error(`${program} is missing: install Debian's package ${debianPackage}, or let .ci/run do it.`);
  }
}
