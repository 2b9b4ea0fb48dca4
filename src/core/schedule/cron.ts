import { UsageError } from "../errors.ts";
import { refuseCharacters, runArguments, type Schedule, type ScheduledJob, shellWord } from "./job.ts";

const [hour, day] = [60, 1_440];
/** Minutes that divide an hour, or a day in whole hours: cron counts anew in each, so any other span would limp. */
const possible = Array.from({ length: day }, (_, index) => index + 1).filter((minutes) =>
  minutes <= hour ? hour % minutes === 0 : minutes % hour === 0 && day % minutes === 0,
);

/** Debian's cron takes no longer command (MAX_COMMAND in its cron.h; tried with 3.0pl1: 998 taken, 999 refused). */
const longestCommand = 998;

/** The crontab line of a job. Throws UsageError when cron cannot express the span or take a path. Pure. */
export function cronSchedule(job: ScheduledJob): Schedule {
  const line = `${timesOf(job)} ${commandOf(job)}\n`;
  const notes = [
    ...(job.store === "keychain" ? [closedKeychain] : []),
    ...(job.logFile === undefined ? [unreadMail] : []),
  ];
  return {
    kind: "cron",
    files: [{ text: line }],
    install: ["Add the line with `crontab -e`, as the user that runs mlc; `| crontab -` would replace all others."],
    notes,
  };
}

const closedKeychain =
  "The secrets are in the keychain, which a run of cron reaches only while you are logged in: move them with `mlc secrets move --to vault`, or use a user's service, which runs only then: `mlc schedule systemd --user`.";
const unreadMail =
  "What a run prints goes where MAILTO of the crontab says, and is lost where there is no mail; --log-file <path> keeps it.";

function timesOf({ everyMs, every }: ScheduledJob): string {
  const minutes = everyMs / 60_000;
  if (!possible.includes(minutes)) throw limping(every, minutes);
  if (minutes === 1) return "* * * * *";
  if (minutes < hour) return `*/${minutes} * * * *`;
  if (minutes === hour) return "0 * * * *";
  if (minutes < day) return `0 */${minutes / hour} * * *`;
  return "0 0 * * *";
}

function limping(every: string, minutes: number): UsageError {
  const near = [possible.findLast((one) => one < minutes), possible.find((one) => one > minutes)];
  const named = near.flatMap((one) => (one === undefined ? [] : [one < hour ? `${one}m` : `${one / hour}h`]));
  return new UsageError(
    `cron cannot run every ${every}: it knows minutes that divide an hour, and hours that divide a day`,
    {
      hint: `Say --every ${named.join(" or ")}, or use \`mlc schedule systemd\`, which takes any span.`,
    },
  );
}

/** All in one line for /bin/sh: cron gives a run almost no environment, neither PATH nor MLC_HOME. */
function commandOf(job: ScheduledJob): string {
  const own = { MLC_HOME: job.home, ...(job.keyFile === undefined ? {} : { MLC_VAULT_KEY_FILE: job.keyFile }) };
  const variables = Object.entries({ ...job.env, ...own });
  const words = [job.node, job.script, ...runArguments(job)];
  // Some crons take a backslash away and others leave it; none has a way to write a line break.
  refuseCharacters([...variables.map(([, value]) => value), ...words], /[\\\p{Cc}]/u, "cron");
  const command = [...variables.map(([name, value]) => `${name}=${shellWord(value)}`), ...words.map(shellWord)]
    .join(" ")
    // To cron a bare % ends the command, within quotes too (crontab(5)).
    .replace(/%/g, "\\%");
  if (command.length <= longestCommand) return command;
  throw new UsageError(`The command has ${command.length} characters, and cron takes ${longestCommand}`, {
    hint: "Give mlc, its directory or its log file a shorter path, or use `mlc schedule systemd`.",
  });
}
