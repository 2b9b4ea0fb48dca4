import { printAgain, refuseCharacters, runArguments, type Schedule, type ScheduledJob, shellWord } from "./job.ts";

/** Whose service manager runs a unit: the machine's, or that of the user, which lives with the user's session. */
export type UnitScope = "system" | "user";

/** The service and the timer of a job. Throws UsageError when a path cannot stand in a unit. Pure. */
export function systemdSchedule(job: ScheduledJob, scope: UnitScope): Schedule {
  const name = `mlc-${job.profile}`;
  const isSystem = scope === "system";
  const directory = isSystem ? "/etc/systemd/system" : "~/.config/systemd/user";
  const files = [
    { path: `${directory}/${name}.service`, text: serviceOf(job, scope) },
    { path: `${directory}/${name}.timer`, text: timerOf(job, scope) },
  ];
  const again = `${printAgain(job, "systemd", shellWord)} --${isSystem ? "no-" : ""}user`;
  const manager = isSystem ? "sudo systemctl" : "systemctl --user";
  return {
    kind: "systemd",
    files,
    install: [
      ...(isSystem ? [] : [`mkdir -p ${directory}`]),
      ...files.map(
        ({ path }) => `${again} --unit ${path.replace(/.*\./, "")} ${isSystem ? "| sudo tee" : ">"} ${path}`,
      ),
      `${manager} daemon-reload && ${manager} enable --now ${name}.timer`,
    ],
    notes: notesOf(job, scope),
  };
}

function notesOf({ store, keyFile }: ScheduledJob, scope: UnitScope): string[] {
  if (scope === "user") {
    const closed = store === "keychain" ? ", but nobody has opened the keychain then" : "";
    return [
      `A user's service runs while that user is logged in; \`loginctl enable-linger\` lets it run without${closed}.`,
    ];
  }
  if (store === "keychain") {
    return [
      "The secrets are in the keychain, which a system service reaches only while its user is logged in: use a user's service (`mlc schedule systemd --user`), or move them with `mlc secrets move --to vault`.",
    ];
  }
  // LoadCredential= came with systemd 247 (NEWS of that version).
  return keyFile === undefined
    ? []
    : ["systemd hands the vault's key over by LoadCredential=, which it knows from version 247 on."];
}

function serviceOf(job: ScheduledJob, scope: UnitScope): string {
  const isSystem = scope === "system";
  const byCredential = isSystem && job.keyFile !== undefined;
  const variables = {
    ...job.env,
    MLC_HOME: job.home,
    ...(byCredential || job.keyFile === undefined ? {} : { MLC_VAULT_KEY_FILE: job.keyFile }),
  };
  const command = [job.node, job.script, ...runArguments(job)];
  refuseCharacters([...Object.values(variables), job.keyFile ?? "", ...command], /[\p{Cc}]/u, "systemd");
  // The program's own path may hold no variable, so that a $ cannot be doubled in it (systemd.service(5), "Command lines").
  refuseCharacters([job.node], /[$"'\\]/, "systemd");
  return unit({
    Unit: [
      `Description=mlc sync, profile ${job.profile}`,
      ...(isSystem ? ["Wants=network-online.target", "After=network-online.target"] : []),
    ],
    Service: [
      "Type=oneshot",
      ...(isSystem ? [`User=${job.user}`] : []),
      ...Object.entries(variables).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`),
      // mlc reads $CREDENTIALS_DIRECTORY/mlc-vault-key. In a user's unit older versions leave the directory out
      // (https://github.com/systemd/systemd/issues/25768), so that the key is named by its file there.
      ...(byCredential ? [`LoadCredential=mlc-vault-key:${specifierFree(job.keyFile ?? "")}`] : []),
      `ExecStart=${[quoted(job.node), ...command.slice(1).map((word) => quoted(word.replace(/\$/g, "$$$$")))].join(" ")}`,
      // The run itself gets the first signal and ends its keychain child; 143 is its orderly end.
      "KillMode=mixed",
      "TimeoutStopSec=60",
      "SuccessExitStatus=143",
      "UMask=0077",
      "NoNewPrivileges=yes",
    ],
  });
}

/** Monotonic spans, so that a clock that jumps starts nothing; a unit never runs twice at once. */
function timerOf({ profile, everyMs, every }: ScheduledJob, scope: UnitScope): string {
  return unit({
    Unit: [`Description=mlc sync every ${every}, profile ${profile}`],
    Timer: [
      scope === "system" ? "OnBootSec=1min" : "OnStartupSec=1min",
      `OnUnitActiveSec=${everyMs / 1_000}s`,
      "AccuracySec=1s",
    ],
    Install: ["WantedBy=timers.target"],
  });
}

function unit(sections: Readonly<Record<string, readonly string[]>>): string {
  return `${Object.entries(sections)
    .map(([name, lines]) => [`[${name}]`, ...lines].join("\n"))
    .join("\n\n")}\n`;
}

/** A word of a unit file; `%` begins a specifier even in quotes (systemd.unit(5)). */
function quoted(word: string): string {
  const text = specifierFree(word);
  return /^[\w./:=@%+,$-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function specifierFree(text: string): string {
  return text.replace(/%/g, "%%");
}
