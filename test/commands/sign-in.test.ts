import { request } from "node:http";
import { expect, it } from "vitest";
import { type Awaited, redirected } from "../../src/commands/support/redirect-listener.ts";
import { signInByBrowser } from "../../src/commands/support/sign-in.ts";
import { AuthError, ConfigError } from "../../src/core/errors.ts";

const never = () => () => undefined;

/** Sends what a browser, or somebody else, sends to the listener; gives the status. */
function sent(port: number, more: { method?: string; path?: string; host?: string; body?: string } = {}) {
  const { method = "POST", path = "/callback", host = `127.0.0.1:${port}`, body = "" } = more;
  const headers = { host, "content-type": "application/x-www-form-urlencoded", "content-length": body.length };
  return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      let text = "";
      response.on("data", (part) => {
        text += String(part);
      });
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

function listener(more: Partial<Awaited> = {}) {
  const heard: { ready?: (port: number) => void } = {};
  const port = new Promise<number>((resolve) => {
    heard.ready = resolve;
  });
  const answer = redirected({
    redirectUri: "http://127.0.0.1:0/callback",
    field: "shipbob.redirectPort",
    waitMs: 300_000,
    timer: never,
    signal: new AbortController().signal,
    isTheOne: (found) => found.get("state") === "ours",
    ready: (at) => heard.ready?.(at),
    ...more,
  });
  return { answer, port };
}

it("takes the one answer that is its own, by form, shows nothing of it, and is gone", async () => {
  const { answer, port } = listener();
  const at = await port;
  expect((await sent(at, { body: "state=theirs&code=x" })).status).toBe(400);
  expect((await sent(at, { body: "state=ours&code=x", host: `evil.example:${at}` })).status).toBe(400);
  expect((await sent(at, { body: "state=ours&code=x", path: "/other" })).status).toBe(400);
  expect((await sent(at, { body: `state=ours&code=${"x".repeat(70_000)}` })).status).toBe(400);
  expect((await sent(at, { method: "PUT", body: "state=ours" })).status).toBe(400);
  const taken = await sent(at, { body: "state=ours&code=the-code" });
  expect(taken).toMatchObject({ status: 200, text: expect.not.stringContaining("the-code") });
  expect((await answer).get("code")).toBe("the-code");
  await expect(sent(at, { body: "state=ours" })).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

it("takes an answer in the query too", async () => {
  const { answer, port } = listener();
  await sent(await port, { method: "GET", path: "/callback?state=ours&code=c" });
  expect((await answer).get("code")).toBe("c");
});

it("ends when nobody comes in time, when it is interrupted, and when the port is taken", async () => {
  const late = listener({
    timer: (_ms, fire) => {
      queueMicrotask(fire);
      return () => undefined;
    },
  });
  await expect(late.answer).rejects.toBeInstanceOf(AuthError);
  const stop = new AbortController();
  const cut = listener({ signal: stop.signal });
  await cut.port;
  stop.abort(new Error("Ctrl-C"));
  await expect(cut.answer).rejects.toThrow("Ctrl-C");
  const first = listener();
  const taken = listener({ redirectUri: `http://127.0.0.1:${await first.port}/callback` });
  await expect(taken.answer).rejects.toMatchObject({
    constructor: ConfigError,
    hint: expect.stringContaining("shipbob.redirectPort"),
  });
  await sent(await first.port, { body: "state=ours" });
});

it("without a browser prints the address and takes what was pasted", async () => {
  const said: string[] = [];
  const begin = (answering: string) => ({
    url: `https://auth.example/${answering}`,
    redirectUri: "http://127.0.0.1:53682/callback",
    portField: "shipbob.redirectPort",
    answerIn: (text: string) => new URLSearchParams(text),
    isAnswer: (answer: URLSearchParams) => answer.get("state") === "ours",
    end: async (answer: URLSearchParams) => `token for ${answer.get("code")}`,
  });
  const refusals: (string | undefined)[] = [];
  const token = await signInByBrowser(begin, {
    browser: false,
    prompts: {
      say: (text) => void said.push(text),
      text: async ({ refusal }) => {
        refusals.push(refusal?.("state=theirs"), refusal?.("state=ours&code=c"));
        return "state=ours&code=c";
      },
    },
    signal: new AbortController().signal,
    timer: never,
    open: () => Promise.reject(new Error("no browser is opened")),
  });
  expect(token).toBe("token for c");
  expect(said.join("\n")).toContain("http://127.0.0.1:53682/callback");
  expect(said.join("\n")).toContain("https://auth.example/address");
  expect(refusals).toEqual([expect.stringContaining("not the answer"), undefined]);
});
