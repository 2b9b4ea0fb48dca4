import type { z } from "zod";
import { ConfigError } from "./errors.ts";
import type { Disk } from "./state/disk.ts";
import { leadsOn, type Migrations, migrated } from "./state/schema.ts";
import { replaceVersioned } from "./state/versioned.ts";

/** Settings as they stand in the file: only what somebody set, no defaults. */
export interface Settings {
  [name: string]: unknown;
}

/** A profile's config file: settings of systems and pairs by their ids, beside mlc's own. */
export interface ConfigFile extends Settings {
  schema: 1;
}

const refusedNames = new Set(["__proto__", "constructor", "prototype"]);

/** The parts of a dotted path; a part with a dot stands in double quotes. Throws ConfigError. Pure. */
export function pathParts(path: string): string[] {
  const parts = [...path.matchAll(/(?:^|\.)(?:"((?:[^"\\]|\\.)*)"|([^."]+))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? "") : quoted.replace(/\\(.)/g, "$1"),
  );
  const rebuilt = parts.length > 0 && path.replace(/"(?:[^"\\]|\\.)*"|[^."]+/g, "").length === parts.length - 1;
  if (!rebuilt || parts.some((part) => refusedNames.has(part))) {
    throw new ConfigError(`${path} is not the path of a setting`, {
      field: path,
      hint: "Write it like flows.orders.every.",
    });
  }
  return parts;
}

/** Whether a value is an object of settings. */
export function isSettings(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path, undefined when there is none. Pure. */
export function valueAt(settings: unknown, parts: readonly string[]): unknown {
  return parts.reduce<unknown>(
    (at, part) => (isSettings(at) && Object.hasOwn(at, part) ? at[part] : undefined),
    settings,
  );
}

/** The settings with a value at a path; undefined takes it out, and what is empty then with it. Pure. */
export function withValue(settings: Settings, parts: readonly string[], value: unknown): Settings {
  const [first, ...rest] = parts;
  if (first === undefined) return settings;
  const inner = settings[first];
  const next = rest.length === 0 ? value : withValue(isSettings(inner) ? inner : {}, rest, value);
  const { [first]: _, ...others } = settings;
  const isEmpty = next === undefined || (value === undefined && isSettings(next) && Object.keys(next).length === 0);
  return isEmpty ? others : { ...settings, [first]: next };
}

/** Parses settings; throws ConfigError that names each wrong field by its path from `where`. */
export function parseSettings<T>(schema: z.ZodType<T>, settings: unknown, where: string): T {
  const result = schema.safeParse(settings);
  if (result.success) return result.data;
  throw complaint(result.error.issues, settings, where);
}

function complaint(issues: readonly z.core.$ZodIssue[], settings: unknown, where: string): ConfigError {
  const complaints = issues.map((issue) => complaintOf(issue, settings, where));
  const [first] = complaints;
  const path = first?.path ?? where;
  return new ConfigError(complaints.map(({ text }) => text).join("; "), {
    field: path,
    hint: first?.isUnknown
      ? `Take it out with \`mlc config unset ${path}\` if the config has it; \`mlc config schema\` has all paths.`
      : `Set it with \`mlc config set ${path}=…\`, or take it out with \`mlc config unset ${path}\`.`,
  });
}

interface Complaint {
  path: string;
  text: string;
  /** No setting has this path. */
  isUnknown?: boolean;
}

function complaintOf(issue: z.core.$ZodIssue, settings: unknown, where: string): Complaint {
  const path = [where, ...issue.path]
    .map((part) => (/[."]/.test(String(part)) ? JSON.stringify(String(part)) : String(part)))
    .join(".");
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    return { path: `${path}.${key}`, text: `${path}.${key} is not a setting of mlc`, isUnknown: true };
  }
  const value = valueAt(settings, issue.path.map(String));
  const message = issue.message
    .replace(/^Invalid input: expected number, received NaN$/, "is not a number")
    .replace(/^Invalid option: expected one of /, "is none of ")
    .replace(/^Invalid input: /, "");
  if (value !== undefined) return { path, text: `${path} = ${JSON.stringify(value)}: ${message}` };
  return { path, text: `${path} is missing${issue.code === "invalid_type" ? "" : `: ${message}`}` };
}

/**
 * The settings with a value typed as text, read the way the schema wants it: as typed, else as JSON. What is kept is what
 * the schema made of it. Throws ConfigError when neither fits.
 */
export function withTyped<T>(
  schema: z.ZodType<T>,
  settings: Settings,
  path: string,
  text: string,
  where: string,
): Settings {
  const parts = pathParts(path);
  const json = jsonOf(text);
  // What is wrong inside an object or a list is told, and not that it is no text.
  const readings = typeof json === "object" && json !== null ? [json, text] : [text, json];
  const complaints: ConfigError[] = [];
  for (const value of readings) {
    if (value === undefined) continue;
    refuseNames(value, path);
    const next = withValue(settings, parts, value);
    const result = schema.safeParse(next);
    // A table may keep its rows under names in another case than they are typed in.
    if (result.success) return withValue(settings, parts, valueAt(result.data, parts) ?? value);
    const issues = result.error.issues.filter((issue) => concerns(issue, parts));
    if (issues.length === 0) return next;
    complaints.push(complaint(issues, next, where));
  }
  throw complaints[0] ?? new ConfigError(`${path} cannot be set`, { field: path });
}

/** Names that reach into every object are no more welcome inside a value than in its path. */
function refuseNames(value: unknown, path: string): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (refusedNames.has(name)) throw new ConfigError(`${path} cannot hold the name ${name}`, { field: path });
    refuseNames(inner, path);
  }
}

/** Whether the schema knows a setting at a path; below a table every name is one. Pure. */
export function hasSetting(schema: z.ZodType, settings: Settings, parts: readonly string[]): boolean {
  const result = schema.safeParse(withValue(settings, parts, null));
  if (result.success) return true;
  return !result.error.issues.some((issue) =>
    issue.code === "unrecognized_keys"
      ? concerns(issue, parts)
      : issue.path.length < parts.length && issue.path.every((part, index) => String(part) === parts[index]),
  );
}

/** Whether an issue is about the value at a path: above it, at it or below it. */
function concerns(issue: z.core.$ZodIssue, parts: readonly string[]): boolean {
  const at = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path;
  return at.length >= parts.length
    ? parts.every((part, index) => String(at[index]) === part)
    : issue.code !== "invalid_type" && at.every((part, index) => String(part) === parts[index]);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the text itself was tried already.
    return undefined;
  }
}

const configSchema = 1;
/** Nothing grew yet. */
const configMigrations: Migrations = {};

/**
 * Reads a profile's config, one of an older version in today's shape; one without a file is empty. Throws ConfigError when
 * it is not JSON or from a newer mlc.
 */
export async function readConfig(disk: Disk, file: string, migrations = configMigrations): Promise<ConfigFile> {
  const bytes = await disk.read(file);
  if (bytes === undefined) return { schema: configSchema };
  const config = jsonOf(bytes.toString("utf8"));
  if (!isSettings(config)) {
    throw new ConfigError(`${file} is not a JSON object`, {
      hint: "Mend it by hand, or move it away and run `mlc connect` again.",
    });
  }
  const { schema } = config;
  const isKnown = typeof schema === "number" && schema <= configSchema && leadsOn(schema, configSchema, migrations);
  if (!isKnown) {
    throw new ConfigError(`${file} has schema ${String(schema)}, and this mlc knows ${configSchema}`, {
      hint: "Install the newer mlc that wrote it, or mend it by hand.",
    });
  }
  return { ...migrated({ ...config, schema }, configSchema, migrations, file), schema: configSchema };
}

/** Writes a profile's config in one piece: a crash leaves the old or the new one. One of an older version stays beside it. */
export async function writeConfig(disk: Disk, file: string, config: ConfigFile): Promise<void> {
  await replaceVersioned(disk, file, Buffer.from(`${JSON.stringify(config, null, 2)}\n`), configSchema);
}
