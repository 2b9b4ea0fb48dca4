import { expect, it } from "vitest";
import { ordersFromKey, ordersFromNumber } from "../../src/mappings/fno/keys.ts";

const template = "{legalEntity}-{orderNumber}";
const entities = ["usmf", "de.f"];
const usmf = (...numbers: string[]) => numbers.map((number) => ({ legalEntity: "usmf", number }));

it.each([
  ["usmf-SO-1001", template, usmf("SO-1001")],
  ["usmf-SO-1001-2", template, usmf("SO-1001-2", "SO-1001")],
  ["usmf-SO-1001-g2", template, usmf("SO-1001-g2", "SO-1001")],
  ["usmf-SO-1001-12-g3", template, usmf("SO-1001-12-g3", "SO-1001-12", "SO-1001")],
  ["usmf-SO-1001-1", template, usmf("SO-1001-1")],
  ["USMF-so-1", template, usmf("so-1")],
  ["usmf- SO 1", template, usmf(" SO 1")],
  ["usmf-", template, []],
  ["usmfSO-1", template, []],
  ["frmf-SO-1", template, []],
  ["de.f-1001", template, [{ legalEntity: "de.f", number: "1001" }]],
  ["deXf-1001", template, []],
  ["SO-1@usmf-2", "{orderNumber}@{legalEntity}", usmf("SO-1")],
  ["mlc-77", "mlc-{orderNumber}", [...usmf("77"), { legalEntity: "de.f", number: "77" }]],
  ["usmf/7/usmf", "{legalEntity}/{orderNumber}/{legalEntity}", usmf("7")],
])("key %s of %s", (key, keyTemplate, names) => {
  expect(ordersFromKey(key, keyTemplate, entities)).toEqual(names);
});

it("a bare number may be in any legal entity, with or without the part's number", () => {
  expect(ordersFromNumber("SO-7-2", ["usmf", "demf"])).toEqual([
    { legalEntity: "usmf", number: "SO-7-2" },
    { legalEntity: "demf", number: "SO-7-2" },
    { legalEntity: "usmf", number: "SO-7" },
    { legalEntity: "demf", number: "SO-7" },
  ]);
  expect(ordersFromNumber("", ["usmf"])).toEqual([]);
});
