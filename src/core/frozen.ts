import { ConfigError } from "./errors.ts";
import { canonicalJson, type Json } from "./json.ts";
import type { FlowState } from "./state/fold.ts";

/** Throws ConfigError when a setting that makes keys is not what it was when the first document was delivered. Pure. */
export function refuseThawed(state: FlowState, settings: Readonly<Record<string, Json>>, where: string): void {
  if (!state.hasDelivered) return;
  const { frozen = {} } = state;
  const path = Object.keys(frozen).find(
    (name) => settings[name] !== undefined && canonicalJson(settings[name]) !== canonicalJson(frozen[name]),
  );
  if (path === undefined) return;
  throw new ConfigError(
    `${where}.${path} = ${JSON.stringify(settings[path])}: it names documents that were delivered already, ` +
      `and under other names they would all be made again`,
    { field: `${where}.${path}`, hint: `Leave it at ${JSON.stringify(frozen[path])}.` },
  );
}

/** Throws ConfigError when a flow's state belongs to another account; it is never used for this one unless a person says so. Pure. */
export function refuseForeign({ account: before }: FlowState, account: Json, where: string): void {
  if (before === undefined || canonicalJson(before) === canonicalJson(account)) return;
  const changes = differences(before, account).join("; ");
  throw new ConfigError(`The state of ${where} belongs to another account: ${changes}`, {
    hint: "Set the setting back, or run once with --new-state to begin anew or with --keep-state if it is the same account.",
  });
}

function differences(before: Json, now: Json | undefined, path: readonly string[] = []): string[] {
  if (canonicalJson(before) === canonicalJson(now ?? null)) return [];
  const isDeep = isMap(before) && isMap(now);
  if (!isDeep) return [`${path.join(".")} was ${JSON.stringify(before)} and is ${JSON.stringify(now ?? null)} now`];
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].flatMap((name) => differences(before[name] ?? null, now[name], [...path, name]));
}

function isMap(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
