import { join } from "node:path";
import { type Failpoint, noFailpoint } from "./failpoint.ts";
import { hashOf, type Json } from "./json.ts";
import { type Disk, replaceFile } from "./state/disk.ts";

/** A label that was bought for a document, as it stands now; no personal data. */
export interface BoughtLabel {
  /** Our own name of the shipment. */
  reference: string;
  /** The tracking number that stands for all pieces. */
  master: string;
  /** `file` as `LabelStore` names it; a piece without one has no label here. */
  pieces: readonly { trackingNumber: string; file?: string | undefined }[];
  service?: string | undefined;
  /** The day on the label. */
  shipDate: string;
  /** For the whole shipment. */
  charge?: { amount: string; currency: string } | undefined;
  state: "live" | "void" | "noLabel";
}

/** A label's file under the directory of labels. */
export interface LabelFile {
  /** The document's number, as names of files have it. */
  document: string;
  trackingNumber: string;
  /** `<document>/<tracking number>.<ext>`, as memos name it. */
  file: string;
  /** Where it is. */
  path: string;
}

/** The whole answer to a purchase as it was kept, and what was known of the purchase when it came. */
export interface KeptAnswer {
  raw: Uint8Array;
  about: Json;
  path: string;
}

/** Every place of a purchase where a crash must be harmless, beside those of a run. */
export const labelFailpoints = ["answer.before", "answer.half", "answer.after", "label.before", "label.after"] as const;

const answers = "answers";
const longestName = 100;

/** Where a profile keeps its labels. */
export function labelsDirOf(dir: string): string {
  return join(dir, "labels");
}

/**
 * Label files of a profile and the raw answers that they came in. What `keep` and `keepAnswer` have returned from is
 * safe against a power cut; another kept under the same name takes the place of the first whole.
 */
export class LabelStore {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #failpoint: (name: (typeof labelFailpoints)[number]) => void;

  constructor(disk: Disk, dir: string, failpoint: Failpoint = noFailpoint) {
    this.#disk = disk;
    this.#dir = dir;
    this.#failpoint = failpoint;
  }

  /** Keeps an answer before anything of it is read; `about` says what a later reading needs beside it. */
  async keepAnswer(reference: string, raw: Uint8Array, about: Json): Promise<void> {
    this.#failpoint("answer.before");
    await this.#disk.makeDirectory(join(this.#dir, answers));
    await replaceFile(this.#disk, this.#aboutPath(reference), Buffer.from(JSON.stringify(about)));
    this.#failpoint("answer.half");
    await replaceFile(this.#disk, this.#answerPath(reference), raw);
    this.#failpoint("answer.after");
  }

  /** The answer kept last under a reference. */
  async answer(reference: string): Promise<KeptAnswer | undefined> {
    const path = this.#answerPath(reference);
    const raw = await this.#disk.read(path);
    if (!raw) return undefined;
    const about = await this.#disk.read(this.#aboutPath(reference));
    return { raw, about: about ? JSON.parse(about.toString("utf8")) : null, path };
  }

  /** Keeps a label; returns its name under the directory of labels. */
  async keep(document: string, trackingNumber: string, ext: string, bytes: Uint8Array): Promise<string> {
    const file = `${safeName(document)}/${safeName(trackingNumber)}.${ext}`;
    this.#failpoint("label.before");
    await this.#disk.makeDirectory(join(this.#dir, safeName(document)));
    await replaceFile(this.#disk, this.pathOf(file), bytes);
    this.#failpoint("label.after");
    return file;
  }

  /** Where a file is that a memo names. */
  pathOf(file: string): string {
    return join(this.#dir, file);
  }

  /** Every label that is kept, sorted by name. */
  async list(): Promise<LabelFile[]> {
    const found: LabelFile[] = [];
    for (const { name: document, isDirectory } of await this.#disk.entries(this.#dir)) {
      if (!isDirectory || document === answers) continue;
      for (const name of await this.#disk.list(join(this.#dir, document))) {
        const [, trackingNumber] = /^(.+)\.[a-z0-9]+$/.exec(name) ?? [];
        if (trackingNumber === undefined || name.endsWith(".tmp")) continue;
        const file = `${document}/${name}`;
        found.push({ document, trackingNumber, file, path: this.pathOf(file) });
      }
    }
    return found.sort((left, right) => (left.file < right.file ? -1 : 1));
  }

  /** The files of a tracking number. */
  async find(trackingNumber: string): Promise<LabelFile[]> {
    return (await this.list()).filter((label) => label.trackingNumber === safeName(trackingNumber));
  }

  #answerPath(reference: string): string {
    return join(this.#dir, answers, `${safeName(reference)}.json`);
  }

  #aboutPath(reference: string): string {
    return join(this.#dir, answers, `${safeName(reference)}.about.json`);
  }
}

/** A name for a file or directory: letters, digits, `_` and `-`; one that had to be changed ends in its hash. Pure. */
function safeName(text: string): string {
  const escaped = text.replace(/[^A-Za-z0-9_-]/gu, (sign) => `_${sign.codePointAt(0)?.toString(16)}`);
  const isSafe = escaped === text && text !== "" && text !== answers && text.length <= longestName;
  return isSafe ? text : `${escaped.slice(0, longestName)}-${hashOf(text)}`;
}
