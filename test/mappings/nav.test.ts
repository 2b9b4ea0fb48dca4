import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { navPairSettings, navSettings } from "../../src/connectors/nav/config.ts";
import { postedShipment, salesOrder, salesOrderLine } from "../../src/connectors/nav/schema.ts";
import { allocated } from "../../src/mappings/nav/lines.ts";
import { type Candidate, dateWindow, matchOrder, type Wanted } from "../../src/mappings/nav/match.ts";
import { isSameName, normalisedName } from "../../src/mappings/nav/names.ts";
import { commentTexts, trackingTexts } from "../../src/mappings/nav/tracking.ts";
import {
  agentFields,
  candidateOf,
  civilDateOf,
  externalNumbersOf,
  orderKey,
  postedCandidateOf,
  statusOf,
} from "../../src/mappings/nav.ts";
import { line, order, posted } from "../connectors/nav-kit.ts";

describe("a customer's name", () => {
  it.each([
    ["Maria  Keller ", "maria keller"],
    ["Müller & Söhne GmbH", "Muller and Sohne gmbh"],
    ["ÅNGSTRÖM A/S", "angstrom a s"],
    ["Łódź Straße", "lodz strasse"],
    ["O'Hara, Inc.", "OHara Inc"],
    ["Brøndby", "Brondby"],
  ])("%s is %s", (left, right) => {
    expect(normalisedName(left)).toBe(normalisedName(right));
    expect(isSameName(left, right)).toBe(true);
  });

  it("of other letters stays itself", () => {
    expect(isSameName("株式会社サンプル", "株式会社サンプル")).toBe(true);
    expect(isSameName("株式会社サンプル", "株式会社")).toBe(false);
  });

  it("that NAV cut at 50 characters is still the same, a shorter one is not", () => {
    const whole = "The Very Long Company Name of Portland and Surroundings Incorporated";
    expect(isSameName(whole.slice(0, 50), whole)).toBe(true);
    expect(isSameName(whole.slice(0, 40), whole)).toBe(false);
  });

  it("that is empty is nobody's", () => {
    expect(isSameName("", "")).toBe(false);
    expect(isSameName("--", "...")).toBe(false);
  });
});

describe("the order of a shipment", () => {
  const candidate = (number: string, more: Partial<Candidate> = {}): Candidate => ({
    number,
    externalNumber: "",
    names: ["Maria Keller"],
    orderDate: "2026-11-20",
    ...more,
  });
  const wanted: Wanted = {
    externalNumbers: ["SS-884213", "884213"],
    names: ["maria keller"],
    orderDate: "2026-11-21",
  };
  const options = { days: 3 };
  const byName = "customerAndDate";

  it.each<[string, Candidate[], object]>([
    [
      "is the one with its number, whatever the names say",
      [candidate("1", { externalNumber: "ss-884213 ", names: ["X"] }), candidate("2")],
      { kind: "one", number: "1", by: "externalNumber" },
    ],
    [
      "goes by its most certain number first",
      [candidate("1", { externalNumber: "884213" }), candidate("2", { externalNumber: "SS-884213" })],
      { kind: "one", number: "2", by: "externalNumber" },
    ],
    [
      "is a person's choice where two orders have its number",
      [candidate("2", { externalNumber: "SS-884213" }), candidate("1", { externalNumber: "SS-884213" })],
      { kind: "several", numbers: ["1", "2"], by: "externalNumber" },
    ],
    [
      "is one order where it is found on both pages",
      [candidate("1", { externalNumber: "SS-884213" }), candidate("1", { externalNumber: "SS-884213" })],
      { kind: "one", number: "1", by: "externalNumber" },
    ],
    ["is the customer's only one of those days", [candidate("1")], { kind: "one", number: "1", by: byName }],
    [
      "is a person's choice where the customer has two",
      [candidate("2"), candidate("1")],
      { kind: "several", numbers: ["1", "2"], by: byName },
    ],
    ["is none of another customer", [candidate("1", { names: ["Mario Keller"] })], { kind: "none" }],
    ["is found by who receives it", [candidate("1", { names: ["Shop", "Maria Keller"] })], { number: "1" }],
    ["is none that is too old", [candidate("1", { orderDate: "2026-11-17" })], { kind: "none" }],
    ["is one at the edge of the days", [candidate("1", { orderDate: "2026-11-18" })], { number: "1" }],
    ["is none that is too new", [candidate("1", { orderDate: "2026-11-25" })], { kind: "none" }],
    ["is none without a date", [candidate("1", { orderDate: undefined })], { kind: "none" }],
    [
      "is none under another number of the shipper's",
      [candidate("1", { externalNumber: "SS-884299" })],
      { kind: "none" },
    ],
    [
      "may have the customer's own reference in the field",
      [candidate("1", { externalNumber: "PO/77 Keller" })],
      { kind: "one", number: "1", by: byName },
    ],
    ["is none where there is none", [], { kind: "none" }],
  ])("%s", (_name, candidates, expected) => {
    expect(matchOrder(wanted, candidates, options)).toMatchObject(expected);
  });

  it("is none that is another shipment's", () => {
    expect(matchOrder(wanted, [candidate("1")], { ...options, others: new Set(["1"]) })).toEqual({ kind: "none" });
  });

  it("is not guessed without an order date or a name", () => {
    expect(matchOrder({ ...wanted, orderDate: undefined }, [candidate("1")], options)).toEqual({ kind: "none" });
    expect(matchOrder({ ...wanted, names: [] }, [candidate("1")], options)).toEqual({ kind: "none" });
  });

  it("is looked for over the turn of a year and a leap day", () => {
    expect(dateWindow("2027-12-31", 3)).toEqual({ from: "2027-12-28", to: "2028-01-03" });
    expect(dateWindow("2028-02-28", 1)).toEqual({ from: "2028-02-27", to: "2028-02-29" });
  });
});

describe("an order as a candidate", () => {
  it("has number, external number, both names and date", () => {
    expect(candidateOf(salesOrder.parse(order()), "External_Document_No")).toEqual({
      number: "101042",
      externalNumber: "SS-884213",
      names: ["Maria Keller", "Maria Keller"],
      orderDate: "2026-11-20",
    });
  });

  it("takes the number from the configured field, the order's own number too", () => {
    const row = salesOrder.parse(order({ Webshop_No: "W-1" }));
    expect(candidateOf(row, "Webshop_No").externalNumber).toBe("W-1");
    expect(candidateOf(row, "No").externalNumber).toBe("101042");
    expect(candidateOf(row, "Absent").externalNumber).toBe("");
  });

  it("has no date where NAV's is empty", () => {
    const row = salesOrder.parse(order({ Order_Date: "0001-01-01" }));
    expect(candidateOf(row, "No").orderDate).toBeUndefined();
  });

  it("that is posted goes by its numbers alone, unless the page has the order date", () => {
    const row = postedShipment.parse(posted({ Ship_to_Name: "Maria Keller" }));
    const wanted = { externalNumber: "SS-884213", number: "101042", names: ["", "Maria Keller"], orderDate: undefined };
    expect(postedCandidateOf(row, "External_Document_No")).toEqual(wanted);
    const dated = postedShipment.parse(posted({ Order_Date: "2026-11-20" }));
    expect(postedCandidateOf(dated, "No").orderDate).toBe("2026-11-20");
    expect(postedCandidateOf(row, "No").externalNumber).toBe("101042");
  });

  it("that is read has the shipper's numbers that the field can hold", () => {
    const shipment = { orderKey: "k".repeat(36), orderNumber: " SS-884213 " };
    expect(externalNumbersOf(shipment, "External_Document_No")).toEqual(["SS-884213"]);
    expect(externalNumbersOf({ orderKey: "SS-1", orderNumber: "SS-1" }, "X")).toEqual(["SS-1"]);
    expect(externalNumbersOf({ orderKey: "k".repeat(21), orderNumber: "101042" }, "No")).toEqual(["101042"]);
    expect(externalNumbersOf({}, "No")).toEqual([]);
  });
});

describe("an order's status", () => {
  const texts = navSettings.parse({ baseUrl: "https://nav.example/i/ODataV4", company: "C" }).options;
  const status = (Status: string, more: object = {}) => statusOf({ No: "1", Status }, { ...texts, ...more });

  it("is read by its text", () => {
    expect(status("Open")).toBe("open");
    expect(status("released")).toBe("released");
    expect(status("Pending Approval")).toBe("pending");
    expect(status("Offen", { open: "Offen" })).toBe("open");
  });

  it("that is not configured is not guessed", () => {
    expect(() => status("Freigegeben")).toThrow("Status Freigegeben is not known");
  });
});

describe("tracking numbers in 30 characters", () => {
  it.each<[string[], { field: string; rest: string[] }]>([
    [[], { field: "", rest: [] }],
    [["1Z999"], { field: "1Z999", rest: [] }],
    [["794612345678", "794612345679"], { field: "794612345678,794612345679", rest: [] }],
    [["794612345678", " 794612345678 "], { field: "794612345678", rest: [] }],
    [["1Z999AA10123456784", "1Z999AA10123456785"], { field: "1Z999AA10123456784", rest: ["1Z999AA10123456785"] }],
    [["a".repeat(15), "b".repeat(14)], { field: `${"a".repeat(15)},${"b".repeat(14)}`, rest: [] }],
    [["a".repeat(15), "b".repeat(15)], { field: "a".repeat(15), rest: ["b".repeat(15)] }],
    [["a".repeat(30)], { field: "a".repeat(30), rest: [] }],
    [["a".repeat(31), "b"], { field: "b", rest: ["a".repeat(31)] }],
    [["a".repeat(31)], { field: "", rest: ["a".repeat(31)] }],
  ])("%j", (numbers, expected) => {
    expect(trackingTexts(numbers)).toEqual(expected);
  });

  it("are never cut and never lost", () => {
    const number = fc.stringMatching(/^[0-9A-Z]{1,34}$/);
    fc.assert(
      fc.property(fc.uniqueArray(number, { maxLength: 9 }), (numbers) => {
        const { field, rest } = trackingTexts(numbers);
        expect(field.length).toBeLessThanOrEqual(30);
        const shown = field === "" ? [] : field.split(",");
        expect([...shown, ...rest].sort()).toEqual([...numbers].sort());
        const lines = commentTexts("Shipment se-1", rest, 60);
        expect(lines.every((text) => text.length <= 60)).toBe(true);
        const told = lines.flatMap((text) => text.replace(/^Shipment se-1: /, "").split(", "));
        expect(told).toEqual(rest);
      }),
    );
  });

  it("stand in comments with a head, which yields where there is no room", () => {
    expect(commentTexts("Tracking", ["A", "B"], 80)).toEqual(["Tracking: A, B"]);
    expect(commentTexts("Tracking", ["AAAA", "BBBB"], 16)).toEqual(["Tracking: AAAA", "Tracking: BBBB"]);
    expect(commentTexts("Tracking", ["A".repeat(39)], 40)).toEqual(["A".repeat(39)]);
    expect(commentTexts("Tracking", [], 40)).toEqual([]);
  });
});

describe("the goods of shipments on an order's lines", () => {
  const lines = (...all: object[]) => all.map((more) => salesOrderLine.parse(line(more)));
  const quantities = (given: ReturnType<typeof allocated>) =>
    given.lines.map(({ line: { Line_No }, quantity, toShip }) => [Line_No, quantity, toShip]);

  it("go to the line of the thing, what is posted already taken off", () => {
    const given = allocated(lines({ Quantity: 5, Quantity_Shipped: 2 }), [{ sku: "sku-100", quantity: 3 }]);
    expect(quantities(given)).toEqual([[10000, 3, 1]]);
    expect(given.left).toEqual([]);
  });

  it("fill lines of one thing in their order, and lines that nothing left of ship nothing", () => {
    const given = allocated(
      lines({ Line_No: 20000, Quantity: 2 }, { Line_No: 10000, Quantity: 1 }, { Line_No: 30000, No: "OTHER" }),
      [
        { sku: "SKU-100", quantity: 1 },
        { sku: "SKU-100", quantity: 1 },
      ],
    );
    expect(quantities(given)).toEqual([
      [10000, 1, 1],
      [20000, 1, 1],
      [30000, 0, 0],
    ]);
  });

  it("are told where no line has room for them", () => {
    const given = allocated(lines({ Quantity: 1 }), [
      { sku: "SKU-100", quantity: 2 },
      { sku: "GIFT", quantity: 1 },
    ]);
    expect(given.left).toEqual([
      { sku: "SKU-100", quantity: 1 },
      { sku: "GIFT", quantity: 1 },
    ]);
  });

  it("are known by item and variant or by the customer's own number, never by the item alone where there is a variant", () => {
    const rows = lines({ Variant_Code: "RED", Cross_Reference_No: "X-9", Quantity: 9 });
    expect(allocated(rows, [{ sku: "SKU-100-red", quantity: 1 }]).left).toEqual([]);
    expect(allocated(rows, [{ sku: "x-9", quantity: 1 }]).left).toEqual([]);
    expect(allocated(rows, [{ sku: "SKU-100", quantity: 1 }]).left).toHaveLength(1);
  });

  it("leave text lines alone and keep five decimals", () => {
    const rows = lines({ Type: " ", No: "", Quantity: 0 }, { Line_No: 20000, Quantity: 0.3 });
    const given = allocated(rows, [
      { sku: "SKU-100", quantity: 0.1 },
      { sku: "SKU-100", quantity: 0.2 },
    ]);
    expect(quantities(given)).toEqual([[20000, 0.3, 0.3]]);
  });
});

describe("carrier and service", () => {
  const { shippingAgents } = navPairSettings.parse({
    shippingAgents: { fedex: "FEDEX", "fedex/FedEx_Ground": "fedex/ground", ups: { agent: "UPS", service: "EXP" } },
  });

  it("are the customer's agent and service, the closest row first", () => {
    const fields = (carrier: string, service?: string) =>
      agentFields(shippingAgents, { carrier, ...(service ? { service } : {}) });
    expect(fields("fedex", "fedex_ground")).toEqual({
      Shipping_Agent_Code: "FEDEX",
      Shipping_Agent_Service_Code: "GROUND",
    });
    expect(fields("fedex", "fedex_2day")).toEqual({ Shipping_Agent_Code: "FEDEX" });
    expect(fields("UPS")).toEqual({ Shipping_Agent_Code: "UPS", Shipping_Agent_Service_Code: "EXP" });
    expect(fields("usps")).toBeUndefined();
  });

  it("come with the agent first, since NAV checks a service against it", () => {
    const fields = agentFields(shippingAgents, { carrier: "ups" });
    expect(Object.keys(fields ?? {})).toEqual(["Shipping_Agent_Code", "Shipping_Agent_Service_Code"]);
  });
});

describe("NAV's days", () => {
  it("are civil dates, and none where empty", () => {
    expect(civilDateOf("2026-11-20", "Order_Date")).toBe("2026-11-20");
    expect(civilDateOf("0001-01-01", "Order_Date")).toBeUndefined();
    expect(civilDateOf("", "Order_Date")).toBeUndefined();
  });

  it("that are none are a record's error", () => {
    expect(() => civilDateOf("20.11.2026", "Order_Date")).toThrow("Order_Date 20.11.2026 is not a date");
  });
});

it("a delivery is kept by company and number", () => {
  expect(orderKey("CRONUS International Ltd.", "101042")).toBe("CRONUS International Ltd./101042");
});
