import { expect, it } from "vitest";
import type { Call } from "../../../src/core/delivery.ts";
import {
  ContractError,
  InterruptedError,
  NotSentError,
  UnavailableError,
  UnknownOutcomeError,
} from "../../../src/core/errors.ts";
import { fixedAuth } from "../../../src/core/http/auth.ts";
import type { HttpCall } from "../../../src/core/http/types.ts";
import { Secret } from "../../../src/core/secret.ts";
import { broken, fakeHttp, json, status, type Turn } from "./kit.ts";

const read: HttpCall = { method: "GET", path: "orders", repeatable: true };
const create: HttpCall = { method: "POST", path: "orders", json: { a: 1 }, repeatable: false };
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

it("answers a call with its parsed body, its calls and no text", async () => {
  const { http, requests } = fakeHttp([json({ value: [1] }, { headers: { "x-request-id": "r-1" } })]);
  const answer = await http.call({ ...read, query: { $filter: "Name eq 'a b'", top: 5, none: undefined } });
  expect(answer).toMatchObject({ status: 200, body: { value: [1] }, text: "" });
  expect(answer.calls).toEqual([
    { method: "GET", path: "/data/orders", status: 200, ms: 0, attempt: 1, requestId: "r-1" },
  ]);
  expect(requests[0]?.url).toBe("https://api.example.com/data/orders?$filter=Name%20eq%20%27a%20b%27&top=5");
  expect(requests[0]?.headers.get("accept")).toBe("application/json");
});

it("hands over the bytes of a success before it reads them, and of no refusal", async () => {
  const kept: string[] = [];
  const onAnswer = async (raw: Uint8Array) => {
    kept.push(Buffer.from(raw).toString("utf8"));
  };
  const { http } = fakeHttp([status(200, {}, '{"number":"79"}'), status(200, {}, '{"numb'), status(400, {}, "{}")]);
  expect((await http.call({ ...create, onAnswer })).body).toEqual({ number: "79" });
  expect(await failure(http.call({ ...create, onAnswer }))).toBeInstanceOf(UnknownOutcomeError);
  expect((await http.call({ ...create, onAnswer })).status).toBe(400);
  expect(kept).toEqual(['{"number":"79"}', '{"numb']);
});

it("reads nothing of an answer that could not be kept", async () => {
  const full = new Error("disk full");
  const { http } = fakeHttp([status(200, {}, "{")]);
  expect(await failure(http.call({ ...create, onAnswer: () => Promise.reject(full) }))).toBe(full);
});

it("sends JSON and forms", async () => {
  const seen: string[] = [];
  const keep: Turn = async (request) => {
    seen.push(`${request.method} ${request.headers.get("content-type")} ${await request.text()}`);
    return new Response(null, { status: 204 });
  };
  const { http } = fakeHttp([keep]);
  await http.call({ ...create, method: "PATCH" });
  const { body } = await http.call({ method: "POST", path: "token", form: { secret: "a&b" }, repeatable: true });
  expect(body).toBeUndefined();
  expect(seen).toEqual([
    'PATCH application/json {"a":1}',
    "POST application/x-www-form-urlencoded;charset=UTF-8 secret=a%26b",
  ]);
});

it.each([400, 401, 403, 404, 412, 500])("gives back a final %i with its text", async (code) => {
  const { http } = fakeHttp([status(code, {}, '{"message":"no"}')]);
  const answer = await http.call(create);
  expect(answer).toMatchObject({ status: code, body: { message: "no" }, text: '{"message":"no"}' });
  expect(answer.calls).toHaveLength(1);
});

it.each(['{"rows":[{"id":1},', "<!DOCTYPE html><html></html>", '[{"id":1'])(
  "asks again when a read is answered by half a text or a page: %s",
  async (text) => {
    const { http } = fakeHttp([status(200, {}, text), json({ rows: [] })]);
    const answer = await http.call(read);
    expect(answer).toMatchObject({ status: 200, body: { rows: [] } });
    expect(answer.calls).toHaveLength(2);
  },
);

it("waits exactly as the server says, for writes too, and gives back the last 429", async () => {
  const { http, elapsed, requests } = fakeHttp([status(429, { "retry-after": "7" }), json({}), json({})]);
  expect((await http.call(create)).calls.map(({ status, attempt }) => [status, attempt])).toEqual([
    [429, 1],
    [200, 2],
  ]);
  expect(elapsed()).toBe(7000);
  expect(await requests[1]?.text()).toBe('{"a":1}');
  const busy = fakeHttp([status(429, { "retry-after": "7" })]);
  expect((await busy.http.call(create)).status).toBe(429);
  expect(busy.requests).toHaveLength(3);
});

it("backs off with a random part of a doubling bound when the server says nothing", async () => {
  const { http, elapsed } = fakeHttp([status(503), status(503), json({})]);
  expect((await http.call(read)).status).toBe(200);
  expect(elapsed()).toBe(500 + 1000);
});

it("repeats a 5xx of a repeatable call only", async () => {
  const { http, requests } = fakeHttp([status(503)]);
  expect((await http.call({ ...create, repeatable: true })).status).toBe(503);
  expect(requests).toHaveLength(3);
  await http.call(create);
  expect(requests).toHaveLength(4);
});

it.each(["ECONNREFUSED", "ENOTFOUND", "UND_ERR_CONNECT_TIMEOUT"])("knows that nothing was sent on %s", async (code) => {
  const { http, requests } = fakeHttp([broken(code)]);
  const error = await failure(http.call(create));
  expect(error).toBeInstanceOf(NotSentError);
  expect(error).toMatchObject({
    message: `erp could not be reached at api.example.com (${code}); nothing was sent.`,
    context: { system: "erp", code },
  });
  expect((error as NotSentError).context.calls).toHaveLength(3);
  expect(requests).toHaveLength(3);
});

it("knows that nothing was sent when every address of a host refuses", async () => {
  const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  const all: Turn = () => {
    throw new TypeError("fetch failed", { cause: new AggregateError([refused, refused]) });
  };
  expect(await failure(fakeHttp([all]).http.call(create))).toBeInstanceOf(NotSentError);
  const reset = Object.assign(new Error("reset"), { code: "ECONNRESET" });
  const some: Turn = () => {
    throw new TypeError("fetch failed", { cause: new AggregateError([refused, reset]) });
  };
  expect(await failure(fakeHttp([some]).http.call(create))).toBeInstanceOf(UnknownOutcomeError);
});

it("knows that fetch opens no forbidden port", async () => {
  const { http } = fakeHttp([], { fetch: globalThis.fetch, baseUrl: "http://127.0.0.1:1" });
  expect(await failure(http.call(create))).toBeInstanceOf(NotSentError);
});

it("does not repeat a refused certificate", async () => {
  const { http, requests } = fakeHttp([broken("DEPTH_ZERO_SELF_SIGNED_CERT")]);
  expect(await failure(http.call(read))).toBeInstanceOf(NotSentError);
  expect(requests).toHaveLength(1);
});

it("does not know the outcome of a write whose connection broke, and does not repeat it", async () => {
  const { http, requests } = fakeHttp([broken("ECONNRESET")]);
  expect(await failure(http.call(create))).toBeInstanceOf(UnknownOutcomeError);
  expect(requests).toHaveLength(1);
});

it("repeats a repeatable call whose connection broke and then says unavailable", async () => {
  const { http, requests } = fakeHttp([broken("ECONNRESET")]);
  const error = await failure(http.call(read));
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).not.toBeInstanceOf(NotSentError);
  expect(requests).toHaveLength(3);
});

it("never claims that nothing was sent after an attempt that may have arrived", async () => {
  const { http } = fakeHttp([broken("ECONNRESET"), broken("ECONNREFUSED")]);
  const error = await failure(http.call({ ...create, repeatable: true }));
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).not.toBeInstanceOf(NotSentError);
});

const cutBody: Turn = () => {
  let isFirst = true;
  const pull = (controller: ReadableStreamDefaultController) => {
    if (isFirst) controller.enqueue(new TextEncoder().encode('{"a":'));
    else controller.error(new TypeError("terminated"));
    isFirst = false;
  };
  return new Response(new ReadableStream({ pull }));
};

it.each<[string, Turn, unknown, unknown]>([
  [
    "HTML",
    () => new Response("<html>", { headers: { "content-type": "text/html" } }),
    ContractError,
    UnknownOutcomeError,
  ],
  ["cut JSON", () => new Response('{"a":'), ContractError, UnknownOutcomeError],
  ["a body that broke off", cutBody, UnavailableError, UnknownOutcomeError],
  ["JSON nested too deep", () => new Response("[".repeat(65) + "]".repeat(65)), ContractError, UnknownOutcomeError],
  ["a redirect", status(302, { location: "https://login.example.net/x" }), ContractError, ContractError],
])("refuses %s", async (_name, turn, whenRepeatable, whenNot) => {
  expect(await failure(fakeHttp([turn]).http.call(read))).toBeInstanceOf(whenRepeatable);
  expect(await failure(fakeHttp([turn]).http.call(create))).toBeInstanceOf(whenNot);
});

it("takes JSON of 64 levels and brackets in strings", async () => {
  const text = `${"[".repeat(64)}"${"[".repeat(99)}\\"["${"]".repeat(64)}`;
  expect((await fakeHttp([() => new Response(text)]).http.call(read)).status).toBe(200);
});

it("names the host of a redirect and does not go there", async () => {
  const { http, requests } = fakeHttp([status(307, { location: "https://login.example.net/x?secret=1" })]);
  expect(await failure(http.call(read))).toMatchObject({ message: expect.stringContaining("login.example.net,") });
  expect(requests[0]?.redirect).toBe("manual");
  expect(requests).toHaveLength(1);
});

it("refuses an answer over the cap", async () => {
  const { http } = fakeHttp([json({ text: "x".repeat(100) })]);
  expect(await failure(http.call({ ...read, maxBytes: 50 }))).toBeInstanceOf(ContractError);
  expect(await failure(http.call({ ...create, maxBytes: 50 }))).toBeInstanceOf(UnknownOutcomeError);
});

it("follows page links on its own host and on allowed ones, always at its own address", async () => {
  const { http, requests } = fakeHttp([json({})], { pageHosts: ["pages.example.org"] });
  await http.call({ ...read, path: "https://api.example.com/data/orders?$skiptoken=1" });
  await http.call({ ...read, path: "http://pages.example.org/v2/orders?page=2" });
  expect(requests.map(({ url }) => url)).toEqual([
    "https://api.example.com/data/orders?$skiptoken=1",
    "https://api.example.com/v2/orders?page=2",
  ]);
  const error = await failure(http.call({ ...read, path: "https://evil.example/steal" }));
  expect(error).toBeInstanceOf(ContractError);
  expect(error).toMatchObject({ message: expect.stringContaining("evil.example") });
});

it("gives each attempt the deadline and leaves a fetch that ignores its signal", async () => {
  const timers: number[] = [];
  const signals: AbortSignal[] = [];
  const hang: Turn = (request) => {
    signals.push(request.signal);
    return new Promise(() => {});
  };
  const timer = (ms: number, fire: () => void) => {
    timers.push(ms);
    queueMicrotask(fire);
    return () => {};
  };
  const { http } = fakeHttp([hang], { timer });
  const error = await failure(http.call({ ...read, timeoutMs: 120_000 }));
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).toMatchObject({ context: { code: "TIMEOUT" } });
  expect(timers).toEqual([120_000, 120_000, 120_000]);
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
  expect(await failure(http.call(create))).toBeInstanceOf(UnknownOutcomeError);
});

it("cuts a wait at once when the run is interrupted and begins no call after", async () => {
  const controller = new AbortController();
  const stop: Turn = () => {
    controller.abort();
    return new Response("", { status: 429, headers: { "retry-after": "3600" } });
  };
  const { http, elapsed, requests } = fakeHttp([stop], { signal: controller.signal });
  const error = await failure(http.call(create));
  expect(error).toBeInstanceOf(InterruptedError);
  expect((error as InterruptedError).context.calls).toHaveLength(1);
  expect(elapsed()).toBe(0);
  expect(await failure(http.call(read))).toBeInstanceOf(InterruptedError);
  expect(requests).toHaveLength(1);
});

it("gives a call in flight 20 s more when the run is interrupted, and leaves its outcome open", async () => {
  const controller = new AbortController();
  const fires = new Map<number, () => void>();
  const timer = (ms: number, fire: () => void) => {
    fires.set(ms, fire);
    return () => fires.delete(ms);
  };
  const hang: Turn = () => {
    controller.abort();
    queueMicrotask(() => fires.get(20_000)?.());
    return new Promise(() => {});
  };
  const { http } = fakeHttp([hang], { timer, signal: controller.signal });
  expect(await failure(http.call(create))).toBeInstanceOf(UnknownOutcomeError);
  expect(fires.size).toBe(0);
});

it("finishes what is in flight when the run is interrupted", async () => {
  const controller = new AbortController();
  const stop: Turn = () => {
    controller.abort();
    return Response.json({ done: true });
  };
  const { http } = fakeHttp([stop], { signal: controller.signal });
  expect((await http.call(create)).body).toEqual({ done: true });
});

it("hides in an answer of any status the secrets that were sent, but no part of a document that only looks like one", async () => {
  const password = "a-password-of-32-characters-0001";
  const basic = Buffer.from(`orders@contoso:${password}`).toString("base64");
  const auth = fixedAuth({ authorization: new Secret(`Basic ${basic}`) });
  const body = { message: `sent ${basic}, that is ${password}`, createdBy: "orders@contoso" };
  const { http } = fakeHttp([json(body), json(body, { status: 400 })], { auth });
  expect((await http.call(create)).body).toEqual({ message: "sent ***, that is ***", createdBy: "orders@contoso" });
  expect((await http.call(create)).body).toEqual({ message: "sent ***, that is ***", createdBy: "***" });
});

it("tells each attempt to the audit without query or body", async () => {
  const told: Call[] = [];
  const { http } = fakeHttp([status(503), json({})], { onCall: (call) => told.push(call) });
  await http.call({ ...read, query: { email: "eve@example.com" } });
  expect(told.map(({ path, status, attempt }) => [path, status, attempt])).toEqual([
    ["/data/orders", 503, 1],
    ["/data/orders", 200, 2],
  ]);
});

it("streams a large answer piece by piece and stops at a silence", async () => {
  const chunk = new Uint8Array(1000);
  const { http } = fakeHttp([() => new Response(new Blob([chunk, chunk]))]);
  const { status: code, body } = await http.stream({ ...read, path: "$metadata" });
  let size = 0;
  for await (const piece of body) size += piece.byteLength;
  expect([code, size]).toEqual([200, 2000]);

  const timers: (() => void)[] = [];
  const timer = (_ms: number, fire: () => void) => {
    timers.push(fire);
    return () => {};
  };
  const silent = fakeHttp([() => new Response(new ReadableStream())], { timer });
  const answer = await silent.http.stream(read);
  const reading = failure(answer.body.getReader().read());
  timers.at(-1)?.();
  expect(await reading).toBeInstanceOf(UnavailableError);
});
