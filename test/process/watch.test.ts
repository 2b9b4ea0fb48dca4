import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, type Ended, jsonLines, openBench } from "./fixture.ts";

/** Starts a watch on the machine's own clock; `lines` resolves when stdout has so many, `complaint` at the first error, `finishing` once a signal is heard. */
function watching(bench: Bench, args: readonly string[]) {
  let kill: (signal: NodeJS.Signals) => void = () => {};
  let [complain, finish] = [() => {}, () => {}];
  const met: { count: number; resolve: () => void }[] = [];
  let printed = 0;
  const ended: Promise<Ended> = bench.run(["sync", "--watch", "--every", "1s", ...args], {
    env: { MLC_TEST_NOW: "" },
    started: (child) => {
      kill = (signal) => child.kill(signal);
      child.stderr?.on("data", (text: string) => {
        if (text.includes("Error: ")) complain();
        if (text.includes("Finishing")) finish();
      });
      child.stdout?.on("data", (text: string) => {
        printed += text.split("\n").length - 1;
        for (const waiting of met) if (printed >= waiting.count) waiting.resolve();
      });
    },
  });
  const complaint = new Promise<void>((resolve) => {
    complain = resolve;
  });
  const finishing = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const lines = (count: number) => new Promise<void>((resolve) => met.push({ count, resolve }));
  return { ended, lines, complaint, finishing, kill: (signal: NodeJS.Signals) => kill(signal) };
}

/** Keeps a vendor's answers back until `open` is called. */
function gate(vendor: { fetch: Bench["fno"]["fetch"] }) {
  const answer = vendor.fetch.bind(vendor);
  let [open, met] = [() => {}, () => {}];
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    met = resolve;
  });
  vendor.fetch = async (...given) => {
    met();
    await opened;
    return answer(...given);
  };
  return { reached, open: () => open(), remove: () => Object.assign(vendor, { fetch: answer }) };
}

describe("mlc sync --watch", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());

  it("runs each flow again and again, a line a run, until SIGTERM; all is saved and exits 143", async () => {
    const watch = watching(bench, []);
    await watch.lines(6);
    watch.kill("SIGTERM");
    const { stdout, stderr, code } = await watch.ended;
    expect(stderr).toContain("Watching fno-shipstation orders every 1.0 s, fno-shipstation shipments every 1.0 s.");
    const lines = stdout.trim().split("\n");
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}fno-shipstation \w+: .* \(\d+ calls?, /);
    expect(stdout.match(/66 created/g)).toHaveLength(1);
    expect(stdout.match(/shipments/g)?.length).toBeGreaterThan(1);
    expect(code).toBe(143);
    expect(existsSync(join(bench.home, "default", "lock"))).toBe(false);
    const keys = bench.shipstation.ledger.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("finishes what is in flight at the first Ctrl-C and exits 130", async () => {
    const held = gate(bench.fno);
    const watch = watching(bench, ["--json"]);
    await held.reached;
    watch.kill("SIGINT");
    held.open();
    const { code, stderr } = await watch.ended;
    held.remove();
    expect(code).toBe(130);
    expect(stderr).toContain("Finishing what is in flight; again to leave at once.");
    expect(existsSync(join(bench.home, "default", "lock"))).toBe(false);
  });

  it("leaves at once at the second", async () => {
    const held = gate(bench.fno);
    const watch = watching(bench, []);
    await held.reached;
    watch.kill("SIGINT");
    await watch.finishing;
    watch.kill("SIGTERM");
    const { code } = await watch.ended;
    held.open();
    held.remove();
    expect(code).toBe(143);
  });

  it("serves a replay that another process asks for while it runs", async () => {
    const held = gate(bench.fno);
    const watch = watching(bench, ["--json"]);
    await held.reached;
    const requests = join(bench.home, "default", "requests");
    const replay = bench.run(["replay", "SO-1007", "--drop"], { env: { MLC_TEST_NOW: "" } });
    await until(() => existsSync(requests) && readdirSync(requests).length > 0);
    held.open();
    const { stdout, stderr, code } = await replay;
    held.remove();
    watch.kill("SIGTERM");
    await watch.ended;
    expect(stderr).toMatch(/^SO-1007 \(usmf\/SO-1007\) was dead: /);
    expect([stdout, code]).toEqual(["SO-1007: dropped; it rests until it changes\n", 0]);
    expect(readdirSync(requests)).toEqual([]);
  });

  it("takes up a changed config between two runs, and outlives a wrong one", async () => {
    const watch = watching(bench, ["--json"]);
    await watch.lines(2);
    const file = join(bench.home, "default", "config.json");
    const good = readFileSync(file, "utf8");
    const before = jsonLines(good.replace(/\n/g, ""))[0] ?? {};
    writeFileSync(file, "{");
    await watch.complaint;
    writeFileSync(file, JSON.stringify({ ...before, "fno-shipstation": { flows: { orders: { enabled: false } } } }));
    await watch.lines(8);
    watch.kill("SIGTERM");
    const { stdout, stderr, code } = await watch.ended;
    writeFileSync(file, good);
    const flows = jsonLines(stdout).map(({ flows }) => (flows as { flow: string }[])[0]?.flow);
    expect(flows.slice(-2)).toEqual(["shipments", "shipments"]);
    expect([code, stderr]).toEqual([143, expect.stringContaining("config.json is not a JSON object")]);
  });

  it("refuses what makes no sense for a run that goes on", async () => {
    for (const args of [["--dry-run"], ["--since", "7d"], ["--limit", "1"], ["--new-state"]])
      expect((await bench.run(["sync", "--watch", ...args])).code).toBe(2);
    expect((await bench.run(["sync", "--every", "15m"])).code).toBe(2);
    const { code, stderr } = await bench.run(["sync", "--watch", "--every", "often"]);
    expect([code, stderr]).toEqual([2, "Error: --every often is not a time span\n  → Write it like 90s, 15m or 2h.\n"]);
  });
});

describe("alerts after a run", () => {
  let bench: Bench;
  const beats: string[] = [];
  const server = createServer((request, response) => {
    beats.push(`${request.method} ${request.url}`);
    response.end();
  });
  const told = () => readFileSync(join(bench.home, "told"), "utf8").trim().split("\n");
  beforeAll(async () => {
    bench = await openBench();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    mkdirSync(bench.home, { recursive: true });
    const script = join(bench.home, "tell.mjs");
    writeFileSync(
      script,
      `import { appendFileSync, readFileSync } from "node:fs"; appendFileSync(process.argv[2], readFileSync(0));`,
    );
    const program = JSON.stringify([process.execPath, script, join(bench.home, "told")]);
    const { port } = server.address() as AddressInfo;
    await bench.run(["config", "set", `alerts.onAttention=${program}`]);
    await bench.run(["config", "set", `alerts.heartbeatUrl=http://127.0.0.1:${port}/ping/abc`]);
  });
  afterAll(async () => {
    server.close();
    await bench.close();
  });

  it("the heartbeat is sent after a good run, and the program hears of each cause once", async () => {
    for (let run = 0; run < 3; run += 1) expect((await bench.run(["sync", "-q"])).stderr).not.toContain("Warning");
    expect(beats).toEqual(["GET /ping/abc", "GET /ping/abc", "GET /ping/abc"]);
    expect(told()).toEqual([expect.stringMatching(/^fno-shipstation orders: 3 set aside; see /)]);
  });

  it("no heartbeat is sent while a flow stands still, and that is told once", async () => {
    bench.clock.advance(2 * 3_600_000);
    bench.entra.clientSecret = "another";
    for (let run = 0; run < 2; run += 1) expect((await bench.run(["sync", "-q"])).code).toBe(4);
    expect(beats).toHaveLength(3);
    expect(told().join("\n")).toMatch(/orders: stopped since .*secret/);
    expect(told().filter((line) => line.includes("stopped since"))).toHaveLength(1);
  });

  it("a narrowed or dry run is no sign of life", async () => {
    bench.entra.clientSecret = "sandbox-client-secret";
    await bench.run(["sync", "-q", "--dry-run"]);
    await bench.run(["sync", "-q", "--limit", "1"]);
    expect(beats).toHaveLength(3);
    await bench.run(["sync", "-q"]);
    expect(beats).toHaveLength(4);
  });

  it("what cannot be told is a warning that shows no address, and is told the next time", async () => {
    await bench.run([
      "config",
      "set",
      "alerts.heartbeatUrl=http://127.0.0.1:1/ping/abc",
      "alerts.onAttention=/nowhere",
    ]);
    bench.fno.edit("usmf", "SO-1002", { DeliveryAddressStreet: "" });
    const { stderr } = await bench.run(["sync", "-q"]);
    expect(stderr).toContain("Warning: The heartbeat to 127.0.0.1:1 was not sent: it cannot be reached.");
    expect(stderr).toMatch(/Warning: alerts.onAttention: \/nowhere cannot be run/);
    expect(stderr).not.toContain("abc");
    expect((await bench.run(["sync", "-q"])).stderr).toContain("/nowhere cannot be run");
  });
});

describe("alerts when all is not well with mlc itself", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench();
    await bench.run(["sync", "-q"]);
  });
  afterAll(() => bench.close());

  it("a setting of alerts that is wrong is a warning after each run, and ends no watch", async () => {
    const file = join(bench.home, "default", "config.json");
    const config = jsonLines(readFileSync(file, "utf8").replace(/\n/g, ""))[0] ?? {};
    writeFileSync(file, JSON.stringify({ ...config, alerts: { heartbeatUrl: "nowhere" } }));
    const watch = watching(bench, []);
    await watch.lines(4);
    watch.kill("SIGTERM");
    const { stderr, code } = await watch.ended;
    writeFileSync(file, JSON.stringify(config));
    expect(stderr.match(/Warning: alerts\.heartbeatUrl = "nowhere"/g)?.length).toBeGreaterThan(1);
    expect(code).toBe(143);
  });

  it("a run that could not even begin is told to the program", async () => {
    const told = join(bench.home, "told-lock");
    const program = JSON.stringify([
      process.execPath,
      "-e",
      "fs.appendFileSync(process.argv[1], fs.readFileSync(0))",
      told,
    ]);
    await bench.run(["config", "set", `alerts.onAttention=${program}`]);
    const lock = join(bench.home, "default", "lock");
    writeFileSync(lock, "not a lock");
    const watch = watching(bench, []);
    await watch.lines(2);
    await until(() => existsSync(told) && readFileSync(told, "utf8").includes("\n"));
    watch.kill("SIGTERM");
    await watch.ended;
    rmSync(lock);
    await bench.run(["config", "unset", "alerts.onAttention"]);
    expect(readFileSync(told, "utf8")).toMatch(/^fno-shipstation \w+: The lock file .* cannot be read/m);
  });

  it("state that cannot be read is told to the program, once, and no heartbeat goes out", async () => {
    const told = join(bench.home, "told");
    const script = join(bench.home, "tell.mjs");
    writeFileSync(
      script,
      `import { appendFileSync, readFileSync } from "node:fs"; appendFileSync(process.argv[2], readFileSync(0));`,
    );
    const program = JSON.stringify([process.execPath, script, told]);
    await bench.run(["config", "set", `alerts.onAttention=${program}`, "alerts.heartbeatUrl=http://127.0.0.1:1/x"]);
    const dir = join(bench.home, "default", "state", "fno-shipstation.orders");
    const log = join(dir, "log-2026-11.jsonl");
    writeFileSync(log, readFileSync(log, "utf8").slice(200));
    for (let run = 0; run < 2; run += 1) {
      const { code, stderr } = await bench.run(["sync", "-q"]);
      expect(code).toBe(7);
      expect(stderr).not.toContain("heartbeat");
    }
    expect(readFileSync(told, "utf8").match(/^The state cannot be read: The log .* is damaged/gm)).toHaveLength(1);
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
}
