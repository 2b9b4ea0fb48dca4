import { inspect } from "node:util";
import { expect, it } from "vitest";
import { AuthError, ConfigError, NotSentError, UnavailableError } from "../../../src/core/errors.ts";
import { fixedAuth } from "../../../src/core/http/auth.ts";
import type { Auth, HttpCall } from "../../../src/core/http/types.ts";
import { Secret } from "../../../src/core/secret.ts";
import { broken, fakeHttp, json, status, type Turn } from "./kit.ts";

const create: HttpCall = { method: "POST", path: "orders", json: { a: 1 }, repeatable: false };
const canary = "canary-3f9c";

/** Tokens `t1`, `t2` … as often as one is refused. */
function countingAuth() {
  let issued = 1;
  const auth: Auth = {
    headers: async (refused) => {
      if (refused?.authorization === `Bearer t${issued}`) issued++;
      return { authorization: `Bearer t${issued}` };
    },
  };
  return { auth, issued: () => issued };
}

it("renews once on a 401 and sends the same body again", async () => {
  const { auth } = countingAuth();
  const bodies: string[] = [];
  const keep: Turn = async (request, index) => {
    bodies.push(`${request.headers.get("authorization")} ${await request.text()}`);
    return new Response("{}", { status: index === 0 ? 401 : 200 });
  };
  expect((await fakeHttp([keep], { auth }).http.call(create)).status).toBe(200);
  expect(bodies).toEqual(['Bearer t1 {"a":1}', 'Bearer t2 {"a":1}']);
});

it("renews one token for all calls that were refused with it, and gives back a second 401", async () => {
  const { auth, issued } = countingAuth();
  const turn: Turn = (request) =>
    new Response("{}", { status: request.headers.get("authorization") === "Bearer t1" ? 401 : 200 });
  const { http } = fakeHttp([turn], { auth });
  const answers = await Promise.all([1, 2, 3, 4].map(() => http.call(create)));
  expect(answers.map(({ status: code }) => code)).toEqual([200, 200, 200, 200]);
  expect(issued()).toBe(2);
  const refusing = fakeHttp([status(401)], { auth });
  expect((await refusing.http.call(create)).status).toBe(401);
  expect(refusing.requests).toHaveLength(2);
});

it("does not repeat a 401 when there is nothing to renew", async () => {
  const { http, requests } = fakeHttp([status(401)], { auth: fixedAuth({ "api-key": new Secret("k") }) });
  expect((await http.call(create)).status).toBe(401);
  expect(requests).toHaveLength(1);
  expect(requests[0]?.headers.get("api-key")).toBe("k");
});

it("hands on what the authority says, since nothing was sent before it", async () => {
  const refused = new AuthError("refused");
  const auth: Auth = { headers: () => Promise.reject(refused) };
  const { http, requests } = fakeHttp([json({})], { auth });
  await expect(http.call(create)).rejects.toBe(refused);
  expect(requests).toHaveLength(0);
});

it("does not take an unreachable authority as proof once an attempt may have arrived", async () => {
  let asked = 0;
  const auth: Auth = {
    headers: async () => {
      if (asked++ > 0) throw new NotSentError("no token", { system: "erp" });
      return {};
    },
  };
  const error = await fakeHttp([broken("ECONNRESET")], { auth })
    .http.call({ ...create, repeatable: true })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error).not.toBeInstanceOf(NotSentError);
});

it("shows no secret in any error, its causes included", async () => {
  const auth = fixedAuth({ authorization: new Secret(`Bearer ${canary}`) });
  const spoken: Turn = () => {
    throw new TypeError(`Headers.append: "${canary}" is invalid`, { cause: new Error(`socket ${canary}`) });
  };
  const turns = [broken("ECONNRESET", { headers: canary }), broken("ECONNREFUSED", { headers: canary }), spoken];
  turns.push(
    () => new Response("<html>"),
    status(302, { location: "https://x.example" }),
    () => new Response("["),
  );
  for (const turn of turns) {
    for (const repeatable of [true, false]) {
      const { http } = fakeHttp([turn], { auth });
      const query = { token: canary };
      const error = await http.call({ ...create, query, repeatable }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(canary);
    }
  }
});

it("refuses a credential that cannot be a header, without showing it", async () => {
  const { http, requests } = fakeHttp([json({})], { auth: fixedAuth({ "api-key": new Secret(`${canary}\nx`) }) });
  const error = await http.call(create).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(canary);
  expect(requests).toHaveLength(0);
});
