import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { FedExClient } from "../../src/connectors/fedex/client.ts";
import { accessTo, allCalls, body, fakeFedEx } from "../connectors/fedex-kit.ts";
import { json } from "../core/http/kit.ts";

const fileOf = (name: string) =>
  join(import.meta.dirname, "..", "..", "..", "shared", "specs", `fedex-${name}.openapi.json`);

interface Schema {
  $ref?: string | undefined;
  type?: string | undefined;
  enum?: unknown[] | undefined;
  required?: string[] | undefined;
  properties?: Record<string, Schema> | undefined;
  items?: Schema | undefined;
  allOf?: Schema[] | undefined;
  oneOf?: Schema[] | undefined;
}
const schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    type: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    required: z.array(z.string()).optional(),
    properties: z.record(z.string(), schema).optional(),
    items: schema.optional(),
    allOf: z.array(schema).optional(),
    oneOf: z.array(schema).optional(),
  }),
);
const operation = z.object({
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema })) }),
});
const document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ schemas: z.record(z.string(), schema) }),
});

/** One of FedEx's specifications, which carries the whole schema of a body beside schemas of samples. */
class Specification {
  readonly #document: z.infer<typeof document>;

  constructor(name: string) {
    this.#document = document.parse(JSON.parse(readFileSync(fileOf(name), "utf8")));
  }

  /** What is wrong with a body: `path: why`. */
  faults(method: string, path: string, body: unknown): string[] {
    const { content } = operation.parse(this.#document.paths[path]?.[method]).requestBody;
    const [media] = Object.values(content);
    // The first is the whole schema, the others are samples.
    const whole = media?.schema.oneOf?.[0] ?? media?.schema;
    if (!whole) throw new Error(`${path} has no body`);
    return this.#faultsIn(body, whole, "");
  }

  #faultsIn(value: unknown, given: Schema, path: string): string[] {
    const known = this.#whole(given);
    if (known.enum && !known.enum.includes(value)) return [`${path}: ${String(value)} is not in the enumeration`];
    if (Array.isArray(value)) {
      return known.items ? value.flatMap((entry) => this.#faultsIn(entry, known.items ?? {}, `${path}[]`)) : [];
    }
    if (typeof value !== "object" || value === null) {
      const isFitting =
        known.type === undefined ||
        known.type === typeOf(value) ||
        (known.type === "number" && typeOf(value) === "integer");
      return isFitting ? [] : [`${path}: ${typeOf(value)} for ${known.type}`];
    }
    const { properties, required = [] } = known;
    if (!properties) return [];
    return [
      ...required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${path}.${name}: missing`),
      ...Object.entries(value).flatMap(([name, member]) => {
        const inner = properties[name];
        return inner ? this.#faultsIn(member, inner, `${path}.${name}`) : [`${path}.${name}: unknown`];
      }),
    ];
  }

  /** A schema with what it refers to; its own members come first. */
  #whole({ $ref, allOf = [], ...own }: Schema): Schema {
    const named = $ref === undefined ? [] : [this.#document.components.schemas[$ref.split("/").at(-1) ?? ""] ?? {}];
    return Object.assign({}, ...[...named, ...allOf].map((part) => this.#whole(part)), own);
  }
}

function typeOf(value: unknown): string {
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}

const names = ["ship-v1", "track-numbers-v1", "track-references-v1", "authorization-v1"];

// The vendors' specifications lie beside the repository, where they are there at all.
if (names.every((name) => existsSync(fileOf(name)))) {
  describe("what is sent to FedEx has only what its specifications know", () => {
    const specificationOf = (path: string) =>
      new Specification(
        path.startsWith("/ship") ? "ship-v1" : path.includes("reference") ? "track-references-v1" : "track-numbers-v1",
      );
    const sent = async () => {
      const server = fakeFedEx({ turns: [json({})] });
      await allCalls(new FedExClient(accessTo(server)));
      return server;
    };

    it("in the bodies of all calls", async () => {
      const { requests } = await sent();
      const faults: Record<string, string[]> = {};
      for (const request of requests) {
        const { pathname } = new URL(request.url);
        const sentBody: unknown = await request.json();
        faults[pathname] = specificationOf(pathname).faults(request.method.toLowerCase(), pathname, sentBody);
      }
      expect(faults).toEqual({
        "/ship/v1/shipments": [],
        // FedEx's own texts have decimals here as in the create call, whose schema says number.
        "/ship/v1/shipments/packages/validate": [".requestedShipment.totalWeight: number for integer"],
        "/ship/v1/shipments/cancel": [],
        "/track/v1/trackingnumbers": [],
        // The samples beside the schema have this name; which of the two is read is not documented.
        "/track/v1/referencenumbers": [".referencesInformation.shipDateEnd: unknown"],
      });
    });

    it("in the form for a token", async () => {
      const { forms } = await sent();
      const authorization = new Specification("authorization-v1");
      for (const form of forms) expect(authorization.faults("post", "/oauth/token", form)).toEqual([]);
    });

    it("and what they do not know is found", () => {
      const { pickupType: _, ...shipment } = body.requestedShipment;
      const wrong = { ...body, requestedShipment: { ...shipment, totalPackageCount: "1", reference: "x" } };
      expect(new Specification("ship-v1").faults("post", "/ship/v1/shipments", wrong)).toEqual([
        ".requestedShipment.pickupType: missing",
        ".requestedShipment.totalPackageCount: string for integer",
        ".requestedShipment.reference: unknown",
      ]);
    });
  });
} else {
  describe("FedEx's specifications", () => {
    it("are not all beside the repository, so nothing is compared with them", () =>
      expect(names.every((name) => existsSync(fileOf(name)))).toBe(false));
  });
}
