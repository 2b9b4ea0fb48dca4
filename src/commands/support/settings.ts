import { z } from "zod";
import { hasSetting, pathParts, type Settings, valueAt, withTyped, withValue } from "../../core/config.ts";
import { ConfigError, UsageError } from "../../core/errors.ts";
import { isProfileSection, profileSections } from "../../core/profile-settings.ts";
import type { Mlc } from "../../mlc.ts";
import { pairKinds, systemKinds } from "../../systems/index.ts";

/** A setting's place: the system or pair, its schema, and the path within. */
interface Place {
  name: string;
  schema: z.ZodType;
  settings: Settings;
  /** Path within the system or pair, as typed. */
  path: string;
  parts: string[];
}

const kinds = (): Readonly<Record<string, { settings: z.ZodType; secrets?: readonly { name: string }[] }>> => ({
  ...systemKinds,
  ...pairKinds,
  ...Object.fromEntries(Object.entries(profileSections).map(([name, settings]) => [name, { settings }])),
});

/** Finds a setting by its whole path. Throws ConfigError when it is none, or what it belongs to is not connected. */
function placeOf(mlc: Mlc, whole: string): Place {
  const [name = "", ...parts] = pathParts(whole);
  const kind = Object.hasOwn(kinds(), name) ? kinds()[name] : undefined;
  if (!kind) {
    throw new ConfigError(`${whole} is not a setting of mlc`, {
      field: whole,
      hint: `Begin with one of ${Object.keys(kinds()).join(", ")}; \`mlc config schema\` has all paths.`,
    });
  }
  if (kind.secrets?.some((secret) => secret.name === parts[0])) {
    throw new ConfigError(`${name}.${parts[0]} is a secret, and secrets are never shown or typed on a command line`, {
      field: whole,
      hint: `Run \`mlc connect ${name}\` to give it anew.`,
    });
  }
  const settings = mlc.config[name] ?? (isProfileSection(name) ? {} : undefined);
  if (settings === undefined)
    throw new ConfigError(`${name} is not connected`, { field: name, hint: `Run \`mlc connect ${name}\` first.` });
  const path = parts.map(quoted).join(".");
  return { name, schema: kind.settings, settings: asSettings(settings), path, parts };
}

function asSettings(value: unknown): Settings {
  return z.record(z.string(), z.unknown()).parse(value);
}

function quoted(part: string): string {
  return /[."\s=]/.test(part) ? JSON.stringify(part) : part;
}

function refuseUnknown({ schema, settings, name, parts, path }: Place): void {
  if (parts.length === 0 || hasSetting(schema, settings, parts)) return;
  throw new ConfigError(`${name}.${path} is not a setting of mlc`, {
    field: `${name}.${path}`,
    hint: "`mlc config schema` has all paths; `mlc config list --defaults` shows what is in force.",
  });
}

/** The value in force at a path: what is set, else its default; undefined when it has neither. Throws ConfigError. */
export function settingAt(mlc: Mlc, whole: string): unknown {
  const place = placeOf(mlc, whole);
  refuseUnknown(place);
  return valueAt(inForce(place.schema, place.settings), place.parts);
}

function inForce(schema: z.ZodType, settings: Settings): unknown {
  const parsed = schema.safeParse(settings);
  return parsed.success ? parsed.data : settings;
}

/** All settings by path: what somebody set, or with the defaults what is in force. */
export function settingsListed(mlc: Mlc, withDefaults: boolean): { path: string; value: unknown }[] {
  return Object.entries(kinds()).flatMap(([name, { settings: schema }]) => {
    const settings = mlc.config[name] ?? (withDefaults && isProfileSection(name) ? {} : undefined);
    if (settings === undefined) return [];
    return flattened(withDefaults ? inForce(schema, asSettings(settings)) : settings, [name]);
  });
}

function flattened(value: unknown, parts: readonly string[]): { path: string; value: unknown }[] {
  if (value === undefined) return [];
  const isSection = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isSection) return [{ path: parts.map(quoted).join("."), value }];
  return Object.entries(value).flatMap(([name, inner]) => flattened(inner, [...parts, name]));
}

/** A value as it can be typed again. Pure. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== "object" && !/[",[\]]/.test(String(item))))
    return value.join(",");
  return JSON.stringify(value);
}

/** Sets values and saves them all, or none. Throws ConfigError that names the first wrong path. */
export async function setSettings(mlc: Mlc, sets: readonly { path: string; text: string }[]): Promise<void> {
  await changeSettings(
    mlc,
    sets.map(({ path }) => path),
    (place, index) => {
      if (place.parts.length === 0) throw new ConfigError(`${place.name} is no single setting`, { field: place.name });
      return withTyped(place.schema, place.settings, place.path, sets[index]?.text ?? "", place.name);
    },
  );
}

/** Takes settings out, so that their defaults hold again. Throws ConfigError when one has no default. */
export async function unsetSettings(mlc: Mlc, paths: readonly string[]): Promise<void> {
  await changeSettings(mlc, paths, ({ schema, settings, parts, name, path }) => {
    if (parts.length === 0) throw new ConfigError(`${name} is no single setting`, { field: name });
    if (valueAt(settings, parts) === undefined) refuseUnknown({ schema, settings, parts, name, path });
    const next = withValue(settings, parts, undefined);
    if (schema.safeParse(settings).success && !schema.safeParse(next).success) {
      throw new ConfigError(`${name}.${path} has no default, so it cannot be taken out`, {
        field: `${name}.${path}`,
        hint: `Set another value with \`mlc config set ${name}.${path}=…\`.`,
      });
    }
    return next;
  });
}

async function changeSettings(
  mlc: Mlc,
  paths: readonly string[],
  change: (place: Place, index: number) => Settings,
): Promise<void> {
  await mlc.settings.change(async (now) => {
    let config = now;
    const changed = new Set<string>();
    for (const [index, path] of paths.entries()) {
      const place = placeOf(mlc, path);
      const next = change({ ...place, settings: asSettings(config[place.name] ?? {}) }, index);
      config = { ...config, [place.name]: next };
      changed.add(place.name);
    }
    for (const name of changed) if (Object.hasOwn(pairKinds, name)) await mlc.refuseThawed(name, config[name]);
    return config;
  });
}

/** `path=value` taken apart at the first `=` outside quotes. Throws UsageError. Pure. */
export function assignment(text: string): { path: string; text: string } {
  const [, path, value] = /^((?:"(?:[^"\\]|\\.)*"|[^"=])+)=([\s\S]*)$/.exec(text) ?? [];
  if (path === undefined || value === undefined) {
    throw new UsageError("config set takes path=value", {
      hint: "Write it like `mlc config set fno-shipstation.flows.orders.every=10m`.",
    });
  }
  return { path: path.trim(), text: value };
}

/** The JSON Schema of a profile's config. Pure. */
export function configSchema(): Record<string, unknown> {
  const whole = z.strictObject({
    schema: z.literal(1),
    secrets: z.enum(["keychain", "vault"]).optional(),
    ...Object.fromEntries(Object.entries(kinds()).map(([name, { settings }]) => [name, settings.optional()])),
  });
  return z.toJSONSchema(whole, { io: "input", unrepresentable: "any" });
}
