import { z } from "zod";
import { parseSettings } from "../../core/config.ts";
import { address, flag, listOf, receiverAddress, timeSpan } from "../../core/settings.ts";
import { code } from "../agents.ts";
import { type BcRules, customPath, name, rules, storeRules } from "./rules.ts";

/** The settings of a company in a Business Central environment. */
export const bcSettings = z.strictObject({
  tenantId: z.string().trim().min(1),
  /** As it was entered in the admin centre: whether case matters is not promised (BC, 1.1). */
  environment: z.string().trim().min(1),
  /** Its id, name or display name. */
  company: z.string().trim().min(1),
  clientId: z.string().trim().min(1),
  apiUrl: address.default("https://api.businesscentral.dynamics.com"),
  authority: address.default("https://login.microsoftonline.com"),
  /** Where Business Central calls mlc; written by `mlc webhooks create`. */
  webhooks: z.strictObject({ url: receiverAddress("/webhooks/bc").optional() }).optional(),
});

/** The settings of a company in a Business Central environment, parsed. */
export type BcSettings = z.infer<typeof bcSettings>;

const civilDate = z.iso.date("is not a date like 2026-11-21");
const flow = { enabled: flag.default(true), every: timeSpan.default("15m"), startDate: civilDate.optional() };
const lookBack = z.coerce.number().int().positive().default(30);

const flows = z.strictObject({
  sales: z.strictObject({ ...flow, lookBack }).prefault({}),
  shipments: z.strictObject({ ...flow, lookBack }).prefault({}),
  products: z
    .strictObject({
      ...flow,
      every: timeSpan.default("1h"),
      /** Which items are products; blocked ones and those without stock of their own never are. An empty list takes all. */
      filter: z
        .strictObject({ categories: listOf(code(20)).default([]), numbers: regularExpression().optional() })
        .prefault({}),
      /** What is written over the shipper's products; a price there is in the account's own currency, and so only on demand. */
      fields: listOf(z.enum(["name", "weight", "price", "customs"])).default(["name", "weight", "customs"]),
      /** Has the shipper make a product by an order of it that is cancelled afterwards: what else that does there is not promised. */
      seed: flag.default(false),
    })
    .prefault({}),
  customers: z.strictObject({ ...flow, every: timeSpan.default("1h") }).prefault({}),
});

function regularExpression() {
  return z.string().refine((pattern) => {
    try {
      return new RegExp(pattern) instanceof RegExp;
    } catch {
      return false;
    }
  }, "is not a regular expression");
}

const weightUnit = z.enum(["kg", "g", "lb", "oz"]);
/** Where items' weights come from: API v2.0 has none, and a weight in BC has no unit (BC, 2.2). */
const weight = z
  .strictObject({
    source: z.enum(["none", "customApi", "csv"]).default("none"),
    /** The unit that the customer keeps weights in. */
    unit: weightUnit.optional(),
    /** With source `customApi`: the set, and its fields with the item's number and weight. */
    path: customPath.optional(),
    field: name.default("netWeight"),
    numberField: name.default("number"),
    /** With source `csv`: a file with the columns `sku` and `weight`. */
    file: z.string().min(1).optional(),
  })
  .superRefine(({ source, unit, path, file }, context) => {
    const wanted = { none: {}, customApi: { unit, path }, csv: { unit, file } }[source];
    for (const [name, value] of Object.entries(wanted)) {
      if (value !== undefined) continue;
      context.addIssue({ code: "custom", path: [name], message: `must be set where weight.source is ${source}` });
    }
  });

/** BC's side of a pair's settings, every one with a default or optional. */
export const bcPairSettings = z.strictObject({
  flows: flows.prefault({}),
  ...rules.shape,
  /** Store id → what is different for that store's orders. */
  storeRules: z.record(z.string().regex(/^\d+$/, "is not a store id"), storeRules).default({}),
  weight: weight.prefault({}),
});

/** BC's side of a pair's settings, parsed. */
export type BcPairSettings = z.infer<typeof bcPairSettings>;

/** Wrapped, so that what is wrong is named by its whole path. */
const merging = z.strictObject({ storeRules: z.record(z.string(), rules) });

/** The rules for a store's orders: its own where it has them, else the pair's. Throws ConfigError. Pure. */
export function rulesOf(settings: BcPairSettings, storeId: string | undefined): BcRules {
  const common = commonRules(settings);
  const own =
    storeId !== undefined && Object.hasOwn(settings.storeRules, storeId) ? settings.storeRules[storeId] : undefined;
  if (!own) return common;
  const wrapped = { storeRules: { [String(storeId)]: merged(common, own) } };
  return parseSettings(merging, wrapped, "bc-shipstation").storeRules[String(storeId)] ?? common;
}

/** Finds what a store's own rules and those of the pair do not allow together, by its path. Pure. */
export function storeRuleIssues(settings: BcPairSettings): { path: PropertyKey[]; message: string }[] {
  const storeRules = Object.entries(settings.storeRules).map(
    ([storeId, own]) => [storeId, merged(commonRules(settings), own)] as const,
  );
  const { error } = merging.safeParse({ storeRules: Object.fromEntries(storeRules) });
  return error?.issues.map(({ path, message }) => ({ path, message })) ?? [];
}

/** A pair's settings have more beside them. */
function commonRules(settings: BcPairSettings): BcRules {
  const { booking, bookOn, postingDate, currency, customers, lines, tracking, shippingAgents } = settings;
  return { booking, bookOn, postingDate, currency, customers, lines, tracking, shippingAgents };
}

/** A value in which what is set in `own` takes the place of what is in `common`, however deep. */
function merged(common: unknown, own: unknown): unknown {
  if (own === undefined) return common;
  if (!isGroup(common) || !isGroup(own)) return own;
  const names = new Set([...Object.keys(common), ...Object.keys(own)]);
  return Object.fromEntries([...names].map((name) => [name, merged(common[name], own[name])]));
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
