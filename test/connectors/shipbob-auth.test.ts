import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ShipBobCalls } from "../../src/connectors/shipbob/calls.ts";
import { AuthError, ConfigError, NotSentError } from "../../src/core/errors.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { Secret } from "../../src/core/secret.ts";
import { accessTo, canary, failure, start } from "./shipbob-kit.ts";

const day = 24 * 60 * 60_000;
const read = { method: "GET", path: "/channel", repeatable: true, schema: z.unknown() } as const;

/** ShipBob's sign-in with one valid refresh token of 30 days, and an API that takes the tokens it gave. */
function fakeShipBob(now: () => Date) {
  const state = { refresh: "refresh-token-0", issuedAt: start.getTime(), count: 0, lost: 0, refused: 0 };
  const access = new Set<string>();
  const forms: Record<string, string>[] = [];
  const used: string[] = [];
  const token = async (request: Request) => {
    const form = Object.fromEntries(new URLSearchParams(await request.text()));
    forms.push(form);
    const isOver = now().getTime() - state.issuedAt >= 30 * day;
    if (form.client_secret !== canary) return Response.json({ error: "invalid_client" }, { status: 400 });
    if (form.refresh_token !== state.refresh || isOver) {
      state.refused += 1;
      return Response.json({ error: "invalid_grant" }, { status: 400 });
    }
    state.count += 1;
    Object.assign(state, { refresh: `refresh-token-${state.count}`, issuedAt: now().getTime() });
    access.add(`access-token-${state.count}`);
    const grant = { access_token: `access-token-${state.count}`, expires_in: 3600, refresh_token: state.refresh };
    return Response.json({ ...grant, token_type: "Bearer" });
  };
  const fetch: typeof globalThis.fetch = async (input) => {
    if (!(input instanceof Request)) throw new Error("expected a Request");
    if (new URL(input.url).host === "auth.shipbob.com") return token(input);
    const held = input.headers.get("authorization")?.replace("Bearer ", "") ?? "";
    used.push(held);
    return access.has(held) ? Response.json([]) : new Response(null, { status: 401 });
  };
  return { fetch, state, access, forms, used };
}

/** A profile: what is kept, and processes that share it. */
function profile(more: { clientSecret?: string } = {}) {
  const holder: { clock?: { now(): Date } } = {};
  const server = fakeShipBob(() => holder.clock?.now() ?? start);
  const base = accessTo(server.fetch, {
    settings: { clientId: "app-1" },
    secrets: { clientSecret: more.clientSecret ?? canary, refreshToken: "refresh-token-0" },
  });
  holder.clock = base.clock;
  const store = { value: "refresh-token-0", setAt: start };
  const tokens = memoryTokenCache();
  const keepSecret = async (name: string, value: string) => {
    expect(name).toBe("refreshToken");
    Object.assign(store, { value, setAt: base.clock.now() });
  };
  const readSecret = async () => ({ value: new Secret(store.value), setAt: store.setAt });
  const start_ = (own: Partial<typeof base.access> = {}) => {
    const refreshToken = new Secret(store.value);
    const secrets = { ...base.access.secrets, refreshToken };
    return new ShipBobCalls({ ...base.access, tokens, keepSecret, readSecret, secrets, ...own });
  };
  return { server, store, tokens, clock: base.clock, process: start_ };
}

describe("signing by OAuth", () => {
  it("exchanges the refresh token, and keeps the next one before the access token is used or cached", async () => {
    const { server, store, tokens, process } = profile();
    const order: string[] = [];
    const calls = process({
      keepSecret: async (_name, value) => {
        order.push(`keep ${value}, used ${server.used.length}`);
        store.value = value;
      },
      tokens: {
        ...tokens,
        put: async (name, value) => {
          order.push(`cache ${value.token}`);
          await tokens.put(name, value);
        },
      },
    });
    await calls.call(read);
    expect(order).toEqual(["keep refresh-token-1, used 0", "cache access-token-1"]);
    expect(server.forms).toEqual([
      {
        grant_type: "refresh_token",
        client_id: "app-1",
        client_secret: canary,
        refresh_token: "refresh-token-0",
      },
    ]);
    expect(server.used).toEqual(["access-token-1"]);
  });

  it("does so once for all calls and processes, and again before the hour ends", async () => {
    const { server, clock, process } = profile();
    const [one, other] = [process(), process()];
    await Promise.all([one.call(read), one.call(read), other.call(read)]);
    await process().call(read);
    expect(server.state.count).toBe(1);
    clock.advance(56 * 60_000);
    await Promise.all([one.call(read), other.call(read)]);
    expect([server.state.count, server.state.refused]).toEqual([2, 0]);
  });

  it("knows its own next refresh token where nothing can be read anew", async () => {
    const { server, clock, process } = profile();
    const calls = process({ readSecret: async () => undefined });
    await calls.call(read);
    clock.advance(60 * 60_000);
    await calls.call(read);
    expect([server.state.count, server.state.refused]).toEqual([2, 0]);
  });

  it("asks for another token once when one is refused", async () => {
    const { server, process } = profile();
    const calls = process();
    await calls.call(read);
    server.access.clear();
    await calls.call(read);
    expect([server.state.count, server.used.at(-1)]).toEqual([2, "access-token-2"]);
  });

  it("never uses the access token of an earlier sign-in", async () => {
    const { server, store, process } = profile();
    await process().call(read);
    Object.assign(server.state, { refresh: "refresh-token-anew" });
    store.value = "refresh-token-anew";
    await process().call(read);
    expect(server.used).toEqual(["access-token-1", "access-token-2"]);
  });

  it("takes what another process kept when it came too late with its own", async () => {
    const { server, store, process } = profile();
    const reads = ["refresh-token-0", "refresh-token-1"];
    server.state.refresh = "refresh-token-1";
    store.value = "refresh-token-1";
    const readSecret = async () => ({ value: new Secret(reads.shift() ?? store.value) });
    await process({ readSecret }).call(read);
    expect([server.state.refused, server.used]).toEqual([1, ["access-token-1"]]);
  });

  it("says what to do when a process ended between receiving a refresh token and keeping it", async () => {
    const { server, tokens, process } = profile();
    const crash = new Error("killed");
    const killed = process({ keepSecret: () => Promise.reject(crash) });
    expect(await failure(killed.call(read))).toBe(crash);
    expect(server.used).toEqual([]);
    const error = await failure(process({ tokens }).call(read));
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining("before it could keep the new one"),
      hint: "Run `mlc connect shipbob` again and sign in; nothing else is to be done.",
    });
    expect(JSON.stringify(error)).not.toContain("refresh-token-0");
    expect(server.used).toEqual([]);
  });

  it("has sent nothing while the sign-in is out of order", async () => {
    const { process } = profile();
    const fetch: typeof globalThis.fetch = async () => new Response("sorry", { status: 503 });
    expect(await failure(process({ fetch }).call(read))).toBeInstanceOf(NotSentError);
  });

  it("names the secret when the client is refused, and what is missing", async () => {
    const { process } = profile({ clientSecret: "wrong-secret-of-the-client" });
    const error = await failure(process().call(read));
    expect(error).toMatchObject({ exitCode: 4, hint: expect.stringContaining("client secret") });
    const refreshToken = new Secret("refresh-token-0");
    const secrets = { refreshToken, clientSecret: new Secret(canary) };
    expect(() => process({ secrets: { refreshToken } })).toThrow(ConfigError);
    expect(() => new ShipBobCalls({ ...accessTo(globalThis.fetch).access, secrets })).toThrow("clientId");
  });
});

describe("keeping the sign-in from ending", () => {
  it.each([
    [19, 0],
    [21, 1],
  ])("after %i days exchanges the refresh token %i times", async (days, times) => {
    const { server, clock, store, process } = profile();
    clock.advance(days * day);
    const [one, other] = [process(), process()];
    await Promise.all([one.keepFresh(), other.keepFresh()]);
    expect([server.state.count, store.value]).toEqual([times, `refresh-token-${times}`]);
    clock.advance(20 * day - 1);
    if (times === 1) await process().keepFresh();
    expect(server.state.count).toBe(times);
  });

  it("exchanges one whose age nobody knows", async () => {
    const { server, store, process } = profile();
    const readSecret = async () => ({ value: new Secret(store.value) });
    await process({ readSecret }).keepFresh();
    expect(server.state.count).toBe(1);
  });

  it("after 31 days says that a person must sign in again", async () => {
    const { clock, process } = profile();
    clock.advance(31 * day);
    const error = await failure(process().keepFresh());
    expect(error).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining("It is kept since 2026-11-21T12:00:00.000Z."),
      hint: expect.stringContaining("mlc connect shipbob"),
    });
    expect(await failure(process().call(read))).toBeInstanceOf(AuthError);
  });

  it("is nothing to do for a personal access token", async () => {
    const { access } = accessTo(() => Promise.reject(new Error("no call")));
    await expect(new ShipBobCalls(access).keepFresh()).resolves.toBeUndefined();
  });
});
