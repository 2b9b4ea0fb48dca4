import { describe, expect, it } from "vitest";
import { LogFile, type LogFileOptions } from "../../src/commands/support/log-file.ts";
import { logLine } from "../../src/commands/support/log-lines.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import type { RunEvent } from "../../src/core/run-log.ts";
import type { Machine } from "../../src/core/state/machine.ts";
import { MemoryDisk } from "../core/state/memory-disk.ts";

const path = "/var/log/mlc.log";
const machine: Machine = {
  self: async () => ({ host: "here", pid: 1 }),
  process: async () => ({ runs: true }),
};
const said = (message: string): RunEvent => ({ event: "said", message });

/** A log file on a disk in memory, whose timer fires when it is told to. */
function bench(limits: LogFileOptions["limits"] = {}, disk = new MemoryDisk(), onMachine = machine) {
  const clock = jumpingClock(new Date("2026-11-21T16:00:00Z"));
  const timers = new Set<() => void>();
  const warnings: string[] = [];
  const fault: { code?: string; room?: number } = {};
  const log = new LogFile({
    path,
    format: "text",
    clock,
    disk,
    machine: onMachine,
    logDisk: {
      append: (name, bytes) => {
        if (fault.code) throw Object.assign(new Error(fault.code), { code: fault.code });
        const before = disk.paths().includes(name) ? disk.content(name) : Buffer.alloc(0);
        const written = bytes.subarray(0, fault.room ?? bytes.length);
        disk.put(name, Buffer.concat([before, written]));
        return { written: written.length, size: before.length + written.length };
      },
    },
    timer: (_ms, fire) => {
      timers.add(fire);
      return () => timers.delete(fire);
    },
    warn: (message) => warnings.push(message),
    limits,
  });
  const text = (name = path) => (disk.paths().includes(name) ? disk.content(name).toString() : "");
  const messages = (name = path) => [...text(name).matchAll(/ said (.*)\n/g)].map(([, message]) => message);
  const tick = () => {
    for (const fire of [...timers]) fire();
  };
  return { log, disk, clock, timers, warnings, fault, text, messages, tick };
}

describe("a line", () => {
  const at = new Date("2026-11-21T16:00:00Z");
  const call: RunEvent = {
    event: "call",
    system: "fno",
    method: "GET",
    path: "/data/Orders",
    status: 200,
    ms: 12,
    attempt: 1,
  };

  it("as text has instant, level, run, event and what belongs to it", () => {
    expect(logLine(call, { at, run: "01R" }, "text")).toBe(
      "2026-11-21T16:00:00.000Z debug 01R call system=fno method=GET path=/data/Orders status=200 ms=12 attempt=1\n",
    );
    const aside: RunEvent = {
      event: "aside",
      pair: "p",
      flow: "orders",
      document: "SO 7",
      record: "usmf/SO 7",
      outcome: "dead",
      code: "MappingError",
      field: "SKU",
      message: "no SKU",
    };
    expect(logLine(aside, { at, run: undefined }, "text")).toBe(
      '2026-11-21T16:00:00.000Z warn  - aside pair=p flow=orders document="SO 7" record="usmf/SO 7" outcome=dead code=MappingError field=SKU no SKU\n',
    );
  });

  it("as JSON begins with at, level, run and event", () => {
    const line = logLine(call, { at, run: "01R" }, "json");
    expect(Object.keys(JSON.parse(line))).toEqual([
      ..."at level run event system method path status ms attempt".split(" "),
    ]);
    expect(JSON.parse(logLine(said("x"), { at, run: undefined }, "json"))).toEqual({
      at: "2026-11-21T16:00:00.000Z",
      level: "info",
      event: "said",
      message: "x",
    });
  });

  it.each(["text", "json"] as const)(
    "is one line of visible characters as %s, whatever came from outside",
    (format) => {
      const hostile = "a\nb\r\u001b[2J\u0085\u202egpj.exe\u2066\u007f";
      for (const event of [said(hostile), { ...call, path: hostile }]) {
        const line = logLine(event, { at, run: "01R" }, format);
        expect(line).toMatch(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]+\n$/u);
        if (format === "json") expect(Object.values(JSON.parse(line))).toContain(hostile);
      }
    },
  );

  it("has the level that its event is worth", () => {
    const levelOf = (event: RunEvent) => JSON.parse(logLine(event, { at, run: undefined }, "json")).level;
    expect(levelOf({ ...call, status: 0 })).toBe("warn");
    expect(levelOf(said("Error: no"))).toBe("error");
    expect(levelOf(said("Warning: no"))).toBe("warn");
    expect(levelOf({ event: "end", exitCode: 3, ms: 1 })).toBe("error");
    expect(levelOf({ event: "end", exitCode: 0, ms: 1 })).toBe("info");
  });
});

describe("a log file", () => {
  it("is written a second after the first line, when much is held, and when it is told to", () => {
    const { log, messages, tick, timers } = bench({ flushLength: 200 });
    log.add(said("one"));
    log.add(said("two"));
    expect(messages()).toEqual([]);
    tick();
    expect(messages()).toEqual(["one", "two"]);
    expect(timers.size).toBe(0);
    log.add(said("x".repeat(200)));
    expect(messages()).toHaveLength(3);
    log.add(said("four"));
    log.flush();
    expect(messages().at(-1)).toBe("four");
  });

  it("names the run in which something happens, though runs go side by side", async () => {
    const { log, text } = bench();
    await Promise.all(
      ["01A", "01B"].map((run) =>
        log.within(run, async () => {
          log.add({ event: "runStart", command: "sync" });
          await Promise.resolve();
          log.add({ event: "runEnd", exitCode: 0, ms: 5 });
        }),
      ),
    );
    log.add(said("after"));
    log.flush();
    const [start, end] = ["runStart command=sync", "runEnd exitCode=0 ms=5"];
    expect(text().replace(/^\S+ \S+ +/gm, "")).toBe(
      `01A ${start}\n01B ${start}\n01A ${end}\n01B ${end}\n- said after\n`,
    );
  });

  it("leaves out what is printed for people alone", () => {
    const { log, messages } = bench();
    log.unheard(() => log.add(said("Jane Doe, 1 Main Street")));
    expect(() =>
      log.unheard(() => {
        throw new Error("printing failed");
      }),
    ).toThrow("printing failed");
    log.add(said("heard"));
    log.flush();
    expect(messages()).toEqual(["heard"]);
  });

  it("is renamed when it is full, and the oldest goes", async () => {
    const { log, messages, disk } = bench({ maxBytes: 60, keep: 3 });
    for (const number of [1, 2, 3, 4, 5, 6]) {
      log.add(said(`line ${number} ${"x".repeat(40)}`));
      log.flush();
      await log.settled();
    }
    const numbers = [".1", ".2", ".3"].map((end) => messages(path + end)[0]?.split(" ")[1]);
    expect(numbers).toEqual(["6", "5", "4"]);
    expect(disk.paths()).toEqual([`${path}.1`, `${path}.2`, `${path}.3`]);
  });

  it("closes the gap that a crash while renaming left, and loses nothing by it", async () => {
    const { log, disk, text } = bench({ maxBytes: 10, keep: 3 });
    disk.put(`${path}.1`, Buffer.from("one"));
    disk.put(`${path}.3`, Buffer.from("three"));
    log.add(said("full"));
    log.flush();
    await log.settled();
    expect([text(`${path}.2`), text(`${path}.3`)]).toEqual(["one", "three"]);
    expect(text(`${path}.1`)).toContain("full");
  });

  it("is not renamed twice when two processes find it full", async () => {
    const disk = new MemoryDisk();
    const one = bench({ maxBytes: 60 }, disk);
    const together = bench({ maxBytes: 60 }, disk);
    // Finds it full together with the others, and gets the lock when the first has given it back.
    const late = async () => {
      await one.log.settled();
      return machine.self();
    };
    const later = bench({ maxBytes: 60 }, disk, { ...machine, self: late });
    const all = [one, together, later].map(({ log }) => log);
    for (const log of all) log.add(said("x".repeat(60)));
    for (const log of all) log.flush();
    one.log.add(said("next"));
    one.log.flush();
    await Promise.all(all.map((log) => log.settled()));
    one.log.add(said("new file"));
    one.log.flush();
    expect(disk.paths()).toEqual([path, `${path}.1`]);
    expect([one.messages(`${path}.1`).length, one.messages()]).toEqual([4, ["new file"]]);
  });

  it("goes on in a new file when somebody else renamed it", async () => {
    const { log, disk, messages } = bench();
    log.add(said("before"));
    log.flush();
    await disk.rename(path, `${path}-20261121`);
    log.add(said("after"));
    log.flush();
    expect([messages(`${path}-20261121`), messages()]).toEqual([["before"], ["after"]]);
  });

  it("that cannot be written is warned of once, and then has all that was held", () => {
    const { log, fault, warnings, messages } = bench();
    fault.code = "EACCES";
    for (const text of ["one", "two"]) {
      log.add(said(text));
      log.flush();
    }
    expect(warnings).toEqual([`Warning: the log file ${path} cannot be written (EACCES); mlc goes on without.`]);
    delete fault.code;
    log.add(said("three"));
    log.flush();
    expect(messages()).toEqual(["one", "two", "three"]);
    fault.code = "EACCES";
    log.add(said("four"));
    log.flush();
    expect(warnings).toHaveLength(2);
  });

  it("that cannot be written for long keeps the newest and says how many are missing", () => {
    const { log, fault, messages } = bench({ heldLength: 500, flushLength: 100 });
    fault.code = "EROFS";
    for (let number = 1; number <= 100; number += 1) log.add(said(`line ${number}`));
    delete fault.code;
    log.flush();
    const [first, ...rest] = messages();
    expect(first).toBe(`Warning: ${100 - rest.length} lines are missing`);
    expect(rest.at(-1)).toBe("line 100");
    expect(rest.length).toBeGreaterThan(5);
  });

  it("on a disk that fills up writes the line that was cut again, on a line of its own", () => {
    const { log, fault, warnings, text } = bench();
    fault.room = 60;
    log.add(said("first"));
    log.add(said("second"));
    log.flush();
    expect(warnings).toHaveLength(1);
    delete fault.room;
    log.flush();
    const lines = text().split("\n");
    expect(lines.map((line) => line.replace(/.* said /, ""))).toEqual(["first", lines[1], "second", ""]);
    expect(lines[1]).not.toContain("second");
  });

  it("that somebody else renames in the same moment is warned of by nobody", async () => {
    const { log, disk, warnings, messages } = bench({ maxBytes: 100 });
    disk.failFromNow("rename", 1, "ENOENT");
    log.add(said("x".repeat(100)));
    log.flush();
    await log.settled();
    disk.fault = undefined;
    log.add(said("later"));
    log.flush();
    await log.settled();
    expect([warnings, messages(`${path}.1`).length]).toEqual([[], 2]);
  });

  it("that cannot be renamed grows on, is warned of once, and is tried again when it is twice as full", async () => {
    const { log, disk, warnings, messages } = bench({ maxBytes: 50 });
    disk.failFromNow("rename", 1, "EACCES");
    log.add(said("x".repeat(50)));
    log.flush();
    await log.settled();
    expect(warnings).toEqual([`Warning: the log file ${path} cannot be renamed (EACCES); mlc goes on without.`]);
    disk.fault = undefined;
    log.add(said("y"));
    log.flush();
    await log.settled();
    expect(messages()).toHaveLength(2);
    log.add(said("z".repeat(50)));
    log.flush();
    await log.settled();
    expect(messages(`${path}.1`)).toHaveLength(3);
    expect(warnings).toHaveLength(1);
  });
});
