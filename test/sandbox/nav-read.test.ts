import { describe, expect, it } from "vitest";
import { dynamicsNav, lineAt, orderAt } from "./nav-fixture.ts";

const names = (body: { value: { name?: string; No?: string }[] }) => body.value.map((row) => row.name ?? row.No);

describe("what is published", () => {
  it("is listed in the service document with the lines parts", async () => {
    const { json } = dynamicsNav();
    const { body } = await json("/");
    expect(names(body)).toEqual([
      "Company",
      "SalesOrder",
      "SalesOrderSalesLines",
      "PostedSalesShipment",
      "PostedSalesShipmentSalesShipmLines",
      "PostedSalesInvoice",
      "ItemCard",
      "CustomerCard",
      "ShippingAgents",
      "ShippingAgentServices",
      "SalesComments",
    ]);
  });

  it("has the names that the customer chose, lines too, and misses what nobody published", async () => {
    const { json, nav, order } = dynamicsNav();
    nav.switches.services = { ...nav.switches.services, salesOrder: "WebOrders", salesComments: undefined };
    const number = order();
    const { body } = await json(`WebOrders('Order','${number}')?$expand=WebOrdersSalesLines`);
    expect(body.WebOrdersSalesLines).toHaveLength(2);
    expect((await json("SalesOrder")).body.error.message).toBe("Resource not found for the segment 'SalesOrder'.");
    expect((await json("SalesComments")).status).toBe(404);
  });

  it("is told in $metadata with keys, lengths and the line tracking of North America only", async () => {
    const { call, nav } = dynamicsNav({
      customFields: { salesOrder: { Parcel_Status: { kind: "text", maxLength: 20 } } },
    });
    const lines = async () => {
      const text = await (await call("/$metadata")).text();
      expect(text).toContain('<edmx:Edmx Version="4.0"');
      expect(text).toContain('<Property Name="Parcel_Status" Type="Edm.String" MaxLength="20" />');
      return /<EntityType Name="SalesOrderSalesLines">.*/.exec(text)?.[0] ?? "";
    };
    expect(await lines()).toContain('<PropertyRef Name="Document_Type" /><PropertyRef Name="Document_No" />');
    expect(await lines()).not.toContain("Package_Tracking_No");
    nav.switches.localisation = "northAmerica";
    expect(await lines()).toContain('<Property Name="Package_Tracking_No" Type="Edm.String" MaxLength="30" />');
    nav.switches.absentFields = ["salesOrder.SalesLines.Shipment_Date"];
    expect(await lines()).not.toContain('"Shipment_Date"');
  });

  it("is found under the exact name of the company, the default one without a name", async () => {
    const { json, base } = dynamicsNav({ companies: ["O'Brien & Sons", "CRONUS International Ltd."] });
    expect((await json("/Company")).body.value).toEqual([
      { Name: "O'Brien & Sons" },
      { Name: "CRONUS International Ltd." },
    ]);
    const quoted = `${base}/Company('${encodeURIComponent("O''Brien & Sons")}')/CustomerCard`;
    expect(names((await json(quoted)).body)).toEqual(["C00120"]);
    expect(names((await json("/CustomerCard")).body)).toEqual(["C00120"]);
    expect(names((await json("/CustomerCard?company=CRONUS%20International%20Ltd.")).body)).toEqual([]);
    expect((await json("/Company('cronus%20international%20ltd.')/CustomerCard")).status).toBe(404);
  });
});

describe("a record", () => {
  it("is read by a named or a positional key, with tag, empty date and blank option", async () => {
    const { json, order } = dynamicsNav();
    const number = order();
    const { body } = await json(orderAt(number));
    expect(body).toMatchObject({
      Document_Type: "Order",
      No: number,
      Sell_to_Customer_Name: "Adatum Corporation",
      Status: "Open",
      Order_Date: "2026-11-20",
      Requested_Delivery_Date: "0001-01-01",
      Job_Queue_Status: " ",
      Package_Tracking_No: "",
    });
    expect(body["@odata.etag"]).toMatch(/^W\/"'.+'"$/);
    expect((await json(`SalesOrder('Order','${number}')`)).body).toEqual(body);
    expect((await json(lineAt(number, 20_000))).body).toMatchObject({ No: "SKU-200", Qty_to_Ship: 5 });
    expect((await json(orderAt("999"))).status).toBe(404);
    expect((await json(`SalesOrder('${number}')`)).status).toBe(400);
  });

  it("speaks the service language in options, in the key too", async () => {
    const { json, nav, order, filter, desk } = dynamicsNav();
    nav.switches.captions = { Order: "Ordre", Released: "Frigivet" };
    const number = order();
    desk.release(number);
    const { body } = await json(`SalesOrder('Ordre','${number}')`);
    expect([body.Document_Type, body.Status]).toEqual(["Ordre", "Frigivet"]);
    expect((await json(orderAt(number))).body.error.message).toContain("'Order' is not an acceptable value");
    expect(names(await filter("SalesOrder", "Status eq 'Frigivet'"))).toEqual([number]);
  });

  it("leads to its lines by expand and by path", async () => {
    const { json, order } = dynamicsNav();
    const number = order();
    const { body } = await json(`${orderAt(number)}?$select=No&$expand=SalesOrderSalesLines($select=Line_No,Quantity)`);
    expect(Object.keys(body)).toEqual(["@odata.context", "@odata.etag", "No", "SalesOrderSalesLines"]);
    expect(body.SalesOrderSalesLines[1]).toMatchObject({ Line_No: 20_000, Quantity: 5 });
    expect((await json(`${orderAt(number)}/SalesOrderSalesLines`)).body.value).toHaveLength(2);
  });

  it("of an item shows the stock of the filtered location", async () => {
    const { json, desk, order, filter } = dynamicsNav();
    desk.countStock("SKU-100", 7, "EAST");
    desk.countStock("SKU-100", 30, "WEST");
    order();
    expect((await json("ItemCard('SKU-100')")).body).toMatchObject({ Inventory: 37, Qty_on_Sales_Order: 2 });
    expect((await filter("ItemCard", "Location_Filter eq 'EAST'")).value[0]).toMatchObject({ Inventory: 7 });
  });
});

describe("a filter", () => {
  it("knows comparisons, plain dates, functions, and or on one field", async () => {
    const { filter, order } = dynamicsNav();
    const [first, second] = [order({ Order_Date: "2026-11-18" }), order({ External_Document_No: "WEB-7" })];
    const found = async (text: string) => names(await filter("SalesOrder", text));
    expect(await found("External_Document_No eq 'web-7'")).toEqual([second]);
    expect(await found("Order_Date ge 2026-11-17 and Order_Date le 2026-11-19")).toEqual([first]);
    expect(await found(`No eq '${first}' or No eq '${second}'`)).toEqual([first, second]);
    expect(await found("startswith(External_Document_No,'WEB')")).toEqual([second]);
    expect(await found("tolower(Sell_to_Customer_Name) eq 'adatum corporation'")).toEqual([first, second]);
    expect(await found("indexof(External_Document_No,'884') gt 0")).toEqual([first]);
    expect(await found("contains(External_Document_No,'884')")).toEqual([first]);
  });

  it("refuses what NAV does not know", async () => {
    const { filter, nav, json } = dynamicsNav();
    const refusal = async (text: string) => (await filter("SalesOrder", text)).error.message;
    expect(await refusal("No eq '1' or Status eq 'Open'")).toContain("OR is supported");
    expect(await refusal("Parcel eq '1'")).toBe("Could not find a property named 'Parcel' on type 'NAV.SalesOrder'.");
    expect(await refusal("Order_Date ge '2026-11-01'")).toContain("incompatible types");
    expect(await refusal("substringof('1',No)")).toContain("'substringof' is not supported");
    nav.switches.contains = false;
    expect(await refusal("contains(No,'1')")).toContain("'contains' is not supported");
    expect((await json("SalesOrder?$count=true")).status).toBe(400);
  });
});

describe("a list", () => {
  it("is cut at the server's page size, also below a $top, and misses nothing when rows go away between", async () => {
    const { json, order, desk } = dynamicsNav({ switches: { maxPageSize: 2 } });
    const numbers = [order(), order(), order(), order(), order()];
    const first = await json("SalesOrder?$top=4&$select=No");
    expect(names(first.body)).toEqual(numbers.slice(0, 2));
    desk.deleteOrder(numbers[0] ?? "");
    const second = await json(first.body["@odata.nextLink"]);
    expect(names(second.body)).toEqual(numbers.slice(2, 4));
    expect(second.body["@odata.nextLink"]).toBeUndefined();
  });

  it("goes on by count when it is ordered", async () => {
    const { json, order } = dynamicsNav({ switches: { maxPageSize: 2 } });
    const numbers = [order(), order(), order()];
    const first = await json("SalesOrder?$orderby=No desc");
    expect(names(first.body)).toEqual([numbers[2], numbers[1]]);
    expect(names((await json(first.body["@odata.nextLink"])).body)).toEqual([numbers[0]]);
  });

  it("links to the inner server where a gateway is not told to rewrite", async () => {
    const { json, order, nav } = dynamicsNav({ switches: { maxPageSize: 1, nextLinkHost: "nav01.corp.local:7148" } });
    order();
    order();
    const { body } = await json("SalesOrder");
    expect(body["@odata.nextLink"]).toMatch(new RegExp(`^http://nav01.corp.local:7148${nav.path}/Company`));
  });
});
