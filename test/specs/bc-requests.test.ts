import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as schema from "../../src/connectors/bc/schema.ts";

const file = join(import.meta.dirname, "..", "..", "..", "shared", "specs", "bc-api-v2.0-entities.json");

const spec = z.object({
  entities: z.record(
    z.string(),
    z.object({
      fields: z
        .array(
          z.object({
            name: z.string(),
            edm: z.string().nullish(),
            maxLength: z.number().optional(),
            editable: z.boolean().optional(),
          }),
        )
        .default([]),
      navigation: z.array(z.object({ name: z.string() })).default([]),
    }),
  ),
});

interface Shape {
  shape: Readonly<Record<string, z.ZodType>>;
}

// The vendors' specifications lie beside the repository, where they are there at all.
if (existsSync(file)) {
  const { entities } = spec.parse(JSON.parse(readFileSync(file, "utf8")));
  const entity = (set: string) => {
    const found = entities[set];
    if (!found) throw new Error(`the specification has no ${set}`);
    const fields = new Map(found.fields.map((field) => [field.name, field]));
    return { fields, names: new Set([...fields.keys(), ...found.navigation.map(({ name }) => name)]) };
  };

  describe("fields that mlc reads are in API v2.0", () => {
    it.each<[string, Shape]>([
      ["items", schema.item],
      ["itemVariants", schema.itemVariant],
      ["customers", schema.customer],
      ["salesOrders", schema.salesOrder],
      ["salesOrderLines", schema.salesOrderLine],
      ["salesInvoices", schema.salesInvoice],
      ["salesInvoiceLines", schema.salesInvoiceLine],
      ["salesShipments", schema.salesShipment],
      ["salesShipmentLines", schema.salesShipmentLine],
      ["documentAttachments", schema.documentAttachment],
    ])("%s", (set, { shape }) => {
      const { names } = entity(set);
      const read = Object.keys(shape).filter((name) => !name.startsWith("@"));
      expect(read.filter((name) => !names.has(name))).toEqual([]);
    });
  });

  const longer = (type: z.ZodType, length: number) => type.safeParse("x".repeat(length + 1)).success;

  describe("fields that mlc sends are there, can be written and are never longer than they may be", () => {
    it.each<[string, Shape]>([
      ["customers", schema.customerBody],
      ["salesOrders", schema.salesOrderBody],
      ["salesInvoices", schema.salesInvoiceBody],
      ["salesOrderLines", schema.salesOrderBody.shape.salesOrderLines.element],
      ["salesInvoiceLines", schema.salesInvoiceBody.shape.salesInvoiceLines.element],
    ])("%s", (set, { shape }) => {
      const { fields, names } = entity(set);
      const complaints = Object.entries(shape).flatMap(([name, type]) => {
        if (!names.has(name)) return [`${name} is not there`];
        const field = fields.get(name);
        if (field?.editable === false) return [`${name} is read-only`];
        const max = field?.maxLength;
        return max !== undefined && longer(type, max) ? [`${name} may be longer than ${max}`] : [];
      });
      expect(complaints).toEqual([]);
    });

    it("quantities of order lines and rows of attachments", () => {
      const lines = entity("salesOrderLines").fields;
      const attachments = entity("documentAttachments").fields;
      for (const name of ["shipQuantity", "invoiceQuantity"]) expect(lines.get(name)?.editable).toBe(true);
      for (const name of ["fileName", "parentType", "parentId", "attachmentContent"]) {
        expect(attachments.get(name)?.editable).toBe(true);
      }
    });
  });
} else {
  describe("Business Central's entities", () => {
    it("are not beside the repository, so nothing is compared with them", () => expect(existsSync(file)).toBe(false));
  });
}
