import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { diskError, errorCode } from "./disk-error.ts";
import { accessListOf, modeFromAccessList, whileBusy } from "./windows.ts";

/** A file that grows at its end. */
export interface AppendFile {
  /** Writes all of it at the end, or throws; nothing is safe before `sync`. */
  write(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What the state needs to know of a file. */
export interface FileFacts {
  size: number;
  /** Permission bits, where the platform has an access list those that it comes to. */
  mode: number;
  /** The command that keeps others away, where it is not chmod. */
  closeWith?: string;
}

/** What stands in a directory. */
export interface DiskEntry {
  name: string;
  isDirectory: boolean;
  changedAt: Date;
}

/** The few disk calls that mlc's state makes; every failure is a StateError with a hint. */
export interface Disk {
  /** Makes a directory and those above it, 0700, safe against a power cut. */
  makeDirectory(path: string): Promise<void>;
  /** Opens a file to append to, 0600, and makes it when it is absent. */
  append(path: string): Promise<AppendFile>;
  /** The whole file, or undefined when it is absent. */
  read(path: string): Promise<Buffer | undefined>;
  /** The file from an offset to its end; nothing when it is absent. A chunk is good until the next one is asked for. */
  chunks(path: string, from: number): AsyncIterable<Buffer>;
  /** Writes a whole file, 0600, and syncs it; its name is safe only after `syncDirectory`. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  truncate(path: string, size: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name; false when that name is taken. */
  link(from: string, to: string): Promise<boolean>;
  /** Makes names safe; does nothing where the platform has no such thing. */
  syncDirectory(path: string): Promise<void>;
  /** Names in a directory, sorted; none when it is absent. */
  list(path: string): Promise<string[]>;
  /** What is in a directory; nothing when it is absent. */
  entries(path: string): Promise<DiskEntry[]>;
  /** Removes a file; an absent one is no error. */
  remove(path: string): Promise<void>;
  /** Removes an empty directory. */
  removeDirectory(path: string): Promise<void>;
  facts(path: string): Promise<FileFacts | undefined>;
}

/** Writes a whole file so that after a crash either the old or the new one is there. */
export async function replaceFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  await disk.write(temporary, bytes);
  await disk.rename(temporary, path);
  await disk.syncDirectory(dirname(path));
}

/** What the disk of a machine needs beside its file system; tests pass their own. */
export interface MachineParts {
  /** Windows: a path's access list in SDDL, if it has one. */
  accessList?(path: string): Promise<string | undefined>;
  sleep?(ms: number): Promise<unknown>;
  rename?(from: string, to: string): Promise<void>;
}

/** The machine's disk. */
export function machineDisk(platform: NodeJS.Platform, parts: MachineParts = {}): Disk {
  const { accessList = accessListOf, sleep = delay, rename = fs.rename } = parts;
  const windows = platform === "win32";
  const patient = <T>(work: () => Promise<T>) => (windows ? whileBusy(work, sleep) : work());
  const syncDirectory = (path: string) => (windows ? Promise.resolve() : attempt("sync", path, () => syncPath(path)));
  return {
    syncDirectory,
    makeDirectory: async (path) => {
      const first = await attempt("make", path, () => fs.mkdir(path, { recursive: true, mode: 0o700 }));
      if (first === undefined) return;
      for (let made = path; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made));
    },
    append: async (path) => appendFile(path, await attempt("open", path, () => fs.open(path, "a", 0o600))),
    read: (path) => absent(attempt("read", path, () => fs.readFile(path))),
    chunks: (path, from) => chunksOf(path, from),
    write: (path, bytes) => attempt("write", path, () => writeSynced(path, bytes)),
    truncate: (path, size) => attempt("truncate", path, () => truncateSynced(path, size)),
    rename: (from, to) => attempt("rename", from, () => patient(() => rename(from, to))),
    link: (from, to) => attempt("link", to, () => linkUnlessTaken(from, to)),
    list: async (path) => (await absent(attempt("list", path, () => fs.readdir(path))))?.sort() ?? [],
    remove: (path) => attempt("remove", path, () => patient(() => fs.rm(path, { force: true }))),
    entries: async (path) => (await absent(attempt("list", path, () => entriesOf(path)))) ?? [],
    removeDirectory: (path) => attempt("remove", path, () => patient(() => fs.rmdir(path))),
    facts: async (path) => {
      const stat = await absent(attempt("look at", path, () => fs.stat(path)));
      if (!stat) return undefined;
      if (!windows) return { size: stat.size, mode: stat.mode & 0o777 };
      // What is in a directory gets its list from there.
      const right = stat.isDirectory() ? "(OI)(CI)F" : "F";
      const closeWith = `icacls "${path}" /inheritance:r /grant:r "${userInfo().username}:${right}"`;
      return { size: stat.size, mode: modeFromAccessList((await accessList(path)) ?? ""), closeWith };
    },
  };
}

function appendFile(path: string, handle: fs.FileHandle): AppendFile {
  return {
    write: (bytes) => attempt("write", path, () => handle.appendFile(bytes)),
    sync: () => attempt("sync", path, () => handle.sync()),
    close: () => attempt("close", path, () => handle.close()),
  };
}

async function attempt<T>(verb: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw diskError(verb, path, cause);
  }
}

async function absent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Larger ones read little faster, and what is made of them no longer dies young. */
const chunkSize = 256 * 1024;

/** While one buffer is used, the other one is filled. */
async function* chunksOf(path: string, from: number): AsyncGenerator<Buffer> {
  const handle = await absent(attempt("open", path, () => fs.open(path, "r")));
  if (handle === undefined) return;
  const [one, other] = [Buffer.allocUnsafeSlow(chunkSize), Buffer.allocUnsafeSlow(chunkSize)];
  let position = from;
  const fill = async (buffer: Buffer) => {
    const { bytesRead } = await attempt("read", path, () => handle.read(buffer, 0, buffer.length, position));
    position += bytesRead;
    return { buffer, bytesRead };
  };
  let filling = fill(one);
  try {
    for (let full = await filling; full.bytesRead > 0; full = await filling) {
      filling = fill(full.buffer === one ? other : one);
      yield full.buffer.subarray(0, full.bytesRead);
    }
  } finally {
    await Promise.allSettled([filling]);
    await handle.close();
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await fs.open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function entriesOf(path: string): Promise<DiskEntry[]> {
  const entries: DiskEntry[] = [];
  for (const name of await fs.readdir(path)) {
    const stat = await fs.lstat(join(path, name));
    entries.push({ name, isDirectory: stat.isDirectory(), changedAt: stat.mtime });
  }
  return entries;
}

async function truncateSynced(path: string, size: number): Promise<void> {
  const handle = await fs.open(path, "r+");
  try {
    await handle.truncate(size);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncPath(path: string): Promise<void> {
  const handle = await fs.open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function linkUnlessTaken(from: string, to: string): Promise<boolean> {
  try {
    await fs.link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}
