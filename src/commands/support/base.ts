import { homedir } from "node:os";
import { Command, Flags, type Interfaces } from "@oclif/core";
import { InterruptedError, MlcError } from "../../core/errors.ts";
import { toldFetch } from "../../core/http/told.ts";
import { openProfile, type Profile, type Surroundings } from "../../core/profile.ts";
import { reportedError } from "../../core/report.ts";
import type { RunLog } from "../../core/run-log.ts";
import type { Mlc } from "../../mlc.ts";
import { earlyFlag } from "./flags.ts";
import { plain, unheard } from "./print.ts";
import { stopSignals } from "./signals.ts";
import { errorColumns, errorText, fitted } from "./wrap.ts";

/** Flags of a command with those that all commands have. */
export type FlagsOf<T extends typeof Command> = Interfaces.InferredFlags<
  (typeof BaseCommand)["baseFlags"] & T["flags"]
>;

/** What every command has: the profile, quiet and verbose, signals, and errors as one line with one thing to do. */
export abstract class BaseCommand extends Command {
  static override baseFlags = {
    profile: Flags.string({
      description: "the set-up to use",
      default: "default",
      env: "MLC_PROFILE",
      helpGroup: "GLOBAL",
    }),
    quiet: Flags.boolean({
      char: "q",
      description: "print errors and what needs a person only; a sync or replay that went well prints nothing",
      exclusive: ["verbose"],
      helpGroup: "GLOBAL",
    }),
    verbose: Flags.boolean({
      char: "v",
      description: "print each call, and stack traces of bugs",
      helpGroup: "GLOBAL",
    }),
    "log-file": Flags.string({
      description: "write what happens to this file as well; at 10 MB it is renamed to .1, and five such are kept",
      env: "MLC_LOG_FILE",
      helpValue: "<path>",
      helpGroup: "GLOBAL",
    }),
    "log-format": Flags.option({
      description: "how its lines look; json: one object a line",
      options: ["text", "json"] as const,
      default: "text" as const,
      env: "MLC_LOG_FORMAT",
      helpGroup: "GLOBAL",
    })(),
    "no-input": Flags.boolean({ description: "never ask; fail instead", helpGroup: "GLOBAL" }),
    "no-color": Flags.boolean({ description: "print without colour", helpGroup: "GLOBAL" }),
  };

  readonly #stop = new AbortController();
  #log: RunLog | undefined;

  /** Nothing this command does needs an orderly end, so that the first Ctrl-C leaves. */
  protected readonly leavesAtOnce: boolean = false;

  /** Whether the log file that the flags name is this command's own. */
  protected readonly keepsLog: boolean = true;

  /** What the first Ctrl-C says. */
  protected readonly onStop: string = "Finishing what is in flight; again to leave at once.";

  /** Aborted by the first Ctrl-C, SIGTERM or what Windows has in its place. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  override async init(): Promise<void> {
    await super.init();
    await this.#openLog();
    if (this.argv.includes("--no-color")) process.env.NO_COLOR = "1";
    process.stdout.on("error", endQuietlyOnClosedPipe);
    process.stderr.on("error", endQuietlyOnClosedPipe);
    for (const [signal, exitCode] of stopSignals(process.platform)) {
      process.on(signal, () => {
        if (this.signal.aborted || this.leavesAtOnce) process.exit(exitCode);
        process.exitCode = exitCode;
        process.stderr.write(`\n${this.onStop}\n`);
        this.#stop.abort(new InterruptedError(`interrupted by ${signal}`));
      });
    }
  }

  /** Opened before the flags are parsed, so that a wrong one is written down too. */
  async #openLog(): Promise<void> {
    const early = (name: string, variable: string) => earlyFlag(this.argv, name, variable, process.env);
    const path = early("log-file", "MLC_LOG_FILE");
    if (path === undefined || !this.keepsLog) return;
    const { openLog } = await import("./logged.ts");
    const log = openLog(path, early("log-format", "MLC_LOG_FORMAT"), process.stderr);
    const [command, profile, began] = [this.id ?? "", early("profile", "MLC_PROFILE") ?? "default", performance.now()];
    const { version } = this.config;
    log.add({ event: "start", command: command.replaceAll(":", " "), profile, version, pid: process.pid });
    process.once("exit", (exitCode) => {
      log.add({ event: "end", exitCode, ms: Math.round(performance.now() - began) });
      log.flush();
    });
    this.#log = log;
  }

  get #isVerbose(): boolean {
    return this.argv.includes("--verbose") || this.argv.includes("-v");
  }

  /** Opens the profile that the flags name, for commands that may talk to its systems. */
  protected async openMlc(flags: { profile: string }): Promise<Mlc> {
    const { openMlc } = await import("../../mlc.ts");
    return openMlc(this.surroundings(flags));
  }

  /** Opens the files of the profile that the flags name, for commands that only read them: far less is loaded. */
  protected openProfile(flags: { profile: string }): Promise<Profile> {
    return openProfile(this.surroundings(flags));
  }

  /** Where mlc runs, for the profile that the flags name. */
  protected surroundings(flags: { profile: string }): Surroundings {
    return {
      profile: flags.profile,
      env: process.env,
      platform: process.platform,
      homedir: homedir(),
      version: this.config.version,
      signal: this.signal,
      isTty: process.stdin.isTTY === true && process.stderr.isTTY === true,
      ...(this.#isVerbose ? { fetch: toldFetch(fetch, (line) => this.#tellCall(line)) } : {}),
      ...(this.#log ? { log: this.#log } : {}),
    };
  }

  /** The log file has each call already. */
  #tellCall(line: string): void {
    unheard(this.#log, () => process.stderr.write(`${plain(line)}\n`));
  }

  /** Nothing, for a command that has printed its data itself. */
  override logJson(json: unknown): void {
    if (json !== undefined) super.logJson(json);
  }

  /** Says something to a person; never on stdout, which is for data. */
  protected say(text: string): void {
    if (this.argv.includes("--quiet") || this.argv.includes("-q")) return;
    process.stderr.write(`${fitted(text, errorColumns(process.stderr))}\n`);
  }

  /** A wrong flag or argument: oclif says how the command is used, but in JSON mode it would end with 1. */
  async #refuse(error: Error, exitCode: number): Promise<void> {
    if (!this.jsonEnabled()) return super.catch(error);
    const message = error.message.replace(/\nSee more help.*$/s, "");
    process.stdout.write(`${JSON.stringify({ error: { kind: "UsageError", message, exitCode } })}\n`);
    process.stderr.write(`Error: ${plain(message)}\n`);
    process.exitCode = exitCode;
  }

  protected override async catch(error: Error & { exitCode?: number; oclif?: { exit?: number } }): Promise<void> {
    if (error.oclif) return this.#refuse(error, error.oclif.exit ?? 2);
    const { message, hint, exitCode, kind } = reportedError(error);
    if (this.jsonEnabled()) process.stdout.write(`${JSON.stringify({ error: { kind, message, hint, exitCode } })}\n`);
    process.stderr.write(errorText(message, hint, errorColumns(process.stderr)));
    if (!(error instanceof MlcError) && this.#isVerbose) process.stderr.write(`${plain(error.stack ?? "")}\n`);
    process.exitCode = this.signal.aborted ? process.exitCode : exitCode;
  }
}

function endQuietlyOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
}
