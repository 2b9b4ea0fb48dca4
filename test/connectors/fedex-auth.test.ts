import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { fedexAuth } from "../../src/connectors/fedex/auth.ts";
import { FedExClient } from "../../src/connectors/fedex/client.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { AuthError, ContractError, NotSentError } from "../../src/core/errors.ts";
import { memoryTokenCache, type TokenCache } from "../../src/core/http/token-cache.ts";
import { Secret } from "../../src/core/secret.ts";
import { tokenFiles } from "../../src/core/secrets/token-cache.ts";
import { broken, json, status, type Turn } from "../core/http/kit.ts";
import { counter } from "../core/state/kit.ts";
import { MemoryDisk } from "../core/state/memory-disk.ts";
import { accessTo, canary, compressed, errors, failure, fakeFedEx, start, tracked } from "./fedex-kit.ts";

/** Processes of one machine: each has an auth of its own, and they share FedEx, the clock and the cache. */
function machine(...tokens: Turn[]) {
  const server = fakeFedEx({ turns: [json(tracked)], tokens });
  const clock = jumpingClock(start);
  const shared = memoryTokenCache();
  const process = (key = "ship", secret = canary, cache: TokenCache = shared) =>
    fedexAuth({
      apiUrl: "https://apis.fedex.com",
      names: "apiKey and apiSecret",
      clientId: new Secret(key),
      clientSecret: new Secret(secret),
      fetch: server.fetch,
      clock,
      cache,
      random: () => 1,
    });
  return { ...server, clock, process };
}

const refusedKey = compressed(errors("NOT.AUTHORIZED.ERROR"), 401);
const penalty = compressed(errors("FORBIDDEN.ERROR"), 403);

describe("a token of FedEx", () => {
  it("is asked for with a form, without a child's key", async () => {
    const { process, forms, tokenRequests } = machine();
    expect(await process().headers()).toEqual({ authorization: "Bearer ship-1" });
    expect(forms).toEqual([{ grant_type: "client_credentials", client_id: "ship", client_secret: canary }]);
    expect(tokenRequests[0]?.headers.get("content-type")).toMatch(/^application\/x-www-form-urlencoded/);
  });

  it("is renewed five minutes before its end", async () => {
    const { process, clock, forms } = machine();
    const auth = process();
    await auth.headers();
    clock.advance((3600 - 301) * 1000);
    expect(await auth.headers()).toEqual({ authorization: "Bearer ship-1" });
    clock.advance(1000);
    expect(await auth.headers()).toEqual({ authorization: "Bearer ship-2" });
    expect(forms).toHaveLength(2);
  });

  it("is renewed once when it is refused, however many processes were refused with it", async () => {
    const { process, forms } = machine();
    const all = [process(), process(), process()];
    for (const auth of all) await auth.headers();
    const refused = { authorization: "Bearer ship-1" };
    const renewed = await Promise.all(all.map((auth) => auth.headers(refused)));
    expect(new Set(renewed.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer ship-2"]));
    expect(forms).toHaveLength(2);
  });

  it("is another for another key and for another host", async () => {
    const server = fakeFedEx({ turns: [json(tracked)] });
    const access = accessTo(server);
    for (const apiUrl of ["https://apis.fedex.com", "https://apis-sandbox.fedex.com"]) {
      const client = new FedExClient({ ...access, settings: { apiUrl } });
      await Promise.all([client.checkShipKey(), client.checkTrackKey()]);
    }
    expect(server.forms.map(({ client_id }) => client_id).sort()).toEqual(["ship", "ship", "track", "track"]);
  });

  it("is one for thirty runs in a row and twenty at once that share a directory, and never lies there in clear", async () => {
    const disk = new MemoryDisk();
    const { process, forms } = machine();
    const idle = { ...jumpingClock(start), sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };
    const filesOf = (pid: number) =>
      tokenFiles({
        disk,
        dir: "/p/tokens",
        key: Buffer.alloc(32, 1),
        machine: {
          self: async () => ({ host: "h", pid, start: "1" }),
          process: async () => ({ runs: true, start: "1" }),
        },
        clock: idle,
        lockToken: counter(String(pid)),
      });
    const run = async (pid: number) => {
      for (const key of ["ship", "track"]) await process(key, canary, filesOf(pid)).headers();
    };
    await Promise.all(Array.from({ length: 20 }, (_, pid) => run(pid + 1)));
    for (let pid = 21; pid <= 50; pid += 1) await run(pid);
    expect(forms.map(({ client_id }) => client_id).sort()).toEqual(["ship", "track"]);
    const held = disk.paths().map((path) => path + disk.content(path).toString());
    expect(held.join()).not.toMatch(/ship|track|canary/);
  });
});

describe("a key that FedEx refuses", () => {
  it("is not tried again for a minute by any process, and the error says so", async () => {
    const { process, clock, forms } = machine(refusedKey, refusedKey, status(500));
    const first = await failure(process().headers());
    expect(first).toBeInstanceOf(AuthError);
    expect(first).toMatchObject({
      message:
        "FedEx refused apiKey and apiSecret (NOT.AUTHORIZED.ERROR); they are not tried again before 2026-11-21T12:01:00.000Z.",
      hint: "Run `mlc connect fedex` and enter apiKey and apiSecret again.",
      context: { code: "NOT.AUTHORIZED.ERROR" },
    });
    for (let run = 0; run < 30; run += 1) expect(await failure(process().headers())).toBeInstanceOf(AuthError);
    expect(forms).toHaveLength(1);
    clock.advance(60_000);
    expect(await failure(process().headers())).toBeInstanceOf(AuthError);
    expect(forms).toHaveLength(2);
  });

  it("keeps neither its mended self nor the other key waiting", async () => {
    const issue = json({ access_token: "t", expires_in: 3600 });
    const { process } = machine(refusedKey, issue);
    await failure(process("ship", "wrong").headers());
    expect(await process("ship", canary).headers()).toEqual({ authorization: "Bearer t" });
    expect(await process("track", canary).headers()).toEqual({ authorization: "Bearer t" });
  });

  it("is not shown, though FedEx gives it back", async () => {
    const echo: Turn = () => Response.json({ errors: [{ code: canary, message: canary }] }, { status: 401 });
    const error = await failure(machine(echo).process().headers());
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(canary);
  });
});

describe("FedEx's penalty for asking too often", () => {
  it("is waited out by all processes and keys without another call, and names its end", async () => {
    const { process, clock, forms } = machine(penalty, penalty, json({ access_token: "t", expires_in: 3600 }));
    const error = await failure(process().headers());
    expect(error).toBeInstanceOf(NotSentError);
    expect(error).toMatchObject({
      name: "UnavailableError",
      exitCode: 5,
      message: expect.stringContaining("2026-11-21T12:10:00.000Z"),
      context: { code: "FORBIDDEN.ERROR" },
    });
    clock.advance(599_999);
    expect(await failure(process("track").headers())).toMatchObject({
      message: expect.stringContaining("2026-11-21T12:10:00.000Z"),
    });
    expect(forms).toHaveLength(1);
    clock.advance(1);
    expect(await failure(process().headers())).toMatchObject({
      message: expect.stringContaining("2026-11-21T12:20:00.000Z"),
    });
    clock.advance(600_000);
    expect(await process().headers()).toEqual({ authorization: "Bearer t" });
    expect(forms).toHaveLength(3);
  });

  it("does not keep a token that is there from being used", async () => {
    const issue: Turn = () => Response.json({ access_token: "t", expires_in: 3600 });
    const { process } = machine(issue, penalty);
    await process().headers();
    await failure(process("track").headers());
    expect(await process().headers()).toEqual({ authorization: "Bearer t" });
  });

  it("is not believed from a time when the clock was wrong", async () => {
    const { process, clock } = machine(penalty, json({ access_token: "t", expires_in: 3600 }));
    clock.advance(86_400_000);
    await failure(process().headers());
    clock.advance(-86_400_000);
    expect(await process().headers()).toEqual({ authorization: "Bearer t" });
  });
});

describe("a token endpoint that is not well", () => {
  it.each<[string, Turn, unknown, number]>([
    ["answers 503", status(503), NotSentError, 2],
    ["answers 429", status(429), NotSentError, 2],
    ["breaks off", broken("ECONNRESET"), NotSentError, 2],
    ["is not to be found", broken("ENOTFOUND"), NotSentError, 2],
    ["is a page", status(200, {}, "<html>"), ContractError, 2],
    ["has no token", json({}), ContractError, 1],
    ["is a wrong path", status(404), ContractError, 1],
  ])("is asked twice at most when it %s", async (_, turn, kind, times) => {
    const { process, tokenRequests } = machine(turn);
    expect(await failure(process().headers())).toBeInstanceOf(kind);
    expect(tokenRequests).toHaveLength(times);
  });

  it("is asked again by the next run, since nothing was refused", async () => {
    const { process } = machine(status(503), status(503), json({ access_token: "t", expires_in: 3600 }));
    await failure(process().headers());
    expect(await process().headers()).toEqual({ authorization: "Bearer t" });
  });
});
