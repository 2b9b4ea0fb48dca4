import { z } from "zod";

/** The values that a schema allows at a path, where these are few: of an enumeration, or a switch's two. Pure. */
export function valuesAt(schema: unknown, parts: readonly string[]): readonly string[] | "switch" | undefined {
  const at = parts.reduce<unknown>((outer, part) => {
    const object = bare(outer);
    return object instanceof z.ZodObject && Object.hasOwn(object.shape, part) ? object.shape[part] : undefined;
  }, schema);
  const own = bare(at);
  if (own instanceof z.ZodBoolean) return "switch";
  return own instanceof z.ZodEnum ? own.options.map(String) : undefined;
}

/** Whether a schema refuses to go without a setting of its own. Pure. */
export function isRequired(schema: z.ZodType, path: string): boolean {
  const own = schema instanceof z.ZodObject ? schema.shape[path] : undefined;
  return own instanceof z.ZodType && !own.safeParse(undefined).success;
}

/** A schema without what only says what becomes of a value before or after it. */
function bare(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return bare(schema.unwrap());
  if (schema instanceof z.ZodPipe) return bare(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  return schema;
}
