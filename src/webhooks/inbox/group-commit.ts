import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import type { AppendFile, Disk } from "../../core/state/disk.ts";
import { segmentName } from "./lines.ts";

/** What lines are written with. */
export interface GroupCommitOptions {
  disk: Disk;
  dir: string;
  clock: Clock;
  /** Number of the next file: what a crash tore is never written behind. */
  next: number;
  /** A file that has so many bytes, or is a day old, is the last one no more. */
  segmentBytes: number;
}

interface Waiting {
  bytes: Buffer;
  resolve(segment: string): void;
  reject(error: unknown): void;
}

interface OpenSegment {
  name: string;
  file: AppendFile;
  bytes: number;
  since: number;
}

/** Under load each group waits so long for company: a write and an fsync cost as much as many events. */
const gatherMs = 4;

/** Files are removed whole by their age, so none may be written to for longer. */
const dayMs = 86_400_000;

/** Writes lines so that all that wait meanwhile share one write and one fsync. */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;
  #open: OpenSegment | undefined;
  #next: number;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#next = options.next;
  }

  /** The file's name once the bytes are safe. Throws StateError; what failed may be there nevertheless. */
  append(bytes: Buffer): Promise<string> {
    const written = new Promise<string>((resolve, reject) => this.#waiting.push({ bytes, resolve, reject }));
    this.#working ??= this.#work();
    return written;
  }

  /** Waits for what is being written, and closes the file. */
  async close(): Promise<void> {
    await this.#working;
    await this.#open?.file.close();
    this.#open = undefined;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        const name = await this.#write(Buffer.concat(group.map(({ bytes }) => bytes)));
        for (const { resolve } of group) resolve(name);
      } catch (error) {
        for (const { reject } of group) reject(error);
        await this.#giveUp();
      }
      if (this.#waiting.length > 0) await this.#options.clock.sleep(gatherMs);
    }
    this.#working = undefined;
  }

  async #write(bytes: Buffer): Promise<string> {
    const open = await this.#current();
    await open.file.write(bytes);
    await open.file.sync();
    open.bytes += bytes.length;
    return open.name;
  }

  async #current(): Promise<OpenSegment> {
    const { disk, dir, clock, segmentBytes } = this.#options;
    const now = clock.now().getTime();
    const held = this.#open;
    if (held && held.bytes < segmentBytes && Math.abs(now - held.since) < dayMs) return held;
    await held?.file.close();
    this.#open = undefined;
    const name = segmentName(this.#next);
    const file = await disk.append(join(dir, name));
    this.#next += 1;
    await disk.syncDirectory(dir);
    const made = { name, file, bytes: 0, since: now };
    this.#open = made;
    return made;
  }

  /** Nobody knows where the file ends now: the next line begins another one. */
  async #giveUp(): Promise<void> {
    const failed = this.#open;
    this.#open = undefined;
    await failed?.file.close().catch(() => undefined);
  }
}
