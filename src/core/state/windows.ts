import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { errorCode } from "./disk-error.ts";

/** Groups that hold more than this machine's administrators: https://learn.microsoft.com/windows/win32/secauthz/sid-strings */
const wideGroups = new Set([
  "WD",
  "AU",
  "BU",
  "BG",
  "IU",
  "NU",
  "AN",
  "DU",
  "DG",
  "S-1-1-0",
  "S-1-5-11",
  "S-1-5-32-545",
]);

/** Masks of the rights that come by name: https://learn.microsoft.com/windows/win32/secauthz/ace-strings */
const masks: Readonly<Record<string, number>> = {
  GA: 0x3,
  GR: 0x1,
  GW: 0x2,
  FA: 0x3,
  FR: 0x1,
  FW: 0x2,
  CC: 0x1,
  DC: 0x2,
};
const [readBit, writeBit] = [0x1, 0x2];
/** GENERIC_READ, GENERIC_WRITE and GENERIC_ALL of a mask in figures. */
const [genericRead, genericWrite, genericAll] = [0x80000000, 0x40000000, 0x10000000];

/**
 * The permission bits that an access list comes to, as `icacls /save` writes it: 0o600, and what it grants to groups that
 * anybody may be in. It is in SDDL, which is the same in every language of Windows. Pure.
 */
export function modeFromAccessList(text: string): number {
  const list = /D:[A-Z_]*((?:\([^)]*\))*)/.exec(text);
  if (list === null) return 0o600;
  // No list at all lets everybody do anything.
  if (/D:[A-Z]*NO_ACCESS_CONTROL/.test(text)) return 0o666;
  let granted = 0;
  for (const [, type, flags = "", rights = "", sid = ""] of (list[1] ?? "").matchAll(
    /\((\w*);(\w*);(\w*);[^;]*;[^;]*;([^;)]*)[^)]*\)/g,
  )) {
    const isInheritOnly = /^(..)*IO/.test(flags);
    if (type === "A" && !isInheritOnly && wideGroups.has(sid)) granted |= grantedBy(rights);
  }
  return 0o600 | ((granted & readBit) !== 0 ? 0o044 : 0) | ((granted & writeBit) !== 0 ? 0o022 : 0);
}

function grantedBy(rights: string): number {
  if (!/^0x/i.test(rights)) return (rights.match(/../g) ?? []).reduce((sum, name) => sum | (masks[name] ?? 0), 0);
  const mask = Number(rights);
  const has = (bit: number) => Math.floor(mask / bit) % 2 === 1;
  const isAll = has(genericAll);
  return (
    (has(readBit) || has(genericRead) || isAll ? readBit : 0) |
    (has(writeBit) || has(genericWrite) || isAll ? writeBit : 0)
  );
}

/** The access list of a path in SDDL; undefined when this machine does not tell, as on a disk without such lists. */
export async function accessListOf(path: string): Promise<string | undefined> {
  const saved = join(tmpdir(), `mlc-${process.pid}-${performance.now()}.acl`);
  try {
    const { execFile } = await import("node:child_process");
    await promisify(execFile)("icacls", [path, "/save", saved, "/q"], { timeout: 5_000, windowsHide: true });
    return await readFile(saved, "utf16le");
  } catch {
    // Whoever asks takes the file as private then: to refuse what cannot be looked at would stop every run.
    return undefined;
  } finally {
    await rm(saved, { force: true });
  }
}

/** What a virus scanner or an indexer that has a file open makes of a rename, for a moment. */
const busyCodes = new Set(["EPERM", "EACCES", "EBUSY"]);
/** Waits between tries; they add up to about five seconds. */
const waitsMs = [10, 20, 40, 80, 160, 320, 640, 1_280, 2_560];

/** Tries again while somebody else has the file open, a limited number of times. Throws the last refusal. */
export async function whileBusy<T>(work: () => Promise<T>, sleep: (ms: number) => Promise<unknown>): Promise<T> {
  for (const waitMs of waitsMs) {
    try {
      return await work();
    } catch (error) {
      if (!busyCodes.has(errorCode(error) ?? "")) throw error;
      await sleep(waitMs);
    }
  }
  return work();
}
