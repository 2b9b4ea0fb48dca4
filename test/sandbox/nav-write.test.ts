import { describe, expect, it } from "vitest";
import { dynamicsNav, lineAt, orderAt } from "./nav-fixture.ts";

const notOpen = (number: string) =>
  `Status must be equal to 'Open'  in Sales Header: Document Type=Order, No.=${number}. Current value is 'Released'.`;

describe("an order", () => {
  it("is made with the customer's address and the next number, its lines one by one", async () => {
    const { post, desk, nav } = dynamicsNav();
    desk.editCustomer("C00120", { Shipping_Agent_Code: "FEDEX", Shipping_Agent_Service_Code: "GROUND" });
    const { status, body } = await post("SalesOrder", {
      Sell_to_Customer_No: "C00120",
      External_Document_No: "ss-884213",
      Order_Date: "2026-11-18",
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ Ship_to_City: "Portland", External_Document_No: "ss-884213".toUpperCase() });
    const line = { Document_Type: "Order", Document_No: body.No, Line_No: 10_000, Type: "Item", No: "SKU-100" };
    expect((await post("SalesOrderSalesLines", { ...line, Quantity: 2, Unit_Price: 20 })).body).toMatchObject({
      Description: "Blue mug",
      Qty_to_Ship: 2,
      Line_Amount: 40,
      Shipping_Agent_Code: "FEDEX",
    });
    expect((await post("SalesOrderSalesLines", line)).body.error.message).toContain(
      "The Sales Line already exists. Identification fields and values: Document Type='Order'",
    );
    expect(nav.ledger.map(({ action, key }) => [action, key])).toEqual([
      ["POST salesOrder", `CRONUS International Ltd./${body.No}`],
      ["POST salesOrder.SalesLines", `CRONUS International Ltd./${body.No}/10000`],
    ]);
  });

  it("is refused with what it refers to and with lines inside, and leaves nothing behind", async () => {
    const { post, desk } = dynamicsNav();
    const message = async (body: unknown, set = "SalesOrder") => (await post(set, body)).body.error.message;
    expect(await message({ Sell_to_Customer_No: "C9" })).toBe(
      "The Customer does not exist. Identification fields and values: No.='C9'",
    );
    expect(await message({ Sell_to_Customer_No: "C00120", SalesOrderSalesLines: [] })).toContain("Deep insert");
    expect(await message({ Document_No: "9", Type: "Item" }, "SalesOrderSalesLines")).toContain(
      "The Sales Header does not exist.",
    );
    expect(await message({ Parcel: "1" })).toContain("Could not find a property named 'Parcel'");
    expect(await message({ Status: "Released" })).toContain("read-only");
    expect(desk.orders).toEqual([]);
    expect((await post("SalesOrder", {})).status).toBe(201);
  });

  it("is changed only with its present tag", async () => {
    const { json, patch, order, nav } = dynamicsNav();
    const at = orderAt(order());
    const { body } = await json(at);
    const change = { Package_Tracking_No: "1Z1" };
    expect((await json(at, { method: "PATCH", body: change })).status).toBe(400);
    const done = await patch(at, change, body["@odata.etag"]);
    expect([done.status, done.body.Package_Tracking_No]).toEqual([200, "1Z1"]);
    const stale = await patch(at, { Package_Tracking_No: "1Z2" }, body["@odata.etag"]);
    expect([stale.status, stale.body.error.message]).toEqual([
      412,
      expect.stringContaining("Another user has modified the record for this Sales Header"),
    ]);
    nav.switches.staleTagStatus = 409;
    expect((await patch(at, change, body["@odata.etag"])).status).toBe(409);
    expect((await patch(at, change, done.body["@odata.etag"])).status).toBe(200);
    nav.switches.patchStatus = 204;
    expect((await patch(at, { Package_Tracking_No: "1Z3" })).status).toBe(204);
  });

  it("has lengths, options and agents that are looked at", async () => {
    const { patch, order } = dynamicsNav();
    const at = orderAt(order());
    const message = async (body: unknown) => (await patch(at, body)).body.error.message;
    expect(await message({ Package_Tracking_No: "9".repeat(31) })).toContain(
      "The length of the string is 31, but it must be less than or equal to 30 characters.",
    );
    expect(await message({ Shipping_Advice: "Later" })).toContain("not an acceptable value");
    expect(await message({ Shipping_Agent_Code: "DHL" })).toBe(
      "The Shipping Agent does not exist. Identification fields and values: Code='DHL'",
    );
    expect(await message({ Shipping_Agent_Code: "UPS", Shipping_Agent_Service_Code: "GROUND" })).toBe(
      "The Shipping Agent Services does not exist. Identification fields and values: Shipping Agent Code='UPS',Code='GROUND'",
    );
    expect(await message({ No: "1" })).toContain("cannot be changed");
    expect(await message({ Shipment_Date: "20.11.2026" })).toContain("Cannot convert");
  });

  it("gives its agent to the lines and loses the service with another agent", async () => {
    const { patch, order, desk } = dynamicsNav();
    const number = order();
    await patch(orderAt(number), { Shipping_Agent_Code: "FEDEX", Shipping_Agent_Service_Code: "2DAY" });
    expect(desk.orderOf(number).lines[1]).toMatchObject({ agent: "FEDEX", service: "2DAY" });
    const { body } = await patch(orderAt(number), { Shipping_Agent_Code: "UPS" });
    expect(body.Shipping_Agent_Service_Code).toBe("");
    expect(desk.orderOf(number).lines[0]).toMatchObject({ agent: "UPS", service: "" });
  });
});

describe("a released order", () => {
  it("refuses agent, service, method, requested date and location, and takes number and reference", async () => {
    const { patch, order, desk, nav } = dynamicsNav();
    const number = order();
    desk.release(number);
    const refused = [
      { Shipping_Agent_Code: "FEDEX" },
      { Shipping_Agent_Service_Code: "GROUND" },
      { Shipment_Method_Code: "EXW" },
      { Requested_Delivery_Date: "2026-11-30" },
      { Location_Code: "EAST" },
      { Package_Tracking_No: "1Z1", Shipping_Agent_Code: "FEDEX" },
    ];
    for (const body of refused) {
      const answer = await patch(orderAt(number), body);
      expect([answer.status, answer.body.error]).toEqual([
        400,
        { code: "Application_FieldValidationException", message: notOpen(number) },
      ]);
    }
    expect(desk.orderOf(number).tracking).toBe("");
    const taken = { Package_Tracking_No: "1Z1", External_Document_No: "SS-9" };
    const same = { ...taken, Shipping_Agent_Code: "", Requested_Delivery_Date: "0001-01-01" };
    expect((await patch(orderAt(number), same)).status).toBe(200);
    nav.switches.unchangedFields = "validated";
    expect((await patch(orderAt(number), same)).body.error.message).toBe(notOpen(number));
    expect((await patch(lineAt(number), { Quantity: 2 })).body.error.message).toBe(notOpen(number));
    expect((await patch(orderAt(number), taken)).status).toBe(200);
    desk.reopen(number);
    expect((await patch(orderAt(number), { Shipping_Agent_Code: "FEDEX" })).status).toBe(200);
  });

  it("refuses lines, quantities, prices and dates, and takes what is to ship, but not more than is open", async () => {
    const { patch, post, remove, order, desk, nav } = dynamicsNav();
    nav.switches.localisation = "northAmerica";
    const number = order();
    desk.release(number);
    const line = lineAt(number, 20_000);
    const bodies = [
      { Quantity: 9 },
      { Unit_Price: 1 },
      { Shipment_Date: "2026-11-23" },
      { Shipping_Agent_Code: "UPS" },
    ];
    for (const body of bodies) expect((await patch(line, body)).body.error.message).toBe(notOpen(number));
    expect((await remove(line)).body.error.message).toBe(notOpen(number));
    expect((await post("SalesOrderSalesLines", { Document_No: number, Type: "Item" })).status).toBe(400);
    const taken = await patch(line, { Qty_to_Ship: 3, Package_Tracking_No: "1Z1" });
    expect(taken.body).toMatchObject({ Qty_to_Ship: 3, Qty_to_Invoice: 3, Package_Tracking_No: "1Z1" });
    expect((await patch(line, { Qty_to_Ship: 6 })).body.error.message).toBe("You cannot ship more than 5 units.");
    expect((await patch(line, { Qty_to_Invoice: 4 })).body.error.message).toBe("You cannot invoice more than 3 units.");
    nav.switches.localisation = "worldwide";
    expect((await patch(line, { Package_Tracking_No: "1Z2" })).body.error.message).toContain("Package_Tracking_No");
  });

  it("takes a ship date by installation: through the lines, alone, or not without a dialog", async () => {
    const { patch, order, desk, nav } = dynamicsNav();
    const number = order();
    const change = { Shipment_Date: "2026-11-23" };
    expect((await patch(orderAt(number), change)).status).toBe(200);
    expect(desk.orderOf(number).lines[0]?.shipmentDate).toBe("2026-11-23");
    desk.release(number);
    expect((await patch(orderAt(number), { Shipment_Date: "2026-11-24" })).body.error.message).toBe(notOpen(number));
    nav.switches.headerShipmentDate = "dialog";
    expect((await patch(orderAt(number), { Shipment_Date: "2026-11-24" })).body.error.message).toContain("callback");
    nav.switches.headerShipmentDate = "alone";
    expect((await patch(orderAt(number), { Shipment_Date: "2026-11-24" })).status).toBe(200);
    expect(desk.orderOf(number)).toMatchObject({ shipmentDate: "2026-11-24", status: "Released" });
    expect(desk.orderOf(number).lines[0]?.shipmentDate).toBe("2026-11-23");
  });
});

describe("a write", () => {
  it("meets a lock for a while, and the dialogs of a customisation", async () => {
    const { patch, order, desk, nav } = dynamicsNav();
    const number = order();
    desk.lock(number, 1);
    const change = { Package_Tracking_No: "1Z1" };
    expect((await patch(orderAt(number), change)).body.error.message).toContain("it is locked by another user");
    nav.switches.dialogOn = ["salesOrder.Package_Tracking_No"];
    expect((await patch(orderAt(number), change)).body.error.message).toContain("dialog");
    nav.switches.dialogOn = [];
    expect((await patch(orderAt(number), change)).status).toBe(200);
  });

  it("of ship-to fields is taken, ignored or refused while there is no custom address", async () => {
    const { patch, order, nav } = dynamicsNav();
    const at = orderAt(order());
    expect((await patch(at, { Ship_to_City: "Salem" })).body.Ship_to_City).toBe("Salem");
    nav.switches.shipToFields = "ignored";
    expect((await patch(at, { Ship_to_City: "Bend" })).body.Ship_to_City).toBe("Salem");
    nav.switches.shipToFields = "refused";
    expect((await patch(at, { Ship_to_City: "Bend" })).status).toBe(400);
    const custom = { ShippingOptions: "Custom Address", Ship_to_City: "Bend" };
    expect((await patch(at, custom)).body.Ship_to_City).toBe("Bend");
  });

  it("of comments goes behind the last one, and no longer than a line is", async () => {
    const { post, order, desk, remove } = dynamicsNav();
    const number = order();
    desk.comment(number, "Call before delivery");
    const comment = { Document_Type: "Order", No: number, Comment: "Parcels: 1Z1, 1Z2" };
    expect((await post("SalesComments", comment)).body).toMatchObject({ Line_No: 20_000, Date: "2026-11-20" });
    expect(desk.orderOf(number).comments).toEqual(["Call before delivery", "Parcels: 1Z1, 1Z2"]);
    expect((await post("SalesComments", { ...comment, Comment: "x".repeat(81) })).status).toBe(400);
    expect((await post("SalesComments", { ...comment, Line_No: 20_000 })).body.error.message).toContain(
      "already exists",
    );
    expect((await remove(`SalesComments('Order','${number}',0,20000)`)).status).toBe(204);
    expect(desk.orderOf(number).comments).toEqual(["Call before delivery"]);
  });
});
