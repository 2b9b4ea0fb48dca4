import { describe, expect, it } from "vitest";
import type { BcSwitches, CustomApi } from "../../src/sandbox/bc.ts";
import { trackingWorld } from "./bc-tracking-kit.ts";

const path = "contoso/shipping/v1.0/salesShipments";
const custom = { tracking: { routes: ["customApi"], customApi: { path } } };
const page42 = { booking: "order", tracking: { routes: ["page42"] } };
const agents = {
  shippingAgents: { ups: "UPS" },
  tracking: { agentsPath: "contoso/shipping/v1.0/shippingAgents" },
};
const weight = { weight: { source: "customApi", unit: "kg", path: "contoso/shipping/v1.0/items" } };
const everything = {
  ...agents,
  ...weight,
  booking: "orderPosted",
  lines: { location: "main" },
  customers: { account: "c-1" },
  tracking: { ...agents.tracking, ...custom.tracking, routes: ["customApi", "page42", "comment", "attachment"] },
};

const freight = { shippingAccount: "40200" };

interface Given {
  switches?: Partial<BcSwitches>;
  customApi?: CustomApi;
}

async function checked(pair: Record<string, unknown> & { lines?: object }, { switches = {}, customApi }: Given = {}) {
  const lines = { ...freight, ...pair.lines };
  const world = trackingWorld({ pair: { ...pair, lines }, ...(customApi ? { customApi } : {}) });
  Object.assign(world.bc.switches, switches);
  const found = await world.system().checks();
  return { ...world, found, wrong: found.filter(({ state }) => state !== "ok") };
}

describe("what doctor looks at in a company", () => {
  it("is well where the company has all that the settings name", async () => {
    const { found, wrong } = await checked(everything, { switches: { page42: "published" } });
    expect(wrong).toEqual([]);
    expect(found.map(({ name }) => name)).toEqual([
      "Business Central items",
      "Business Central itemVariants",
      "Business Central customers",
      "Business Central locations",
      "Business Central salesOrders",
      "Business Central salesOrderLines",
      "Business Central salesInvoices",
      "Business Central salesInvoiceLines",
      "Business Central salesShipments",
      "Business Central documentAttachments",
      "tracking.customApi",
      "tracking.page42",
      "tracking.routes comment",
      "shippingAgents",
      "lines.location",
      "customers.account",
      "weight.path",
    ]);
  });

  it("is only what the settings use", async () => {
    const off = { flows: { sales: { enabled: false }, shipments: { enabled: false }, customers: { enabled: false } } };
    const { found } = await checked({ ...off, lines: { location: "NOWHERE" } });
    expect(found.map(({ name }) => name)).toEqual(["Business Central items"]);
  });

  it("is the account of freight, which a store may have for itself", async () => {
    const none = { lines: { shippingAccount: undefined } };
    expect((await checked(none)).wrong).toEqual([
      expect.objectContaining({ name: "lines.shippingAccount", state: "warning" }),
    ]);
    expect((await checked({ ...none, flows: { sales: { enabled: false } } })).wrong).toEqual([]);
  });

  it("is also what one store alone has", async () => {
    const { wrong } = await checked({
      storeRules: { "7": { customers: { account: "C-9" }, lines: { location: "WEST" } } },
    });
    expect(wrong.map(({ message }) => message)).toEqual([
      "the company has no location WEST; there are MAIN, EAST",
      "the company has no customer C-9",
    ]);
  });
});

describe("what doctor finds wrong in a company", () => {
  const absent = { customApi: "absent" } as const;
  const cases: [string, Record<string, unknown>, Given, string, string][] = [
    ["an older API", {}, { switches: { missingFields: ["items.gtin"] } }, "Business Central items", "has no gtin"],
    [
      "documents without files",
      {},
      { switches: { documentAttachments: "absent" } },
      "Business Central documentAttachments",
      "the company takes no files on documents",
    ],
    [
      "an extension that is not installed",
      custom,
      { switches: absent },
      "tracking.customApi",
      `Business Central publishes no page ${path}`,
    ],
    [
      "other names of its fields",
      custom,
      {
        customApi: {
          route: "contoso/shipping/v1.0",
          shipments: "salesShipments",
          fields: { packageTrackingNo: "trackNo" },
        },
      },
      "tracking.customApi",
      `${path} has no packageTrackingNo`,
    ],
    [
      "a page without order numbers",
      custom,
      { switches: { missingFields: ["salesShipments.orderNumber"] } },
      "tracking.customApi",
      `${path} has no orderNumber: documents whose external number was changed are not found there`,
    ],
    ["page 42 that is not published", page42, {}, "tracking.page42", "no service SalesOrder is published"],
    [
      "page 42 where only invoices are made",
      { ...page42, booking: "invoice" },
      { switches: { page42: "published" } },
      "tracking.page42",
      "page 42 has orders only, and booking is invoice",
    ],
    [
      "an agent that nobody knows",
      { ...agents, shippingAgents: { ups: "UBS" } },
      {},
      "shippingAgents.ups",
      "the company has no shipping agent UBS; there are FEDEX, UPS, USPS",
    ],
    [
      "agents that cannot be read",
      { ...agents, tracking: { agentsService: "ShippingAgents" } },
      {},
      "tracking.agentsService",
      "Business Central publishes no ShippingAgents, so that shipping agents cannot be checked",
    ],
    [
      "weights that are not published",
      weight,
      { switches: absent },
      "weight.path",
      "Business Central publishes no page contoso/shipping/v1.0/items, so that products have no weight",
    ],
    [
      "a weight of another name",
      { weight: { ...weight.weight, field: "weight" } },
      {},
      "weight.path",
      "contoso/shipping/v1.0/items has no weight",
    ],
  ];
  it.each(cases)("is %s", async (_, pair, given, name, message) => {
    const { wrong } = await checked(pair, given);
    expect(wrong).toEqual([
      { name, message, state: expect.stringMatching(/failed|warning/), fix: expect.stringMatching(/\.$/) },
    ]);
  });

  it("is another page under page 42's name", async () => {
    const world = trackingWorld({ pair: { ...page42, lines: freight } });
    Object.assign(world.bc.switches, { page42: "published", missingFields: ["SalesOrder.Package_Tracking_No"] });
    await world.order();
    const wrong = (await world.system().checks()).filter(({ state }) => state !== "ok");
    expect(wrong.map(({ message }) => message)).toEqual(["SalesOrder has no Package_Tracking_No"]);
  });

  it("is a customer who is blocked", async () => {
    const world = trackingWorld({ pair: { customers: { account: "C-1" }, lines: freight } });
    world.desk.blockCustomer("C-1", "Ship");
    const wrong = (await world.system().checks()).filter(({ state }) => state !== "ok");
    expect(wrong).toMatchObject([
      { state: "failed", message: "customer C-1 is blocked for Ship, so that nothing is booked on it" },
    ]);
  });
});
