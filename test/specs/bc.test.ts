import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defaultCustomApi, standardSets } from "../../src/sandbox/bc/entities.ts";
import { businessCentral, invoice, order } from "../sandbox/bc-fixture.ts";

const file = join(import.meta.dirname, "..", "..", "..", "shared", "specs", "bc-api-v2.0-entities.json");
const field = z.object({
  name: z.string(),
  type: z.string().nullish(),
  maxLength: z.number().optional(),
  editable: z.boolean().nullish(),
});
const entity = z.object({
  entityName: z.string(),
  fields: z.array(field),
  navigation: z.array(z.object({ name: z.string() })).optional(),
  boundActions: z.array(z.string()).optional(),
});
const spec = z.object({ entities: z.record(z.string(), entity) });

// What the reference lists for the sets beside the fields of their pages: read through to related records.
const related = ["customer", "currency", "paymentTerm", "shipmentMethod"];
// In the reference's own samples, though not on the page of the newest source.
const ofReference = ["salesAmountActual", "costAmountActual"];

const kinds: Readonly<Record<string, RegExp>> = {
  guid: /^Guid/,
  code: /^Code/,
  text: /^Text/,
  decimal: /^Decimal/,
  integer: /^(Integer|BigInteger)/,
  boolean: /^Boolean/,
  date: /^Date$/,
  dateTime: /^DateTime/,
  enum: /^(Enum|Option)/,
  stream: /^BLOB/,
};

// The vendor's specification lies beside the repository, where it is there at all.
if (existsSync(file)) {
  const { entities } = spec.parse(JSON.parse(readFileSync(file, "utf8")));
  const complaints = (given: readonly (typeof standardSets)[number][]) =>
    given.flatMap((set) => {
      const known = entities[set.name];
      if (!known) return [`${set.name} is unknown`];
      const fields = new Map(known.fields.map((one) => [one.name, one]));
      const navigation = [...(known.navigation ?? []).map(({ name }) => name), ...related];
      return [
        ...(known.entityName === set.type ? [] : [`${set.name} is of type ${known.entityName}`]),
        ...Object.entries(set.properties).flatMap(([name, { kind, maxLength }]) => {
          const one = fields.get(name);
          if (!one) return ofReference.includes(name) ? [] : [`${set.name}.${name} is unknown`];
          const isFit = one.type == null || kinds[kind]?.test(one.type);
          return [
            ...(isFit ? [] : [`${set.name}.${name} is a ${one.type}`]),
            ...(maxLength === one.maxLength || one.maxLength === undefined
              ? []
              : [`${set.name}.${name} has ${one.maxLength}`]),
          ];
        }),
        ...Object.keys(set.navigation).flatMap((name) =>
          navigation.includes(name) ? [] : [`${set.name}/${name} is unknown`],
        ),
        ...(set.actions ?? []).flatMap((name) =>
          known.boundActions?.includes(`Microsoft.NAV.${name}`) ? [] : [`${set.name} has no ${name}`],
        ),
      ];
    });

  describe("the simulated Business Central has only what the source of API v2.0 has", () => {
    it("in names, kinds and lengths of fields, in navigation and in actions", () => {
      expect(complaints(standardSets)).toEqual([]);
    });

    it("in what it answers", async () => {
      const { post, json } = businessCentral();
      await post("salesOrders", order());
      const { body: draft } = await post("salesInvoices", invoice());
      await post(`salesInvoices(${draft.id})/Microsoft.NAV.post`);
      for (const set of [
        "items",
        "customers",
        "salesOrders",
        "salesInvoices",
        "locations",
        "currencies",
        "paymentTerms",
      ]) {
        const [row] = (await json(set)).body.value;
        const names = entities[set]?.fields.map(({ name }) => name) ?? [];
        const unknown = Object.keys(row).filter((name) => !name.startsWith("@") && !names.includes(name));
        expect([set, unknown]).toEqual([set, []]);
      }
    });

    it("and what it does not know is found", () => {
      const [items] = standardSets;
      const wrong = items
        ? [
            {
              ...items,
              properties: { weight: { kind: "decimal" as const }, gtin: { kind: "guid" as const, maxLength: 14 } },
            },
          ]
        : [];
      expect(complaints(wrong)).toEqual(["items.weight is unknown", "items.gtin is a Code[14]"]);
    });

    it("with tracking in the extension alone", () => {
      const carriers = Object.entries(entities).filter(
        ([name, { fields }]) =>
          name.startsWith("sales") && fields.some((one) => /tracking|shippingAgent/i.test(one.name)),
      );
      expect([carriers, defaultCustomApi.shipments]).toEqual([[], "salesShipments"]);
    });
  });
} else {
  describe("Business Central's specification", () => {
    it("is not beside the repository, so nothing is compared with it", () => expect(existsSync(file)).toBe(false));
  });
}
