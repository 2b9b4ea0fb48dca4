import { describe, expect, it } from "vitest";
import { EntraSandbox } from "../../src/sandbox/entra.ts";
import { businessCentral, invoice, order, tenantId } from "./bc-fixture.ts";

const codeOf = ({ status, body }: { status: number; body?: { error?: { code: string } } }) => [
  status,
  body?.error?.code,
];

describe("access", () => {
  it("is refused with 401 for a bad token, a missing consent, and an app that is not enabled inside", async () => {
    const { json, bc, call } = businessCentral();
    const refused = [401, "Authentication_InvalidCredentials"];
    expect(codeOf(await json("items", { headers: { authorization: "Bearer bad" } }))).toEqual(refused);
    bc.switches.consent = "missing";
    expect(codeOf(await json("items"))).toEqual(refused);
    bc.switches.consent = "granted";
    for (const app of ["absent", "disabled"] as const) {
      bc.switches.app = app;
      expect(codeOf(await json("/companies"))).toEqual(refused);
    }
    bc.switches.unauthorizedBody = "xml";
    expect(await (await call("items")).text()).toBe("<error>Unauthorized</error>");
  });

  it("without permission sets leaves the companies and nothing of them", async () => {
    const { json, bc, post } = businessCentral({ switches: { permissionSets: "none" } });
    expect((await json("/companies")).status).toBe(200);
    expect(codeOf(await json("items"))).toEqual([403, "Authorization_RequestDenied"]);
    bc.switches.forbidden = { status: 500, code: "Internal_ServerError" };
    expect(codeOf(await json("items"))).toEqual([500, "Internal_ServerError"]);
    bc.switches.permissionSets = "all";
    bc.switches.forbiddenSets = ["salesShipments"];
    expect((await json("salesShipments")).body.error.message).toContain("TableData salesShipments");
    expect((await post("salesOrders", order())).status).toBe(201);
  });

  it("is by tokens of the simulated Entra, which takes the scope of Business Central", async () => {
    const entraClock = { now: () => new Date("2026-11-20T09:00:00Z") };
    const entra = new EntraSandbox({ clock: entraClock, tenantId, clientId: "c1", clientSecret: "s1" });
    const { json } = businessCentral({ accepts: (token) => entra.accepts(token) });
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: "c1",
      client_secret: "s1",
      scope: "https://api.businesscentral.dynamics.com/.default",
    });
    const answer = await entra.fetch(
      new Request(`http://entra.local/${tenantId}/oauth2/v2.0/token`, { method: "POST", body }),
    );
    const { access_token } = JSON.parse(await answer.text());
    expect((await json("items", { headers: { authorization: `Bearer ${access_token}` } })).status).toBe(200);
  });

  it("under another tenant's address is a 401, and while the environment is updated a 503", async () => {
    const { json, bc } = businessCentral();
    const other = `http://bc.local/v2.0/00000000-1111-4222-8333-444444444444/production/api/v2.0/companies`;
    expect(codeOf(await json(other))).toEqual([401, "Authentication_InvalidCredentials"]);
    bc.switches.isUpdating = true;
    expect(codeOf(await json("items"))).toEqual([503, "Internal_TenantUnavailable"]);
  });

  it("to services that are switched off is a 405", async () => {
    const { json } = businessCentral({ switches: { servicesEnabled: false } });
    expect((await json("items")).status).toBe(405);
  });
});

describe("limits", () => {
  it("let 6,000 requests through in five minutes", async () => {
    const { call, clock, bc } = businessCentral({ switches: { requestsPer5Minutes: 3 } });
    const statuses = [];
    for (let index = 0; index < 4; index += 1) {
      statuses.push((await call("/companies")).status);
      clock.pass(60);
    }
    expect(statuses).toEqual([200, 200, 200, 429]);
    clock.pass(61);
    expect((await call("/companies")).status).toBe(200);
    bc.switches.requestsPer5Minutes = 0;
    expect((await call("/companies")).headers.get("retry-after")).toBeNull();
    bc.switches.retryAfter429 = 7;
    expect((await call("/companies")).headers.get("retry-after")).toBe("7");
  });

  it("process five at once, queue 95, and refuse the rest", async () => {
    const waiting: (() => void)[] = [];
    const { call, bc } = businessCentral({
      switches: { processingMs: 10 },
      sleep: () => new Promise((resolve) => waiting.push(resolve)),
    });
    const answers = Array.from({ length: 101 }, () => call("/companies"));
    expect((await answers[100])?.status).toBe(429);
    expect([bc.limits.mostAtOnce, bc.limits.mostWaiting]).toEqual([5, 95]);
    let done = false;
    const all = Promise.all(answers).then((responses) => {
      done = true;
      return responses.map(({ status }) => status);
    });
    while (!done) {
      for (const go of waiting.splice(0)) go();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await all).filter((status) => status === 200)).toHaveLength(100);
    expect(bc.limits.mostAtOnce).toBe(5);
  });

  it("answer 503 to who waited longer than eight minutes", async () => {
    const waiting: (() => void)[] = [];
    const { call, clock } = businessCentral({
      switches: { processingMs: 10, atOnce: 1 },
      sleep: () => new Promise((resolve) => waiting.push(resolve)),
    });
    const [first, second] = [call("/companies"), call("/companies")];
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.pass(8 * 60 + 1);
    for (const go of waiting.splice(0)) go();
    expect((await first)?.status).toBe(200);
    const late = await second;
    expect([late?.status, late?.headers.get("retry-after")]).toEqual([503, "30"]);
  });
});

describe("faults", () => {
  it("are told in Business Central's shapes", async () => {
    const { json, bc, desk, call, post } = businessCentral();
    bc.faults = () => "throttled";
    expect(codeOf(await json("items"))).toEqual([429, "Unknown"]);
    bc.faults = () => "serverError";
    expect(codeOf(await json("items"))).toEqual([500, "Internal_ServerError"]);
    bc.faults = () => "resetAfter";
    await expect(call("salesOrders", { method: "POST", body: order() })).rejects.toThrow("fetch failed");
    expect(desk.orders).toHaveLength(1);
    bc.faults = undefined;
    bc.switches.gatewayTimeouts = 1;
    const late = await call("salesOrders", { method: "POST", body: order() });
    expect([late.status, desk.orders.length]).toEqual([504, 2]);
    expect((await post("salesOrders", order())).status).toBe(201);
    expect(late.headers.get("date")).toBe("Fri, 20 Nov 2026 09:00:00 GMT");
  });
});

describe("$batch", () => {
  const parts = (companyId: string, number: string) => [
    {
      id: "1",
      method: "POST",
      url: `companies(${companyId})/items`,
      headers: { "content-type": "application/json" },
      body: { number },
    },
    { id: "2", method: "GET", url: `companies(${companyId})/items(00000000-1111-4222-8333-444444444444)` },
    { id: "3", method: "POST", url: `companies(${companyId})/items`, body: { number: `${number}-B` } },
  ];

  it("stops at the first part that fails, or carries on", async () => {
    const { post, desk, bc } = businessCentral();
    const run = async (number: string, headers: Record<string, string> = {}) => {
      const { status, body } = await post("/$batch", { requests: parts(desk.company.id, number) }, headers);
      return [status, ...body.responses.map((part: { id: string; status: number }) => `${part.id}:${part.status}`)];
    };
    const goOn = { prefer: "odata.continue-on-error" };
    expect(await run("A")).toEqual([200, "1:201", "2:404"]);
    expect(await run("B", goOn)).toEqual([200, "1:201", "2:404", "3:201"]);
    bc.switches.continueOnError = "ignored";
    expect(await run("C", goOn)).toEqual([200, "1:201", "2:404"]);
    expect(await run("D", { isolation: "snapshot" })).toEqual([200, "1:201", "2:404"]);
    expect(desk.rows("items").map(({ number }) => number)).toEqual(["SKU-100", "SKU-200", "A", "B", "B-B", "C"]);
    expect(bc.ledger).toHaveLength(4);
  });

  it("cannot take back what was posted inside a snapshot", async () => {
    const { post, desk } = businessCentral();
    const { body } = await post("salesInvoices", invoice());
    const company = `companies(${desk.company.id})`;
    const requests = [
      { id: "1", method: "POST", url: `${company}/items`, body: { number: "BEFORE" } },
      { id: "2", method: "POST", url: `${company}/salesInvoices(${body.id})/Microsoft.NAV.post` },
      { id: "3", method: "POST", url: `${company}/items`, body: { number: "AFTER" } },
      { id: "4", method: "PATCH", url: `${company}/salesInvoices(${body.id})`, body: { dueDate: "2026-12-01" } },
    ];
    const { body: answer } = await post("/$batch", { requests }, { isolation: "snapshot" });
    expect(answer.responses.at(-1)).toMatchObject({
      id: "4",
      status: 400,
      body: { error: { code: "BadRequest_InvalidToken" } },
    });
    expect(desk.invoices[0]?.header.status).toBe("Open");
    expect(desk.rows("items").map(({ number }) => number)).toEqual(["SKU-100", "SKU-200", "BEFORE"]);
  });

  it("has at most 100 parts", async () => {
    const { post } = businessCentral();
    const requests = Array.from({ length: 101 }, (_, id) => ({ id: String(id), method: "GET", url: "companies" }));
    expect(codeOf(await post("/$batch", { requests }))).toEqual([400, "BadRequest"]);
    const { body } = await post("/$batch", { requests: requests.slice(1) });
    expect(body.responses).toHaveLength(100);
  });
});
