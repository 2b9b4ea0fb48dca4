import { describe, expect, it } from "vitest";
import { dynamicsNav, lineAt, orderAt, origin } from "./nav-fixture.ts";

describe("posting by a person", () => {
  it("copies number, agent and references to the shipment and takes what is to ship", async () => {
    const { desk, order, patch, filter, json } = dynamicsNav();
    const number = order();
    desk.editOrder(number, { Shipping_Agent_Code: "FEDEX", Shipping_Agent_Service_Code: "GROUND" });
    desk.release(number);
    await patch(orderAt(number), { Package_Tracking_No: "1Z1" });
    await patch(lineAt(number), { Qty_to_Ship: 0 });
    await patch(lineAt(number, 20_000), { Qty_to_Ship: 3 });
    desk.comment(number, "Fragile");
    const shipment = desk.postShipment(number, { postingDate: "2026-11-19" });
    const { value } = await filter("PostedSalesShipment", `Order_No eq '${number}'`);
    expect(value).toHaveLength(1);
    expect(value[0]).toMatchObject({
      No: shipment,
      External_Document_No: "SS-884213",
      Posting_Date: "2026-11-19",
      Shipping_Agent_Code: "FEDEX",
      Shipping_Agent_Service_Code: "GROUND",
      Package_Tracking_No: "1Z1",
    });
    const expanded = await json(`PostedSalesShipment('${shipment}')?$expand=PostedSalesShipmentSalesShipmLines`);
    expect(expanded.body.PostedSalesShipmentSalesShipmLines).toMatchObject([
      { Document_No: shipment, Line_No: 20_000, No: "SKU-200", Quantity: 3, Qty_Shipped_Not_Invoiced: 3 },
    ]);
    expect(desk.orderOf(number)).toMatchObject({
      status: "Released",
      lines: [
        { line: 10_000, toShip: 2, shipped: 0 },
        { line: 20_000, toShip: 2, shipped: 3 },
      ],
      shipments: [{ number: shipment, comments: ["Fragile"], lines: [{ line: 20_000, quantity: 3 }] }],
    });
    expect((await patch(lineAt(number, 20_000), { Qty_to_Ship: 3 })).body.error.message).toContain("more than 2 units");
  });

  it("of all that was ordered lets the order vanish, while its shipment and invoice stay", async () => {
    const { desk, order, json, filter } = dynamicsNav();
    const number = order();
    desk.postShipment(number, { quantities: { 10000: 2 } });
    desk.postShipAndInvoice(number);
    expect((await json(orderAt(number))).status).toBe(404);
    expect((await filter("SalesOrderSalesLines", `Document_No eq '${number}'`)).value).toEqual([]);
    expect((await filter("PostedSalesInvoice", `Order_No eq '${number}'`)).value).toMatchObject([
      { External_Document_No: "SS-884213" },
    ]);
    const view = desk.orderOf(number);
    expect([view.status, view.shipments.length, view.invoices.length]).toEqual(["posted", 2, 1]);
    expect(desk.orderOf("999").status).toBe("deleted");
  });

  it("in two steps invoices no more than was shipped", async () => {
    const { desk, order, json } = dynamicsNav();
    const number = order();
    const shipment = desk.postShipment(number, { quantities: { 20000: 1 } });
    desk.postInvoice(number);
    expect(desk.orderOf(number).lines[1]).toMatchObject({ shipped: 1, invoiced: 1 });
    const line = await json(`PostedSalesShipmentSalesShipmLines('${shipment}',20000)`);
    expect(line.body).toMatchObject({ Quantity_Invoiced: 1, Qty_Shipped_Not_Invoiced: 0 });
    expect(() => desk.postInvoice(number)).toThrow("There is nothing to post.");
  });

  it("is refused outside of the allowed dates, and leaves nothing behind", () => {
    const { desk, order } = dynamicsNav();
    const number = order();
    desk.setPostingPeriod("2026-12-01", "2026-12-31");
    expect(() => desk.postShipment(number)).toThrow("is not within your range of allowed posting dates");
    expect(desk.orderOf(number)).toMatchObject({ status: "Open", shipments: [] });
  });

  it("takes the goods from their location", async () => {
    const { desk, order, json } = dynamicsNav();
    desk.countStock("SKU-100", 10, "EAST");
    desk.postShipment(order({ Location_Code: "EAST" }));
    expect((await json("ItemCard('SKU-100')?$select=Inventory")).body.Inventory).toBe(8);
  });
});

describe("a posted shipment", () => {
  const shipped = () => {
    const all = dynamicsNav();
    const at = `PostedSalesShipment('${all.desk.postShipment(all.order())}')`;
    return { ...all, at };
  };

  it("takes the three shipping fields and no other, no insert and no deletion", async () => {
    const { patch, post, remove, at, desk, nav } = shipped();
    const fields = { Shipping_Agent_Code: "UPS", Shipping_Agent_Service_Code: "03", Package_Tracking_No: "1Z9" };
    expect((await patch(at, fields)).body).toMatchObject(fields);
    expect(desk.shipments).toMatchObject([{ agent: "UPS", service: "03", tracking: "1Z9" }]);
    expect((await patch(at, { Shipment_Date: "2026-11-23" })).body.error.message).toContain("read-only");
    expect((await patch(at, { Shipping_Agent_Code: "DHL" })).body.error.message).toContain("does not exist");
    expect((await post("PostedSalesShipment", fields)).status).toBe(405);
    expect((await remove(at)).status).toBe(405);
    expect(nav.ledger.map(({ action }) => action)).toEqual(["PATCH postedSalesShipment"]);
  });

  it("takes none where the page is closed", async () => {
    const { patch, at, nav } = shipped();
    nav.switches.postedShipmentEdit = "refused";
    expect((await patch(at, { Package_Tracking_No: "1Z9" })).status).toBe(400);
  });

  it("wants its tag, and its invoice takes nothing", async () => {
    const { json, patch, post, at, desk, order } = shipped();
    expect((await patch(at, { Package_Tracking_No: "1Z9" }, `W/"'old'"`)).status).toBe(412);
    expect((await json(at, { method: "PATCH", body: {} })).status).toBe(400);
    const { invoice } = desk.postShipAndInvoice(order());
    expect((await patch(`PostedSalesInvoice('${invoice}')`, { Package_Tracking_No: "1" })).status).toBe(405);
    expect((await post("PostedSalesInvoice", {})).status).toBe(405);
  });
});

describe("the partner's codeunit", () => {
  const body = { externalId: "SHP-1", postingDate: "2026-11-20", tracking: "1Z1", agent: "UPS", service: "03" };

  it("as bound actions posts once for an external id, whatever the order's status", async () => {
    const { desk, order, post, call, nav } = dynamicsNav({ switches: { codeunit: "actions" } });
    const number = order();
    desk.release(number);
    const action = `${orderAt(number)}/NAV.PostShipment`;
    const first = await post(action, { ...body, lines: [{ lineNo: 20_000, quantity: 4 }] });
    expect(first.status).toBe(200);
    expect((await post(action, body)).body).toEqual(first.body);
    expect(desk.shipments).toMatchObject([
      { agent: "UPS", service: "03", tracking: "1Z1", lines: [{ line: 20_000, quantity: 4 }] },
    ]);
    expect(await (await call("/$metadata")).text()).toContain('<Action Name="PostShipment" IsBound="true">');
    nav.switches.codeunit = "absent";
    expect((await post(action, body)).status).toBe(404);
  });

  it("over SOAP releases and posts, and its refusals are faults", async () => {
    const { desk, order, nav, call } = dynamicsNav({ switches: { codeunit: "soap" } });
    const number = order();
    const soap = async (name: string, content: string) => {
      const text = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><n:${name} xmlns:n="urn:x/y">${content}</n:${name}></s:Body></s:Envelope>`;
      const path = `${origin}/${nav.instance}/WS/${encodeURIComponent(desk.company.name)}/Codeunit/SyncPosting`;
      const answer = await call(path, { method: "POST", body: text });
      return { status: answer.status, text: await answer.text() };
    };
    expect((await soap("ReleaseOrder", `<n:orderNo>${number}</n:orderNo>`)).text).toContain(
      "<status>Released</status>",
    );
    const lines = "<n:lines><n:line><n:lineNo>10000</n:lineNo><n:quantity>1</n:quantity></n:line></n:lines>";
    const given = `<n:orderNo>${number}</n:orderNo><n:externalId>SHP-1</n:externalId><n:tracking>A&amp;B</n:tracking>${lines}`;
    const done = await soap("PostShipment", given);
    const [shipment] = desk.shipments;
    expect(done.text).toContain(`<shipmentNo>${shipment?.number}</shipmentNo>`);
    expect(shipment).toMatchObject({ tracking: "A&B", lines: [{ line: 10_000, quantity: 1 }] });
    const fault = await soap("PostShipment", "<n:orderNo>9</n:orderNo><n:externalId>SHP-2</n:externalId>");
    expect(fault.status).toBe(500);
    expect(fault.text).toContain("<faultstring>The Sales Header does not exist.");
  });
});
