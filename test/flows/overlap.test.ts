import { describe, expect, it } from "vitest";
import { overlapping } from "../../src/flows/overlap.ts";
import { pairKinds } from "../../src/systems/index.ts";

const only = (...warehouses: string[]) => ({ flows: { orders: { filter: { warehouses } } } });
const besides = (shipbob: object, shipstation: object) =>
  overlapping(
    { pairKinds, settingsOf: (name) => (name === "fno-shipstation" ? { ...shipstation } : undefined) },
    "fno-shipbob",
    { ...shipbob },
  );

describe("pairs that may take the same orders", () => {
  it.each<[string, object, object, string[]]>([
    [
      "where the one has centres for all of the other's",
      { fulfillmentCenters: { "8": "24" } },
      only("24"),
      ["fno-shipstation"],
    ],
    ["not where its centres are of other warehouses", { fulfillmentCenters: { "8": "24" } }, only("51"), []],
    [
      "where one names a warehouse with its company",
      { fulfillmentCenters: { "8": "usmf/24" } },
      only("24"),
      ["fno-shipstation"],
    ],
    ["not where the companies differ", { fulfillmentCenters: { "8": "usmf/24" } }, only("demf/24"), []],
    ["not where one takes none at all", { ...only("13"), fulfillmentCenters: { "8": "24" } }, {}, []],
  ])("are told %s", (_, shipbob, shipstation, expected) => {
    expect(besides(shipbob, shipstation)).toEqual(expected);
  });
});
