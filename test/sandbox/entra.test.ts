import { constants, createHash, sign, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EntraSandbox } from "../../src/sandbox/entra.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "..", "fixtures", "entra", name), "utf8");
const certificate = fixture("app-certificate.pem");
const privateKey = fixture("app-key.pem");

const tenantId = "11111111-0000-4000-8000-000000000001";
const clientId = "22222222-0000-4000-8000-000000000002";
const tokenUrl = `https://login.local/${tenantId}/oauth2/v2.0/token`;
const start = Date.parse("2026-11-20T09:14:03Z");

const sandbox = () => {
  const clock = { time: start, now: () => new Date(clock.time) };
  const entra = new EntraSandbox({
    clock,
    tenantId,
    clientId,
    clientSecret: "right~secret+/=",
    certificate,
    environmentHost: "contoso.operations.dynamics.com",
  });
  return { clock, entra };
};

const form = (changes: Record<string, string | undefined> = {}) => {
  const fields = {
    client_id: clientId,
    client_secret: "right~secret+/=",
    grant_type: "client_credentials",
    scope: "https://contoso.operations.dynamics.com/.default",
    ...changes,
  };
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) parameters.set(name, value);
  return parameters;
};

const ask = async (entra: EntraSandbox, body: URLSearchParams, url = tokenUrl) => {
  const response = await entra.fetch(new Request(url, { method: "POST", body }));
  return { status: response.status, body: JSON.parse(await response.text()) };
};

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const thumbprint = createHash("sha256").update(new X509Certificate(certificate).raw).digest("base64url");

const assertion = (changes: { header?: object; claims?: object; spoiled?: boolean } = {}) => {
  const now = start / 1000;
  const head = part({ alg: "PS256", typ: "JWT", "x5t#S256": thumbprint, ...changes.header });
  const claims = { aud: tokenUrl, iss: clientId, sub: clientId, jti: "one", nbf: now, iat: now, exp: now + 300 };
  const text = `${head}.${part({ ...claims, ...changes.claims })}`;
  const key = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const signature = sign("sha256", Buffer.from(changes.spoiled ? `${text}x` : text), key).toString("base64url");
  return form({
    client_secret: undefined,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: `${text}.${signature}`,
  });
};

describe("the token endpoint", () => {
  it("gives a bearer token for the right secret, which it accepts until it expires", async () => {
    const { clock, entra } = sandbox();
    const { status, body } = await ask(entra, form());
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 3599 });
    expect(entra.accepts(body.access_token)).toBe(true);
    expect(entra.accepts("another")).toBe(false);
    clock.time += 3_599_000;
    expect(entra.accepts(body.access_token)).toBe(false);
  });

  it("accepts nothing issued before everything was revoked, and counts the requests", async () => {
    const { entra } = sandbox();
    const first = (await ask(entra, form())).body.access_token;
    entra.revokeAll();
    const second = (await ask(entra, form())).body.access_token;
    expect([entra.accepts(first), entra.accepts(second), entra.tokenRequests]).toEqual([false, true, 2]);
    expect(entra.requests).toEqual([`POST /${tenantId}/oauth2/v2.0/token`, `POST /${tenantId}/oauth2/v2.0/token`]);
  });

  it.each([
    ["a trailing slash", "https://contoso.operations.dynamics.com//.default"],
    ["a capital", "https://Contoso.operations.dynamics.com/.default"],
  ])("issues a token for a host with %s which the environment then refuses", async (_, scope) => {
    const { entra } = sandbox();
    const { status, body } = await ask(entra, form({ scope }));
    expect([status, entra.accepts(body.access_token)]).toEqual([200, false]);
  });

  it.each([
    ["a wrong secret", { client_secret: "the-secret-id" }, 401, "invalid_client", 7000215],
    ["no credential", { client_secret: undefined }, 401, "invalid_client", 7000218],
    ["an unknown app", { client_id: "33333333-0000-4000-8000-000000000003" }, 400, "unauthorized_client", 700016],
    ["a mistyped host", { scope: "https://contso.operations.dynamics.com/.default" }, 400, "invalid_resource", 500011],
    ["a malformed scope", { scope: "https://contoso.operations.dynamics.com" }, 400, "invalid_scope", 70011],
    ["another grant", { grant_type: "password" }, 400, "unsupported_grant_type", 70003],
  ])("refuses %s in the documented shape", async (_, changes, status, error, code) => {
    const { entra } = sandbox();
    const answer = await ask(entra, form(changes));
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      error,
      error_description: expect.stringMatching(new RegExp(`^AADSTS${code}: .*\\r\\nTrace ID: `)),
      error_codes: [code],
      timestamp: "2026-11-20 09:14:03Z",
      trace_id: expect.any(String),
      correlation_id: expect.any(String),
      error_uri: expect.any(String),
    });
  });

  it("does not know another tenant", async () => {
    const answer = await ask(sandbox().entra, form(), "https://login.local/other/oauth2/v2.0/token");
    expect([answer.status, answer.body.error, answer.body.error_codes]).toEqual([400, "invalid_request", [90002]]);
  });

  it("says that a right secret has expired, with either status of invalid_client", async () => {
    const { entra } = sandbox();
    entra.secretIsExpired = true;
    entra.invalidClientStatus = 400;
    const answer = await ask(entra, form());
    expect([answer.status, answer.body.error_codes]).toEqual([400, [7000222]]);
  });

  it("is unavailable as often as asked, then well again", async () => {
    const { entra } = sandbox();
    entra.unavailableTimes = 1;
    const answer = await ask(entra, form());
    expect([answer.status, answer.body.error]).toEqual([503, "temporarily_unavailable"]);
    expect((await ask(entra, form())).status).toBe(200);
  });

  it("throttles with Retry-After when the fault plan says so", async () => {
    const { entra } = sandbox();
    entra.faults = () => "throttled";
    const response = await entra.fetch(new Request(tokenUrl, { method: "POST", body: form() }));
    expect([response.status, response.headers.get("retry-after"), entra.tokenRequests]).toEqual([429, "5", 0]);
  });
});

describe("a client assertion", () => {
  it("is taken when PS256 signs it with the uploaded certificate", async () => {
    const { entra } = sandbox();
    const { status, body } = await ask(entra, assertion());
    expect([status, entra.accepts(body.access_token)]).toEqual([200, true]);
  });

  it.each([
    ["another algorithm", { header: { alg: "RS256" } }],
    ["a SHA-1 thumbprint", { header: { "x5t#S256": undefined, x5t: "abc" } }],
    ["a signature of something else", { spoiled: true }],
    ["another audience", { claims: { aud: "https://login.local/common/oauth2/v2.0/token" } }],
    ["another issuer", { claims: { iss: "someone" } }],
    ["another subject", { claims: { sub: "someone" } }],
    ["no jti", { claims: { jti: undefined } }],
    ["an end in the past", { claims: { exp: start / 1000 - 1 } }],
    ["a life of a day", { claims: { exp: start / 1000 + 86_400 } }],
    ["a start in the future", { claims: { nbf: start / 1000 + 3600 } }],
  ])("with %s is refused", async (_, changes) => {
    const answer = await ask(sandbox().entra, assertion(changes));
    expect([answer.status, answer.body.error_codes]).toEqual([401, [700027]]);
  });

  it("is taken once only", async () => {
    const { entra } = sandbox();
    await ask(entra, assertion());
    expect((await ask(entra, assertion())).body.error_codes).toEqual([700027]);
  });
});
