import { dirname } from "node:path";
import type { Disk } from "../../../src/core/state/disk.ts";
import { diskError } from "../../../src/core/state/disk-error.ts";

interface File {
  bytes: Buffer;
  synced: Buffer;
}

/** What a simulated machine fails with: from the n-th call of a kind on, counted from 1, or that call alone. */
export interface Fault {
  call: keyof Disk | "appendWrite" | "appendSync" | "any";
  nth: number;
  code: string;
  once?: boolean;
}

/** A disk in memory: after a power cut it holds only what was synced, names and contents apart. */
export class MemoryDisk implements Disk {
  #files = new Map<string, File>();
  #safeNames = new Map<string, File>();
  #directories = new Set<string>();
  #generation = 0;
  #counts = new Map<string, number>();
  fault: Fault | undefined;
  calls: string[] = [];
  /** Small, so that lines are cut. */
  chunkSize = 97;
  /** The fault was met. */
  hasFailed = false;

  /** The power goes: unsynced contents are cut (or kept up to `keep` bytes), unsynced names forgotten unless kept. */
  powerCut({ keep = 0, names = false }: { keep?: number; names?: boolean | ((path: string) => boolean) } = {}): void {
    this.#generation += 1;
    if (typeof names === "function") this.#files = this.#surviving(names);
    else if (!names) this.#files = new Map(this.#safeNames);
    for (const file of this.#files.values()) {
      file.bytes = Buffer.from(file.bytes.subarray(0, Math.min(file.bytes.length, file.synced.length + keep)));
      if (file.bytes.length < file.synced.length) file.bytes = Buffer.from(file.synced);
      file.synced = Buffer.from(file.bytes);
    }
    this.#safeNames = new Map(this.#files);
  }

  /** The process is killed: its handles are gone, the machine keeps everything. */
  killProcess(): void {
    this.#generation += 1;
  }

  /** From the n-th call of a kind, counted from now, the machine fails. */
  failFromNow(call: Fault["call"], nth: number, code: string): void {
    this.fault = { call, nth: (this.#counts.get(call) ?? 0) + nth, code };
  }

  /** Changes a file behind mlc's back. */
  put(path: string, bytes: Uint8Array): void {
    const file = { bytes: Buffer.from(bytes), synced: Buffer.from(bytes) };
    this.#files.set(path, file);
    this.#safeNames.set(path, file);
  }

  content(path: string): Buffer {
    const file = this.#files.get(path);
    if (!file) throw new Error(`no ${path}`);
    return Buffer.from(file.bytes);
  }

  paths(): string[] {
    return [...this.#files.keys()].sort();
  }

  /** The same disk again, unsynced parts included. */
  fork(): MemoryDisk {
    const twin = new MemoryDisk();
    const clones = new Map<File, File>();
    const clone = (file: File): File => {
      const made = clones.get(file) ?? { bytes: Buffer.from(file.bytes), synced: Buffer.from(file.synced) };
      clones.set(file, made);
      return made;
    };
    for (const [path, file] of this.#files) twin.#files.set(path, clone(file));
    for (const [path, file] of this.#safeNames) twin.#safeNames.set(path, clone(file));
    return twin;
  }

  /** A disk that holds the same, all of it synced. */
  copy(): MemoryDisk {
    const twin = new MemoryDisk();
    twin.chunkSize = this.chunkSize;
    for (const [path, file] of this.#files) twin.put(path, file.bytes);
    return twin;
  }

  async makeDirectory(path: string): Promise<void> {
    this.#met("makeDirectory", path);
    this.#directories.add(path);
  }

  async append(path: string) {
    this.#met("append", path);
    const file = this.#made(path);
    const generation = this.#generation;
    const alive = () => {
      if (generation !== this.#generation) throw new Error("this process is dead");
    };
    return {
      write: async (bytes: Uint8Array) => {
        alive();
        const fails = this.#fails("appendWrite");
        file.bytes = Buffer.concat([file.bytes, fails ? bytes.subarray(0, bytes.length >> 1) : bytes]);
        if (fails) throw fails(path);
      },
      sync: async () => {
        alive();
        this.#met("appendSync", path);
        file.synced = Buffer.from(file.bytes);
      },
      close: async () => {},
    };
  }

  async read(path: string) {
    this.#met("read", path);
    const file = this.#files.get(path);
    return file && Buffer.from(file.bytes);
  }

  async *chunks(path: string, from: number) {
    this.#met("chunks", path);
    const bytes = this.#files.get(path)?.bytes ?? Buffer.alloc(0);
    const size = this.chunkSize;
    for (let at = from; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
  }

  async write(path: string, bytes: Uint8Array) {
    const fails = this.#fails("write");
    this.calls.push(`write ${path}`);
    const file = { bytes: Buffer.from(fails ? bytes.subarray(0, 5) : bytes), synced: Buffer.from(bytes) };
    this.#files.set(path, file);
    if (fails) throw fails(path);
  }

  async truncate(path: string, size: number) {
    this.#met("truncate", path);
    const file = this.#made(path);
    file.bytes = Buffer.from(file.bytes.subarray(0, size));
    file.synced = Buffer.from(file.bytes);
  }

  async rename(from: string, to: string) {
    this.#met("rename", from);
    const file = this.#files.get(from);
    if (!file) throw diskError("rename", from, Object.assign(new Error("gone"), { code: "ENOENT" }));
    this.#files.delete(from);
    this.#files.set(to, file);
  }

  async link(from: string, to: string) {
    this.#met("link", to);
    const file = this.#files.get(from);
    if (!file) throw diskError("link", from, Object.assign(new Error("gone"), { code: "ENOENT" }));
    if (this.#files.has(to)) return false;
    this.#files.set(to, file);
    return true;
  }

  async syncDirectory(path: string) {
    this.#met("syncDirectory", path);
    for (const name of new Set([...this.#files.keys(), ...this.#safeNames.keys()])) {
      if (dirname(name) !== path) continue;
      const file = this.#files.get(name);
      if (file) this.#safeNames.set(name, file);
      else this.#safeNames.delete(name);
    }
  }

  async list(path: string) {
    this.#met("list", path);
    const within = `${path}/`;
    const below = [...this.#files.keys()].filter((name) => name.startsWith(within));
    return [...new Set(below.map((name) => name.slice(within.length).split("/")[0] ?? ""))].sort();
  }

  async remove(path: string) {
    this.#met("remove", path);
    this.#files.delete(path);
  }

  async removeDirectory(path: string) {
    this.#met("removeDirectory", path);
    this.#directories.delete(path);
  }

  async entries(path: string) {
    const changedAt = new Date(0);
    const isDirectory = (name: string) => !this.#files.has(`${path}/${name}`);
    return (await this.list(path)).map((name) => ({ name, isDirectory: isDirectory(name), changedAt }));
  }

  async facts(path: string) {
    this.#met("facts", path);
    const file = this.#files.get(path);
    return file && { size: file.bytes.length, mode: 0o600 };
  }

  /** What is left when some of the unsynced changes of names reached the disk and others did not. */
  #surviving(keeps: (path: string) => boolean): Map<string, File> {
    const left = new Map(this.#safeNames);
    for (const path of new Set([...this.#files.keys(), ...this.#safeNames.keys()])) {
      const file = this.#files.get(path);
      if (file === this.#safeNames.get(path) || !keeps(path)) continue;
      if (file) left.set(path, file);
      else left.delete(path);
    }
    return left;
  }

  #made(path: string): File {
    const file = this.#files.get(path) ?? { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) };
    this.#files.set(path, file);
    return file;
  }

  #met(call: Fault["call"], path: string): void {
    this.calls.push(`${call} ${path}`);
    const fails = this.#fails(call);
    if (fails) throw fails(path);
  }

  #fails(call: Fault["call"]): ((path: string) => Error) | undefined {
    const ofAll = (this.#counts.get("any") ?? 0) + 1;
    const ofKind = (this.#counts.get(call) ?? 0) + 1;
    this.#counts.set("any", ofAll).set(call, ofKind);
    const { fault } = this;
    if (fault === undefined || (fault.call !== "any" && fault.call !== call)) return undefined;
    const count = fault.call === "any" ? ofAll : ofKind;
    if (count < fault.nth || (fault.once && count > fault.nth)) return undefined;
    this.hasFailed = true;
    return (path) => diskError(call, path, Object.assign(new Error(fault.code), { code: fault.code }));
  }
}
