import { describe, expect, it } from "vitest";
import { faultMix } from "../../src/sandbox/kit.ts";
import { NavGateway } from "../../src/sandbox/nav.ts";
import { accessKey, basic, dynamicsNav } from "./nav-fixture.ts";

const as = (authorization: string) => ({ headers: { authorization } });

describe("credentials", () => {
  it("are a user with the web service access key or the password", async () => {
    const { call, nav, clock } = dynamicsNav();
    expect((await call("CustomerCard")).status).toBe(200);
    expect((await call("CustomerCard", as(basic("sync", "s3cret")))).status).toBe(200);
    for (const wrong of [basic("SYNC", "other"), basic("NOBODY", accessKey), basic("SYNC", ""), "Bearer good", ""])
      expect((await call("CustomerCard", as(wrong))).status).toBe(401);
    nav.users[0] = { name: "SYNC", accessKey, accessKeyExpiresAt: "2026-11-20T09:30:00Z" };
    expect((await call("CustomerCard")).status).toBe(200);
    clock.pass(3600);
    const late = await call("CustomerCard");
    expect([late.status, late.headers.get("www-authenticate"), await late.text()]).toEqual([401, 'Basic realm=""', ""]);
  });

  it("of Windows are asked for with Negotiate, and NTLM where it is on", async () => {
    const { call, nav } = dynamicsNav({ switches: { credentialType: "Windows", unauthorizedBody: "html" } });
    const refused = await call("CustomerCard");
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, "Negotiate"]);
    expect(await refused.text()).toContain("<html>");
    nav.switches.ntlm = true;
    expect((await call("CustomerCard")).headers.get("www-authenticate")).toBe("Negotiate, NTLM");
  });

  it("with Azure AD are a key or a user's token, the password no more", async () => {
    const { call } = dynamicsNav({
      accepts: (token) => token === "good",
      switches: { credentialType: "AccessControlService" },
    });
    expect((await call("CustomerCard", as("Bearer good"))).status).toBe(200);
    expect((await call("CustomerCard", as("Bearer bad"))).status).toBe(401);
    expect((await call("CustomerCard")).status).toBe(200);
    expect((await call("CustomerCard", as(basic("SYNC", "s3cret")))).status).toBe(401);
  });

  it("without permission sets read nothing, and with few write nothing", async () => {
    const { json, patch, nav } = dynamicsNav({ switches: { permissions: "readOnly" } });
    expect((await json("CustomerCard('C00120')")).status).toBe(200);
    expect((await patch("CustomerCard('C00120')", { Name: "Other" })).status).toBe(403);
    Object.assign(nav.switches, { permissions: "none", forbiddenStatus: 500 });
    const { status, body } = await json("CustomerCard");
    expect([status, body.error.message]).toEqual([
      500,
      "You do not have the following permissions on TableData Customer: Read",
    ]);
  });
});

describe("a server", () => {
  it("that is stopped answers 503, another instance 404, a busy one 429", async () => {
    const waiting: (() => void)[] = [];
    const { call, nav, base } = dynamicsNav({
      sleep: () => new Promise((resolve) => waiting.push(resolve)),
      switches: { maxConnections: 1, processingMs: 50 },
    });
    const first = call("CustomerCard");
    expect((await call("CustomerCard")).status).toBe(429);
    while (waiting.length === 0) await Promise.resolve();
    waiting[0]?.();
    expect((await first).status).toBe(200);
    expect((await call(base.replace(nav.instance, "DynamicsNAV71"))).status).toBe(404);
    nav.switches.isStopped = true;
    expect((await call("CustomerCard")).status).toBe(503);
  });

  it("with several tenants wants to know which", async () => {
    const { json } = dynamicsNav({ switches: { tenant: "contoso" } });
    expect((await json("CustomerCard")).status).toBe(400);
    expect((await json("CustomerCard?tenant=contoso")).status).toBe(200);
  });

  it("shows faults by seed, those after the commit too", async () => {
    const { nav, call, patch, desk } = dynamicsNav();
    nav.faults = faultMix(1, 1, ["resetAfter"]);
    await expect(patch("CustomerCard('C00120')", { Name: "Adatum" })).rejects.toThrow("fetch failed");
    expect(desk.rows("customerCard")[0]?.Name).toBe("Adatum");
    nav.faults = () => "throttled";
    expect((await call("CustomerCard")).status).toBe(429);
    nav.faults = () => "serverError";
    expect((await call("CustomerCard")).status).toBe(500);
  });

  it("has its refusals in the shape of its build", async () => {
    const { json, nav } = dynamicsNav();
    const message = "Resource not found for the segment 'Nothing'.";
    expect((await json("Nothing")).body).toEqual({ error: { code: "BadRequest_ResourceNotFound", message } });
    nav.switches.errorBody = "bare";
    expect((await json("Nothing")).body).toEqual({ error: { code: "", message } });
    nav.switches.errorBody = "v3";
    expect((await json("Nothing")).body).toEqual({
      "odata.error": { code: "", message: { lang: "en-US", value: message } },
    });
  });
});

describe("NAV 2016", () => {
  const old = () => {
    const nav = dynamicsNav({ switches: { version: 2016 } });
    const v3 = nav.company.replace("ODataV4", "OData");
    return { ...nav, v3, root: nav.base.replace("ODataV4", "OData") };
  };

  it("has no V4, and a V3 that speaks Atom unless asked for JSON", async () => {
    const { call, v3, root, nav } = old();
    expect(nav.instance).toBe("DynamicsNAV90");
    expect((await call("CustomerCard")).status).toBe(404);
    const atom = await call(`${v3}/CustomerCard`);
    expect(atom.headers.get("content-type")).toBe("application/atom+xml");
    expect(await atom.text()).toContain("<d:Name>Adatum Corporation</d:Name>");
    expect(await (await call(`${root}/$metadata`)).text()).toContain('m:DataServiceVersion="3.0"');
  });

  it("writes decimals as text, the tag as a field, dates with a time, and takes MERGE", async () => {
    const { json, v3, order, desk } = old();
    const number = order();
    const lines = (await json(`${v3}/SalesOrderSalesLines?$format=json&$filter=substringof('mug',Description)`)).body;
    expect(lines["odata.metadata"]).toContain("SalesOrderSalesLines");
    expect(lines.value[0]).toMatchObject({ Quantity: "2", Line_No: 10_000, Shipment_Date: "2026-11-20T00:00:00" });
    const at = `${v3}/SalesOrder(Document_Type='Order',No='${number}')?$format=json`;
    const { ETag } = (await json(at)).body;
    const merged = await json(at, {
      method: "MERGE",
      headers: { "if-match": ETag },
      body: { Package_Tracking_No: "1Z1" },
    });
    expect(merged.status).toBe(204);
    expect(desk.orderOf(number).tracking).toBe("1Z1");
    const filter = encodeURIComponent("Order_Date ge datetime'2026-11-20T00:00:00'");
    expect((await json(`${v3}/SalesOrder?$format=json&$filter=${filter}`)).body.value).toHaveLength(1);
    expect((await json(`${v3}/Nothing`)).body["odata.error"].message.value).toContain("Nothing");
  });
});

describe("a gateway", () => {
  const guarded = () => {
    const all = dynamicsNav({ switches: { maxPageSize: 1 } });
    const gateway = new NavGateway({
      clock: all.clock,
      nav: all.nav,
      clientId: "mlc",
      clientSecret: "gate",
      scope: "api://nav/.default",
      user: { name: "SYNC", password: accessKey },
      innerOrigin: "http://nav01.corp.local:7048",
    });
    const token = async (form: Record<string, string>) => {
      const body = new URLSearchParams({ grant_type: "client_credentials", client_id: "mlc", ...form });
      const answer = await gateway.fetch(new Request("http://gate.local/oauth2/token", { method: "POST", body }));
      return { status: answer.status, body: JSON.parse(await answer.text()) };
    };
    const read = (path: string, access: string) =>
      gateway.fetch(new Request(`http://gate.local${path}`, { headers: { authorization: `Bearer ${access}` } }));
    return { ...all, gateway, token, read };
  };

  it("takes client credentials with a scope or an audience, and refuses others", async () => {
    const { token } = guarded();
    expect((await token({ client_secret: "gate", scope: "api://nav/.default" })).body.token_type).toBe("Bearer");
    expect((await token({ client_secret: "gate", audience: "api://nav/.default" })).status).toBe(200);
    expect((await token({ client_secret: "gate", scope: "api://other" })).body.error).toBe("invalid_scope");
    expect((await token({ client_secret: "wrong", scope: "api://nav/.default" })).status).toBe(401);
  });

  it("lets a token through until it ends, and its links name the inner server", async () => {
    const { token, read, nav, order, clock } = guarded();
    order();
    order();
    const { access_token } = (await token({ client_secret: "gate", scope: "api://nav/.default" })).body;
    const { "@odata.nextLink": next } = JSON.parse(await (await read(`${nav.path}/SalesOrder`, access_token)).text());
    expect(next).toMatch(/^http:\/\/nav01\.corp\.local:7048\//);
    const { pathname, search } = new URL(next);
    expect((await read(pathname + search, access_token)).status).toBe(200);
    clock.pass(3600);
    expect((await read(`${nav.path}/SalesOrder`, access_token)).status).toBe(401);
  });
});
