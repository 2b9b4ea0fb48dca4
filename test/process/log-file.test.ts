import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "rolldown";
import { afterEach, expect, it } from "vitest";
import { type Bench, jsonLines, openBench, runMlc } from "./fixture.ts";

let bench: Bench | undefined;
const directory = mkdtempSync(join(tmpdir(), "mlc-log-"));
afterEach(async () => {
  await bench?.close();
  bench = undefined;
  rmSync(directory, { recursive: true, force: true });
});

const file = join(directory, "made", "mlc.log");

it("has what a run did, call by call, and no value of a person", async () => {
  bench = await openBench();
  const own = bench.fno.fetch.bind(bench.fno);
  let isBusy = true;
  bench.fno.fetch = async (request, socket) => {
    if (!isBusy || !request.url.includes("/SalesOrderHeaders")) return own(request, socket);
    isBusy = false;
    return new Response("", { status: 429, headers: { "retry-after": "7" } });
  };
  const env = { MLC_LOG_FILE: file, MLC_LOG_FORMAT: "json" };
  const { code, stderr } = await bench.run(["sync", "--verbose"], { env });
  const lines = jsonLines(readFileSync(file, "utf8"));
  const of = (event: string) => lines.filter((line) => line.event === event);
  expect([lines[0]?.event, lines.at(-1)?.event]).toEqual(["start", "end"]);
  expect(lines[0]).toMatchObject({ command: "sync", profile: "default" });
  expect(lines.at(-1)).toMatchObject({ exitCode: code, level: "error" });
  for (const line of lines) expect(line.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const run = of("runStart")[0]?.run;
  for (const event of ["call", "wait", "aside", "flowEnd", "runEnd"]) {
    expect([event, new Set(of(event).map((line) => line.run))]).toEqual([event, new Set([run])]);
  }
  expect(of("runEnd")).toMatchObject([{ exitCode: 3 }]);
  expect(of("flowEnd").map(({ flow, deadLettered }) => [flow, deadLettered])).toEqual([
    ["orders", 3],
    ["shipments", 0],
  ]);
  expect(of("call").every(({ path, status, ms, attempt }) => path && status && ms !== undefined && attempt)).toBe(true);
  expect(of("call").some(({ path }) => String(path).endsWith("/token"))).toBe(true);
  expect(of("call").some(({ path }) => /[?&]/.test(String(path)))).toBe(false);
  expect(of("wait")).toMatchObject([{ system: "fno", ms: 7000, level: "debug" }]);
  expect(of("call").filter(({ attempt }) => attempt === 2)).toHaveLength(1);
  expect(of("aside")).toContainEqual(
    expect.objectContaining({ document: "SO-1007", outcome: "dead", code: expect.any(String), level: "warn" }),
  );
  // What the person saw at the terminal, but for the calls, which are there already, and what may name people.
  expect(stderr).toContain("Set aside for a person");
  expect(of("said").map(({ message }) => String(message).split("\n")[0])).toEqual([
    expect.stringMatching(/^fno-shipstation orders: first run/),
  ]);
  const text = readFileSync(file, "utf8");
  const people = bench.fno.orders.flatMap(({ header }) => [
    header.DeliveryAddressName,
    header.DeliveryAddressStreet,
    header.SalesOrderName,
  ]);
  const names = people.filter((name) => typeof name === "string" && name.length > 4);
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => text.includes(String(name)))).toEqual([]);
  if (process.platform !== "win32") {
    expect([statSync(file), statSync(join(directory, "made"))].map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o700]);
  }
});

it("says how a command ended that never began: a wrong flag, and an error with its hint on one line", async () => {
  expect((await runMlc(["status", "--no-such-flag", "--log-file", file])).code).toBe(2);
  bench = await openBench({ connected: false, seeded: false });
  expect((await bench.run(["status", `--log-file=${file}`])).code).toBe(6);
  const lines = readFileSync(file, "utf8").trim().split("\n");
  expect(lines.filter((line) => / end /.test(line)).map((line) => line.replace(/.*exitCode=(\d+).*/, "$1"))).toEqual([
    "2",
    "6",
  ]);
  expect(lines).toContainEqual(expect.stringMatching(/ error - said › +Error: Nonexistent flag/));
  expect(lines).toContainEqual(expect.stringMatching(/ error - said Error: .* → Run `mlc connect`\.$/));
});

it("that cannot be written is one warning and stops nothing", async () => {
  bench = await openBench({ seeded: false });
  const full = await bench.run(["sync", "--log-file", "/dev/full"]);
  expect(full).toMatchObject({ code: 0, stderr: expect.stringContaining("(ENOSPC); mlc goes on without") });
  expect(full.stderr.match(/Warning/g)).toHaveLength(1);
  const nowhere = await bench.run(["sync", "-q", "--log-file", "/proc/no/such.log"]);
  expect(nowhere).toEqual({ code: 0, stdout: "", stderr: expect.stringMatching(/^Warning: .*\(ENOENT\).*\n$/) });
  const folder = await bench.run(["sync", "-q", "--log-file", bench.home]);
  expect(folder).toEqual({ code: 0, stdout: "", stderr: expect.stringMatching(/^Warning: .*\(EISDIR\).*\n$/) });
});

/** Runs a watch until stdout has so many lines, each of them told to `line` before. */
function watchFor(count: number, path: string, line: (number: number) => void = () => {}) {
  let printed = 0;
  return bench?.run(["sync", "--watch", "--every", "1s", "--log-file", path, "--log-format", "json"], {
    env: { MLC_TEST_NOW: "" },
    started: (child) =>
      child.stdout?.on("data", (text: string) => {
        for (const _ of text.matchAll(/\n/g)) {
          printed += 1;
          line(printed);
          if (printed === count) child.kill("SIGTERM");
        }
      }),
  });
}

it("of a watch has each run whole, in a new file where somebody renamed it", async () => {
  bench = await openBench();
  const ended = await watchFor(5, file, (number) => number === 2 && renameSync(file, `${file}-old`));
  expect(ended?.code).toBe(143);
  const lines = [`${file}-old`, file].flatMap((name) => jsonLines(readFileSync(name, "utf8")));
  const runs = (event: string) => lines.filter((line) => line.event === event).map(({ run }) => run);
  expect(runs("runStart").length).toBeGreaterThanOrEqual(5);
  expect(runs("runEnd").sort()).toEqual(runs("runStart").sort());
  expect(new Set(runs("call")).size).toBeGreaterThan(1);
  expect(lines.at(-1)).toMatchObject({ event: "end", exitCode: 143 });
  expect(JSON.stringify(lines)).not.toContain("Set aside for a person");
});

it("that cannot be written is one warning of a watch, which goes on", async () => {
  bench = await openBench({ seeded: false });
  const ended = await watchFor(4, "/dev/full");
  expect(ended?.code).toBe(143);
  expect(ended?.stderr.match(/Warning: /g)).toHaveLength(1);
});

it("loses no line and breaks none while processes write, rename it, and somebody else renames it too", async () => {
  const program = join(directory, "log-writer.mjs");
  await build({
    input: join(import.meta.dirname, "log-writer.ts"),
    platform: "node",
    output: { file: program, codeSplitting: false },
    logLevel: "silent",
  });
  const writer = (name: string) =>
    new Promise<number | null>((resolve) => {
      const child = spawn(process.execPath, [program, name, file], { stdio: "inherit" });
      child.on("close", resolve);
    });
  let renamed = 0;
  const outside = setInterval(() => {
    // Not so often that the file is never full.
    if (renamed > 10 || !existsSync(`${file}.${renamed + 1}`)) return;
    try {
      renameSync(file, `${file}-outside${renamed}`);
      renamed += 1;
    } catch {
      // It was just renamed by one of them.
    }
  }, 3);
  const ended = await Promise.all(["a", "b", "c"].map(writer)).finally(() => clearInterval(outside));
  expect(ended).toEqual([0, 0, 0]);
  const names = readdirSync(join(directory, "made"));
  expect(names.filter((name) => name.includes("lock"))).toEqual([]);
  expect(names.some((name) => /\.log\.\d+$/.test(name))).toBe(true);
  const all = names.flatMap((name) => jsonLines(readFileSync(join(directory, "made", name), "utf8")));
  const expected = ["a", "b", "c"].flatMap((name) => Array.from({ length: 1500 }, (_, number) => `${name} ${number}`));
  expect(all.map(({ message }) => message).sort()).toEqual(expected.sort());
});
