import { UsageError } from "../errors.ts";

/** How a machine can be told to run mlc again and again. */
export const scheduleKinds = ["cron", "systemd", "windows"] as const;
/** One of them. */
export type ScheduleKind = (typeof scheduleKinds)[number];

/** A run of mlc that comes again and again; every path is absolute. */
export interface ScheduledJob {
  profile: string;
  /** The Node and the script that mlc runs with now. */
  node: string;
  script: string;
  /** Holds all profiles. */
  home: string;
  /** Where secrets are kept; undefined before the first `connect`. */
  store: "keychain" | "vault" | undefined;
  /** The vault's key, when the secrets are in the vault. */
  keyFile?: string;
  /** The log file of the runs. */
  logFile?: string | undefined;
  logFormat?: "text" | "json";
  /** Variables of this session that the runs need too, beside mlc's own. */
  env: Readonly<Record<string, string>>;
  /** Who runs it. */
  user: string;
  everyMs: number;
  /** The same as it was typed. */
  every: string;
}

/** The text that a scheduler takes, and what a person does with it. */
export interface Schedule {
  kind: ScheduleKind;
  /** Each with the place where its scheduler looks for it, where that is a file. */
  files: { path?: string; text: string }[];
  /** Commands and steps, in order. */
  install: string[];
  /** What the person must know besides. */
  notes: string[];
}

/** The arguments of the run, without Node and script. Pure. */
export function runArguments({ profile, logFile, logFormat }: ScheduledJob): string[] {
  const format = logFormat === "json" ? ["--log-format", "json"] : [];
  const log = logFile === undefined ? [] : ["--log-file", logFile, ...format];
  return ["sync", "--profile", profile, "--quiet", "--if-running", "skip", "--no-input", ...log];
}

/** The command that prints the same again, its words quoted for the shell that is to run it. Pure. */
export function printAgain(job: ScheduledJob, kind: ScheduleKind, quoted: (word: string) => string): string {
  const log = runArguments(job).slice(runArguments({ ...job, logFile: undefined }).length);
  const words = ["mlc", "schedule", kind, "--profile", job.profile, "--every", job.every, ...log];
  return words.map(quoted).join(" ");
}

/** Throws UsageError when a word holds what the scheduler cannot take. Pure. */
export function refuseCharacters(words: readonly string[], refused: RegExp, scheduler: string): void {
  for (const word of words) {
    const found = refused.exec(word)?.[0];
    if (found === undefined) continue;
    throw new UsageError(`${scheduler} cannot take ${JSON.stringify(word)}: it holds ${JSON.stringify(found)}`, {
      hint: "Move mlc, its directory or its key file to a path without that character.",
    });
  }
}

/** A word as /bin/sh reads it back. Pure. */
export function shellWord(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}
