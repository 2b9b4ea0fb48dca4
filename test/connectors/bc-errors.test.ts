import { describe, expect, it } from "vitest";
import { type About, bcError, isTransient, saidBy } from "../../src/connectors/bc/errors.ts";
import type { Answer } from "../../src/core/http/types.ts";
import { bcWith, companyId, list, refusal, tokenWith } from "./bc-kit.ts";

const correlationId = "7f0c2a51-0000-4000-8000-1a2b3c4d5e6f";
const body = (code: string, message: string) => ({
  error: { code, message: `${message} CorrelationId:  ${correlationId}.` },
});
const call = (status: number) => ({ method: "POST", path: "/x", status, ms: 1, attempt: 1 });
const answer = (status: number, given?: unknown, before: number[] = []): Answer => ({
  status,
  headers: new Headers(),
  body: given,
  text: "",
  calls: [...before, status].map(call),
});
const access = { environment: "Production", clientId: "app-1", company: "CRONUS", roles: ["API.ReadWrite.All"] };
const about: About = { what: "post the invoice", document: "S-INV1", isWrite: true, repeatable: false };
const read: About = { what: "read items", isWrite: false, repeatable: true };

describe("what BC says is wrong", () => {
  it("is its own sentence, without the correlation id, which is kept apart", () => {
    expect(saidBy(body("Application_DialogException", "Posting Date is not  within your range."))).toEqual({
      code: "Application_DialogException",
      sentence: "Posting Date is not within your range.",
      correlationId,
    });
  });

  it("is nothing where the body has another shape", () => {
    for (const other of [undefined, null, "<error/>", { Message: "no" }, { error: "no" }])
      expect(saidBy(other)).toEqual({});
  });

  it("stands in the error with document, code and correlation id", () => {
    const error = bcError(answer(400, body("Application_DialogException", "Customer is blocked.")), about, access);
    expect(error.message).toBe(
      "Business Central S-INV1: could not post the invoice (Application_DialogException): Customer is blocked.",
    );
    expect(error.context).toMatchObject({ system: "bc", document: "S-INV1", correlationId });
    expect(error.context.code).toBe("Application_DialogException");
  });
});

describe("an answer becomes an error", () => {
  const put: About = { ...about, repeatable: true };
  it.each<[string, number, string | undefined, About, string]>([
    ["a business rule", 400, "Application_DialogException", about, "RejectedError"],
    ["a business rule under 500", 500, "Application_FieldValidationException", about, "RejectedError"],
    ["a missing record under 500", 500, "Internal_RecordNotFound", about, "RejectedError"],
    ["a wrong code", 400, "Internal_InvalidTableRelation", about, "RejectedError"],
    ["a bad value", 400, "BadRequest", about, "RejectedError"],
    ["a document that is gone", 404, "BadRequest_ResourceNotFound", about, "RejectedError"],
    ["a bad filter", 400, "BadRequest", read, "ContractError"],
    ["a set that is not there", 404, "BadRequest_ResourceNotFound", read, "ContractError"],
    ["a wrong company", 404, "Internal_CompanyNotFound", read, "ConfigError"],
    ["a stale tag", 409, "Request_EntityChanged", put, "NotYetError"],
    ["an earlier attempt's record", 400, "Internal_EntityWithSameKeyExists", about, "UnknownOutcomeError"],
    ["a lock", 500, "Internal_ServerError", about, "UnknownOutcomeError"],
    ["a lock at a repeatable write", 500, "Internal_ServerError", put, "UnavailableError"],
    ["a lock at a read", 500, "Internal_ServerError", read, "UnavailableError"],
    ["too long a queue", 503, undefined, about, "UnknownOutcomeError"],
    ["the gateway's end", 504, undefined, about, "UnknownOutcomeError"],
    ["an update of the environment", 400, "Internal_TenantUnavailable", about, "UnavailableError"],
    ["too many calls", 429, undefined, about, "UnavailableError"],
    ["a service that is off", 405, undefined, read, "ContractError"],
    ["too large a page", 413, undefined, read, "ContractError"],
    ["anything", 500, "Unknown", about, "UnknownOutcomeError"],
  ])("%s", (_name, status, code, subject, name) => {
    const error = bcError(answer(status, code && body(code, "No.")), subject, access);
    expect(error.name).toBe(name);
  });

  it("that proves that nothing was sent only where every attempt was turned away", () => {
    const named = (before: number[]) => bcError(answer(429, undefined, before), { ...about, repeatable: true }, access);
    expect(named([429, 429]).constructor.name).toBe("NotSentError");
    expect(named([504, 429]).constructor.name).toBe("UnavailableError");
  });

  it.each([
    ["Application_FieldValidationException", "Status must be equal to 'Open'  in Sales Header", /Reopen the document/],
    ["Application_DialogException", "Warehouse handling is required for Item 1", /warehouse document/],
    ["Application_CallbackNotAllowed", "A dialog", /extension that opens a dialog/],
    ["Application_DialogException", "The period is closed", /Mend in Business Central/],
  ])("with the hint for %s: %s", (code, message, hint) => {
    expect(bcError(answer(400, body(code, message)), about, access).hint).toMatch(hint);
  });
});

it("an address that is looked for is not shown when BC quotes the filter", async () => {
  const { client } = bcWith(() => refusal(400, "BadRequest", "Invalid filter: email eq 'ann@x.example'"));
  await expect(client.masterData.customersByEmail(["Ann@x.example"])).rejects.toMatchObject({
    name: "ContractError",
    whole: "Business Central could not read customers (BadRequest): Invalid filter: email eq '***'",
  });
});

describe("a 500", () => {
  it.each([
    ["Internal_ServerError", "Deadlock", true],
    ["Application_DialogException", "The period is closed", false],
    ["Internal_RecordNotFound", "Posting group", false],
    ["Unknown", "You do not have permission: TableData 36 Modify", false],
  ])("with %s is worth another try: %s", (code, message, expected) => {
    expect(isTransient(500, JSON.stringify(body(code, message)))).toBe(expected);
  });

  it("of a proxy is worth another try", () => {
    expect(isTransient(500, "<html>")).toBe(true);
  });
});

describe("access that is refused is told by its cause", () => {
  const refused = () =>
    refusal(401, "Authentication_InvalidCredentials", "The server has rejected the client credentials.");

  it.each<[string, string, RegExp, RegExp]>([
    [
      "consent missing",
      tokenWith(undefined),
      /admin consent is missing/,
      /API\.ReadWrite\.All .* with admin consent\.$/,
    ],
    ["another role only", tokenWith(["Automation.ReadWrite.All"]), /admin consent is missing$/, /admin consent\.$/],
    [
      "app not enabled",
      tokenWith(["API.ReadWrite.All"]),
      /app app-1 is not enabled inside/,
      /set its state to Enabled/,
    ],
    [
      "either, with a token that cannot be read",
      "opaque",
      /consent is missing, or app app-1 is not enabled/,
      /Enabled/,
    ],
  ])("%s", async (_name, token, message, hint) => {
    const { client } = bcWith(() => undefined, { token, companies: refused });
    await expect(client.look()).rejects.toMatchObject({
      name: "AuthError",
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
      context: { code: "Authentication_InvalidCredentials", correlationId },
    });
  });

  it("no permission set: the sets that cannot be read, whatever status and code it has", async () => {
    const text = "Sorry, the current permissions prevented the action. (TableData 110 Sales Shipment Header Read)";
    const { client } = bcWith(({ path }) => {
      if (path.includes("salesShipments")) return refusal(400, "Application_DialogException", text);
      if (path.includes("salesOrders")) return refusal(403, "Authorization_Denied", "No.");
      return list([]);
    });
    const { hidden } = await client.look();
    expect(hidden.map(({ set }) => set)).toEqual(["salesOrders", "salesShipments"]);
    for (const { error } of hidden) {
      expect(error.message).toMatch(/has no permission set for it/);
      expect(error.hint).toMatch(/^Add permission sets/);
    }
  });

  it("wrong company: the companies that are there", async () => {
    const { client } = bcWith(() => list([]), { company: "CRONOS" });
    await expect(client.look()).rejects.toMatchObject({
      name: "ConfigError",
      message: "Business Central's environment Production has no company CRONOS; there are CRONUS, Other",
      context: { field: "company" },
    });
  });

  it("the server's clock is told", async () => {
    const headers = { date: "Sat, 21 Nov 2026 12:03:00 GMT" };
    const companies = () => Response.json({ value: [{ id: companyId, name: "CRONUS" }] }, { headers });
    const { client } = bcWith(() => list([]), { companies });
    expect((await client.look()).serverTime).toEqual(new Date("2026-11-21T12:03:00Z"));
  });

  it("wrong environment", async () => {
    const { client } = bcWith(() => undefined, { companies: () => new Response(null, { status: 404 }) });
    await expect(client.look()).rejects.toMatchObject({ name: "ConfigError", context: { field: "environment" } });
  });

  it("never shows the token", async () => {
    const token = tokenWith(["API.ReadWrite.All"]);
    const companies = () => refusal(401, "Authentication_InvalidCredentials", `Bearer ${token} was refused`);
    const { client } = bcWith(() => undefined, { token, companies });
    const error: unknown = await client.look().catch((reason: unknown) => reason);
    expect(JSON.stringify(error)).not.toContain(token);
    expect(String(error)).not.toContain(token);
  });
});
