import { describe, expect, it } from "vitest";
import { navSettings } from "../../src/connectors/nav/config.ts";
import { type About, navError } from "../../src/connectors/nav/errors.ts";
import { isConflict, isTransient, reasonIn, saidBy } from "../../src/connectors/nav/reasons.ts";
import type { Answer } from "../../src/core/http/types.ts";
import { baseUrl, company, list, navWith, order, refusal } from "./nav-kit.ts";

const { messages } = navSettings.parse({ baseUrl, company });
const german = { ...messages, released: ["Status muss gleich"], locked: ["von einem anderen Benutzer gesperrt"] };
const call = (status: number) => ({ method: "PATCH", path: "/x", status, ms: 1, attempt: 1 });
const answer = (status: number, body?: unknown, more: Partial<Answer> = {}): Answer => ({
  status,
  headers: new Headers(),
  body,
  text: body === undefined ? "" : JSON.stringify(body),
  calls: [call(status)],
  ...more,
});
const said = (message: string, code = "Application_FieldValidationException") => ({ error: { code, message } });
const write: About = { what: "set Package_Tracking_No", document: "101042", isWrite: true, repeatable: true };
const once: About = { what: "post it", document: "101042", isWrite: true, repeatable: false };
const read: About = { what: "read SalesOrder", isWrite: false, repeatable: true };
const access = { kind: "basic", company, messages } as const;

const released =
  "Status must be equal to 'Open'  in Sales Header: Document Type=Order, No.=101042. Current value is 'Released'.";

describe("what NAV says is wrong", () => {
  it.each<[string, Answer, object]>([
    ["in V4's form", answer(400, said(released)), { code: "Application_FieldValidationException" }],
    ["in that of older builds", answer(400, { error: { code: "", message: "No." } }), { sentence: "No." }],
    [
      "in V3's form",
      answer(400, { "odata.error": { code: "", message: { lang: "en-US", value: "No." } } }),
      { sentence: "No." },
    ],
    [
      "in XML",
      answer(404, undefined, {
        text: '<m:error xmlns:m="x"><m:code/><m:message xml:lang="en-US">Resource not found for the segment</m:message></m:error>',
      }),
      { sentence: "Resource not found for the segment" },
    ],
  ])("is read %s", (_name, given, expected) => {
    expect(saidBy(given)).toMatchObject(expected);
  });

  it("is nothing where a proxy answers", () => {
    for (const body of [undefined, null, "x", { error: "no" }, []]) {
      expect(saidBy({ body, text: "<html><body>Bad gateway</body></html>" })).toEqual({});
    }
  });

  it("stands in the error as one sentence, with the order's number", () => {
    expect(navError(answer(400, said(released)), write, access).message).toBe(
      "Dynamics NAV 101042: could not set Package_Tracking_No (Application_FieldValidationException): Status must be equal " +
        "to 'Open' in Sales Header: Document Type=Order, No.=101042. Current value is 'Released'.",
    );
  });
});

describe("a reason is told by NAV's sentence", () => {
  it.each([
    [released, "released"],
    ["Another user has modified the record for this Sales Header after you retrieved it.", "conflict"],
    ["Another user has changed the record.", "conflict"],
    ["The Sales Header table could not be changed because it is locked by another user.", "locked"],
    ["The activity was deadlocked with another user.", "locked"],
    ["The Shipping Agent does not exist. Identification fields and values: Code='DHL'", "missing"],
    ["The Sales Line already exists. Identification fields and values: Line No.='10000'", "exists"],
    ["Department Code must have a value in Sales Header.", "setUp"],
    ["Posting Date is not within your range of allowed posting dates.", "postingDate"],
    ["The length of the string is 34, but it must be less than or equal to 30 characters.", "tooLong"],
    ["Callback functions are not allowed.", "dialog"],
    ["You do not have the following permissions on TableData Sales Header: Modify.", "permission"],
    ["Something else.", undefined],
  ])("%s", (sentence, reason) => {
    expect(reasonIn(sentence, messages)).toBe(reason);
  });

  it("in another language by the words that are configured", () => {
    const sentence = "Status muss gleich 'Offen' sein in Verkaufskopf";
    expect(reasonIn(sentence, messages)).toBeUndefined();
    expect(reasonIn(sentence, german)).toBe("released");
  });
});

describe("an answer becomes an error", () => {
  it.each<[string, Answer, About, string]>([
    ["what a released order refuses waits", answer(400, said(released)), write, "NotYetError"],
    ["a lock waits", answer(400, said("It is locked by another user.")), write, "NotYetError"],
    ["a stale tag waits", answer(409), write, "NotYetError"],
    [
      "an earlier attempt's record is looked up",
      answer(400, said("X already exists. Identification fields")),
      once,
      "UnknownOutcomeError",
    ],
    ["a code that is not there", answer(400, said("X does not exist. Identification fields")), write, "RejectedError"],
    ["too long a text", answer(400, said("The length of the string is 31")), write, "RejectedError"],
    ["a posting date", answer(400, said("not within your range of allowed posting dates")), once, "RejectedError"],
    ["a check of the record under 500", answer(500, said("No.")), once, "RejectedError"],
    ["a known reason under 500", answer(500, said("X must have a value", "")), once, "RejectedError"],
    ["an order that is gone", answer(404, said("Not found", "")), write, "RejectedError"],
    ["a page that is not published", answer(404, said("Resource not found for the segment", "")), write, "ConfigError"],
    ["the same at a read", answer(404), read, "ConfigError"],
    ["a wrong key", answer(401), read, "AuthError"],
    ["a missing permission", answer(403), write, "AuthError"],
    ["the same under another status", answer(500, said("no permission", "")), write, "AuthError"],
    ["a bad filter", answer(400, said("Could not find a property", "")), read, "ContractError"],
    ["a lock at a read", answer(400, said("It is locked by another user.")), read, "UnavailableError"],
    ["a stopped instance", answer(503), write, "UnavailableError"],
    ["a stopped instance while posting", answer(503), once, "UnknownOutcomeError"],
    ["a 500 without a reason", answer(500), once, "UnknownOutcomeError"],
    ["too many connections", answer(429), once, "UnavailableError"],
  ])("%s", (_name, given, about, name) => {
    expect(navError(given, about, access).name).toBe(name);
  });

  it.each<[string, string, "basic" | "oauth", RegExp, RegExp]>([
    ["Negotiate", "a Windows instance", "basic", /takes Windows authentication only/, /^Make a second server instance/],
    ["Basic realm", "a wrong key", "basic", /access key is wrong/, /^Create a web service access key/],
    ["Negotiate, Basic", "an instance of both", "basic", /access key is wrong/, /^Create/],
    ["Bearer", "a gateway", "oauth", /gateway does not take the token/, /^Check baseUrl, scope and audience/],
  ])("a 401 that asks for %s is that of %s", (asks, _name, kind, message, hint) => {
    const given = answer(401, undefined, { headers: new Headers({ "www-authenticate": asks }) });
    const error = navError(given, read, { ...access, kind });
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  it("that is proof of nothing sent only where every attempt was turned away", () => {
    const calls = [call(503), call(429)];
    expect(navError(answer(429), once, access).constructor.name).toBe("NotSentError");
    expect(navError(answer(429, undefined, { calls }), once, access).constructor.name).toBe("UnknownOutcomeError");
  });

  it("has one thing to do", () => {
    const hint = (message: string) => navError(answer(400, said(message)), write, access).hint;
    expect(hint(released)).toMatch(/posted shipment/);
    expect(hint("The Shipping Agent does not exist. Identification fields")).toMatch(
      /^Create in Dynamics NAV the code/,
    );
    expect(hint("Anything.")).toBe("Mend in Dynamics NAV what it names, then run `mlc replay`.");
  });
});

it.each<[number, string, boolean]>([
  [503, "", true],
  [400, JSON.stringify(said("It is locked by another user.")), true],
  [500, "<html>", true],
  [500, JSON.stringify(said("The posting failed.")), false],
  [500, JSON.stringify(said("X must have a value", "")), false],
  [400, JSON.stringify(said(released)), false],
  [409, "", false],
])("a %i with %s is worth another try: %s", (status, text, expected) => {
  expect(isTransient(status, text, messages)).toBe(expected);
});

it.each<[number, unknown, boolean]>([
  [409, undefined, true],
  [412, undefined, true],
  [400, said("Another user has modified the record."), true],
  [500, said("Another user has changed the record."), true],
  [409, said("X already exists. Identification fields"), false],
  [400, said(released), false],
  [400, undefined, false],
])("a %i with %j is a stale tag: %s", (status, body, expected) => {
  expect(isConflict(answer(status, body), messages)).toBe(expected);
});

describe("a server that is set up otherwise", () => {
  it("with Windows authentication is told by what it asks for, though $metadata is streamed", async () => {
    const windows = () => new Response(null, { status: 401, headers: { "www-authenticate": "Negotiate" } });
    const { client } = navWith(windows);
    await expect(client.look()).rejects.toMatchObject({
      name: "AuthError",
      exitCode: 4,
      message: expect.stringContaining("takes Windows authentication only"),
    });
  });

  it("without OData V4 is told with NAV 2016's sentence", async () => {
    const { client } = navWith(() => new Response(null, { status: 404 }));
    await expect(client.look()).rejects.toMatchObject({
      name: "ConfigError",
      message: `No OData V4 answers at ${baseUrl}; Dynamics NAV 2016 speaks only V3, which mlc does not.`,
      context: { field: "baseUrl" },
    });
  });

  it("with the company in another spelling is told how it is spelled", async () => {
    const { client } = navWith(
      ({ path }) => (path === "" ? list([{ name: "SalesOrder" }]) : list([{ Name: company }])),
      { settings: { company: company.toUpperCase() } },
    );
    await expect(client.look()).rejects.toMatchObject({
      name: "ConfigError",
      message: `Dynamics NAV has no company ${company.toUpperCase()}; it is spelled ${company}`,
    });
  });

  it("with a lock lets go after a while", async () => {
    const { client, sent } = navWith((_, index) =>
      index === 0 ? refusal(400, "", "The record is locked by another user.") : list([order()]),
    );
    expect((await client.orders.byNumber(["101042"])).value).toHaveLength(1);
    expect(sent).toHaveLength(2);
  });
});
