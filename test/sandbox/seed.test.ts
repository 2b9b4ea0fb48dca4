import { describe, expect, it } from "vitest";
import { FnoSandbox, type OrderView } from "../../src/sandbox/fno.ts";
import { seededRandom } from "../../src/sandbox/kit.ts";
import { type SpecialCase, seedOrders, specialOrders } from "../../src/sandbox/seed.ts";

const clock = { now: () => new Date("2026-11-20T09:00:00Z") };
const seeded = (seed = 1) => {
  const fno = new FnoSandbox({ clock, accepts: () => true });
  seedOrders(fno, seededRandom(seed));
  return fno;
};

describe("the seeded environment", () => {
  const fno = seeded();
  const special = (name: SpecialCase): OrderView => {
    const { legalEntity, number } = specialOrders[name];
    const order = fno.order(legalEntity, number);
    if (!order) throw new Error(`${name} is missing`);
    return order;
  };
  const onEachLine = (name: SpecialCase, field: string) => special(name).lines.map(({ values }) => values[field] ?? "");

  it("has 72 orders in two companies, the same for the same seed", () => {
    const companies = fno.orders.map(({ header }) => header.dataAreaId);
    expect([companies.length, companies.filter((company) => company === "demf").length]).toEqual([72, 24]);
    expect(seeded().orders).toEqual(fno.orders);
    expect(seeded(2).orders).not.toEqual(fno.orders);
  });

  it("has exactly one order without a street, and only on purpose one without a country", () => {
    const without = (field: string) => fno.orders.filter(({ header }) => header[field] === "");
    expect(without("DeliveryAddressStreet").map(({ header }) => header.SalesOrderNumber)).toEqual(["SO-1007"]);
    expect(without("DeliveryAddressCountryRegionId")).toEqual([special("missingCountry")]);
    expect(special("missingIsoCode").header.DeliveryAddressCountryRegionISOCode).toBe("");
    expect(special("missingIsoCode").header.DeliveryAddressCountryRegionId).not.toBe("");
  });

  it.each<[SpecialCase, string, unknown]>([
    ["deliveryModeWithoutRow", "DeliveryModeCode", "Pallet"],
    ["streetWithLineFeed", "DeliveryAddressStreet", expect.stringMatching(/[^\r]\n/)],
    ["streetWithCarriageReturn", "DeliveryAddressStreet", expect.stringContaining("\r\n")],
    ["stoppedOrder", "IsSalesProcessingStopped", "Yes"],
    ["partiallyDelivered", "SalesOrderProcessingStatus", "PartiallyDelivered"],
    ["notEligible", "SalesOrderProcessingStatus", "Active"],
    ["canceled", "SalesOrderStatus", "Canceled"],
    ["picked", "SalesOrderProcessingStatus", "Picked"],
    ["apostrophe", "OrderingCustomerAccountNumber", "O'BRIEN"],
    ["nonAsciiAddress", "DeliveryAddressCity", "Łódź"],
    ["customerWithoutPhone", "OrderingCustomerAccountNumber", "C-2900"],
    ["sameNumberInOtherCompany", "SalesOrderNumber", "SO-1001"],
    ["longerNumber", "SalesOrderNumber", "SO-10270"],
  ])("shows %s on the header", (name, field, value) => {
    expect(special(name).header[field]).toEqual(value);
  });

  it.each<[SpecialCase, string, unknown[]]>([
    ["twoWarehouses", "ShippingWarehouseId", ["24", "51"]],
    ["twoAddresses", "IsDeliveryAddressOrderSpecific", ["", "Yes"]],
    ["zeroQuantityLine", "OrderedSalesQuantity", [0, 1]],
    ["stoppedLine", "IsLineStopped", ["Yes", ""]],
    ["serviceLine", "ItemNumber", ["T0002", "S0001"]],
    ["fractionalQuantity", "OrderedSalesQuantity", [2.5]],
    ["variantItem", "ProductSizeId", ["XL"]],
    ["itemWithLeadingBlank", "ItemNumber", [" RFI-TEST-001"]],
  ])("shows %s on the lines", (name, field, values) => {
    expect(onEachLine(name, field)).toEqual(values);
  });

  it("leaves a remainder of 6 and 0 on the partially delivered order", async () => {
    const filter = `SalesId eq '${specialOrders.partiallyDelivered.number}'`;
    const response = await fno.fetch(
      new Request(`http://fno.local/data/SalesLineBiEntities?$filter=${filter}`, {
        headers: { authorization: "Bearer x" },
      }),
    );
    const { value } = JSON.parse(await response.text());
    expect(value.map((row: Record<string, number>) => row.RemainSalesPhysical)).toEqual([6, 0]);
  });

  it("knows each order's customer and each line's product", async () => {
    const read = async (set: string, field: string) => {
      const address = `http://fno.local/data/${set}?cross-company=true&$select=dataAreaId,${field}`;
      const response = await fno.fetch(new Request(address, { headers: { authorization: "Bearer x" } }));
      const rows: Record<string, string>[] = JSON.parse(await response.text()).value;
      return new Set(rows.map((row) => `${row.dataAreaId}/${row[field]}`));
    };
    const customers = await read("CustomersV3", "CustomerAccount");
    const products = await read("ReleasedProductsV2", "ItemNumber");
    for (const { header, lines } of fno.orders) {
      expect(customers).toContain(`${header.dataAreaId}/${header.OrderingCustomerAccountNumber}`);
      for (const { values } of lines) expect(products).toContain(`${values.dataAreaId}/${values.ItemNumber}`);
    }
  });

  it("keeps sizes, origins and commodity codes of its goods, but for a few without", async () => {
    const response = await fno.fetch(
      new Request("http://fno.local/data/ReleasedProductsV2", { headers: { authorization: "Bearer x" } }),
    );
    const products: Record<string, unknown>[] = JSON.parse(await response.text()).value;
    expect(products.find(({ ItemNumber }) => ItemNumber === "D0001")).toMatchObject({
      NetProductWeight: 1.2,
      TareProductWeight: 0.3,
      GrossDepth: 30,
      GrossProductWidth: 20.5,
      GrossProductHeight: 24,
      OriginCountryRegionId: "CHN",
      IntrastatCommodityCode: "85182100",
    });
    const without = products.filter(
      ({ ProductType, GrossDepth, OriginCountryRegionId }) =>
        ProductType === "Item" && GrossDepth === 0 && OriginCountryRegionId === "",
    );
    expect(without.map(({ ItemNumber }) => ItemNumber)).toEqual(["M0010", "R0050"]);
  });
});
