import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { lineOf, saleOf, salesWorld } from "../systems/bc-sales-world.ts";

const file = join(import.meta.dirname, "..", "..", "..", "shared", "specs", "bc-api-v2.0-entities.json");
const isThere = existsSync(file);

const spec = z.object({
  entities: z.record(
    z.string(),
    z.object({ fields: z.array(z.object({ name: z.string(), editable: z.boolean().optional() })).default([]) }),
  ),
});

/** Sales of every booking, on arrival and when shipped, edited and cancelled: what was written of them. */
async function writesOfAll(): Promise<{ set: string; body: unknown }[]> {
  const writes: { set: string; body: unknown }[] = [];
  for (const booking of ["invoice", "order", "orderPosted"])
    for (const bookOn of ["shipped", "new"]) {
      const customers = { create: true };
      const world = salesWorld({ booking, bookOn, customers, postingDate: "shipDate", lines: allLines });
      const open = { status: "open" as const, lines: [lineOf("1", { shipped: 0 })], discount: "1" };
      world.source.put(saleOf("1", open));
      await world.sync();
      const { shipTo } = saleOf("1");
      world.source.put(saleOf("1", { ...open, shipTo: { ...shipTo, city: "Salem" } }));
      await world.sync();
      world.source.put(saleOf("1", { shipTo: { ...shipTo, city: "Salem" }, discount: "1", currency: "USD" }));
      await world.sync();
      for (const { action, body } of world.bc.ledger) {
        const [verb, set = ""] = action.split(" ");
        if (verb === "POST" || verb === "PATCH") writes.push({ set, body });
      }
    }
  return writes;
}

const allLines = { shippingAccount: "40200", location: "MAIN" };

// The vendors' specifications lie beside the repository, where they are there at all.
if (isThere) {
  const { entities } = spec.parse(JSON.parse(readFileSync(file, "utf8")));
  describe("what a booked sale writes", () => {
    it("are fields that API v2.0 has and takes", async () => {
      const complaints = new Set<string>();
      const check = (set: string, body: unknown) => {
        const fields = new Map((entities[set]?.fields ?? []).map((field) => [field.name, field]));
        for (const [name, value] of Object.entries(z.record(z.string(), z.unknown()).parse(body))) {
          if (Array.isArray(value)) for (const line of value) check(name, line);
          else if (!fields.has(name)) complaints.add(`${set}.${name} is not there`);
          else if (fields.get(name)?.editable === false) complaints.add(`${set}.${name} is read-only`);
        }
      };
      const writes = await writesOfAll();
      for (const { set, body } of writes) check(set, body);
      expect([...new Set(writes.map(({ set }) => set))].sort()).toEqual([
        "customers",
        "salesInvoiceLines",
        "salesInvoices",
        "salesOrderLines",
        "salesOrders",
      ]);
      expect([...complaints]).toEqual([]);
    });
  });
} else {
  describe("Business Central's entities", () => {
    it("are not beside the repository, so nothing is compared with them", () => expect(isThere).toBe(false));
  });
}
