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
