import { z } from "zod";

interface Schema {
  $ref?: string | undefined;
  type?: string | undefined;
  enum?: unknown[] | undefined;
  maxLength?: number | undefined;
  required?: string[] | undefined;
  properties?: Record<string, Schema> | undefined;
  items?: Schema | undefined;
  allOf?: Schema[] | undefined;
  oneOf?: Schema[] | undefined;
  nullable?: boolean | undefined;
}

const schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    type: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    maxLength: z.number().optional(),
    required: z.array(z.string()).optional(),
    properties: z.record(z.string(), schema).optional(),
    items: schema.optional(),
    allOf: z.array(schema).optional(),
    oneOf: z.array(schema).optional(),
    nullable: z.boolean().optional(),
  }),
);
const document = z.object({ components: z.object({ schemas: z.record(z.string(), schema) }) });

const typeOf = (value: unknown) => (Array.isArray(value) ? "array" : value === null ? "null" : typeof value);
const fits = (value: unknown, type: string) => (type === "integer" ? Number.isInteger(value) : type === typeOf(value));

/** What an OpenAPI 3 document's schema does not promise of a value: wrong types, unknown and missing members, each once. */
export function complaintsOf(openApi: string, name: string, value: unknown): string[] {
  const { schemas } = document.parse(JSON.parse(openApi)).components;
  const resolved = (given: Schema): Schema => {
    const parts = [...(given.allOf ?? []), ...(given.$ref ? [schemas[given.$ref.split("/").at(-1) ?? ""] ?? {}] : [])];
    const all = parts.map(resolved);
    const properties = Object.assign({}, ...[given, ...all].map((part) => part.properties));
    const required = [given, ...all].flatMap((part) => part.required ?? []);
    const merged: Schema = Object.assign({}, given, ...all, { required });
    return Object.keys(properties).length > 0 ? { ...merged, properties } : merged;
  };
  const check = (one: unknown, given: Schema, path: string): string[] => {
    const { type, enum: values, maxLength, required = [], properties, items, oneOf, nullable } = resolved(given);
    if (one === null && nullable) return [];
    // The kind that fits best is the one that was meant.
    if (oneOf) return oneOf.map((kind) => check(one, kind, path)).sort((a, b) => a.length - b.length)[0] ?? [];
    if (type !== undefined && !fits(one, type)) return [`${path} is no ${type}`];
    if (values && !values.includes(one)) return [`${path} ${String(one)} is none of ${values.join(", ")}`];
    if (typeof one === "string" && maxLength !== undefined && one.length > maxLength) return [`${path} is too long`];
    if (Array.isArray(one)) return items ? one.flatMap((entry) => check(entry, items, `${path}[]`)) : [];
    if (typeof one !== "object" || one === null || !properties) return [];
    const missing = required
      .filter((member) => !Object.hasOwn(one, member))
      .map((member) => `${path}.${member} is missing`);
    const inner = Object.entries(one).flatMap(([member, entry]) => {
      const known = properties[member];
      return known ? check(entry, known, `${path}.${member}`) : [`${path}.${member} is unknown`];
    });
    return [...missing, ...inner];
  };
  return [...new Set(check(value, { $ref: `/${name}` }, ""))];
}
