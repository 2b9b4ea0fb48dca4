import { describe, expect, it } from "vitest";
import { type FnoOptions, FnoSandbox } from "../../src/sandbox/fno.ts";

const sandbox = (options: Partial<FnoOptions> = {}) => {
  const clock = { time: Date.parse("2026-11-20T09:00:00.250Z"), now: () => new Date(clock.time) };
  const fno = new FnoSandbox({ clock, accepts: (token) => token === "good", ...options });
  fno.addOrder({
    legalEntity: "usmf",
    number: "SO-1",
    customer: "C-1",
    lines: [
      { item: "D0001", quantity: 3, price: 41.5 },
      { item: "D0002", quantity: 2 },
    ],
  });
  fno.addOrder({ legalEntity: "usmf", number: "SO-2", customer: "O'Brien", lines: [{ item: " RFI-1", quantity: 1 }] });
  fno.addOrder({
    legalEntity: "usmf",
    number: "SO-3",
    customer: "C-3",
    processingStatus: "Active",
    lines: [{ item: "D0001", quantity: 1 }],
  });
  fno.addOrder({ legalEntity: "demf", number: "SO-1", customer: "D-1", lines: [{ item: "D0001", quantity: 5 }] });
  return { fno, clock };
};

interface Call {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

const call = (fno: FnoSandbox, path: string, { method = "GET", body, headers = {} }: Call = {}) =>
  fno.fetch(
    new Request(`http://fno.local/data/${path}`, {
      method,
      headers: { authorization: "Bearer good", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
const read = async (fno: FnoSandbox, path: string, more?: Call) =>
  JSON.parse(await (await call(fno, path, more)).text());
const numbers = async (fno: FnoSandbox, filter: string) => {
  const page = await read(fno, `SalesOrderHeadersV3?cross-company=true&$filter=${encodeURIComponent(filter)}`);
  return page.value?.map((row: Record<string, string>) => `${row.dataAreaId}/${row.SalesOrderNumber}`);
};
const infologOf = async (response: Response) => JSON.parse(await response.text()).error.innererror.message;

const header = "SalesOrderHeadersV3(dataAreaId='usmf',SalesOrderNumber='SO-1')";
const enumText = (type: string, member: string) => `Microsoft.Dynamics.DataEntities.${type}'${member}'`;

describe("access", () => {
  it("answers a bad or missing token with 401 and nothing else", async () => {
    const { fno } = sandbox();
    const bad = await call(fno, "LegalEntities", { headers: { authorization: "Bearer bad" } });
    expect([bad.status, await bad.text()]).toEqual([401, ""]);
    expect((await fno.fetch(new Request("http://fno.local/data/LegalEntities"))).status).toBe(401);
  });

  it("answers an app without a registration with the Forbidden body", async () => {
    const { fno } = sandbox({ switches: { appIsKnown: false } });
    const response = await call(fno, "LegalEntities");
    expect(response.status).toBe(403);
    expect(JSON.parse(await response.text())).toMatchObject({ ExceptionMessage: "Forbidden" });
  });

  it("forbids a single set when the user lacks its privilege", async () => {
    const { fno } = sandbox({ switches: { forbiddenSets: ["CustomersV3"] } });
    expect((await call(fno, "CustomersV3")).status).toBe(403);
    expect((await call(fno, "LegalEntities")).status).toBe(200);
  });

  it("makes only the first call after a start slow", async () => {
    const waits: number[] = [];
    const { fno } = sandbox({ switches: { firstCallDelayMs: 60_000 }, sleep: async (ms) => void waits.push(ms) });
    await call(fno, "LegalEntities");
    await call(fno, "LegalEntities");
    fno.restart();
    await call(fno, "LegalEntities");
    expect(waits).toEqual([60_000, 60_000]);
  });

  it.each([
    ["throttled", 429, "5"],
    ["throttledBare", 429, null],
    ["serverError", 500, null],
    ["unavailable", 503, null],
  ] as const)("shows the fault %s", async (fault, status, retryAfter) => {
    const { fno } = sandbox();
    fno.faults = () => fault;
    const response = await call(fno, "LegalEntities");
    expect([response.status, response.headers.get("retry-after")]).toEqual([status, retryAfter]);
  });

  it("drops the connection after the commit", async () => {
    const { fno } = sandbox();
    fno.faults = () => "resetAfter";
    await expect(call(fno, header, { method: "PATCH", body: { URL: "x" } })).rejects.toThrow("fetch failed");
    expect(fno.ledger).toHaveLength(1);
    expect(fno.requests).toEqual([`PATCH /data/${header}`]);
  });
});

describe("companies", () => {
  it("shows only the default company without cross-company", async () => {
    const { fno } = sandbox();
    const own = await read(fno, "SalesOrderHeadersV3");
    const all = await read(fno, "SalesOrderHeadersV3?cross-company=true");
    expect([own.value.length, all.value.length]).toEqual([3, 4]);
  });

  it.each(["GET", "PATCH"])("finds another company's record by key only with cross-company (%s)", async (method) => {
    const { fno } = sandbox();
    const path = "SalesOrderHeadersV3(dataAreaId='demf',SalesOrderNumber='SO-1')";
    const more = method === "PATCH" ? { method, body: { URL: "x" } } : { method };
    expect((await call(fno, path, more)).status).toBe(404);
    expect((await call(fno, `${path}?cross-company=true`, more)).ok).toBe(true);
  });

  it("lists company ids in capitals where dataAreaId is in small letters", async () => {
    const page = await read(sandbox().fno, "LegalEntities");
    expect(page.value.map((row: Record<string, string>) => row.LegalEntityId)).toEqual(["DEMF", "USMF"]);
  });
});

describe("reading", () => {
  it("knows entity sets by their exact name", async () => {
    const { fno } = sandbox();
    expect((await call(fno, "salesorderheadersV3")).status).toBe(404);
    expect((await call(fno, "Nothing")).status).toBe(404);
  });

  it("does not publish what is switched off", async () => {
    const { fno } = sandbox({ switches: { absentSets: ["SalesOrderHeadersV3"] } });
    expect((await call(fno, "SalesOrderHeadersV3")).status).toBe(404);
    expect((await call(fno, "SalesOrderHeadersV2")).status).toBe(200);
    expect(await (await call(fno, "$metadata")).text()).not.toContain('Name="SalesOrderHeadersV3"');
  });

  it("gives empty fields their empty form: no text, noon 1900, null for an unset enum", async () => {
    const order = await read(sandbox().fno, header);
    expect(order).toMatchObject({
      CustomerRequisitionNumber: "",
      ConfirmedShippingDate: "1900-01-01T12:00:00Z",
      RequestedShippingDate: "2026-11-20T12:00:00Z",
      OrderCreationDateTime: "2026-11-20T09:00:00Z",
      DeliveryAddressTimeZone: null,
      IsSalesProcessingStopped: "No",
      OrderTotalAmount: 0,
      RetailChannelTable: "",
    });
    expect(order).not.toHaveProperty("Phone");
  });

  it("leaves what V3 added out of V2", async () => {
    const row = (await read(sandbox().fno, "SalesOrderHeadersV2?$top=1")).value[0];
    expect(row).not.toHaveProperty("ExcludeFromMasterPlanning");
  });

  it("selects fields of header and lines, and always gives their tags", async () => {
    const page = await read(
      sandbox().fno,
      "SalesOrderHeadersV3?$select=SalesOrderNumber&$expand=SalesOrderLines($select=ItemNumber,LineAmount)&$top=1",
    );
    expect(page.value).toEqual([
      {
        "@odata.etag": expect.stringMatching(/^W\/".+"$/),
        SalesOrderNumber: "SO-1",
        SalesOrderLines: [
          { "@odata.etag": expect.any(String), ItemNumber: "D0001", LineAmount: 124.5 },
          { "@odata.etag": expect.any(String), ItemNumber: "D0002", LineAmount: 20 },
        ],
      },
    ]);
  });

  it("may refuse a selection inside an expansion", async () => {
    const { fno } = sandbox({ switches: { selectsInExpand: false } });
    expect((await call(fno, "SalesOrderHeadersV3?$expand=SalesOrderLines($select=ItemNumber)")).status).toBe(400);
    expect((await call(fno, "SalesOrderHeadersV3?$expand=SalesOrderLines")).status).toBe(200);
  });

  it("addresses keys with doubled quotes, leading blanks and percent-encoding", async () => {
    const { fno } = sandbox();
    fno.addProduct("usmf", { ItemNumber: " RFI-1" });
    fno.addCustomer("usmf", { CustomerAccount: "O'Brien" });
    expect((await call(fno, "ReleasedProductsV2(dataAreaId='usmf',ItemNumber='%20RFI-1')")).status).toBe(200);
    expect((await call(fno, "ReleasedProductsV2(dataAreaId='usmf',ItemNumber='RFI-1')")).status).toBe(404);
    expect((await call(fno, "CustomersV3(dataAreaId='usmf',CustomerAccount='O%27%27Brien')")).status).toBe(200);
    expect((await call(fno, "CustomersV3(dataAreaId='usmf',CustomerAccount='O'Brien')")).status).toBe(400);
    expect((await call(fno, "CustomersV3(CustomerAccount='O''Brien')")).status).toBe(400);
  });

  it("counts on request, orders and skips", async () => {
    const page = await read(
      sandbox().fno,
      "SalesOrderHeadersV3?cross-company=true&$count=true&$orderby=dataAreaId desc,SalesOrderNumber&$skip=1&$top=2",
    );
    expect(page["@odata.count"]).toBe(4);
    expect(page.value.map((row: Record<string, string>) => row.SalesOrderNumber)).toEqual(["SO-2", "SO-3"]);
  });

  it("gives codes for countries, units, modes and carriers", async () => {
    const { fno } = sandbox();
    const system = encodeURIComponent(`IsSystemUnit eq ${enumText("NoYes", "Yes")}`);
    const units = await read(fno, `UnitsOfMeasure?$filter=${system}`);
    expect(units.value.map((row: Record<string, string>) => `${row.UnitClass} ${row.UnitSymbol}`)).toEqual([
      "Length cm",
      "Quantity ea",
      "Mass kg",
    ]);
    expect((await read(fno, "AddressCountryRegions(CountryRegion='DEU')")).ISOcode).toBe("DE");
    expect((await read(fno, "DocumentTypes?$filter=ID eq 'Note'")).value).toHaveLength(1);
  });
});

describe("$filter", () => {
  it.each([
    ["SalesOrderNumber eq 'SO-1' and dataAreaId eq 'DEMF'", ["demf/SO-1"]],
    ["OrderingCustomerAccountNumber eq 'O''Brien'", ["usmf/SO-2"]],
    ["not (dataAreaId eq 'usmf') or SalesOrderNumber eq 'SO-3'", ["demf/SO-1", "usmf/SO-3"]],
    ["SalesOrderNumber eq '*-2*'", ["usmf/SO-2"]],
    ["SalesOrderNumber gt 'SO-1' and SalesOrderNumber lt 'SO-3'", ["usmf/SO-2"]],
    ["OrderCreationDateTime ge 2026-11-20T09:00:00Z and SalesOrderNumber ne 'SO-1'", ["usmf/SO-2", "usmf/SO-3"]],
    ["OrderCreationDateTime gt 2026-11-20T09:00:00Z", []],
    ["OrderTotalAmount le 0 and SalesOrderNumber eq 'SO-2'", ["usmf/SO-2"]],
    [`SalesOrderProcessingStatus eq ${enumText("SalesOrderProcessingStatus", "Active")}`, ["usmf/SO-3"]],
    [`SalesOrderStatus ne ${enumText("SalesStatus", "Backorder")}`, []],
  ])("takes %s", async (filter, expected) => {
    expect(await numbers(sandbox().fno, filter)).toEqual(expected);
  });

  it.each([
    "SalesOrderNumber in ('SO-1','SO-2')",
    "contains(SalesOrderName,'Harbor')",
    "startswith(SalesOrderNumber,'SO')",
    "SalesOrderStatus eq 'Backorder'",
    `SalesOrderStatus gt ${enumText("SalesStatus", "None")}`,
    `SalesOrderStatus eq ${enumText("SalesOrderProcessingStatus", "Active")}`,
    `SalesOrderStatus eq ${enumText("SalesStatus", "Open")}`,
    `SalesOrderStatus has ${enumText("SalesStatus", "Backorder")}`,
    "SalesOrderStatus eq Elsewhere.SalesStatus'Backorder'",
    "OrderCreationDateTime ge '2026-11-01'",
    "OrderCreationDateTime ge 2026-11-01",
    "OrderTotalAmount eq '3'",
    "Phone eq ''",
    "SalesOrderNumber eq 'O'Brien'",
    "(SalesOrderNumber eq 'SO-1'",
    "SalesOrderNumber eq",
    "constructor eq 'x'",
  ])("refuses %s with 400", async (filter) => {
    const response = await call(sandbox().fno, `SalesOrderHeadersV3?$filter=${encodeURIComponent(filter)}`);
    expect(response.status).toBe(400);
    expect(await infologOf(response)).toMatch(/^Invalid filter clause/);
  });

  it.each([
    "$search=x",
    "$apply=x",
    "$select=Phone",
    "$orderby=Phone",
    "$expand=Elsewhere",
    "$expand=SalesOrderLines($expand=Item)",
    "$expand=SalesOrderLines($select=Nothing)",
    "$top=-1",
  ])("refuses the option %s with 400", async (option) => {
    expect((await call(sandbox().fno, `SalesOrderHeadersV3?${option}`)).status).toBe(400);
  });

  it.each([400, 500] as const)("may refuse the processing status with %i", async (status) => {
    const { fno } = sandbox({ switches: { processingStatusFilter: status } });
    const filter = `SalesOrderProcessingStatus eq ${enumText("SalesOrderProcessingStatus", "Confirmed")}`;
    expect((await call(fno, `SalesOrderHeadersV3?$filter=${encodeURIComponent(filter)}`)).status).toBe(status);
  });
});

describe("paging", () => {
  it("follows nextLink over all rows, keeping filter, $top and host", async () => {
    const { fno } = sandbox({ switches: { pageSize: 2 } });
    const first = await read(fno, "SalesOrderHeadersV3?cross-company=true&$top=3&$select=SalesOrderNumber");
    const link = new URL(first["@odata.nextLink"]);
    expect([first.value.length, link.host]).toEqual([2, "fno.local"]);
    const second = await read(fno, link.href.slice("http://fno.local/data/".length));
    expect([second.value.length, second["@odata.nextLink"]]).toEqual([1, undefined]);
  });

  it.each([
    [true, 1],
    [false, 3],
  ])("honours odata.maxpagesize when it does so (%s)", async (honoursMaxPageSize, rows) => {
    const { fno } = sandbox({ switches: { honoursMaxPageSize } });
    const page = await read(fno, "SalesOrderHeadersV3", { headers: { prefer: "odata.maxpagesize=1" } });
    expect(page.value).toHaveLength(rows);
  });

  it("can name a foreign host", async () => {
    const { fno } = sandbox({ switches: { pageSize: 1, nextLinkHost: "evil.example" } });
    const page = await read(fno, "SalesOrderHeadersV3");
    expect(new URL(page["@odata.nextLink"]).host).toBe("evil.example");
  });
});

describe("tags", () => {
  const tags = async (fno: FnoSandbox) => {
    const order = await read(fno, `${header}?$expand=SalesOrderLines`);
    return [order["@odata.etag"], ...order.SalesOrderLines.map((line: Record<string, string>) => line["@odata.etag"])];
  };

  it("move with their own row only", async () => {
    const { fno } = sandbox();
    const before = await tags(fno);
    fno.editLine("usmf", "SO-1", 2, { OrderedSalesQuantity: 9 });
    const afterLine = await tags(fno);
    expect(afterLine.map((tag, at) => tag === before[at])).toEqual([true, true, false]);
    fno.edit("usmf", "SO-1", { CustomerRequisitionNumber: "PO 1" });
    expect((await tags(fno)).map((tag, at) => tag === afterLine[at])).toEqual([false, true, true]);
  });

  it("guard a PATCH with If-Match, unless that is switched off", async () => {
    const { fno } = sandbox();
    const [tag = ""] = await tags(fno);
    const patch = (etag: string) =>
      call(fno, header, { method: "PATCH", body: { URL: "x" }, headers: { "if-match": etag } });
    expect([(await patch(tag)).status, (await patch(tag)).status, (await patch("*")).status]).toEqual([204, 412, 204]);
    fno.switches.checksIfMatch = false;
    expect((await patch(tag)).status).toBe(204);
  });
});

describe("PATCH", () => {
  const customFields = { XyzTrackingNumber: { type: "Edm.String", maxLength: 10 }, XyzCost: { type: "Edm.Decimal" } };
  const patch = (fno: FnoSandbox, body: unknown, path = header) => call(fno, path, { method: "PATCH", body });

  it("merges, answers 204 with nothing, and keeps a date as noon UTC", async () => {
    const { fno } = sandbox({ customFields });
    const body = { XyzTrackingNumber: "1Z", XyzCost: 7.5, ConfirmedShippingDate: "2026-11-23T00:00:00Z" };
    const response = await patch(fno, body);
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect(await read(fno, header)).toMatchObject({
      ...body,
      ConfirmedShippingDate: "2026-11-23T12:00:00Z",
      DeliveryModeCode: "Ground",
    });
    expect(fno.ledger).toEqual([
      { at: "2026-11-20T09:00:00.250Z", action: "PATCH SalesOrderHeadersV3", key: "usmf/SO-1", body },
    ]);
  });

  it("changes a line by its lot", async () => {
    const { fno } = sandbox();
    const lot = fno.order("usmf", "SO-1")?.lines[0]?.values.InventoryLotId;
    const path = `SalesOrderLines(dataAreaId='usmf',InventoryLotId='${lot}')`;
    expect((await patch(fno, { ShippingWarehouseId: "25" }, path)).status).toBe(204);
    expect(fno.order("usmf", "SO-1")?.lines[0]?.values.ShippingWarehouseId).toBe("25");
    expect(fno.ledger[0]?.key).toBe("usmf/SO-1");
  });

  it.each([
    ["an unknown field", { Nothing: 1 }, /'Nothing' does not exist/],
    ["a status", { SalesOrderStatus: "Invoiced" }, /Infolog: Error: Field 'SalesOrderStatus' cannot be edited/],
    ["a total", { OrderTotalAmount: 3 }, /cannot be edited/],
    [
      "a carrier that is not there",
      { ShippingCarrierId: "DHL" },
      /Infolog: Error: The value 'DHL'.*; Error: Update has/,
    ],
    ["a service of another carrier", { ShippingCarrierId: "UPS", ShippingCarrierServiceId: "2DAY" }, /'2DAY'/],
    ["a text for a number", { XyzCost: "7.5" }, /XyzCost/],
    ["a date without time", { ConfirmedShippingDate: "2026-11-23" }, /ConfirmedShippingDate/],
    ["a member that the enum lacks", { IsSalesProcessingStopped: "Maybe" }, /IsSalesProcessingStopped/],
    ["a text that is too long", { XyzTrackingNumber: "12345678901" }, /longer than 10/],
  ])("refuses %s with 400 and keeps everything as it was", async (_, body, message) => {
    const { fno } = sandbox({ customFields });
    const before = await read(fno, header);
    const response = await patch(fno, body);
    expect(response.status).toBe(400);
    expect(await infologOf(response)).toMatch(message);
    expect(await read(fno, header)).toEqual(before);
    expect(fno.ledger).toEqual([]);
  });

  it.each(["SalesTableBiEntities(dataAreaId='usmf',SalesId='SO-1')", "LegalEntities(LegalEntityId='USMF')"])(
    "refuses to change %s",
    async (path) => {
      expect((await patch(sandbox().fno, { Phone: "1" }, path)).status).toBe(400);
    },
  );

  it("refuses as often as a person planned", async () => {
    const { fno } = sandbox();
    fno.refuse("usmf", "SO-1", ["Error: Cannot edit a record: update conflict due to another user process"], 1);
    expect(await infologOf(await patch(fno, { URL: "x" }))).toContain("update conflict");
    expect((await patch(fno, { URL: "x" })).status).toBe(204);
  });
});

describe("tracking rows", () => {
  const set = "PackingSlipTrackingInformation";
  const row = {
    dataAreaId: "usmf",
    SalesOrderNumber: "SO-1",
    PackingSlipNumber: "PS-1",
    DeliveryDate: "2026-11-20T12:00:00Z",
    TrackingNumber: "1Z9",
    TrackingURL: "https://track.example/1Z9",
  };
  const post = (fno: FnoSandbox, body: unknown) => call(fno, set, { method: "POST", body });
  const key = `${set}(dataAreaId='usmf',SalesOrderNumber='SO-1',PackingSlipNumber='PS-1',DeliveryDate=2026-11-20T12:00:00Z,TrackingNumber='1Z9')`;

  it("need a posted slip of that order, found through the journal", async () => {
    const { fno } = sandbox();
    expect(await infologOf(await post(fno, row))).toContain("'PS-1' in field 'Packing slip' is not found");
    fno.postPackingSlip("usmf", "SO-1", "PS-1");
    const journal = await read(fno, "CustPackingSlipJourBiEntities?$filter=SalesId eq 'SO-1'");
    expect(journal.value).toMatchObject([{ PackingSlipId: "PS-1", DeliveryDate: "2026-11-20T12:00:00Z" }]);
    expect((await post(fno, row)).status).toBe(201);
    expect(fno.trackingRows).toEqual([row]);
  });

  it("cannot be written twice or changed, only deleted", async () => {
    const { fno } = sandbox();
    fno.postPackingSlip("usmf", "SO-1", "PS-1");
    await post(fno, row);
    expect(await infologOf(await post(fno, row))).toContain("already exists");
    expect((await call(fno, key, { method: "PATCH", body: { TrackingURL: "" } })).status).toBe(400);
    expect((await call(fno, key, { method: "DELETE" })).status).toBe(204);
    expect(fno.trackingRows).toEqual([]);
    expect(fno.ledger.map(({ action }) => action)).toEqual([`POST ${set}`, `DELETE ${set}`]);
  });

  it("want the slip's own date unless that is switched off", async () => {
    const { fno } = sandbox();
    fno.postPackingSlip("usmf", "SO-1", "PS-1", { deliveryDate: "2026-11-19" });
    expect((await post(fno, row)).status).toBe(400);
    fno.switches.slipDateMustMatch = false;
    expect((await post(fno, row)).status).toBe(201);
  });

  it("may be closed to OData altogether", async () => {
    const { fno } = sandbox({ switches: { trackingInsertable: false } });
    fno.postPackingSlip("usmf", "SO-1", "PS-1");
    expect(await infologOf(await post(fno, row))).toContain("Create is not allowed");
  });
});

describe("attachments", () => {
  const set = "SalesOrderHeaderDocumentAttachmentsV2";
  const note = {
    dataAreaId: "usmf",
    SalesOrderNumber: "SO-1",
    DocumentAttachmentTypeCode: "Note",
    AttachmentDescription: "Shipment 1Z9",
    Notes: "UPS Ground 1Z9",
    AccessRestriction: "Internal",
  };

  it("get a document id, are found by order number, and can be deleted", async () => {
    const { fno } = sandbox();
    const created = await call(fno, set, { method: "POST", body: note });
    const { DocumentId } = JSON.parse(await created.text());
    expect(DocumentId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const found = await read(fno, `${set}?$filter=SalesOrderNumber eq 'SO-1'`);
    expect(found.value).toMatchObject([{ ...note, DocumentId, FileName: "" }]);
    expect((await call(fno, `${set}(DocumentId=${DocumentId})`, { method: "DELETE" })).status).toBe(204);
    expect(fno.attachments).toEqual([]);
  });

  it("may stay invisible for a while after they were taken", async () => {
    const { fno, clock } = sandbox({ switches: { createdVisibleAfterMs: 90_000 } });
    await call(fno, set, { method: "POST", body: note });
    expect((await read(fno, set)).value).toEqual([]);
    clock.time += 90_000;
    expect((await read(fno, set)).value).toHaveLength(1);
  });

  it.each([
    ["an order that is not there", { SalesOrderNumber: "SO-9" }],
    ["an unknown type", { DocumentAttachmentTypeCode: "Notiz" }],
    ["an unknown restriction", { AccessRestriction: "Secret" }],
    ["a company that is not there", { dataAreaId: "frrt" }],
  ])("refuse %s", async (_, changes) => {
    const { fno } = sandbox();
    expect((await call(fno, set, { method: "POST", body: { ...note, ...changes } })).status).toBe(400);
    expect(fno.attachments).toEqual([]);
  });

  it("belong to the default company when the body names none", async () => {
    const { fno } = sandbox({ switches: { createdStatus: 200 } });
    const { dataAreaId, ...rest } = note;
    expect((await call(fno, set, { method: "POST", body: rest })).status).toBe(200);
    expect(fno.attachments[0]?.dataAreaId).toBe(dataAreaId);
  });
});

describe("people", () => {
  const statusOf = (fno: FnoSandbox) => {
    const values = fno.order("usmf", "SO-1")?.header;
    return `${values?.SalesOrderStatus} ${values?.SalesOrderProcessingStatus}`;
  };

  it("move an order through its life", () => {
    const { fno } = sandbox();
    const seen = [statusOf(fno)];
    fno.pick("usmf", "SO-1");
    seen.push(statusOf(fno));
    fno.deliver("usmf", "SO-1", { 1: 1 });
    seen.push(statusOf(fno));
    fno.postPackingSlip("usmf", "SO-1", "PS-1");
    seen.push(statusOf(fno));
    fno.invoice("usmf", "SO-1");
    seen.push(statusOf(fno));
    expect(seen).toEqual([
      "Backorder Confirmed",
      "Backorder Picked",
      "Backorder PartiallyDelivered",
      "Delivered Delivered",
      "Invoiced Invoiced",
    ]);
  });

  it("leave a remainder on the lines of a partial delivery", async () => {
    const { fno } = sandbox();
    fno.deliver("usmf", "SO-1", { 1: 1 });
    const lines = await read(fno, "SalesLineBiEntities?$filter=SalesId eq 'SO-1'");
    expect(lines.value).toMatchObject([
      { ItemId: "D0001", SalesQty: 3, RemainSalesPhysical: 2 },
      { ItemId: "D0002", SalesQty: 2, RemainSalesPhysical: 2 },
    ]);
  });

  it("leave a line delivered in full as it is while the rest follows", () => {
    const { fno } = sandbox();
    const statuses = () => fno.order("usmf", "SO-1")?.lines.map(({ values }) => values.SalesOrderLineStatus);
    fno.deliver("usmf", "SO-1", { 1: 3 });
    expect(statuses()).toEqual(["Delivered", "Backorder"]);
    fno.deliver("usmf", "SO-1");
    expect(statuses()).toEqual(["Delivered", "Delivered"]);
    expect(() => fno.deliver("usmf", "SO-1", { 1: 1 })).toThrow("only 0 to deliver");
  });

  it("move the modified time of the raw table, with the highest document", async () => {
    const { fno, clock } = sandbox();
    clock.time += 60_000;
    fno.cancel("usmf", "SO-1");
    expect(statusOf(fno)).toBe("Canceled Canceled");
    const table = await read(fno, "SalesTableBiEntities?$filter=SysModifiedDateTime gt 2026-11-20T09:00:30Z");
    expect(table.value).toMatchObject([{ SalesId: "SO-1", SalesStatus: "Canceled" }]);
  });

  it("carry an address edit to the lines that had the header's", () => {
    const { fno } = sandbox();
    fno.edit("usmf", "SO-1", { DeliveryAddressStreet: "1 New Road" });
    expect(fno.order("usmf", "SO-1")?.lines[0]?.values.DeliveryAddressStreet).toBe("1 New Road");
  });

  it("delete an order, which is then gone", async () => {
    const { fno } = sandbox();
    fno.remove("usmf", "SO-1");
    expect((await call(fno, header)).status).toBe(404);
    expect((await read(fno, "SalesOrderLines?$filter=SalesOrderNumber eq 'SO-1'")).value).toEqual([]);
  });

  it("invoice an order under a number that ties to it", async () => {
    const { fno } = sandbox();
    fno.invoice("usmf", "SO-1");
    const invoices = await read(fno, "SalesInvoiceHeadersV2?$filter=SalesOrderNumber eq 'SO-1'");
    expect(invoices.value).toMatchObject([{ InvoiceNumber: "INV-SO-1", InvoiceDate: "2026-11-20T12:00:00Z" }]);
  });

  it("invoice a part of an order, which stays open", async () => {
    const { fno } = sandbox();
    fno.invoice("usmf", "SO-1", "INV-7", { isPartial: true });
    const invoices = await read(fno, "SalesInvoiceHeadersV2?$filter=SalesOrderNumber eq 'SO-1'");
    expect(invoices.value).toMatchObject([{ InvoiceNumber: "INV-7", LedgerVoucher: "V-INV-7" }]);
    expect(statusOf(fno)).toBe("Backorder PartiallyInvoiced");
  });
});

describe("$metadata", () => {
  it("names sets, keys, navigation and custom fields", async () => {
    const { fno } = sandbox({ customFields: { XyzTrackingNumber: { type: "Edm.String", maxLength: 40 } } });
    const response = await call(fno, "$metadata");
    const text = await response.text();
    expect(response.headers.get("content-type")).toBe("application/xml");
    expect(text).toContain(
      '<EntitySet Name="SalesOrderHeadersV3" EntityType="Microsoft.Dynamics.DataEntities.SalesOrderHeaderV3" />',
    );
    expect(text).toContain('<Property Name="XyzTrackingNumber" Type="Edm.String" MaxLength="40">');
    expect(text).toContain('<NavigationProperty Name="SalesOrderLines"');
  });

  it("comes in pieces and can be made as large as a real one", async () => {
    const { fno } = sandbox({ switches: { fillerSets: 500 } });
    let pieces = 0;
    let size = 0;
    const stream = (await call(fno, "$metadata")).body;
    for await (const piece of stream ?? []) {
      pieces += 1;
      size += piece.length;
    }
    expect(pieces).toBeGreaterThan(1000);
    expect(size).toBeGreaterThan(2_000_000);
  });
});
