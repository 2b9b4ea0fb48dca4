/**
 * The signals that end a run in order, with its exit code then. Windows never delivers SIGTERM; it has Ctrl-Break, and
 * SIGHUP when the console window is closed, about ten seconds before it ends the process (Node's documentation of process,
 * "Signal events"). Pure.
 */
export function stopSignals(platform: NodeJS.Platform): readonly (readonly [NodeJS.Signals, number])[] {
  if (platform !== "win32") {
    return [
      ["SIGINT", 130],
      ["SIGTERM", 143],
    ];
  }
  return [
    ["SIGINT", 130],
    ["SIGBREAK", 130],
    ["SIGHUP", 143],
  ];
}
