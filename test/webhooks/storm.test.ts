import { connect } from "node:net";
import { expect, it } from "vitest";
import { jumpingClock, systemClock } from "../../src/core/clock.ts";
import { Inbox } from "../../src/webhooks/inbox/inbox.ts";
import { type ReceiverOptions, receiverApp } from "../../src/webhooks/server/app.ts";
import { listen } from "../../src/webhooks/server/listener.ts";
import { RateLimit } from "../../src/webhooks/server/rate-limit.ts";
import { MemoryDisk } from "../core/state/memory-disk.ts";
import { callers, fromFno, keyRequests, now, type SentCall } from "./callers.ts";
import { badCall, type Dice, dice, firstFno } from "./storm.ts";

async function receiver(more: Partial<ReceiverOptions> = {}) {
  const clock = jumpingClock(now);
  const inbox = await Inbox.open({ disk: new MemoryDisk(), dir: "inbox", clock });
  const known = callers();
  keyRequests.length = 0;
  const app = receiverApp({
    ...{ clock, inbox, known: () => known, isHandshakeExpected: async () => false, log: () => {} },
    rateLimit: new RateLimit({ clock, burst: 1e12 }),
    ...more,
  });
  const first = await app.fetch(requestOf(fromFno(firstFno)));
  expect(first.status).toBe(200);
  return { app, inbox };
}

const pathOf = ({ route, token }: SentCall) => `/webhooks/${route}${token === undefined ? "" : `/${token}`}`;
const requestOf = (call: SentCall) =>
  new Request(`http://mlc.test${pathOf(call)}`, {
    method: "POST",
    headers: call.headers,
    body: Buffer.from(call.body),
  });

it("of 100,000 calls that are wrong in many ways none is taken, none crashes, and the keys are read once", async () => {
  const { app, inbox } = await receiver();
  const roll = dice(1);
  const statuses = new Map<number, number>();
  const bytes = inbox.counts.bytes;
  for (let number = 0; number < 100_000; number += 1) {
    const call = badCall(roll, number);
    const { status } = await app.fetch(requestOf(call));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (![400, 401, 404, 409, 413, 415].includes(status))
      expect.fail(`${status}, call ${number}: ${JSON.stringify({ ...call, body: String(call.body).slice(0, 300) })}`);
  }
  expect([...statuses.keys()].sort()).toEqual([400, 401, 409, 413, 415]);
  expect(inbox.counts).toMatchObject({ events: 1, waiting: 1 });
  // A hundred refused addresses were noted.
  expect(inbox.counts.bytes - bytes).toBeLessThan(100 * 400);
  expect(keyRequests).toHaveLength(1);
}, 180_000);

const good = "content-type: application/json\r\nfdx-signature: AAAA\r\n";
/** What stands on the wire where HTTP should; none has a proof. */
const wires: ((roll: Dice) => string)[] = [
  () => "",
  (roll) => String.fromCharCode(...Array.from({ length: 1 + roll(300) }, () => roll(256))),
  () => `POST /webhooks/fedex HTTP/1.1\r\nHost: x\r\n${good}Content-Length: 1000\r\n\r\n{"a":`,
  () => `POST /webhooks/fedex HTTP/1.1\r\nHost: x\r\n${good}Content-Length: -1\r\n\r\n{}`,
  () => `POST /webhooks/fedex HTTP/1.1\r\nHost: x\r\n${good}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
  () => `POST /webhooks/fedex HTTP/1.1\r\nHost: x\r\n${good}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  () => `POST /webhooks/fedex HTTP/1.1\r\nHost: x\r\n${good}Transfer-Encoding: chunked\r\n\r\n5\r\n{"a"`,
  (roll) => `POST /webhooks/fedex HTTP/1.1\r\nHost: x\r\n${good}x: ${"y".repeat(roll(40_000))}\r\n\r\n`,
  (roll) => `POST /webhooks/fedex HTTP/1.1\r\nHost: x\r\n${"a: b\r\n".repeat(roll(5_000))}\r\n`,
  (roll) => `POST /webhooks/shipbob HTTP/1.1\r\nHost: x\r\n${good}Content-Length: 2\r\n\r\n{}`.repeat(1 + roll(20)),
  () => `POST /webhooks/fedex HTTP/1.1\r\nHost: ${"%".repeat(50)}\r\n${good}Content-Length: 2\r\n\r\n{}`,
  () => `POST /webhooks/fedex HTTP/1.1\r\n${good}Content-Length: 2\r\n\r\n{}`,
  () => `POST /webhooks/..%2f..%2fhealthz HTTP/1.1\r\nHost: x\r\n${good}Content-Length: 2\r\n\r\n{}`,
  () => `POST \\webhooks\\fedex HTTP/1.1\r\nHost: x\r\n${good}Content-Length: 2\r\n\r\n{}`,
  () => "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
  () => "TRACE /webhooks/fedex HTTP/1.1\r\nHost: x\r\n\r\n",
  () => "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
  () => "POST /webhooks/bc?validationToken=x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
  () =>
    `POST /webhooks/fedex HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n${good}Content-Length: 2\r\n\r\n{}`,
  () => `POST /webhooks/fedex HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n${good}Content-Length: 2\r\n\r\n{}`,
  () => `POST /webhooks/fedex HTTP/1.1\r\nHost: x\r\nExpect: nonsense\r\n${good}Content-Length: 2\r\n\r\n{}`,
];

it("nothing but whole and proved calls is taken from 3,000 connections, and it goes on listening", async () => {
  const { app, inbox } = await receiver({ clock: systemClock });
  const { url, close } = await listen({ app, port: 0, host: "127.0.0.1", limits: { perAddress: 1024 } });
  const port = Number(new URL(url).port);
  const roll = dice(2);
  const texts = Array.from({ length: 3_000 }, (_, at) => wires[at % wires.length]?.(roll) ?? "");
  const send = async () => {
    for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
      const said = await exchange(port, text, roll(3) === 0);
      if (/HTTP\/1\.1 (2|500)/.test(said)) expect.fail(`${text.slice(0, 200)} was answered ${said}`);
    }
  };
  await Promise.all(Array.from({ length: 64 }, send));
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect(inbox.counts.events).toBe(1);
  await close();
}, 180_000);

/** Writes a text, in one piece or byte by byte to its middle, ends, and gives back what was said. */
function exchange(port: number, text: string, isCut: boolean): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      const bytes = Buffer.from(text, "latin1");
      const half = isCut ? bytes.length >> 1 : bytes.length;
      socket.write(bytes.subarray(0, half));
      setImmediate(() => socket.end(bytes.subarray(half)));
    });
    let said = "";
    socket.on("data", (data) => {
      said += data.toString("latin1");
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(said));
  });
}
