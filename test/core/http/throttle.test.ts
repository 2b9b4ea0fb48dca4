import { expect, it } from "vitest";
import { jumpingClock } from "../../../src/core/clock.ts";
import { InterruptedError } from "../../../src/core/errors.ts";
import { createThrottle } from "../../../src/core/http/throttle.ts";
import type { HttpCall } from "../../../src/core/http/types.ts";
import { fakeHttp, json, status } from "./kit.ts";

const start = new Date("2026-11-21T12:00:00Z");
const read: HttpCall = { method: "GET", path: "orders", repeatable: true };

const numberIn = (headers: Headers, name: string) => {
  const value = headers.get(name);
  return value === null ? undefined : Number(value);
};

const readBudget = (headers: Headers) => {
  const [limit, remaining, reset] = ["x-limit", "x-left", "x-reset"].map((name) => numberIn(headers, name));
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(reset === undefined ? {} : { resetMs: reset * 1000 }),
  };
};

function budgetOf(limit: number) {
  const clock = jumpingClock(start);
  return { clock, throttle: createThrottle({ limit, windowMs: 60_000, clock, read: readBudget }) };
}

it("bursts to the limit, then waits for the next window, however many ask at once", async () => {
  const { clock, throttle } = budgetOf(40);
  const sentAt: number[] = [];
  const turn = () => {
    sentAt.push((clock.now().getTime() - start.getTime()) / 1000);
    return Response.json({});
  };
  const { http } = fakeHttp([turn], { clock, throttle });
  await Promise.all(Array.from({ length: 100 }, () => http.call(read)));
  const at = (second: number) => sentAt.filter((sent) => sent === second).length;
  expect([at(0), at(60), at(120), sentAt.length]).toEqual([40, 40, 20, 100]);
});

it("follows the vendor's count and reset", async () => {
  const { clock, throttle } = budgetOf(40);
  const { http } = fakeHttp([json({}, { headers: { "x-left": "1", "x-reset": "20" } })], { clock, throttle });
  await http.call(read);
  expect(throttle.budget()).toEqual({ limit: 40, remaining: 1, resetAt: new Date(start.getTime() + 20_000) });
  await http.call(read);
  expect(clock.now()).toEqual(start);
  await http.call(read);
  expect(clock.now().getTime() - start.getTime()).toBe(20_000);
});

it("takes the lowest count when answers overtake each other", async () => {
  const { clock, throttle } = budgetOf(40);
  const windows = [await throttle.take(), await throttle.take()];
  throttle.learn(new Response("", { headers: { "x-left": "10" } }), windows[0]!);
  throttle.learn(new Response("", { headers: { "x-left": "11" } }), windows[1]!);
  expect(throttle.budget().remaining).toBe(10);
  clock.advance(60_000);
  await throttle.take();
  throttle.learn(new Response("", { headers: { "x-left": "0" } }), windows[0]!);
  expect(throttle.budget().remaining).toBe(39);
});

it("adopts the limit that the vendor names", async () => {
  const { throttle } = budgetOf(40);
  const window = await throttle.take();
  throttle.learn(new Response("", { headers: { "x-limit": "100" } }), window);
  expect(throttle.budget()).toMatchObject({ limit: 100, remaining: 99 });
});

it("holds everybody back after a 429", async () => {
  const { clock, throttle } = budgetOf(40);
  const { http } = fakeHttp([status(429, { "x-reset": "9" }), json({})], { clock, throttle });
  const other = fakeHttp([json({})], { clock, throttle });
  expect((await http.call({ ...read, path: "a" })).calls).toHaveLength(2);
  expect(clock.now().getTime() - start.getTime()).toBeGreaterThanOrEqual(9000);
  throttle.learn(new Response("", { status: 429 }), await throttle.take());
  const before = clock.now().getTime();
  await other.http.call(read);
  expect(clock.now().getTime() - before).toBe(60_000);
});

it("lets all waiting calls go when the run is interrupted, with nothing sent", async () => {
  const { throttle } = budgetOf(1);
  const controller = new AbortController();
  const sleeping = {
    now: () => start,
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  };
  const slow = createThrottle({ limit: 1, windowMs: 60_000, clock: sleeping, read: () => undefined });
  const { http, requests } = fakeHttp([json({})], { clock: sleeping, throttle: slow, signal: controller.signal });
  await http.call(read);
  const waiting = Promise.allSettled([1, 2, 3].map(() => http.call({ ...read, repeatable: false })));
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  for (const result of await waiting) expect(result).toMatchObject({ reason: expect.any(InterruptedError) });
  expect(requests).toHaveLength(1);
  expect(throttle.budget().remaining).toBe(1);
});
