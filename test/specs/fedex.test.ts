import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fedEx, shipment, toGermany } from "../sandbox/fedex-fixture.ts";

const folder = join(import.meta.dirname, "..", "..", "..", "shared", "specs");
const files = {
  ship: join(folder, "fedex-ship-v1.openapi.json"),
  numbers: join(folder, "fedex-track-numbers-v1.openapi.json"),
  references: join(folder, "fedex-track-references-v1.openapi.json"),
};

interface Schema {
  $ref?: string | undefined;
  type?: string | undefined;
  properties?: Record<string, Schema> | undefined;
  items?: Schema | undefined;
}
const schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    type: z.string().optional(),
    properties: z.record(z.string(), schema).optional(),
    items: schema.optional(),
  }),
);
const spec = z.object({ components: z.object({ schemas: z.record(z.string(), schema) }) });

/** Paths of members that the named schema lacks or has in another type. */
function misfits(file: string, name: string, reply: unknown): string[] {
  const { schemas } = spec.parse(JSON.parse(readFileSync(file, "utf8"))).components;
  const walk = (value: unknown, given: Schema, path: string): string[] => {
    let known = given;
    for (let target = known.$ref; target !== undefined; target = known.$ref)
      known = schemas[target.split("/").at(-1) ?? ""] ?? {};
    if (Array.isArray(value))
      return known.type === "array" && known.items
        ? value.flatMap((entry) => walk(entry, known.items ?? {}, `${path}[]`))
        : [path];
    if (typeof value !== "object" || value === null) {
      const isFit = known.type === undefined || (known.type === "integer" ? "number" : known.type) === typeof value;
      return isFit ? [] : [path];
    }
    const { properties } = known;
    if (!properties) return [];
    return Object.entries(value).flatMap(([member, inner]) => {
      const next = properties[member];
      return next ? walk(inner, next, `${path}.${member}`) : [`${path}.${member}`];
    });
  };
  return [...new Set(walk(reply, { $ref: name }, ""))];
}

// The vendors' specifications lie beside the repository, where they are there at all.
if (Object.values(files).every(existsSync)) {
  describe("replies of the simulated FedEx have only what its specifications know", () => {
    it("when a shipment is created, validated, cancelled or refused", async () => {
      const { create, validate, cancel } = await fedEx();
      const replies = [
        await create(),
        await create(
          shipment({ ...toGermany(), shippingDocumentSpecification: { a: 1 } }, { labelResponseOptions: "URL_ONLY" }),
        ),
      ];
      const [first] = replies;
      const number = first?.body.output.transactionShipments[0].masterTrackingNumber;
      // In captures each piece has it, in the schema it is missing.
      const missing = [".output.transactionShipments[].pieceResponses[].netRateAmount"];
      for (const { body } of replies) expect(misfits(files.ship, "SHPCResponseVO_ShipShipment", body)).toEqual(missing);
      expect(misfits(files.ship, "SHPCResponseVO_Validate", (await validate(shipment())).body)).toEqual([]);
      expect(misfits(files.ship, "SHPCResponseVO_CancelShipment", (await cancel(number)).body)).toEqual([]);
      expect(misfits(files.ship, "ErrorResponseVO", (await cancel(number)).body)).toEqual([]);
    });

    it("when parcels are tracked by number and by reference", async () => {
      const { ship, track, byReference, sandbox } = await fedEx({ switches: { packageIdentifiers: "valueList" } });
      const number = await ship();
      sandbox.tender(number);
      sandbox.exception(number);
      sandbox.delay(number);
      sandbox.deliver(number);
      const tracked = await track([number, "1"]);
      expect(misfits(files.numbers, "TrkcResponseVO_TrackingNumber", tracked.body)).toEqual([]);
      const found = await byReference("SH-100231-1");
      expect(misfits(files.references, "TrkcResponseVO_ReferenceNumber", found.body)).toEqual([]);
    });

    it("and what they do not know is found", () => {
      const wrong = { output: { cancelledShipment: "yes", cancelled: true } };
      expect(misfits(files.ship, "SHPCResponseVO_CancelShipment", wrong)).toEqual([
        ".output.cancelledShipment",
        ".output.cancelled",
      ]);
    });
  });
} else {
  describe("FedEx's specifications", () => {
    it("are not beside the repository, so nothing is compared with them", () =>
      expect(Object.values(files).every(existsSync)).toBe(false));
  });
}
