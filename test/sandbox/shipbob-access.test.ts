import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { account, application, order, ownChannel } from "./shipbob-fixture.ts";

const channel = z.object({
  id: z.number(),
  name: z.string(),
  application_name: z.string(),
  scopes: z.array(z.string()),
});
const channels = z.object({ items: z.array(channel), next: z.string().nullable() });
const tokenAnswer = z.looseObject({
  access_token: z.string(),
  id_token: z.string(),
  refresh_token: z.string(),
});

const json = (path: string) => `/2026-01${path}`;

describe("the gateway", () => {
  it("answers a call with the token in both versions, and tells what is left of the limit", async () => {
    const { call } = account({ limit: 150 });
    const first = await call("GET", json("/channel"));
    expect(first.status).toBe(200);
    expect(first.headers.get("x-remaining-calls")).toBe("149");
    expect((await call("GET", "/2026-07/channel")).status).toBe(200);
  });

  it("knows no other version, and says that the oldest are gone", async () => {
    const { call } = account();
    expect((await call("GET", "/2024-01/channel")).status).toBe(404);
    expect((await call("GET", "/1.0/channel")).status).toBe(410);
    expect((await call("GET", "/channel")).status).toBe(404);
  });

  it("refuses a token that is unknown or lacks the scope, without a body", async () => {
    const { call, sandbox } = account({ scopes: ["channels_read"] });
    const unknown = await call("GET", json("/channel"), undefined, { authorization: "Bearer other" });
    expect([unknown.status, await unknown.text()]).toEqual([401, ""]);
    const lacking = await call("GET", json("/order"));
    expect([lacking.status, await lacking.text()]).toEqual([403, ""]);
    sandbox.switches.missingScope = 401;
    expect((await call("GET", json("/order"))).status).toBe(401);
    sandbox.switches.missingScope = 500;
    expect((await call("GET", json("/order"))).status).toBe(500);
    sandbox.switches.missingScope = 401;
    sandbox.switches.refusedToken = "redirect";
    expect((await call("GET", json("/order"))).status).toBe(302);
  });

  it("blocks a call without a user agent at the CDN", async () => {
    const { call, sandbox } = account();
    const blocked = await call("GET", json("/channel"), undefined, { "user-agent": "" });
    expect(blocked.status).toBe(403);
    expect(await blocked.text()).toContain("<html>");
    sandbox.switches.userAgent = "optional";
    expect((await call("GET", json("/channel"), undefined, { "user-agent": "" })).status).toBe(200);
  });

  it("lets so many calls through in any minute, not in each clock minute", async () => {
    const { call, clock } = account({ limit: 3 });
    await call("GET", json("/channel"));
    clock.pass(40);
    await call("GET", json("/channel"));
    await call("GET", json("/channel"));
    const refused = await call("GET", json("/channel"));
    expect(refused.status).toBe(429);
    expect(refused.headers.get("x-retry-after")).toBe("20");
    expect(await refused.json()).toEqual({
      statusCode: 429,
      message: "Rate limit is exceeded. Try again in 20 seconds.",
    });
    clock.pass(20);
    expect((await call("GET", json("/channel"))).status).toBe(200);
    expect((await call("GET", json("/channel"))).status).toBe(429);
  });

  it("wants the channel on a new order, and only its own", async () => {
    const { call } = account();
    expect((await call("POST", json("/order"), order())).status).toBe(400);
    expect((await call("POST", json("/order"), order(), { shipbob_channel_id: "100102" })).status).toBe(403);
    expect((await call("POST", json("/order"), order(), ownChannel)).status).toBe(201);
  });

  it("shows scopes to write only on the caller's own channel", async () => {
    const { get } = account();
    const { items, next } = channels.parse(await get("/channel?RecordsPerPage=1"));
    expect(items[0]).toMatchObject({ id: 100101, application_name: "SMA" });
    expect(items[0]?.scopes).toContain("orders_write");
    const more = channels.parse(await get(`/channel?RecordsPerPage=1&Cursor=${next}`));
    expect(more.items[0]).toMatchObject({ id: 100102, application_name: "Shopify" });
    expect(more.items[0]?.scopes).not.toContain("orders_write");
    expect(more.next).toBeNull();
  });

  it("does not know an escaped colon", async () => {
    const { call, create, sandbox } = account();
    await create();
    const { id } = sandbox.orders[0] ?? {};
    expect((await call("POST", json(`/order/${id}%3Acancel`), {})).status).toBe(404);
    expect((await call("POST", json(`/order/${id}:cancel`), {})).status).toBe(200);
  });
});

const verifier = "v".repeat(43);
const challenge = createHash("sha256").update(verifier).digest("base64url");
const redirect_uri = "http://127.0.0.1:7777/callback";

function asked(more: Record<string, string> = {}): string {
  const parameters = {
    client_id: "client-1",
    redirect_uri,
    scope: "openid offline_access channels_read orders_read orders_write",
    response_type: "code",
    state: "s1",
    nonce: "n1",
    integration_name: "Our shop",
    ...more,
  };
  return `/connect/authorize?${new URLSearchParams(parameters)}`;
}

type World = ReturnType<typeof account>;

const token = (world: World, form: Record<string, string>) =>
  world.call(
    "POST",
    "/connect/token",
    new URLSearchParams({ client_id: "client-1", client_secret: "secret-1", redirect_uri, ...form }).toString(),
    { "content-type": "application/x-www-form-urlencoded" },
  );

async function codeOf(world: World, more: Record<string, string> = {}): Promise<string> {
  world.sandbox.decision = "accept";
  const answer = await world.call("GET", asked(more));
  return new URLSearchParams((answer.headers.get("location") ?? "").split("#")[1]).get("code") ?? "";
}

const tokensOf = async (world: World) =>
  tokenAnswer.parse(await (await token(world, { grant_type: "authorization_code", code: await codeOf(world) })).json());

describe("OAuth", () => {
  it("shows a page to a person, whose form leads back with state and code", async () => {
    const { call } = account();
    const page = await (await call("GET", asked())).text();
    expect(page).toContain("mlc asks for access");
    const back = await call("POST", "/connect/authorize", `${asked().split("?")[1]}&decision=accept`);
    expect(back.headers.get("location")).toMatch(/^http:\/\/127\.0\.0\.1:7777\/callback#code=[^&]+&state=s1$/);
    const denied = await call("POST", "/connect/authorize", `${asked().split("?")[1]}&decision=deny`);
    expect(denied.headers.get("location")).toBe(`${redirect_uri}#error=access_denied&state=s1`);
  });

  it("answers as a form post or in the query where that is asked for", async () => {
    const world = account();
    world.sandbox.decision = "accept";
    const posted = await (await world.call("GET", asked({ response_mode: "form_post" }))).text();
    expect(posted).toContain(`<form method="post" action="${redirect_uri}">`);
    expect(posted).toContain('name="state" value="s1"');
    const inQuery = await world.call("GET", asked({ response_mode: "query" }));
    expect(inQuery.headers.get("location")).toContain("/callback?code=");
    world.sandbox.switches.responseModeQuery = "refused";
    const refused = await world.call("GET", asked({ response_mode: "query" }));
    expect(refused.headers.get("location")).toContain("error=invalid_request");
  });

  it("refuses an address that the application does not have", async () => {
    const { call } = account();
    expect((await call("GET", asked({ redirect_uri: "http://127.0.0.1:7777/other" }))).status).toBe(400);
  });

  it("refuses a scope that nobody knows", async () => {
    const { call } = account();
    const back = await call("GET", asked({ scope: "orders_read orders_delete" }));
    expect(back.headers.get("location")).toContain("error=invalid_scope");
  });

  it("gives tokens for a code, and with them a channel of the connection's name", async () => {
    const world = account();
    const tokens = await tokensOf(world);
    expect(tokens).toMatchObject({ expires_in: 3600, token_type: "Bearer" });
    const claims = JSON.parse(Buffer.from(tokens.id_token.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({ nonce: "n1", iss: "https://auth.shipbob.com" });
    const { items } = channels.parse(await world.get("/channel", { authorization: `Bearer ${tokens.access_token}` }));
    const own = items.find(({ scopes }) => scopes.includes("orders_write"));
    expect(own).toMatchObject({ name: "Our shop", application_name: application.name });
  });

  it("takes a code once, and for two minutes", async () => {
    const world = account();
    const code = await codeOf(world);
    expect((await token(world, { grant_type: "authorization_code", code })).status).toBe(200);
    const again = await token(world, { grant_type: "authorization_code", code });
    expect([again.status, await again.json()]).toEqual([400, { error: "invalid_grant" }]);
    const late = await codeOf(world);
    world.clock.pass(120);
    expect((await token(world, { grant_type: "authorization_code", code: late })).status).toBe(400);
  });

  it("wants the verifier of the challenge that was given", async () => {
    const world = account();
    const proof = { code_challenge: challenge, code_challenge_method: "S256" };
    const redeem = async (more: Record<string, string>) =>
      (await token(world, { grant_type: "authorization_code", code: await codeOf(world, proof), ...more })).status;
    expect(await redeem({})).toBe(400);
    expect(await redeem({ code_verifier: "w".repeat(43) })).toBe(400);
    expect(await redeem({ code_verifier: verifier })).toBe(200);
    world.sandbox.switches.pkce = "required";
    expect(await codeOf(world)).toBe("");
  });

  it("ends an access token after an hour and renews it once with each refresh token", async () => {
    const world = account();
    const tokens = await tokensOf(world);
    world.clock.pass(3600);
    const call = (access: string) =>
      world.call("GET", "/2026-01/channel", undefined, { authorization: `Bearer ${access}` });
    expect((await call(tokens.access_token)).status).toBe(401);
    const renew = () => token(world, { grant_type: "refresh_token", refresh_token: tokens.refresh_token });
    const renewed = tokenAnswer.parse(await (await renew()).json());
    expect((await call(renewed.access_token)).status).toBe(200);
    expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
    expect((await renew()).status).toBe(400);
  });

  it("lets the old refresh token live for a while where it is told so", async () => {
    const world = account({ switches: { refreshGraceMs: 60_000 } });
    const { refresh_token } = await tokensOf(world);
    const renew = async () => (await token(world, { grant_type: "refresh_token", refresh_token })).status;
    expect([await renew(), await renew()]).toEqual([200, 200]);
    world.clock.pass(60);
    expect(await renew()).toBe(400);
  });

  it("forgets a refresh token after 30 days, and one that was revoked", async () => {
    const world = account();
    const { refresh_token } = await tokensOf(world);
    world.clock.pass(30 * 86_400);
    expect((await token(world, { grant_type: "refresh_token", refresh_token })).status).toBe(400);
    const other = await tokensOf(world);
    world.sandbox.grants.revokeAll();
    expect((await token(world, { grant_type: "refresh_token", refresh_token: other.refresh_token })).status).toBe(400);
  });
});
