import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock.ts";
import { machineDisk } from "../../src/core/state/disk.ts";
import { Inbox } from "../../src/webhooks/inbox/inbox.ts";
import { linesIn, segmentNames } from "../../src/webhooks/inbox/lines.ts";
import { type Bench, type Ended, jsonLines, keepForReceiver, openBench } from "./fixture.ts";

const tokens = { fno: "fno-token-0123456789abcdef", shipstation: "v1-token-0123456789abcdef" };

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ seeded: true });
  await keepForReceiver(bench, { "fno.webhookToken": tokens.fno, "shipstation.webhookToken": tokens.shipstation });
});
afterAll(() => bench.close());

/** Starts a receiver; `url` resolves when it listens, `worked` when stderr has told so many runs. */
function listening(args: readonly string[] = []) {
  let kill: (signal: NodeJS.Signals) => void = () => {};
  let told = "";
  const waiting: { part: string; resolve: () => void }[] = [];
  const hears = (part: string) =>
    new Promise<void>((resolve) => (told.includes(part) ? resolve() : waiting.push({ part, resolve })));
  let ready: (url: string) => void = () => {};
  const url = new Promise<string>((resolve) => {
    ready = resolve;
  });
  const ended: Promise<Ended> = bench.run(["listen", "--port", "0", ...args], {
    env: { MLC_TEST_NOW: "" },
    started: (child) => {
      kill = (signal) => child.kill(signal);
      child.stderr?.on("data", (text: string) => {
        told += text;
        const address = /Listening on (http\S+)\/webhooks/.exec(told)?.[1];
        if (address) ready(address);
        for (const { part, resolve } of waiting) if (told.includes(part)) resolve();
      });
    },
  });
  return { ended, url, hears, kill: (signal: NodeJS.Signals) => kill(signal) };
}

const post = (url: string, body: object) =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const confirmed = (number: string, EventId: string) => ({
  BusinessEventId: "SalesOrderConfirmedBusinessEvent",
  BusinessEventLegalEntity: "usmf",
  SalesOrderNumber: number,
  EventId,
});

it("F&O's event brings its orders to ShipStation, and ShipStation's the label back, each call logged without its token", async () => {
  const { ended, url, hears, kill } = listening();
  const base = await url;
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
  const number = "SO-100001";
  expect((await post(`${base}/webhooks/fno/${tokens.fno}`, confirmed(number, "E-1"))).status).toBe(200);
  await hears("fno-shipstation orders: ");
  expect(bench.shipstation.ledger.length).toBeGreaterThan(0);
  const order = bench.shipstation.orders.find(({ orderStatus }) => orderStatus === "awaiting_shipment");
  bench.shipstation.print(order?.orderKey ?? "");
  const before = bench.fno.ledger.length;
  const told = { resource_url: `${bench.urls.shipstation}/shipments?batchId=1`, resource_type: "SHIP_NOTIFY" };
  expect((await post(`${base}/webhooks/shipstation/${tokens.shipstation}`, told)).status).toBe(200);
  await hears("fno-shipstation shipments: 1 created");
  expect(bench.fno.ledger.length).toBeGreaterThan(before);
  expect((await post(`${base}/webhooks/shipstation/guess`, told)).status).toBe(401);
  const hostile = { ...told, resource_url: "https://ssapi.shipstation.com.evil.example/" };
  expect((await post(`${base}/webhooks/shipstation/${tokens.shipstation}`, hostile)).status).toBe(400);
  expect((await bench.run(["listen", "--port", "0"])).code).toBe(11);
  kill("SIGTERM");
  const { stdout, stderr, code } = await ended;
  expect(code).toBe(143);
  expect(jsonLines(stdout).map(({ route, status, outcome }) => [route, status, outcome])).toEqual([
    ["fno", 200, "stored"],
    ["shipstation", 200, "stored"],
    ["shipstation", 401, "the token is another one"],
    ["shipstation", 400, "resource_url leads elsewhere"],
  ]);
  for (const token of Object.values(tokens)) expect(stdout + stderr).not.toContain(token);
});

/** Times that it is killed; by hand: MLC_TEST_KILLS=30 npx vitest run test/process/listen.test.ts */
const kills = Number(process.env.MLC_TEST_KILLS ?? 4);

it(`every event that was answered 200 is in the inbox after kill -9 under load, ${kills} times`, async () => {
  const taken: string[] = [];
  let sent = 0;
  for (let round = 0; round < kills; round += 1) {
    const { ended, url, kill } = listening();
    const base = await url;
    // At any moment of a write: others are on their way when an answer comes.
    const last = taken.length + 100 + ((round * 397) % 900);
    const send = async () => {
      for (;;) {
        sent += 1;
        const id = `K-${sent}`;
        const answer = await post(`${base}/webhooks/fno/${tokens.fno}`, confirmed(`SO-${sent}`, id)).catch(
          () => undefined,
        );
        if (answer?.status !== 200) return;
        taken.push(id);
        if (taken.length === last) kill("SIGKILL");
      }
    };
    await Promise.all(Array.from({ length: 20 }, send));
    expect((await ended).code).toBeNull();
  }
  expect(taken.length).toBeGreaterThanOrEqual(100 * kills);
  const disk = machineDisk(process.platform);
  const dir = join(bench.home, "default", "inbox");
  const inbox = await Inbox.open({ disk, dir, clock: systemClock });
  expect(inbox.counts.damaged).toBe(0);
  await inbox.close();
  const kept = new Set<string>();
  for (const name of await segmentNames(disk, dir))
    for await (const line of linesIn(disk, dir, name)) if (line?.kind === "event") kept.add(line.id);
  expect(taken.filter((id) => !kept.has(id))).toEqual([]);
}, 600_000);
