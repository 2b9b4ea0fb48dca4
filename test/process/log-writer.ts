import { LogFile, machineLogDisk } from "../../src/commands/support/log-file.ts";
import { systemClock } from "../../src/core/clock.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import { thisMachine } from "../../src/core/state/machine.ts";

// One of several processes that write to a log file: its arguments are its name and the file.
const [, , name = "", path = ""] = process.argv;
const log = new LogFile({
  path,
  format: "json",
  clock: systemClock,
  disk: machineDisk(process.platform),
  logDisk: machineLogDisk(),
  machine: thisMachine(process.platform),
  timer: () => () => {},
  warn: (message) => {
    throw new Error(message);
  },
  limits: { maxBytes: 20_000, keep: 1000 },
});
for (let number = 0; number < 1500; number += 1) {
  log.add({ event: "said", message: `${name} ${number}` });
  if (number % 7 !== 0) continue;
  log.flush();
  await new Promise((resolve) => setImmediate(resolve));
}
log.flush();
await log.settled();
