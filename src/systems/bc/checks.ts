import type { BcClient } from "../../connectors/bc/client.ts";
import { type BcPairSettings, rulesOf } from "../../connectors/bc/config.ts";
import type { BcRules } from "../../connectors/bc/rules.ts";
import type { Check } from "../../core/system.ts";
import { fieldChecks } from "./field-checks.ts";
import { installHint, publishedFields } from "./published.ts";
import { routeChecks } from "./route-checks.ts";

/** Looks whether this company has what the settings of the pair name; only what they use is looked at. */
export async function bcChecks(client: BcClient, settings: BcPairSettings): Promise<Check[]> {
  const rules = allRules(settings);
  const { sales, shipments, products } = settings.flows;
  return [
    ...(await fieldChecks(client, settings, rules)),
    ...(shipments.enabled ? await routeChecks(client, rules) : []),
    ...(sales.enabled ? await locationChecks(client, rules) : []),
    ...(sales.enabled ? await customerChecks(client, rules) : []),
    ...(sales.enabled ? freightChecks(rules) : []),
    ...(products.enabled ? await weightChecks(client, settings.weight) : []),
  ];
}

/** The pair's rules and those of each store that has its own. Throws ConfigError. */
function allRules(settings: BcPairSettings): BcRules[] {
  return [undefined, ...Object.keys(settings.storeRules)].map((store) => rulesOf(settings, store));
}

async function locationChecks(client: BcClient, rules: readonly BcRules[]): Promise<Check[]> {
  const wanted = distinct(rules.map(({ lines }) => lines.location));
  if (wanted.length === 0) return [];
  const { value: rows } = await client.masterData.locations();
  const codes = rows.map(({ code }) => code.toUpperCase());
  return wanted.map((code): Check => {
    const name = "lines.location";
    if (codes.includes(code)) return { name, state: "ok", message: `location ${code} is in the company` };
    const message = `the company has no location ${code}${codes.length > 0 ? `; there are ${codes.join(", ")}` : ""}`;
    return { name, state: "failed", message, fix: "Set lines.location to a code of the page Locations." };
  });
}

async function customerChecks(client: BcClient, rules: readonly BcRules[]): Promise<Check[]> {
  const wanted = distinct(rules.map(({ customers }) => customers.account));
  if (wanted.length === 0) return [];
  const { value: rows } = await client.masterData.customersByNumber(wanted);
  return wanted.map((number): Check => {
    const name = "customers.account";
    const row = rows.find((one) => one.number.toUpperCase() === number);
    if (!row) {
      const fix = "Set customers.account to a number of the page Customers, or create that customer.";
      return { name, state: "failed", message: `the company has no customer ${number}`, fix };
    }
    if (row.blocked === "") return { name, state: "ok", message: `customer ${number} is in the company` };
    const message = `customer ${number} is blocked for ${row.blocked}, so that nothing is booked on it`;
    return { name, state: "failed", message, fix: "Set Blocked to blank on the customer's card." };
  });
}

/** An order whose buyer paid for shipping cannot be booked without an account for it. */
function freightChecks(rules: readonly BcRules[]): Check[] {
  const name = "lines.shippingAccount";
  if (rules.every(({ lines }) => lines.shippingAccount !== undefined)) return [];
  const message = "is not set for every store: orders whose buyer paid for shipping are set aside";
  return [{ name, state: "warning", message, fix: `Set ${name} to a G/L account of the company.` }];
}

async function weightChecks(client: BcClient, weight: BcPairSettings["weight"]): Promise<Check[]> {
  const { source, path, field, numberField } = weight;
  if (source !== "customApi" || path === undefined) return [];
  const name = "weight.path";
  const published = await publishedFields(client, path);
  if (!published) {
    const message = `Business Central publishes no page ${path}, so that products have no weight`;
    return [{ name, state: "failed", message, fix: installHint("weight.path") }];
  }
  const missing = [numberField, field].filter((one) => !published.has(one));
  if (missing.length === 0) return [{ name, state: "ok", message: `${path} has ${numberField} and ${field}` }];
  const fix = "Correct weight.field and weight.numberField, or add the field to the page.";
  return [{ name, state: "failed", message: `${path} has no ${missing.join(", ")}`, fix }];
}

const distinct = (values: readonly (string | undefined)[]) => [
  ...new Set(values.filter((value) => value !== undefined)),
];
