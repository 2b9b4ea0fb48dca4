import { createHash, createPublicKey, generateKeyPairSync, randomUUID, sign, verify } from "node:crypto";
import { inspect } from "node:util";
import { expect, it } from "vitest";
import { type EntraOptions, entraAuth, scopeOf } from "../../src/connectors/entra/auth.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { AuthError, ConfigError, ContractError, NotSentError } from "../../src/core/errors.ts";
import { memoryTokenCache } from "../../src/core/http/token-cache.ts";
import { Secret } from "../../src/core/secret.ts";
import { broken, fakeFetch, fakeHttp, json, type Turn } from "../core/http/kit.ts";

const canary = "s3cr3t&canary";
const tokenUrl = "https://login.microsoftonline.com/t-1/oauth2/v2.0/token";

/** Gives `t1`, `t2` … and keeps the forms it was sent. */
function authority(...turns: Turn[]) {
  const forms: URLSearchParams[] = [];
  const issue: Turn = () => Response.json({ token_type: "Bearer", expires_in: 3599, access_token: `t${forms.length}` });
  const { fetch, requests } = fakeFetch(async (request, index) => {
    forms.push(new URLSearchParams(await request.text()));
    return (turns[Math.min(index, turns.length - 1)] ?? issue)(request, index);
  });
  return { fetch, requests, forms };
}

function authOf(server: { fetch: typeof fetch }, more: Partial<EntraOptions> = {}) {
  const clock = jumpingClock(new Date("2026-11-21T12:00:00Z"));
  const cache = memoryTokenCache();
  const scope = scopeOf("https://Contoso.Operations.dynamics.com/");
  const base = { tenantId: "t-1", clientId: "c-1", scope, fetch: server.fetch, clock, cache, system: "fno" };
  const auth = entraAuth({ ...base, ...(more.certificate ? {} : { secret: new Secret(canary) }), ...more });
  return { auth, clock, cache, failure: () => auth.headers().catch((error: unknown) => error) };
}

it("asks for a token once, however many calls want it", async () => {
  const server = authority();
  const { auth } = authOf(server);
  const headers = await Promise.all(Array.from({ length: 20 }, () => auth.headers()));
  expect(new Set(headers.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer t1"]));
  expect(server.requests.map(({ url }) => url)).toEqual([tokenUrl]);
  expect(Object.fromEntries(server.forms[0]!)).toEqual({
    client_id: "c-1",
    client_secret: canary,
    grant_type: "client_credentials",
    scope: "https://contoso.operations.dynamics.com/.default",
  });
});

it("renews five minutes before the end", async () => {
  const { auth, clock } = authOf(authority());
  await auth.headers();
  clock.advance((3599 - 301) * 1000);
  expect(await auth.headers()).toEqual({ authorization: "Bearer t1" });
  clock.advance(1000);
  expect(await auth.headers()).toEqual({ authorization: "Bearer t2" });
});

it("takes the token that another process kept, and renews it once when it is refused", async () => {
  const server = authority();
  const cache = memoryTokenCache();
  const [first, second] = [authOf(server, { cache }), authOf(server, { cache })];
  await first.auth.headers();
  expect(await second.auth.headers()).toEqual({ authorization: "Bearer t1" });
  const refused = { authorization: "Bearer t1" };
  const renewed = await Promise.all([
    first.auth.headers(refused),
    second.auth.headers(refused),
    first.auth.headers(refused),
  ]);
  expect(renewed.map(({ authorization }) => authorization)).toEqual(["Bearer t2", "Bearer t2", "Bearer t2"]);
  expect(server.requests).toHaveLength(2);
});

it("serves a client through a 401", async () => {
  const { auth, clock } = authOf(authority());
  const turn: Turn = (request) =>
    Response.json({}, { status: request.headers.get("authorization") === "Bearer t2" ? 200 : 401 });
  const { http, requests } = fakeHttp([turn], { auth, clock });
  expect((await http.call({ method: "POST", path: "x", json: {}, repeatable: false })).status).toBe(200);
  expect(requests).toHaveLength(2);
});

const refusal = (error: string, code: number, text: string, init: ResponseInit = { status: 400 }) =>
  json(
    {
      error,
      error_description: `AADSTS${code}: ${text}\r\nTrace ID: 5d0c\r\nTimestamp: now`,
      error_codes: [code],
      correlation_id: "a1f2",
    },
    init,
  );

it.each([
  [7000215, "invalid_client", "client secret is wrong"],
  [7000222, "invalid_client", "expired"],
  [7000218, "invalid_client", "no client secret or certificate"],
  [700027, "invalid_client", "certificate is not one of the app's"],
  [700016, "unauthorized_client", "client id is not known"],
  [90002, "invalid_request", "tenant was not found"],
  [500011, "invalid_resource", "does not know the environment's address"],
  [70011, "invalid_scope", "scope is malformed"],
  [123456, "invalid_client", "Something new about \\*\\*\\*"],
])("turns AADSTS%i into a sentence and a hint", async (code, error, sentence) => {
  const { failure } = authOf(authority(refusal(error, code, `Something new about ${canary}.`)));
  const thrown = await failure();
  expect(thrown).toBeInstanceOf(AuthError);
  expect(thrown).toMatchObject({
    message: expect.stringMatching(sentence),
    hint: expect.stringMatching(/\.$/),
    context: { system: "fno", code: `AADSTS${code}`, correlationId: "a1f2" },
  });
  expect(`${thrown}`).not.toMatch(/Trace ID/);
});

it.each<[string, Turn]>([
  ["a passing refusal", refusal("temporarily_unavailable", 90033, "later")],
  ["a transient code", refusal("invalid_request", 90024, "later")],
  ["a 503", json({}, { status: 503 })],
  ["a 429", json({}, { status: 429 })],
  ["a dropped connection", broken("ECONNRESET")],
  ["an unknown host", broken("ENOTFOUND")],
])("tries again after %s and then says that nothing was sent", async (_name, turn) => {
  const server = authority(turn);
  const { auth, clock } = authOf(server);
  const { http, requests } = fakeHttp([json({})], { auth, clock });
  const thrown = await http
    .call({ method: "POST", path: "x", json: {}, repeatable: false })
    .catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(NotSentError);
  expect(thrown).toMatchObject({ message: expect.stringContaining("Microsoft Entra"), context: { system: "fno" } });
  expect(server.requests).toHaveLength(4);
  expect(requests).toHaveLength(0);
});

it("gets a token after a passing refusal", async () => {
  const server = authority(json({}, { status: 503 }), json({ access_token: "late", expires_in: "3599" }));
  expect(await authOf(server).auth.headers()).toEqual({ authorization: "Bearer late" });
});

it.each<[string, Turn]>([
  ["no token", json({})],
  ["HTML", () => new Response("<html>")],
  ["a 404 of somebody else", () => new Response("<html>", { status: 404 })],
])("calls %s off the contract", async (_name, turn) => {
  const thrown = await authOf(authority(turn)).failure();
  expect(thrown).toBeInstanceOf(ContractError);
  expect(thrown).toMatchObject({ context: { system: "fno" } });
});

it("shows neither secret nor token in an error", async () => {
  const turns = [
    refusal("invalid_client", 1, `about ${canary}`),
    broken("ECONNRESET"),
    json({ access_token: canary, expires_in: "never" }),
    () => new Response(canary, { status: 404 }),
    () => new Response(canary),
  ];
  for (const turn of turns) {
    const thrown = await authOf(authority(turn)).failure();
    expect(thrown).toBeInstanceOf(Error);
    expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain(canary);
  }
});

const der = (tag: number, ...parts: Uint8Array[]) => {
  const body = Buffer.concat(parts);
  const size = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};

/** A self-signed certificate, since Node makes none. */
function selfSigned() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const sha256WithRsa = der(0x30, Buffer.from("06092a864886f70d01010b0500", "hex"));
  const time = (text: string) => der(0x17, Buffer.from(text));
  const name = der(0x30);
  const signed = der(
    0x30,
    der(0x02, Buffer.from([1])),
    sha256WithRsa,
    name,
    der(0x30, time("260101000000Z"), time("360101000000Z")),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const raw = der(0x30, signed, sha256WithRsa, der(0x03, Buffer.from([0]), sign("sha256", signed, privateKey)));
  const cert = `-----BEGIN CERTIFICATE-----\n${raw.toString("base64")}\n-----END CERTIFICATE-----\n`;
  return { raw, cert, key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

it("signs an assertion with the certificate, a fresh one for each token", async () => {
  const { raw, cert, key } = selfSigned();
  const server = authority();
  const { auth, clock } = authOf(server, { certificate: { cert, privateKey: new Secret(key) }, newId: randomUUID });
  await auth.headers();
  clock.advance(3_600_000);
  await auth.headers();
  const [first, second] = server.forms.map((form) => form.get("client_assertion")!);
  expect(first).not.toBe(second);
  expect(server.forms[0]?.get("client_assertion_type")).toBe("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  expect(server.forms[0]?.has("client_secret")).toBe(false);

  const [header = "", claims = "", signature = ""] = first!.split(".");
  const decoded = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  const now = Date.parse("2026-11-21T12:00:00Z") / 1000;
  expect(decoded(header)).toEqual({
    alg: "PS256",
    typ: "JWT",
    "x5t#S256": createHash("sha256").update(raw).digest("base64url"),
  });
  expect(decoded(claims)).toEqual({
    aud: tokenUrl,
    iss: "c-1",
    sub: "c-1",
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    nbf: now,
    iat: now,
    exp: now + 600,
  });
  const publicKey = { key: createPublicKey(cert), padding: 6, saltLength: 32 };
  expect(verify("sha256", Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, "base64url"))).toBe(
    true,
  );
});

it("refuses a key that is not the certificate's, or is none, without showing it", async () => {
  const { cert } = selfSigned();
  for (const key of [selfSigned().key, `-----BEGIN ${canary}`]) {
    const { failure } = authOf(authority(), { certificate: { cert, privateKey: new Secret(key) } });
    const thrown = await failure();
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain(canary);
  }
});
