import { resolve } from "node:path";
import { systemClock } from "../../core/clock.ts";
import { machineDisk } from "../../core/state/disk.ts";
import { thisMachine } from "../../core/state/machine.ts";
import { LogFile, machineLogDisk } from "./log-file.ts";

/** Opens the log file and writes to it all that is printed on stderr; what a terminal only draws is left out. */
export function openLog(path: string, format: string | undefined, stderr: NodeJS.WriteStream): LogFile {
  const log = new LogFile({
    path: resolve(path),
    format: format === "json" ? "json" : "text",
    clock: systemClock,
    disk: machineDisk(process.platform),
    logDisk: machineLogDisk(),
    machine: thisMachine(process.platform),
    timer: (ms, fire) => {
      const timer = setTimeout(fire, ms).unref();
      return () => clearTimeout(timer);
    },
    warn: (message) => stderr.write(`${message}\n`),
  });
  const print = stderr.write.bind(stderr);
  stderr.write = (text: string | Uint8Array, ...rest: []) => {
    // mlc escapes what it prints, so that only a spinner or a question has the control character.
    if (typeof text === "string" && text.trim() !== "" && !text.includes("\u001b"))
      log.add({ event: "said", message: text.trim() });
    return print(text, ...rest);
  };
  return log;
}
