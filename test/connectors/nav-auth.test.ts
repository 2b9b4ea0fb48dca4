import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { list, navWith, order, type World } from "./nav-kit.ts";

const oauth: World = {
  settings: {
    auth: "oauth",
    username: undefined,
    tokenUrl: "https://gw.contoso.example/tenants/7/token",
    clientId: "mlc-app",
    scope: "nav.readwrite",
    audience: "https://nav.contoso.example",
  },
  secrets: { clientSecret: "s3cret & more" },
};
const orders = () => list([order()]);
const token = (access_token: string, expires_in?: number) => Response.json({ access_token, expires_in });

describe("basic authentication", () => {
  it("sends user and web service access key", async () => {
    const { client, sent } = navWith(orders);
    await client.orders.byNumber(["101042"]);
    expect(sent[0]?.headers.get("authorization")).toBe(`Basic ${btoa("MLC:web-service-key")}`);
  });

  it.each<[string, World, string]>([
    ["no user", { settings: { username: undefined } }, "username"],
    ["no key", { secrets: {} }, "password"],
    ["a user beyond ASCII", { settings: { username: "Jörg" } }, "username"],
    ["a user with a colon", { settings: { username: "a:b" } }, "username"],
    ["a key beyond ASCII", { secrets: { password: "schlüssel" } }, "password"],
  ])("is refused with %s, which names the field and no secret", (_name, world, field) => {
    expect(() => navWith(orders, world)).toThrow(expect.objectContaining({ name: "ConfigError" }));
    try {
      navWith(orders, world);
    } catch (error) {
      expect(error).toMatchObject({ context: { system: "nav", field }, exitCode: 6 });
      expect(inspect(error)).not.toContain("schlüssel");
    }
  });
});

describe("client credentials through a gateway", () => {
  it("ask the configured address with scope and audience, once for all calls", async () => {
    const { client, sent, tokens } = navWith(orders, { ...oauth, elsewhere: () => token("t1", 3600) });
    await Promise.all([client.orders.byNumber(["1"]), client.orders.byNumber(["2"])]);
    expect(tokens).toHaveLength(1);
    expect(tokens[0]?.url.href).toBe("https://gw.contoso.example/tenants/7/token");
    expect(Object.fromEntries(new URLSearchParams(String(tokens[0]?.body)))).toEqual({
      grant_type: "client_credentials",
      scope: "nav.readwrite",
      audience: "https://nav.contoso.example",
      client_id: "mlc-app",
      client_secret: "s3cret & more",
    });
    expect(sent.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer t1", "Bearer t1"]);
  });

  it("can send the client as Basic authentication, form-encoded first", async () => {
    const world = {
      ...oauth,
      settings: { ...oauth.settings, clientAuth: "basic" },
      elsewhere: () => token("t1", 3600),
    };
    const { client, tokens } = navWith(orders, world);
    await client.orders.byNumber(["1"]);
    expect(tokens[0]?.headers.get("authorization")).toBe(`Basic ${btoa("mlc-app:s3cret+%26+more")}`);
    expect(String(tokens[0]?.body)).not.toContain("s3cret");
  });

  it.each<[string, number | undefined, number, number]>([
    ["five minutes before it ends", 3600, 56 * 60_000, 2],
    ["not earlier", 3600, 54 * 60_000, 1],
    ["at half its life where that is short", 300, 151_000, 2],
    ["not at once where its life is short", 300, 140_000, 1],
    ["soon where its life is not told", undefined, 301_000, 2],
  ])("renew the token %s", async (_name, expires, waitMs, count) => {
    const { client, clock, tokens } = navWith(orders, {
      ...oauth,
      elsewhere: (_, index) => token(`t${index}`, expires),
    });
    await client.orders.byNumber(["1"]);
    clock.advance(waitMs);
    await client.orders.byNumber(["1"]);
    expect(tokens).toHaveLength(count);
  });

  it("renew it once after a 401, and give up after the second", async () => {
    const answer = (index: number) => (index === 1 ? new Response(null, { status: 401 }) : orders());
    const { client, sent, tokens } = navWith((_, index) => answer(index), {
      ...oauth,
      elsewhere: (_, index) => token(`t${index}`, 3600),
    });
    await client.orders.byNumber(["1"]);
    await client.orders.byNumber(["1"]);
    expect(tokens).toHaveLength(2);
    expect(sent.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer t0", "Bearer t0", "Bearer t1"]);

    const refusing = navWith(() => new Response(null, { status: 401 }), {
      ...oauth,
      elsewhere: (_, index) => token(`t${index}`, 3600),
    });
    await expect(refusing.client.orders.byNumber(["1"])).rejects.toMatchObject({
      name: "AuthError",
      message: expect.stringContaining("the gateway does not take the token"),
    });
    expect(refusing.sent).toHaveLength(2);
  });

  it.each<[string, () => Response, object]>([
    [
      "a wrong client",
      () =>
        Response.json({ error: "invalid_client", error_description: "Unknown client\r\nTrace: 1" }, { status: 401 }),
      {
        name: "AuthError",
        message: "The gateway before Dynamics NAV refused the client mlc-app (invalid_client): Unknown client",
      },
    ],
    ["a wrong scope", () => Response.json({ error: "invalid_scope" }, { status: 400 }), { name: "AuthError" }],
    ["a wrong address", () => new Response("<html>", { status: 404 }), { name: "ContractError", exitCode: 5 }],
    [
      "an outage",
      () => new Response("", { status: 503 }),
      { name: "UnavailableError", message: expect.stringContaining("nothing was sent") },
    ],
    ["no token", () => Response.json({ token: "x" }), { name: "ContractError" }],
  ])("tell %s", async (_name, elsewhere, expected) => {
    const { client } = navWith(orders, { ...oauth, elsewhere });
    await expect(client.orders.byNumber(["1"])).rejects.toMatchObject(expected);
  });

  it("never show the secret, though the gateway does", async () => {
    const elsewhere = () =>
      Response.json({ error: "invalid_client", error_description: "s3cret & more" }, { status: 400 });
    const { client } = navWith(orders, { ...oauth, elsewhere });
    const error: unknown = await client.orders.byNumber(["1"]).catch((reason: unknown) => reason);
    expect(inspect(error, { depth: 9 })).not.toContain("s3cret");
  });

  it.each(["tokenUrl", "clientId"])("want %s", (field) => {
    expect(() => navWith(orders, { ...oauth, settings: { ...oauth.settings, [field]: undefined } })).toThrow(
      `Dynamics NAV needs ${field}.`,
    );
  });

  it("want a secret", () => {
    expect(() => navWith(orders, { ...oauth, secrets: {} })).toThrow("Dynamics NAV needs clientSecret.");
  });
});
