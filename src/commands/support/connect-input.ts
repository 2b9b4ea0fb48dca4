import { z } from "zod";
import { pathParts, type Settings, valueAt, withTyped, withValue } from "../../core/config.ts";
import { ConfigError, UsageError } from "../../core/errors.ts";
import type { SecretKind } from "../../systems/kinds.ts";

/** Most that is read from stdin. */
const maxSecretsText = 1024 * 1024;

/** The settings with each `path=value` typed into them; throws UsageError or ConfigError with the path. Pure. */
export function withSets(
  { settings: schema, secrets = [] }: { settings: z.ZodType; secrets?: readonly SecretKind[] },
  settings: Settings,
  sets: readonly string[],
  where: string,
): Settings {
  const secretNames = secrets.map(({ name }) => name);
  const typed = sets.reduce<Settings>((at, set) => {
    const equals = set.indexOf("=");
    if (equals < 1) {
      // What was typed is not quoted: it may be a secret.
      throw new UsageError("--set takes path=value", {
        hint: "Write it like --set host=https://contoso.example.",
      });
    }
    const [path, text] = [set.slice(0, equals).trim(), set.slice(equals + 1)];
    if (secretNames.includes(path)) {
      throw new ConfigError(`${where}.${path} is a secret, and what is typed on a command line is seen by others`, {
        field: `${where}.${path}`,
        hint: `Pipe {"${path}":"…"} into --secrets-stdin instead, and make a new secret if others may have seen this one.`,
      });
    }
    return saidForConnect(schema, where, () => withTyped(schema, at, path, text, where));
  }, settings);
  // What was typed first was read while others were missing; the whole is kept as the schema makes it.
  const whole = schema.safeParse(typed).data;
  return sets.reduce((at, set) => {
    const parts = pathParts(set.slice(0, set.indexOf("=")).trim());
    return whole === undefined ? at : withValue(at, parts, valueAt(whole, parts));
  }, typed);
}

/** Runs a check of settings; what is wrong then says how `connect` wants it. */
export function saidForConnect<T>(schema: z.ZodType, where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const field = error instanceof ConfigError ? error.context.field : undefined;
    if (!(error instanceof ConfigError) || !field?.startsWith(`${where}.`)) throw error;
    const path = field.slice(where.length + 1);
    const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
    const hint = error.message.includes("is not a setting")
      ? `Leave it out, or use one of ${known.join(", ")}.`
      : `Give it as --set ${path}=….`;
    throw new ConfigError(error.message, { ...error.context, hint, cause: error });
  }
}

/**
 * The secrets in a JSON text, by name. Throws ConfigError, which never quotes the text, when it is no object of strings or
 * names a secret that the system does not have. Pure.
 */
export function secretsFromText(text: string, known: readonly SecretKind[], where: string): Record<string, string> {
  const names = known.map(({ name }) => name);
  const hint = `Pipe one JSON object into it, like {"${names[0] ?? "name"}":"…"}.`;
  const value = objectFrom(text.replace(/^\ufeff/, ""));
  if (!value) throw new ConfigError("What came on stdin is not one JSON object of secrets", { field: where, hint });
  const secrets: Record<string, string> = {};
  for (const [name, secret] of Object.entries(value)) {
    const field = `${where}.${name}`;
    if (!names.includes(name)) {
      const message = `${where} has no secret named ${JSON.stringify(name.slice(0, 40))}`;
      throw new ConfigError(message, { field, hint: `It has ${names.join(", ") || "none"}.` });
    }
    if (typeof secret !== "string" || secret.trim() === "") {
      throw new ConfigError(`The secret ${field} is not a text, or is empty`, { field, hint });
    }
    secrets[name] = secret.trim();
  }
  return secrets;
}

function objectFrom(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    // The parser's own message would quote the secret.
    return undefined;
  }
}

/** All of a stream as text; throws ConfigError when it is longer than secrets can be. */
export async function textOf(stream: AsyncIterable<Uint8Array | string>): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    parts.push(Buffer.from(part));
    size += part.length;
    if (size > maxSecretsText) throw new ConfigError("More came on stdin than secrets can be");
  }
  return Buffer.concat(parts).toString("utf8");
}
