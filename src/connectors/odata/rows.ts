import type { z } from "zod";
import type { Call } from "../../core/delivery.ts";
import { ContractError } from "../../core/errors.ts";

/** What a call gave, and the calls it took. */
export interface Given<T> {
  value: T;
  calls: readonly Call[];
}

/** A row by its schema; throws ContractError that names the field. */
export function readRow<T>(
  value: unknown,
  schema: z.ZodType<T>,
  { system, name, what }: { system: string; name: string; what: string },
): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join(".") ?? "";
  throw new ContractError(`${name} sent something of ${what} whose ${field} is not as documented.`, { system, field });
}
