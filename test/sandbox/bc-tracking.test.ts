import { describe, expect, it } from "vitest";
import { businessCentral, invoice, order, tenantId } from "./bc-fixture.ts";

const codeOf = ({ status, body }: { status: number; body?: { error?: { code: string } } }) => [
  status,
  body?.error?.code,
];
const api = (companyId: string, route = "contoso/shipping/v1.0") =>
  `http://bc.local/v2.0/${tenantId}/production/api/${route}/companies(${companyId})`;
const tracking = { shippingAgentCode: "ups", shippingAgentServiceCode: "GROUND", packageTrackingNo: "1Z999" };

describe("route A, the extension's own pages", () => {
  it("writes agent, service and tracking on the posted shipment", async () => {
    const { post, patch, json, desk, bc } = businessCentral();
    const { body } = await post("salesOrders", order());
    await post(`salesOrders(${body.id})/Microsoft.NAV.shipAndInvoice`);
    const page = `${api(desk.company.id)}/salesShipments`;
    const [shipment] = (await json(`${page}?$filter=orderNumber eq '${body.number}'`)).body.value;
    expect(Object.keys(shipment)).toEqual([
      "@odata.etag",
      "id",
      "number",
      "orderNumber",
      "externalDocumentNumber",
      "shippingAgentCode",
      "shippingAgentServiceCode",
      "packageTrackingNo",
      "lastModifiedDateTime",
    ]);
    const path = `${page}(${shipment.id})`;
    expect((await patch(path, tracking, shipment["@odata.etag"])).body).toMatchObject({
      ...tracking,
      shippingAgentCode: "UPS",
    });
    expect(codeOf(await patch(path, { shippingAgentCode: "DHL" }))).toEqual([400, "Internal_InvalidTableRelation"]);
    expect(codeOf(await patch(path, { shippingAgentServiceCode: "EXPRESS" }))).toEqual([
      400,
      "Internal_InvalidTableRelation",
    ]);
    expect(codeOf(await patch(path, { number: "1" }))).toEqual([400, "BadRequest_InvalidOperation"]);
    expect((await patch(path, { packageTrackingNo: "9".repeat(50) })).status).toBe(200);
    bc.switches.trackingLength = 30;
    expect(codeOf(await patch(path, { packageTrackingNo: "9".repeat(31) }))).toEqual([
      400,
      "Application_StringExceededLength",
    ]);
    expect((await json("salesShipments")).body.value[0]).not.toHaveProperty("packageTrackingNo");
  });

  it("writes it on an order before posting, from where it is copied; agent only while it is open", async () => {
    const { post, patch, desk } = businessCentral();
    const { body } = await post("salesOrders", order());
    const path = `${api(desk.company.id)}/salesOrders(${body.id})`;
    expect((await patch(path, tracking)).status).toBe(200);
    desk.release(body.number);
    expect(codeOf(await patch(path, { shippingAgentCode: "FEDEX" }))).toEqual([
      400,
      "Application_FieldValidationException",
    ]);
    expect((await patch(path, { packageTrackingNo: "1Z888" })).status).toBe(200);
    await post(`salesOrders(${body.id})/Microsoft.NAV.shipAndInvoice`);
    for (const { header } of [...desk.shipments, ...desk.invoices])
      expect(header).toMatchObject({ shippingAgentCode: "UPS", packageTrackingNo: "1Z888" });
  });

  it("lists agents, their services and the weights of items", async () => {
    const { json, desk } = businessCentral();
    const base = api(desk.company.id);
    desk.editItem("SKU-100", { grossWeight: 0.4 });
    expect((await json(`${base}/shippingAgents?$filter=code eq 'UPS'`)).body.value).toMatchObject([{ code: "UPS" }]);
    const services = await json(`${base}/shippingAgentServices?$filter=shippingAgentCode eq 'FEDEX'`);
    expect(services.body.value.map(({ code }: { code: string }) => code)).toEqual(["GROUND", "EXPRESS"]);
    expect((await json(`${base}/items?$select=number,grossWeight`)).body.value[0]).toMatchObject({ grossWeight: 0.4 });
  });

  it("goes by the customer's own route and names, and is not there without the extension", async () => {
    const { json, call, patch, desk, bc } = businessCentral({
      customApi: { route: "acme/ship/v2.0", shipments: "postedShips", fields: { packageTrackingNo: "trackingNumber" } },
    });
    const number = desk.addOrder({ customerNumber: "C00120" }, [{ lineObjectNumber: "SKU-100", quantity: 1 }]);
    desk.post(number, { ship: true, invoice: false });
    const page = `${api(desk.company.id, "acme/ship/v2.0")}/postedShips`;
    const [shipment] = (await json(page)).body.value;
    expect((await patch(`${page}(${shipment.id})`, { trackingNumber: "1Z1" })).body.trackingNumber).toBe("1Z1");
    expect(desk.shipments[0]?.header.packageTrackingNo).toBe("1Z1");
    expect((await json(`${page}?$filter=trackingNumber eq '1Z1'`)).body.value).toHaveLength(1);
    const metadata = `http://bc.local/v2.0/${tenantId}/production/api/acme/ship/v2.0/$metadata`;
    expect(await (await call(metadata)).text()).toContain('Name="trackingNumber"');
    expect((await json(`${api(desk.company.id, "acme/ship/v2.0")}/shippingAgents`)).status).toBe(404);
    bc.switches.customApi = "absent";
    expect((await json(page)).status).toBe(404);
    expect((await call(metadata)).status).toBe(404);
  });
});

describe("route B, page 42", () => {
  it("writes on the order where it is published", async () => {
    const { post, json, patch, desk, bc } = businessCentral();
    const { body } = await post("salesOrders", order());
    const service = `http://bc.local/v2.0/${tenantId}/production/ODataV4/Company('CRONUS%20USA%2C%20Inc.')/SalesOrder`;
    const path = `${service}(Document_Type='Order',No='${body.number}')`;
    expect((await json(path)).status).toBe(404);
    bc.switches.page42 = "published";
    expect((await json(path)).body).toMatchObject({ No: body.number, Document_Type: "Order", Package_Tracking_No: "" });
    const fields = { Shipping_Agent_Code: "FEDEX", Shipping_Agent_Service_Code: "GROUND", Package_Tracking_No: "7946" };
    expect((await patch(path, fields)).body).toMatchObject(fields);
    desk.release(body.number);
    expect(codeOf(await patch(path, { Shipping_Agent_Code: "UPS" }))).toEqual([
      400,
      "Application_FieldValidationException",
    ]);
    desk.post(body.number);
    expect(desk.shipments[0]?.header.packageTrackingNo).toBe("7946");
  });
});

describe("route C, a comment line", () => {
  it("ends up on the shipment and on the invoice", async () => {
    const { post, desk } = businessCentral();
    const { body } = await post("salesOrders", order());
    const comment = { lineType: "Comment", description: "UPS Ground 1Z999" };
    expect((await post(`salesOrders(${body.id})/salesOrderLines`, comment)).status).toBe(201);
    const long = await post(`salesOrders(${body.id})/salesOrderLines`, { ...comment, description: "x".repeat(101) });
    expect(codeOf(long)).toEqual([400, "Application_StringExceededLength"]);
    desk.post(body.number);
    for (const { lines } of [...desk.shipments, ...desk.invoices])
      expect(lines.map(({ description }) => description)).toContain("UPS Ground 1Z999");
    const { body: draft } = await post("salesInvoices", invoice());
    expect((await post(`salesInvoices(${draft.id})/salesInvoiceLines`, comment)).body.sequence).toBe(30_000);
  });
});
