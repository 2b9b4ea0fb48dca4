import { expect, it } from "vitest";
import { ConfigError } from "../../../src/core/errors.ts";
import { ignoredProxies } from "../../../src/core/http/proxy.ts";
import { retryAfterMs } from "../../../src/core/http/retry-after.ts";
import { memoryTokenCache } from "../../../src/core/http/token-cache.ts";
import { fakeHttp, json } from "./kit.ts";

it.each([
  ["7", 7000],
  ["0.5", 500],
  ["Sat, 21 Nov 2026 12:00:30 GMT", 30_000],
  ["Sat, 21 Nov 2026 11:00:00 GMT", 0],
  ["soon", undefined],
  ["", undefined],
])("reads Retry-After %j as %s ms", (value, expected) => {
  expect(retryAfterMs(new Headers({ "retry-after": value }), new Date("2026-11-21T12:00:00Z"))).toBe(expected);
});

it("names proxy variables, not their values", () => {
  expect(ignoredProxies({ HTTPS_PROXY: "http://user:password@proxy", http_proxy: "" })).toEqual(["HTTPS_PROXY"]);
});

it.each(["ftp://x.example", "nonsense", "https://user:secret@x.example"])("refuses %s as a base address", (baseUrl) => {
  expect(() => fakeHttp([json({})], { baseUrl })).toThrow(ConfigError);
  expect(() => fakeHttp([json({})], { baseUrl })).not.toThrow(/secret/);
});

it("lets one at a time work on a token, after a failure too", async () => {
  const cache = memoryTokenCache();
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await Promise.resolve();
    order.push(`${name} ends`);
    if (name === "a") throw new Error(name);
  };
  await Promise.allSettled([cache.exclusive("t", work("a")), cache.exclusive("t", work("b"))]);
  expect(order).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});
