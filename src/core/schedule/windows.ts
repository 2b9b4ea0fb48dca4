import { UsageError } from "../errors.ts";
import { printAgain, refuseCharacters, runArguments, type Schedule, type ScheduledJob } from "./job.ts";

/** The published schema that the text follows: https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema */
const namespace = "http://schemas.microsoft.com/windows/2004/02/mit/task";

/** Spans that a repetition takes: repetitionType of that schema, PT1M to P31D. */
const [shortestMs, longestMs] = [60_000, 31 * 86_400_000];
/** What cmd.exe takes: https://learn.microsoft.com/troubleshoot/windows-client/shell-experience/command-line-string-limitation */
const longestCommand = 8_191;

/**
 * Under which logon a task runs (https://learn.microsoft.com/windows/win32/taskschd/taskschedulerschema-logontype-principaltype-element):
 * InteractiveToken runs in the session of a user who is logged on, where that user's keychain is open; S4U has "no
 * access to the network or encrypted files", so it serves neither keychain nor sync; Password runs without anybody.
 */
function logonOf({ store }: ScheduledJob): "InteractiveToken" | "Password" {
  return store === "vault" ? "Password" : "InteractiveToken";
}

/** The Task Scheduler's XML of a job, from `start` on. Throws UsageError for a span or path it cannot hold. Pure. */
export function windowsSchedule(job: ScheduledJob, start: Date): Schedule {
  const task = `mlc ${job.profile}`;
  const text = `<?xml version="1.0" encoding="UTF-16"?>\n${written(taskOf(job, start), 0)}\n`;
  const logon = logonOf(job);
  const password = logon === "Password" ? ` /RU "${job.user}" /RP *` : "";
  return {
    kind: "windows",
    files: [{ text }],
    install: [
      `In PowerShell: ${printAgain(job, "windows", windowsWord)} | Out-File mlc-task.xml -Encoding Unicode`,
      `schtasks /Create /TN "${task}" /XML mlc-task.xml${password}`,
    ],
    notes: [
      "The Task Scheduler reads the file as UTF-16, which is what `-Encoding Unicode` writes.",
      logon === "Password"
        ? "Logon type Password: it runs whether or not somebody is logged on; Windows asks for the password once and keeps it."
        : "Logon type InteractiveToken: it runs while you are logged on, in a window of its own, since only then the keychain can be read; with the secrets in the vault (`mlc secrets move --to vault`) it runs without anybody.",
      ...(job.logFile === undefined ? ["What a run prints is lost; --log-file <path> keeps it."] : []),
    ],
  };
}

interface Element {
  name: string;
  attributes?: Readonly<Record<string, string>>;
  content: string | readonly Element[];
}

const element = (name: string, content: Element["content"], attributes?: Element["attributes"]): Element =>
  attributes === undefined ? { name, content } : { name, content, attributes };

function taskOf(job: ScheduledJob, start: Date): Element {
  const { everyMs, every, profile, user } = job;
  if (everyMs < shortestMs || everyMs > longestMs) {
    throw new UsageError(`The Task Scheduler cannot run every ${every}`, {
      hint: "Say --every with a span from 1m to 31d.",
    });
  }
  const { command, args } = actionOf(job);
  const at = start.toISOString().slice(0, 19);
  return element(
    "Task",
    [
      element("RegistrationInfo", [element("Description", `mlc sync every ${every}, profile ${profile}`)]),
      element("Triggers", [
        element("TimeTrigger", [
          element("Enabled", "true"),
          element("StartBoundary", `${at}Z`),
          element("Repetition", [element("Interval", `PT${everyMs / 1_000}S`)]),
        ]),
      ]),
      element("Principals", [
        element(
          "Principal",
          [element("UserId", user), element("LogonType", logonOf(job)), element("RunLevel", "LeastPrivilege")],
          { id: "Author" },
        ),
      ]),
      element("Settings", settings),
      element("Actions", [element("Exec", [element("Command", command), element("Arguments", args)])], {
        Context: "Author",
      }),
    ],
    { version: "1.3", xmlns: namespace },
  );
}

const settings = [
  element("MultipleInstancesPolicy", "IgnoreNew"),
  element("DisallowStartIfOnBatteries", "false"),
  element("StopIfGoingOnBatteries", "false"),
  element("StartWhenAvailable", "true"),
  // A run that hangs would keep all later ones away; what it has done is saved.
  element("ExecutionTimeLimit", "PT12H"),
];

/** A task has no environment of its own, so that variables are set by a command interpreter before mlc. */
function actionOf(job: ScheduledJob): { command: string; args: string } {
  const words = [job.script, ...runArguments(job)];
  const variables = Object.entries(job.env);
  if (job.keyFile !== undefined) variables.push(["MLC_VAULT_KEY_FILE", job.keyFile]);
  variables.push(["MLC_HOME", job.home]);
  refuseCharacters([job.node, job.user, ...words, ...variables.map(([, value]) => value)], /["\p{Cc}]/u, "Windows");
  // Both sides read them: the Task Scheduler its own variables, cmd.exe those of the session.
  refuseCharacters([...words, ...variables.map(([, value]) => value)], /%|\$\(/, "The Task Scheduler");
  const sets = variables.map(([name, value]) => `set "${name}=${value}"`);
  const args = `/d /s /c "${[...sets, [job.node, ...words].map(windowsWord).join(" ")].join("&&")}"`;
  if (args.length > longestCommand) {
    throw new UsageError(`The command has ${args.length} characters, and Windows takes ${longestCommand}`, {
      hint: "Give mlc, its directory or its log file a shorter path.",
    });
  }
  return { command: "cmd.exe", args };
}

/** A word as a Windows program reads it back: a backslash before the closing quote would escape it. */
function windowsWord(word: string): string {
  return /^[\w.:/\\,+=@-]+$/.test(word) ? word : `"${word.replace(/\\+$/, "$&$&")}"`;
}

/** In ASCII, whatever code page a console has between mlc and the file. */
function escaped(text: string): string {
  return [...text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;")]
    .map((character) => (character > "~" ? `&#${character.codePointAt(0)};` : character))
    .join("");
}

function written({ name, attributes = {}, content }: Element, depth: number): string {
  const indent = "  ".repeat(depth);
  const start = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escaped(value)}"`)].join(" ");
  if (typeof content === "string") return `${indent}<${start}>${escaped(content)}</${name}>`;
  const inner = content.map((child) => written(child, depth + 1)).join("\n");
  return `${indent}<${start}>\n${inner}\n${indent}</${name}>`;
}
