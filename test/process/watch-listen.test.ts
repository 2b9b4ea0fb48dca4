import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bench, jsonLines, keepForReceiver, openBench } from "./fixture.ts";

const token = "fno-token-0123456789abcdef";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ seeded: true });
  await keepForReceiver(bench, { "fno.webhookToken": token });
});
afterAll(() => bench.close());

/** Starts a receiver; `url` resolves when it listens, `hears` when one of its outputs has told a part. */
function started(args: readonly string[]) {
  let kill: (signal: NodeJS.Signals) => void = () => {};
  let told = "";
  const waiting: { part: RegExp; resolve: (found: string) => void }[] = [];
  const tell = (text: string) => {
    told += text;
    for (const { part, resolve } of waiting) if (part.test(told)) resolve(part.exec(told)?.[1] ?? "");
  };
  const hears = (part: RegExp) =>
    new Promise<string>((resolve) =>
      part.test(told) ? resolve(part.exec(told)?.[1] ?? "") : waiting.push({ part, resolve }),
    );
  const ended = bench.run(args, {
    env: { MLC_TEST_NOW: "" },
    started: (child) => {
      kill = (signal) => child.kill(signal);
      child.stderr?.on("data", tell);
      child.stdout?.on("data", tell);
    },
  });
  return {
    ended,
    hears,
    url: hears(/Listening on (http\S+)\/webhooks/),
    kill: (signal: NodeJS.Signals) => kill(signal),
  };
}

const confirmed = (number: string, EventId: string) => ({
  BusinessEventId: "SalesOrderConfirmedBusinessEvent",
  BusinessEventLegalEntity: "usmf",
  SalesOrderNumber: number,
  EventId,
});
const post = (url: string, body: object) =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

it("sync --watch --listen polls and takes calls in one process, whose lines can be told apart", async () => {
  const log = join(bench.home, "run.log");
  const logged = ["--log-file", log, "--log-format", "json"];
  const { ended, hears, url, kill } = started(["sync", "--watch", "--listen", "--port", "0", "--json", ...logged]);
  const base = await url;
  await hears(/"flow":"orders"/);
  expect((await post(`${base}/webhooks/fno/${token}`, confirmed("SO-100001", "E-1"))).status).toBe(200);
  expect((await post(`${base}/webhooks/fno/guess`, confirmed("SO-100001", "E-2"))).status).toBe(401);
  await hears(/"flow":"orders".*"flow":"orders"/s);
  const second = await bench.run(["listen", "--port", "0"]);
  expect([second.code, second.stderr]).toEqual([
    11,
    expect.stringMatching(/^Error: Another mlc takes the calls of this profile: `mlc sync --watch --listen`, process /),
  ]);
  kill("SIGTERM");
  const { stdout, stderr, code } = await ended;
  expect([code, stderr]).toEqual([143, expect.stringContaining("Watching fno-shipstation orders every 15 min")]);
  const lines = jsonLines(stdout);
  const accesses = lines.filter(({ kind }) => kind === "access");
  expect(accesses.map(({ status, outcome, event }) => [status, outcome, event])).toEqual([
    [200, "stored", "E-1"],
    [401, "the token is another one", undefined],
  ]);
  const reports = lines.filter(({ kind }) => kind !== "access");
  expect(reports.map(({ exitCode }) => typeof exitCode)).toEqual(reports.map(() => "number"));
  const happened = jsonLines(readFileSync(log, "utf8"));
  const calls = happened.filter(({ event }) => event === "access");
  expect(calls.map(({ level, status, id }) => [level, status, id])).toEqual([
    ["info", 200, "E-1"],
    ["warn", 401, undefined],
  ]);
  expect(happened.filter(({ event }) => event === "runStart").map(({ command }) => command)).toContain("listen");
  expect(stdout + stderr + JSON.stringify(happened)).not.toContain(token);
});

it("listen --print shows what came and what it names, for people or as JSON", async () => {
  const people = started(["listen", "--print", "--port", "0"]);
  await post(`${await people.url}/webhooks/fno/${token}`, confirmed("SO-100002", "E-3"));
  await post(`${await people.url}/webhooks/fno/guess`, confirmed("SO-100002", "E-3"));
  people.kill("SIGINT");
  const shown = await people.ended;
  expect([shown.code, shown.stdout.trim().split("\n")]).toEqual([
    130,
    [
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}fno {2}SalesOrderConfirmedBusinessEvent {2}stored {2}usmf\/SO-100002$/),
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}fno {2}refused \(401\): the token is another one$/),
    ],
  ]);
  const machine = started(["listen", "--print", "--json", "--port", "0"]);
  await post(`${await machine.url}/webhooks/fno/${token}`, confirmed("SO-100002", "E-3"));
  machine.kill("SIGINT");
  const records = [{ kind: "orderNumber", id: "SO-100002", legalEntity: "usmf" }];
  expect(jsonLines((await machine.ended).stdout)).toMatchObject([
    { kind: "event", system: "fno", event: "E-3", records, outcome: "duplicate", status: 200 },
  ]);
});

it("webhooks events shows what came, and one event with its body", async () => {
  const { stdout, stderr, code } = await bench.run(["webhooks", "events"]);
  expect([code, stderr, stdout.split("\n")]).toEqual([
    0,
    "",
    [
      expect.stringMatching(/^time +event +system +state +what$/),
      expect.stringMatching(/^\S+ \S+ +ev1 +fno +\w+ +SalesOrderConfirmedBusinessEvent:$/),
      expect.stringMatching(/^ +usmf\/SO-100001$/),
      expect.stringMatching(/^\S+ \S+ +ev2 +fno +\w+ +SalesOrderConfirmedBusinessEvent:$/),
      expect.stringMatching(/^ +usmf\/SO-100002$/),
      "",
    ],
  ]);
  const events = jsonLines((await bench.run(["webhooks", "events", "--json", "--limit", "1"])).stdout);
  const asked = ["fno-shipstation orders"];
  expect(events).toMatchObject([{ name: "ev2", system: "fno", event: "E-3", flows: asked }]);
  expect((await bench.run(["webhooks", "events", "--system", "shipbob"])).stderr).toBe("No such event came in.\n");
  const one = await bench.run(["webhooks", "events", "E-3", "--body"]);
  expect(one.stdout).toMatch(/^event {2}ev2\nid {5}E-3\n.*names {2}orderNumber usmf\/SO-100002\n/s);
  expect(one.stdout).toContain('"SalesOrderNumber":"SO-100002"');
  expect((await bench.run(["webhooks", "events", "ev99"])).code).toBe(2);
  expect((await bench.run(["webhooks", "events", "--body"])).code).toBe(2);
});

it("status says when a system last called, and that no receiver runs", async () => {
  const { stdout } = await bench.run(["status"]);
  expect(stdout).toMatch(/^events of fno: the last \S+ \S+ ago;.* no receiver runs$/m);
  const report: unknown = JSON.parse((await bench.run(["status", "--json"])).stdout);
  expect(report).toMatchObject({ events: [{ system: "fno", isSilent: false, isListening: false }] });
});

it("replay of an event reads what it names again, whether it waited or is done", async () => {
  const dry = await bench.run(["replay", "ev1", "--dry-run"]);
  expect([dry.code, dry.stderr]).toEqual([
    0,
    expect.stringMatching(/^ev1 \(fno \S+: usmf\/SO-100001\) was done; it asks for fno-shipstation orders\nDry run: /),
  ]);
  const done = await bench.run(["replay", "E-1", "--json"]);
  expect([done.code, jsonLines(done.stdout.replace(/\n\s*/g, ""))]).toEqual([
    0,
    [
      expect.objectContaining({
        event: expect.objectContaining({ name: "ev1", state: "done" }),
        flows: [expect.objectContaining({ pair: "fno-shipstation", flow: "orders" })],
      }),
    ],
  ]);
  const unknown = await bench.run(["replay", "ev99"]);
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    "Error: ev99 is no record, log entry or document that mlc knows\n  → Look it up with `mlc webhooks events`.\n",
  ]);
  expect((await bench.run(["replay", "ev1", "--drop"])).stderr).toContain("ev1 is an event");
  await bench.run(["config", "set", "fno-shipstation.flows.orders.enabled=false"]);
  const idle = await bench.run(["replay", "ev1"]);
  expect([idle.code, idle.stderr]).toEqual([2, expect.stringContaining("asks for no flow that is connected and on")]);
  await bench.run(["config", "unset", "fno-shipstation.flows.orders.enabled"]);
});

it("a watch at work runs the flows of a replayed event", async () => {
  const answer = bench.fno.fetch.bind(bench.fno);
  let [open, meet] = [() => {}, () => {}];
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const met = new Promise<void>((resolve) => {
    meet = resolve;
  });
  bench.fno.fetch = async (...given) => {
    meet();
    await opened;
    return answer(...given);
  };
  const watch = started(["sync", "--watch", "--every", "1h"]);
  await met;
  const replay = bench.run(["replay", "ev1", "--json"], { env: { MLC_TEST_NOW: "" } });
  const requests = join(bench.home, "default", "requests");
  while (!existsSync(requests) || readdirSync(requests).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
  open();
  const { stdout, code } = await replay;
  bench.fno.fetch = answer;
  watch.kill("SIGTERM");
  await watch.ended;
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { flows: [{ flow: "orders" }], event: { name: "ev1" } }]);
  expect(readdirSync(requests)).toEqual([]);
});

it("refuses flags of a receiver where none is wanted", async () => {
  for (const args of [
    ["--listen"],
    ["--watch", "--port", "1"],
    ["--watch", "--listen", "--cert", "a.pem"],
    ["--watch", "--listen", "--pair", "fno-shipstation"],
  ])
    expect((await bench.run(["sync", ...args])).code).toBe(2);
  expect((await bench.run(["listen", "--json"])).code).toBe(2);
  const taken = await bench.run(["sync", "--watch", "--listen", "--host", "203.0.113.1"]);
  expect([taken.code, taken.stderr]).toEqual([6, expect.stringContaining("mlc cannot listen on 203.0.113.1")]);
});
