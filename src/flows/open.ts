import { type ConfigFile, parseSettings, pathParts, valueAt } from "../core/config.ts";
import { ConfigError, UsageError } from "../core/errors.ts";
import { hashOf, type Json } from "../core/json.ts";
import type { Document } from "../core/model.ts";
import type { Flow } from "../core/ports.ts";
import { spanMs, timeSpan } from "../core/settings.ts";
import type { Cadence } from "../core/status.ts";
import type { System } from "../core/system.ts";
import { pairKinds } from "../systems/index.ts";
import { joins } from "./joins.ts";
import { type FlowName, flowNames } from "./names.ts";

/** One flow of one pair. */
export interface ChosenFlow {
  pair: string;
  flow: FlowName;
}

/** What a flow needs to run or to be looked at. */
export interface OpenFlow {
  flow: Flow<Document>;
  account: Json;
  frozen: { [path: string]: Json };
  mapping: string;
  waitingMaxDays: number;
}

/** The part of any pair's settings that the flows themselves read. */
interface PairSettings {
  flows?: Partial<Record<FlowName, { enabled?: boolean }>>;
  waiting?: { maxDays?: number };
}

/** The pairs that a config connects. */
export function connectedPairs(config: ConfigFile): string[] {
  return Object.keys(pairKinds).filter((name) => config[name] !== undefined);
}

/** The flows of a pair, in the order in which they run. Pure. */
export function flowsOf(pair: string): ChosenFlow[] {
  return flowNames.filter((flow) => pairKinds[pair]?.flows.includes(flow)).map((flow) => ({ pair, flow }));
}

/** The flows that a command names, in the order in which they run. Throws UsageError and ConfigError. */
export function chosenFlows(
  config: ConfigFile,
  { pair, flows }: { pair?: string | undefined; flows?: readonly string[] },
): ChosenFlow[] {
  const connected = connectedPairs(config);
  if (pair !== undefined && !connected.includes(pair)) {
    throw new UsageError(`${pair} is not a connected pair${connected.length > 0 ? `: ${connected.join(", ")}` : ""}`, {
      hint: "Run `mlc connect` to add one.",
    });
  }
  const pairs = pair === undefined ? connected : [pair];
  if (pairs.length === 0) throw new ConfigError("No pair is connected yet", { hint: "Run `mlc connect`." });
  const asked = pairs.flatMap(flowsOf).filter(({ flow }) => flows === undefined || flows.includes(flow));
  const chosen = asked.filter((one) => moves(config, one));
  if (chosen.length > 0) return chosen;
  const [still] = asked;
  const mode = still && pairKinds[still.pair]?.modes?.[still.flow];
  if (still && mode) {
    const { setting, report } = mode;
    throw new UsageError(`${still.pair} writes no ${still.flow}: ${setting} is none`, {
      hint: `Set ${still.pair}.${setting} with \`mlc config set\`, or see the report: \`mlc ${report}\`.`,
    });
  }
  throw new UsageError(`${pairs.join(", ")}: no flow there moves ${flows?.[0] ?? "anything"}`, {
    hint: "Run `mlc status`: it lists the flows of the connected pairs.",
  });
}

/** Whether a flow writes anything as the config stands; one that only reports does not run. Pure. */
export function moves(config: ConfigFile, { pair, flow }: ChosenFlow): boolean {
  const mode = pairKinds[pair]?.modes?.[flow];
  return mode === undefined || (valueAt(config[pair], pathParts(mode.setting)) ?? "none") !== "none";
}

const usualEvery = "15m";

/**
 * How often a flow is meant to run, and whether at all; `fallback` is for a flow whose cadence nobody set, which else is the
 * flow's own. Settings that are wrong are told where the flow runs.
 */
export function cadenceOf(config: ConfigFile, { pair, flow }: ChosenFlow, fallback?: string): Cadence {
  const stored = (path: string) => valueAt(config[pair], ["flows", flow, path]);
  const set = timeSpan.safeParse(stored("every"));
  const everyMs = spanMs(set.success ? set.data : (fallback ?? ownEvery(config, { pair, flow })));
  return { pair, flow, enabled: stored("enabled") !== false, everyMs };
}

function ownEvery(config: ConfigFile, { pair, flow }: ChosenFlow): string {
  const settings: unknown = pairKinds[pair]?.settings.safeParse(config[pair]).data;
  const own = timeSpan.safeParse(valueAt(settings, ["flows", flow, "every"]));
  return own.success ? own.data : usualEvery;
}

/** Joins the two systems of a pair in one flow; undefined when it is switched off or one of them cannot. Throws ConfigError. */
export async function openFlow(
  { pair, flow: name }: ChosenFlow,
  given: { settings: unknown; version: string; system(name: string): Promise<System> },
): Promise<OpenFlow | undefined> {
  const kind = pairKinds[pair];
  if (!kind) throw new ConfigError(`${pair} is not a pair that mlc knows`);
  const stored = given.settings ?? {};
  const settings = parseSettings(kind.settings, stored, pair) as PairSettings;
  if (settings.flows?.[name]?.enabled === false) return undefined;
  const [erp, shipper] = [await given.system(kind.erp), await given.system(kind.shipper)];
  const flow = joins[name](pair, erp, shipper) as Flow<Document> | undefined;
  if (!flow) return undefined;
  return {
    flow,
    account: { [erp.name]: await accountOf(erp), [shipper.name]: await accountOf(shipper) },
    frozen: frozenOf(pair, stored)[name] ?? {},
    mapping: hashOf([given.version, stored as Json]),
    // The shipper makes products by itself, when the first order has them: there is no end to waiting for that.
    waitingMaxDays: name === "products" ? Number.POSITIVE_INFINITY : (settings.waiting?.maxDays ?? 14),
  };
}

/** The settings of each flow of a pair that freeze with its first delivery, by path. */
export function frozenOf(pair: string, settings: unknown): Partial<Record<string, { [path: string]: Json }>> {
  const kind = pairKinds[pair];
  if (!kind) return {};
  const { success, data } = kind.settings.safeParse(settings);
  // What else is wrong with them is told where they are used.
  if (!success) return {};
  return Object.fromEntries(
    Object.entries(kind.frozen).map(([flow, paths]) => [
      flow,
      Object.fromEntries(paths.map((path) => [path, String(valueAt(data, pathParts(path)) ?? "")])),
    ]),
  );
}

/** The account's name; all loopback hosts count as one, since simulated vendors change their ports. */
async function accountOf(system: System): Promise<Json> {
  const text = JSON.stringify(await system.account()).replace(/\b(localhost|127\.0\.0\.1|\[::1\])(:\d+)?/g, "loopback");
  return JSON.parse(text) as Json;
}
