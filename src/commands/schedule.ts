import { Args, Flags } from "@oclif/core";
import { type ScheduleKind, scheduleKinds } from "../core/schedule/job.ts";
import { BaseCommand } from "./support/base.ts";
import { plain, put } from "./support/print.ts";
import { jobOf, scheduleOf, scheduleText, usualKind } from "./support/schedule.ts";

/** What `schedule --json` prints. */
interface ScheduleJson {
  kind: ScheduleKind;
  text: string;
  files: { path?: string; text: string }[];
  install: string[];
  notes: string[];
}

/** `mlc schedule` */
export default class Schedule extends BaseCommand {
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> cron --every 10m --log-file /var/log/mlc/sync.log",
    "<%= config.bin %> <%= command.id %> systemd --user",
    "<%= config.bin %> <%= command.id %> windows --log-file C:\\mlc\\sync.log",
  ];
  static override summary =
    "print the crontab line, systemd units or Task Scheduler XML that run `sync`; installs nothing";
  static override enableJsonFlag = true;
  static override args = {
    kind: Args.string({ description: "the default is what this machine has", options: [...scheduleKinds] }),
  };
  static override flags = {
    every: Flags.string({
      description: "how often; the default is the shortest `every` of the flows that run",
      helpValue: "<span>",
    }),
    "log-file": Flags.string({
      description: "where the runs write their log",
      env: "MLC_LOG_FILE",
      helpValue: "<path>",
    }),
    user: Flags.boolean({
      description: "systemd: a user's service (the default with the keychain), or one of the machine (--no-user)",
      allowNo: true,
    }),
    unit: Flags.string({ description: "systemd: print only this one", options: ["service", "timer"] }),
  };

  /** The log file is that of the runs. */
  protected override readonly keepsLog = false;

  async run(): Promise<ScheduleJson> {
    const { args, flags } = await this.parse(Schedule);
    const mlc = await this.openMlc(flags);
    const kind = scheduleKinds.find((one) => one === args.kind) ?? usualKind(mlc.surroundings.platform);
    const scope = flags.user === undefined ? undefined : flags.user ? "user" : "system";
    const job = jobOf(mlc, { every: flags.every, logFile: flags["log-file"], logFormat: flags["log-format"] });
    const schedule = scheduleOf(job, { kind, scope, now: mlc.clock.now() });
    const text = scheduleText(schedule, kind === "systemd" ? flags.unit : undefined);
    if (!this.jsonEnabled()) await put(text);
    const { files, install } = schedule;
    const notes = [...schedule.notes, ...strangeness(kind, mlc.surroundings.platform)];
    // Who asks for one unit is following these steps already.
    const told = flags.unit === undefined ? [...install, ...notes.map((note) => `Note: ${note}`)] : [];
    for (const line of told) this.say(plain(line));
    return { kind, text, files, install, notes };
  }
}

/** What is printed names paths and user of the machine it is printed on. */
function strangeness(kind: ScheduleKind, platform: NodeJS.Platform): string[] {
  if ((kind === "windows") === (platform === "win32")) return [];
  return [`The paths are those of this machine (${platform}); run it on the machine that is to run mlc.`];
}
