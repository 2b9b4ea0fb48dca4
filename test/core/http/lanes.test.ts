import { describe, expect, it } from "vitest";
import { jumpingClock } from "../../../src/core/clock.ts";
import { InterruptedError } from "../../../src/core/errors.ts";
import { createLanes } from "../../../src/core/http/lanes.ts";
import { slidingThrottle } from "../../../src/core/http/sliding-throttle.ts";
import type { HttpCall } from "../../../src/core/http/types.ts";
import { fakeHttp, json, status } from "./kit.ts";

const start = new Date("2026-11-21T12:00:00Z");
const read: HttpCall = { method: "GET", path: "orders", repeatable: true };
const tick = () => new Promise((resolve) => setImmediate(resolve));

describe("lanes", () => {
  it("let so many requests be under way at once and serve the others in the order in which they came", async () => {
    const open: (() => void)[] = [];
    const begun: string[] = [];
    let most = 0;
    const turn = async (request: Request) => {
      begun.push(new URL(request.url).pathname.slice("/data/".length));
      await new Promise<void>((resolve) => {
        open.push(resolve);
        most = Math.max(most, open.length);
      });
      return Response.json({});
    };
    const { http } = fakeHttp([turn], { lanes: createLanes(5) });
    const all = Promise.all(Array.from({ length: 12 }, (_, index) => http.call({ ...read, path: `${index}` })));
    for (let turns = 0; begun.length < 12 || open.length > 0; turns += 1) {
      if (turns > 100) throw new Error("stuck");
      await tick();
      open.shift()?.();
    }
    await all;
    expect(most).toBe(5);
    expect(begun).toEqual(Array.from({ length: 12 }, (_, index) => `${index}`));
  });

  it("are given back by a request that fails", async () => {
    const lanes = createLanes(1);
    const { http } = fakeHttp([status(400), status(500), json({})], { lanes });
    for (let calls = 0; calls < 3; calls += 1) await http.call(read);
    expect(await lanes.enter()).toBeTypeOf("function");
  });

  it("end the wait of a run that is interrupted, and skip who no longer waits", async () => {
    const lanes = createLanes(1);
    const leave = await lanes.enter();
    const stop = new AbortController();
    const gone = lanes.enter(stop.signal);
    const next = lanes.enter();
    stop.abort();
    await expect(gone).rejects.toThrow(InterruptedError);
    await expect(lanes.enter(stop.signal)).rejects.toThrow(InterruptedError);
    leave();
    await expect(next).resolves.toBeTypeOf("function");
  });
});

describe("a sliding budget", () => {
  const budget = () => {
    const clock = jumpingClock(start);
    const readReset = (headers: Headers) => {
      const seconds = headers.get("retry-after");
      return seconds === null ? undefined : { resetMs: Number(seconds) * 1000 };
    };
    return { clock, throttle: slidingThrottle({ limit: 3, windowMs: 10_000, clock, read: readReset }) };
  };

  it("is never exceeded in any window, wherever that begins", async () => {
    const { clock, throttle } = budget();
    const sentAt: number[] = [];
    for (const pauseMs of [0, 9_000, 500, 0, 0, 0, 0]) {
      clock.advance(pauseMs);
      await throttle.take();
      sentAt.push((clock.now().getTime() - start.getTime()) / 1000);
    }
    expect(sentAt).toEqual([0, 9, 9.5, 10, 19, 19.5, 20]);
  });

  it("is closed for all while a 429 says so", async () => {
    const { clock, throttle } = budget();
    throttle.learn(new Response(null, { status: 429, headers: { "retry-after": "60" } }), 0);
    throttle.learn(new Response(null, { status: 429 }), 0);
    expect(throttle.budget()).toEqual({ limit: 3, remaining: 0, resetAt: new Date("2026-11-21T12:01:00Z") });
    await throttle.take();
    expect(clock.now().toISOString()).toBe("2026-11-21T12:01:00.000Z");
  });

  it("shrinks to what an answer says is left, as if others had sent just now", async () => {
    const clock = jumpingClock(start);
    const read = (headers: Headers) => ({ remaining: Number(headers.get("left")), resetMs: 4_000 });
    const throttle = slidingThrottle({ limit: 3, windowMs: 10_000, clock, read });
    const learn = (left: number) => throttle.learn(new Response(null, { headers: { left: String(left) } }), 0);
    await throttle.take();
    learn(3);
    expect(throttle.budget().remaining).toBe(2);
    learn(1);
    expect(throttle.budget().remaining).toBe(1);
    clock.advance(9_000);
    learn(0);
    expect(throttle.budget()).toEqual({ limit: 3, remaining: 0, resetAt: new Date("2026-11-21T12:00:13Z") });
    await throttle.take();
    expect(clock.now().toISOString()).toBe("2026-11-21T12:00:13.000Z");
  });

  it("says what is left of it", async () => {
    const { clock, throttle } = budget();
    expect(throttle.budget()).toEqual({ limit: 3, remaining: 3 });
    await throttle.take();
    clock.advance(4_000);
    await throttle.take();
    expect(throttle.budget()).toEqual({ limit: 3, remaining: 1, resetAt: new Date("2026-11-21T12:00:10Z") });
    clock.advance(6_000);
    expect(throttle.budget().remaining).toBe(2);
  });
});

it("a call's content is sent as it is, with its media type", async () => {
  const { http, requests } = fakeHttp([json({})]);
  const content = { type: "text/plain", bytes: new TextEncoder().encode("ä 1Z999") };
  await http.call({ method: "PATCH", path: "file", content, repeatable: true });
  const [sent] = requests;
  expect([sent?.headers.get("content-type"), await sent?.text()]).toEqual(["text/plain", "ä 1Z999"]);
});
