import { describe, expect, it } from "vitest";
import { FnoCalls, writableSets } from "../../src/connectors/fno/calls.ts";
import { FnoClient } from "../../src/connectors/fno/client.ts";
import { fnoPairSettings, fnoSettings } from "../../src/connectors/fno/config.ts";
import { fnoError, infologOf } from "../../src/connectors/fno/errors.ts";
import { jumpingClock } from "../../src/core/clock.ts";
import { ConfigError } from "../../src/core/errors.ts";
import type { Answer, Http, HttpCall } from "../../src/core/http/types.ts";

const answer = (status: number, body?: unknown): Answer => ({
  status,
  headers: new Headers(),
  body,
  text: "",
  calls: [],
});
const infolog = (text: string) => ({
  error: {
    code: "",
    message: "An error has occurred.",
    innererror: { message: text, stacktrace: "   at Secret.Place" },
  },
});

/** An Http that answers in turn and keeps what it was asked. */
function scripted(...answers: Answer[]): { http: Http; asked: HttpCall[] } {
  const asked: HttpCall[] = [];
  const call = async (request: HttpCall) => {
    asked.push(request);
    return answers.shift() ?? answer(204);
  };
  return { http: { system: "fno", call, stream: () => Promise.reject(new Error("not asked")) }, asked };
}

function clientOf(...answers: Answer[]) {
  const { http, asked } = scripted(...answers);
  const clock = jumpingClock(new Date("2026-11-21T08:00:00Z"));
  const entities = { headers: "SalesOrderHeadersV2", lines: "SalesOrderLines" };
  return { client: new FnoClient({ http, clock, host: "https://contoso.example", entities }), asked, clock };
}

const order = { legalEntity: "usmf", number: "SO-1" };
const found = answer(200, { value: [{ SalesOrderNumber: "SO-1" }] });

describe("what F&O says is wrong", () => {
  it.each([
    [
      "Write failed for table row of type 'SalesOrderLineV3Entity'. Infolog: Warning: Inventory dimension Site is mandatory and must consequently be specified.; Error: Update has been canceled.",
      ["Inventory dimension Site is mandatory and must consequently be specified."],
    ],
    ["Infolog: Error: A.; Info: validateWrite failed on data source 'X'.; Error: A.; Warning: B.", ["A.", "B."]],
    ["Infolog: Error: Update has been canceled.", ["Update has been canceled."]],
    ["The property 'X' does not exist.", ["The property 'X' does not exist."]],
  ])("in %s", (text, sentences) => {
    expect(infologOf(infolog(text))).toEqual(sentences);
  });

  it("is nothing where the body has another shape", () => {
    for (const body of [undefined, null, "<html>", { Message: "An error has occurred." }, { error: "x" }])
      expect(infologOf(body)).toEqual([]);
  });

  it("never includes the stack trace", () => {
    const error = fnoError(answer(400, infolog("Infolog: Error: A.")), { what: "w", isWrite: true, repeatable: true });
    expect(JSON.stringify([error.message, error.context])).not.toContain("Secret.Place");
  });
});

describe("an answer becomes an error", () => {
  const refused = infolog("Infolog: Error: No.");
  it.each([
    [401, undefined, true, false, "AuthError"],
    [403, { Message: "An error has occurred.", ExceptionMessage: "Forbidden" }, false, true, "AuthError"],
    [400, refused, true, false, "RejectedError"],
    [500, refused, true, false, "RejectedError"],
    [404, undefined, true, true, "RejectedError"],
    [412, undefined, true, true, "RejectedError"],
    [400, refused, false, true, "ContractError"],
    [404, undefined, false, true, "ContractError"],
    [429, undefined, true, false, "UnavailableError"],
    [503, undefined, false, true, "UnavailableError"],
    [500, undefined, true, true, "UnavailableError"],
    [500, undefined, true, false, "UnknownOutcomeError"],
    [504, undefined, true, false, "UnknownOutcomeError"],
  ])("%i %o (write %s, repeatable %s): %s", (status, body, isWrite, repeatable, name) => {
    const error = fnoError(answer(status, body), { what: "do it", document: "SO-1", isWrite, repeatable });
    expect(error.name).toBe(name);
    expect(error.context).toMatchObject({ system: "fno", document: "SO-1", code: String(status) });
  });
});

describe("finance stays in the ERP", () => {
  it("writes only to the order's header, its notes and its packing slip's tracking rows", () => {
    expect(writableSets).toEqual([
      "SalesOrderHeadersV2",
      "SalesOrderHeadersV3",
      "SalesOrderHeadersV4",
      "SalesOrderHeaderDocumentAttachmentsV2",
      "PackingSlipTrackingInformation",
    ]);
  });

  it.each(["LedgerJournalHeaders", "CustomerPaymentJournalLines", "VendorsV2", "SalesOrderLines", "CustomersV3"])(
    "refuses to write to %s before anything is sent",
    async (set) => {
      const { http, asked } = scripted();
      const calls = new FnoCalls({ http, clock: jumpingClock(new Date()), host: "https://x.example", writable: [] });
      await expect(calls.write({ method: "POST", set, json: {}, about: { what: "w" } })).rejects.toThrow(ConfigError);
      expect(asked).toEqual([]);
    },
  );

  it.each([
    "LedgerJournalHeaders",
    "VendorInvoiceHeaders",
    "SalesOrderHeadersV3/x",
    "CustomerPayments",
    "SalesOrderLines",
    "SalesOrderHeaderCharges",
    "SalesInvoiceHeadersV2",
    "SalesOrderLedgerJournalHeaders",
    "VendorPaymentSalesTables",
  ])("refuses %s as a set of header fields", (entity) => {
    expect(fnoPairSettings.safeParse({ writeBack: { headerFields: { entity } } }).success).toBe(false);
    expect(fnoPairSettings.safeParse({ entities: { headers: entity } }).success).toBe(false);
  });
});

describe("setting header fields", () => {
  const conflict = answer(400, infolog("Infolog: Error: Update conflict due to another user process."));

  it("names the order by its whole key, in its company", async () => {
    const { client, asked } = clientOf(found);
    await client.writeBack.patchOrder({ legalEntity: "usmf", number: " SO'1/2" }, { A: 1 });
    expect(asked[1]).toMatchObject({
      method: "PATCH",
      path: "/data/SalesOrderHeadersV2(dataAreaId='usmf',SalesOrderNumber='%20SO''1%2F2')?cross-company=true",
      json: { A: 1 },
      repeatable: true,
    });
  });

  it("is tried again after an update conflict, with growing waits", async () => {
    const { client, asked, clock } = clientOf(found, conflict, conflict);
    await client.writeBack.patchOrder(order, { A: 1 });
    expect(asked).toHaveLength(4);
    expect(clock.now().toISOString()).toBe("2026-11-21T08:00:02.000Z");
  });

  it.each([409, 412])("answered with %i is well when the order holds the values", async (status) => {
    const held = { A: 1, D: "2026-11-20T12:00:00.000Z" };
    const wanted = { A: 1, D: "2026-11-20T12:00:00Z" };
    await clientOf(found, answer(status), answer(200, held)).client.writeBack.patchOrder(order, wanted);
    const other = clientOf(found, answer(status), answer(200, { ...held, A: 2 }));
    await expect(other.client.writeBack.patchOrder(order, wanted)).rejects.toThrow("SO-1");
  });
});

it("waits up to two minutes for the first answer only", async () => {
  const { client, asked } = clientOf(found, found);
  await client.writeBack.patchOrder(order, { A: 1 });
  expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([120_000, undefined]);
});

it("calls a tracking row that is gone already deleted", async () => {
  const { client, asked } = clientOf(answer(404));
  await client.writeBack.removeTrackingRow(order, { slip: "PS-1", date: "2026-11-20T12:00:00Z", trackingNumber: "1Z" });
  expect(asked[0]?.path).toBe(
    "/data/PackingSlipTrackingInformation(dataAreaId='usmf',SalesOrderNumber='SO-1',PackingSlipNumber='PS-1',DeliveryDate=2026-11-20T12%3A00%3A00Z,TrackingNumber='1Z')?cross-company=true",
  );
});

describe("settings", () => {
  const minimal = {
    host: "Contoso.Operations.Dynamics.com/",
    tenantId: "t",
    clientId: "c",
    legalEntities: "USMF, demf",
  };

  it("bring the host into the form that Entra accepts and companies into F&O's case", () => {
    expect(fnoSettings.parse(minimal)).toEqual({
      host: "https://contoso.operations.dynamics.com",
      tenantId: "t",
      clientId: "c",
      legalEntities: ["usmf", "demf"],
      authority: "https://login.microsoftonline.com",
    });
  });

  it.each([
    ["http://127.0.0.1:4001", true],
    ["http://localhost:4001/", true],
    ["http://contoso.example", false],
    ["https://contoso.example/data", false],
    ["https://user@contoso.example", false],
    ["ftp://contoso.example", false],
    ["", false],
  ])("take %s as a host: %s", (host, isTaken) => {
    expect(fnoSettings.safeParse({ ...minimal, host }).success).toBe(isTaken);
  });

  it("have a default for everything in a pair", () => {
    expect(fnoPairSettings.parse({})).toMatchObject({
      flows: {
        orders: {
          enabled: true,
          every: "15m",
          filter: { warehouses: [], deliveryModes: [], pools: [] },
          eligible: ["Confirmed", "Picked", "PartiallyDelivered"],
          keyTemplate: "{legalEntity}-{orderNumber}",
          skuTemplate: "{itemNumber}{variant}",
          zeroQuantity: "skip",
        },
        shipments: { lookBack: 30 },
      },
      entities: { headers: "SalesOrderHeadersV3", lines: "SalesOrderLines" },
      writeBack: {
        headerFields: { multiPackage: "join", map: {} },
        attachmentNote: { enabled: true },
        packingSlipTracking: "auto",
        confirmedShipDate: false,
        standardCarrier: {},
      },
    });
  });

  it.each([
    [{ flow: {} }],
    [{ flows: { orders: { eligible: ["Shipped"] } } }],
    [{ flows: { orders: { keyTemplate: "order" } } }],
    [{ flows: { orders: { keyTemplate: "{orderNumber}-{lot}" } } }],
    [{ flows: { orders: { skuTemplate: "{sku}" } } }],
    [{ flows: { orders: { startDate: "21.11.2026" } } }],
    [{ flows: { orders: { startDate: "2026-02-30" } } }],
    [{ writeBack: { headerFields: { map: { trackingNo: "X" } } } }],
    [{ writeBack: { headerFields: { map: { carrier: "X Y" } } } }],
  ])("refuse %o", (settings) => {
    expect(fnoPairSettings.safeParse(settings).success).toBe(false);
  });

  it("read what was typed on a command line", () => {
    const typed = {
      flows: { orders: { enabled: "false", eligible: "Confirmed,Picked", filter: { warehouses: '["24","51"]' } } },
      writeBack: { packingSlipTracking: "true", confirmedShipDate: "true" },
    };
    expect(fnoPairSettings.parse(typed)).toMatchObject({
      flows: { orders: { enabled: false, eligible: ["Confirmed", "Picked"], filter: { warehouses: ["24", "51"] } } },
      writeBack: { packingSlipTracking: true, confirmedShipDate: true },
    });
  });
});
