import { describe, expect, it } from "vitest";
import { warehousesWithCenters } from "../../src/connectors/shipbob/config.ts";
import { ConfigError } from "../../src/core/errors.ts";

describe("the warehouses whose orders go to ShipBob", () => {
  it.each<[string, string[], Record<string, string>, string[]]>([
    ["all where nothing is named", [], {}, []],
    ["those of the filter without a table of centres", ["24"], {}, ["24"]],
    ["those that have a centre, each once", [], { "7": "24", "8": "24", "9": "51" }, ["24", "51"]],
    ["those of the filter that have a centre", ["24", "13"], { "7": "24", "9": "51" }, ["24"]],
    ["those of one company where the centre names it", ["24", "51"], { "7": "usmf/24" }, ["usmf/24"]],
    ["those of one company where the filter names it", ["USMF/24"], { "7": "24" }, ["USMF/24"]],
  ])("are %s", (_, warehouses, fulfillmentCenters, expected) => {
    expect(warehousesWithCenters(warehouses, { fulfillmentCenters })).toEqual(expected);
  });

  it("are never all where filter and centres have nothing in common", () => {
    expect(() => warehousesWithCenters(["24"], { fulfillmentCenters: { "9": "51" } })).toThrow(ConfigError);
  });
});
