import { readFileSync } from "node:fs";
import { get } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { jumpingClock, systemClock } from "../../src/core/clock.ts";
import { StateError } from "../../src/core/errors.ts";
import { Inbox } from "../../src/webhooks/inbox/inbox.ts";
import { refusedIn } from "../../src/webhooks/inbox/lines.ts";
import { type Access, type ReceiverOptions, receiverApp } from "../../src/webhooks/server/app.ts";
import { type Listener, listen } from "../../src/webhooks/server/listener.ts";
import { RateLimit } from "../../src/webhooks/server/rate-limit.ts";
import { MemoryDisk } from "../core/state/memory-disk.ts";
import {
  callers,
  fromBc,
  fromFedEx,
  fromFno,
  fromShipBob,
  fromShipStation,
  fromShipStationV2,
  goodCalls,
  now,
  type SentCall,
  secrets,
} from "./callers.ts";

let disk: MemoryDisk;
let inbox: Inbox;
let accesses: Access[] = [];
let clock = jumpingClock(now);
let listener: Listener | undefined;
beforeEach(async () => {
  clock = jumpingClock(now);
  accesses = [];
  disk = new MemoryDisk();
  inbox = await Inbox.open({ disk, dir: "inbox", clock });
});
afterEach(async () => {
  await listener?.close();
  listener = undefined;
});

const app = (more: Partial<ReceiverOptions> = {}) =>
  receiverApp({
    clock,
    inbox,
    known: callers,
    isHandshakeExpected: async () => false,
    log: (access) => accesses.push(access),
    ...more,
  });

const requestOf = ({ route, token, headers, body }: SentCall, more: Record<string, string> = {}) => {
  const path = token === undefined ? route : `${route}/${token}`;
  return new Request(`http://mlc.test/webhooks/${path}`, {
    method: "POST",
    headers: { ...headers, ...more },
    body: Buffer.from(body),
  });
};

it("each vendor's call is answered 200 without a word, kept once and logged without its secrets", async () => {
  const receiver = app();
  for (const call of [...goodCalls, ...goodCalls]) {
    const answer = await receiver.fetch(requestOf(call));
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
  }
  expect(inbox.counts).toMatchObject({ events: 6 });
  expect(accesses.map(({ outcome }) => outcome)).toEqual([...Array(6).fill("stored"), ...Array(6).fill("duplicate")]);
  const text = JSON.stringify(accesses);
  for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
  expect(accesses[2]).toMatchObject({ route: "shipbob", topic: "order.shipped", event: "msg_1", status: 200 });
});

it.each([
  [
    "a wrong token",
    () => requestOf({ ...fromShipStation("https://ssapi.shipstation.com/orders"), token: "reflected" }),
    401,
  ],
  ["a hostile address", () => requestOf(fromShipStation("https://reflected.example/orders")), 400],
  ["another path", () => new Request("http://mlc.test/reflected", { method: "POST" }), 404],
  ["another vendor", () => new Request("http://mlc.test/webhooks/reflected", { method: "POST" }), 404],
  [
    "another method",
    () => new Request("http://mlc.test/webhooks/shipbob?reflected", { method: "PUT", body: "{}" }),
    404,
  ],
  ["a large body", () => requestOf({ ...fromFedEx("{}"), body: "x".repeat(1024 ** 2 + 1) }), 413],
  ["another type", () => requestOf(fromFedEx("{}"), { "content-type": "reflected/xml" }), 415],
  [
    "a handshake nobody waits for",
    () => new Request("http://mlc.test/webhooks/bc?validationToken=reflected", { method: "POST" }),
    400,
  ],
])("%s is refused without a word and keeps nothing", async (_, request, status) => {
  const answer = await app().fetch(request());
  expect([answer.status, await answer.text()]).toEqual([status, ""]);
  expect([...answer.headers.values()].join()).not.toContain("reflected");
  expect(inbox.counts.events).toBe(0);
});

it.each([undefined, "", "text/json", "Application/JSON; charset=utf-8", "application/cloudevents+json"])(
  "a proved body of type %s is taken",
  async (type) => {
    const request = requestOf(fromFedEx("{}"));
    if (type === undefined) request.headers.delete("content-type");
    else request.headers.set("content-type", type);
    expect((await app().fetch(request)).status).toBe(200);
  },
);

it.each(["text/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=json", "json", "a/b/json"])(
  "a body that says it is %s is not",
  async (type) => {
    expect((await app().fetch(requestOf(fromFedEx("{}"), { "content-type": type }))).status).toBe(415);
  },
);

it("F&O's event of an id that came with another body is refused, and the same one again is not", async () => {
  const event = { BusinessEventId: "SalesOrderConfirmedBusinessEvent", EventId: "E-1", SalesOrderNumber: "SO-1" };
  const statuses: number[] = [];
  const receiver = app();
  for (const sent of [event, event, { ...event, SalesOrderNumber: "SO-2" }, event])
    statuses.push((await receiver.fetch(requestOf(fromFno(sent)))).status);
  expect(statuses).toEqual([200, 200, 409, 200]);
  expect(inbox.waiting(10).map(({ record }) => record.id)).toEqual(["SO-1"]);
});

it("of a resource_url that leads elsewhere scheme and host are noted, for a call with the token alone", async () => {
  const receiver = app();
  const hostile = fromShipStation("https://name:password@evil.example:81/path?query=1");
  await receiver.fetch(requestOf({ ...hostile, token: "guess" }));
  for (const call of [hostile, fromShipStation("file:///etc/passwd"), fromShipStationV2('{"resource_type":"A"}')])
    expect((await receiver.fetch(requestOf(call))).status).toBe(400);
  const noted = [];
  for await (const { route, elsewhere } of refusedIn(disk, "inbox")) noted.push([route, elsewhere]);
  expect(noted).toEqual([
    ["shipstation", "https://evil.example:81"],
    ["shipstation", "file://"],
    ["shipstation-v2", "no address"],
  ]);
  expect(JSON.stringify(accesses)).not.toContain("password");
});

it("a body of a stream is counted as it comes", async () => {
  const chunk = new Uint8Array(100_000);
  let sent = 0;
  const body = new ReadableStream({
    pull: (controller) => {
      sent += chunk.length;
      if (sent > 1e8) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const request = new Request("http://mlc.test/webhooks/fedex", {
    method: "POST",
    body,
    duplex: "half",
  } as RequestInit);
  expect((await app().fetch(request)).status).toBe(413);
  expect(sent).toBeLessThan(2e6);
});

it("a handshake is answered with its token as text, while one is expected", async () => {
  const token = "<script>alert(1)</script> &";
  const url = `http://mlc.test/webhooks/bc?validationToken=${encodeURIComponent(token)}`;
  const answer = await app({ isHandshakeExpected: async () => true }).fetch(new Request(url, { method: "POST" }));
  expect([answer.status, await answer.text()]).toEqual([200, token]);
  expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
});

it("a full inbox, and one that cannot write, put the vendor off", async () => {
  const small = await Inbox.open({ disk: new MemoryDisk(), dir: "inbox", clock, limits: { events: 1 } });
  const receiver = app({ inbox: small });
  expect((await receiver.request("/readyz")).status).toBe(200);
  await receiver.fetch(requestOf(fromFedEx('{"a":1}')));
  await receiver.fetch(requestOf(fromShipBob('{"id":1}', "order.shipped", "m1")));
  const answer = await receiver.fetch(requestOf(fromShipBob('{"id":2}', "order.shipped", "m2")));
  expect(accesses.map(({ status }) => status)).toEqual([200, 503, 503]);
  expect(answer.headers.get("retry-after")).toBe("5");
  expect((await receiver.request("/readyz")).status).toBe(503);
  const note = async () => {};
  const broken = { takesMore: true, note, add: () => Promise.reject(new StateError("no space")) };
  expect(
    (await app({ inbox: broken }).fetch(requestOf(fromBc([{ resource: "a/items(1)", changeType: "updated" }])))).status,
  ).toBe(503);
  const odd = { takesMore: true, note, add: () => Promise.reject(new Error("secret thing")) };
  const failed = await app({ inbox: odd }).fetch(requestOf(fromFedEx("{}")));
  expect([failed.status, await failed.text()]).toEqual([500, ""]);
});

it("an address that sends much rubbish is put off, and others are not", async () => {
  const rateLimit = new RateLimit({ clock, burst: 100, perSecond: 25 });
  const receiver = app({ rateLimit, trustsProxy: true });
  const rubbish = () =>
    receiver.fetch(requestOf({ ...fromFedEx("{}"), body: "{ }" }, { "x-forwarded-for": "9.9.9.9, 203.0.113.7" }));
  for (let at = 0; at < 4; at += 1) expect((await rubbish()).status).toBe(401);
  expect((await rubbish()).status).toBe(429);
  const good = await receiver.fetch(requestOf(fromFedEx("{}"), { "x-forwarded-for": "203.0.113.7, 203.0.113.8" }));
  expect(good.status).toBe(200);
  clock.advance(1000);
  expect((await rubbish()).status).toBe(401);
  expect(new Set(accesses.map(({ address }) => address))).toEqual(new Set(["203.0.113.7", "203.0.113.8"]));
});

it("without a trusted proxy nobody chooses the address that counts", async () => {
  await app().fetch(requestOf(fromFedEx("{}"), { "x-forwarded-for": "203.0.113.7" }));
  expect(accesses[0]?.address).toBe("unknown");
});

it("addresses are remembered to a number, and one /64 counts as one", () => {
  const limit = new RateLimit({ clock, burst: 10, perSecond: 1, addresses: 3 });
  for (const address of ["2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6"]) limit.spend(address, 5);
  expect(limit.allows("2001:db8:1:2:ffff::")).toBe(false);
  expect(limit.allows("2001:db8:1:3::1")).toBe(true);
  for (let at = 0; at < 5; at += 1) limit.spend(`10.0.0.${at}`, 10);
  expect(limit.allows("2001:db8:1:2::1")).toBe(true);
  expect(limit.allows("10.0.0.4")).toBe(false);
});

it("more calls at once than it takes are put off", async () => {
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  const slow = { takesMore: true, note: async () => {}, add: () => held.then(() => "stored" as const) };
  const receiver = app({ inbox: slow, concurrency: 2 });
  const calls = [1, 2].map((id) => receiver.fetch(requestOf(fromShipBob(`{"id":${id}}`))));
  await new Promise((resolve) => setImmediate(resolve));
  expect((await receiver.fetch(requestOf(fromFedEx("{}")))).status).toBe(503);
  go();
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200]);
});

it("listens, answers over a socket, and ends connections that dawdle", async () => {
  const receiver = app({ clock: systemClock });
  listener = await listen({ app: receiver, port: 0, host: "127.0.0.1", limits: { headersMs: 150, requestMs: 300 } });
  expect((await fetch(`${listener.url}/healthz`)).status).toBe(200);
  const { headers, body } = fromFedEx('{"trackResults":[]}');
  const answer = await fetch(`${listener.url}/webhooks/fedex`, { method: "POST", headers, body: Buffer.from(body) });
  expect(answer.status).toBe(200);
  expect(accesses[0]?.address).toBe("127.0.0.1");
  const large = await fetch(`${listener.url}/webhooks/fedex`, {
    method: "POST",
    headers,
    body: "x".repeat(2 * 1024 ** 2),
  }).catch(() => undefined);
  expect(large?.status ?? 413).toBe(413);
  const port = Number(new URL(listener.url).port);
  const cut = (text: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(text));
      let said = "";
      socket.on("data", (data) => {
        said += data;
      });
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(said));
    });
  expect(await cut("POST /webhooks/fedex HTTP/1.1\r\nHost: x\r\n")).toContain("408");
  const half =
    "POST /webhooks/fedex HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
  expect(await cut(half)).not.toContain("200 OK");
  await expect(listen({ app: receiver, port, host: "127.0.0.1" })).rejects.toThrow("cannot listen");
});

it("connections that dawdle, as many as there may be, hold it up until their time is over and no longer", async () => {
  const limits = { headersMs: 300, requestMs: 300, connections: 60 };
  listener = await listen({ app: app({ clock: systemClock }), port: 0, host: "127.0.0.1", limits });
  const { url } = listener;
  const port = Number(new URL(url).port);
  const starts = [
    "",
    "POST /webhooks/fedex HT",
    "POST /webhooks/fedex HTTP/1.1\r\nContent-Length: 9\r\nHost: x\r\n\r\n{",
  ];
  const dawdle = (text: string) =>
    new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(text));
      socket.on("error", () => undefined);
      socket.on("data", () => undefined);
      socket.on("close", () => resolve());
    });
  const all = Array.from({ length: 60 }, (_, at) => dawdle(starts[at % 3] ?? ""));
  await Promise.all(all);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

it("an address that holds many connections open is closed beyond its share, and shuts out nobody else", async () => {
  const limits = { perAddress: 20, connections: 40 };
  listener = await listen({ app: app({ clock: systemClock }), port: 0, host: "0.0.0.0", limits });
  const port = Number(new URL(listener.url).port);
  const ends: Promise<string>[] = [];
  const sockets = Array.from({ length: 200 }, () => {
    const socket = connect({ port, host: "127.0.0.1", localAddress: "127.0.0.2" }, () => socket.write("POST /"));
    // Read to its end; an end without an error is a clean one.
    socket.resume();
    ends.push(new Promise((resolve) => socket.on("end", () => resolve("end")).on("error", () => resolve("error"))));
    return socket;
  });
  let ended = 0;
  for (const end of ends) void end.then(() => (ended += 1));
  while (ended < 180) await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  expect(ended).toBe(180);
  for (const socket of sockets) socket.destroy();
  while ((await fetch(`http://127.0.0.1:${port}/healthz`)).status !== 200);
  const late = connect({ port, host: "127.0.0.1", localAddress: "127.0.0.2" }, () =>
    late.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
  );
  const said = await new Promise<string>((resolve) => late.on("data", (data) => resolve(String(data))));
  expect(said).toContain("200 OK");
  late.destroy();
});

it("ends soon when it closes: calls at work are answered, connections that stand idle or dawdle are cut", async () => {
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  let reached = () => {};
  const atWork = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const add = () => {
    reached();
    return held.then(() => "stored" as const);
  };
  const slow = { takesMore: true, note: async () => {}, add };
  const { url, close } = await listen({
    ...{ app: app({ clock: systemClock, inbox: slow }), port: 0, host: "127.0.0.1" },
    limits: { closeMs: 200 },
  });
  const { headers, body } = fromFedEx("{}");
  const answer = fetch(`${url}/webhooks/fedex`, { method: "POST", headers, body: Buffer.from(body) });
  const dawdling = connect(Number(new URL(url).port), "127.0.0.1", () => dawdling.write("POST /webhooks/fedex HT"));
  dawdling.on("error", () => undefined);
  await atWork;
  const closed = close();
  go();
  expect((await answer).status).toBe(200);
  await closed;
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});

it("has its own certificate, if it is told one, and refuses what is none", async () => {
  const file = (name: string) => readFileSync(join(import.meta.dirname, "..", "fixtures", "entra", name), "utf8");
  const [cert, key] = [file("app-certificate.pem"), file("app-key.pem")];
  const receiver = app({ clock: systemClock });
  listener = await listen({ app: receiver, port: 0, host: "127.0.0.1", tls: { cert, key } });
  const { url } = listener;
  expect(url).toMatch(/^https:/);
  const status = await new Promise((resolve, reject) => {
    get(`${url}/healthz`, { ca: cert, checkServerIdentity: () => undefined }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on("error", reject);
  });
  expect(status).toBe(200);
  const swapped = listen({ app: receiver, port: 0, host: "127.0.0.1", tls: { cert: key, key: cert } });
  await expect(swapped).rejects.toThrow("--cert and --key are no certificate with its key");
});
