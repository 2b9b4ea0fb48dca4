import { z } from "zod";

/** F&O writes empty text as "", but unset enums as null (F&O, 2.4). */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

/** A number; an unset one is 0. */
export const number = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

/** Text that names a row and is never empty. */
export const identifier = z.string().min(1);

/** The field names of an object schema, for `$select`. */
export const fieldsOf = (schema: { shape: object }): string[] => Object.keys(schema.shape);
