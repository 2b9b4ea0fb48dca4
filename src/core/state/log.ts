import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { StateError } from "../errors.ts";
import type { Failpoint } from "../failpoint.ts";
import type { AppendFile, Disk } from "./disk.ts";
import type { LineDraft, LogLine } from "./lines.ts";
import { logFileAt, logFiles } from "./log-files.ts";
import { type LogPosition, linesFrom, type TornEnd } from "./log-lines.ts";
import { stateSchema } from "./schema.ts";
import { type SealKey, sealed, sealKey } from "./seal.ts";

/** What a log needs of its surroundings. */
export interface LogOptions {
  disk: Disk;
  dir: string;
  key: Uint8Array;
  clock: Clock;
  /** Of a time in milliseconds. */
  ulid: (time: number) => string;
  failpoint: Failpoint;
}

/** The append-only log of a flow, one file a month; one writer at a time. */
export class Log {
  readonly #options: LogOptions;
  readonly #seal: SealKey;
  #position: LogPosition;
  #torn: TornEnd | undefined;
  #open: { name: string; file: AppendFile } | undefined;
  #files: string[];
  #failed = false;
  #settled = false;
  /** The file in which this writer has said its schema. */
  #toldIn: string | undefined;

  private constructor(options: LogOptions, position: LogPosition, torn: TornEnd | undefined, files: string[]) {
    this.#options = options;
    this.#seal = sealKey(options.key);
    this.#position = position;
    this.#torn = torn;
    this.#files = files;
  }

  /** Reads the log from a position, hands each line over in order, and stands ready to append behind the last. */
  static async open(options: LogOptions, from: LogPosition, each: (line: LogLine) => Promise<void>): Promise<Log> {
    const lines = linesFrom(options, from);
    let position = from;
    let next = await lines.next();
    for (; !next.done; next = await lines.next()) {
      for (const placed of next.value) {
        await each(placed.line);
        position = placed.position;
      }
    }
    return new Log(options, position, next.value, await logFiles(options.disk, options.dir));
  }

  /** Behind the last line that is safe. */
  get position(): LogPosition {
    return this.#position;
  }

  /** Stamps and writes the lines with one write and one fsync; after a failure the log takes no more. */
  async append(drafts: readonly LineDraft[]): Promise<LogLine[]> {
    const { clock, failpoint } = this.#options;
    if (drafts.length === 0) return [];
    if (this.#failed) {
      throw new StateError(`The log in ${this.#options.dir} failed earlier in this run and takes no more lines.`, {
        code: "LOG_FAILED",
        hint: "Mend what the first error names, then run again: nothing that was confirmed is lost.",
      });
    }
    const at = clock.now().toISOString();
    const last = this.#files.at(-1) ?? "";
    const month = logFileAt(at);
    // A clock that was set back must not put later lines into an earlier file.
    const isSetBack = month < last;
    const name = isSetBack ? last : month;
    const { lines, bytes, end } = this.#stamp(drafts, at, name);
    failpoint("log.append.before");
    this.#failed = true;
    await this.#write(name, bytes);
    this.#failed = false;
    this.#toldIn = name;
    const begin = name === this.#position.file ? this.#position.offset : 0;
    this.#position = { file: name, offset: begin + bytes.length, ...end };
    return lines;
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.file.close();
  }

  /**
   * Makes safe what was found: a process that was killed may have left lines that no fsync has seen, and they must not
   * vanish once something is built on them. Cuts off what a crash left of a line, before anything is written behind it.
   */
  async settle(): Promise<void> {
    const { disk, dir, failpoint } = this.#options;
    const last = this.#files.at(-1);
    if (this.#settled || last === undefined) return;
    if (this.#torn) await disk.truncate(join(dir, this.#torn.file), this.#torn.size);
    this.#torn = undefined;
    failpoint("log.truncate.after");
    await (await this.#fileNamed(last)).sync();
    await disk.syncDirectory(dir);
    this.#settled = true;
  }

  #stamp(drafts: readonly LineDraft[], at: string, file: string) {
    const { ulid } = this.#options;
    // One time for all: within a millisecond ids count up, and a new one would draw sixteen random letters.
    const time = Date.parse(at);
    let { seq, mac } = this.#position;
    const written: Buffer[] = [];
    const lines = drafts.map((draft, index): LogLine => {
      seq += 1;
      const schema = index === 0 && file !== this.#toldIn ? { schema: stateSchema } : {};
      const line = { id: ulid(time), at, seq, prev: mac, ...schema, ...draft };
      const seal = sealed(this.#seal, line, "\n");
      mac = seal.mac;
      written.push(seal.bytes);
      return Object.assign(line, { mac });
    });
    return { lines, bytes: Buffer.concat(written), end: { seq, mac } };
  }

  async #write(name: string, bytes: Buffer): Promise<void> {
    const { disk, dir, failpoint } = this.#options;
    await this.settle();
    const file = await this.#fileNamed(name);
    await file.write(bytes);
    failpoint("log.write.after");
    await file.sync();
    failpoint("log.fsync.after");
    if (name !== this.#files.at(-1)) {
      await disk.syncDirectory(dir);
      this.#files.push(name);
      failpoint("log.directory.after");
    }
  }

  async #fileNamed(name: string): Promise<AppendFile> {
    if (this.#open?.name === name) return this.#open.file;
    await this.close();
    const file = await this.#options.disk.append(join(this.#options.dir, name));
    this.#open = { name, file };
    return file;
  }
}
