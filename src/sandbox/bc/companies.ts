/** The companies of an environment (Business Central, 2.1). */

import { of } from "../odata/columns.ts";
import { companyOf, type Environment } from "./environment.ts";
import type { Incoming, Outgoing } from "./pages.ts";
import { queryOf } from "./query.ts";
import { notAllowed } from "./refusals.ts";
import { dateTime, type EntitySet, guid, integer, readOnly, text, type Values } from "./types.ts";

const set: EntitySet = {
  name: "companies",
  type: "company",
  table: "companies",
  verbs: [],
  navigation: {},
  properties: {
    ...of(readOnly(guid), "id systemCreatedBy systemModifiedBy"),
    ...of(readOnly(text(250)), "name displayName businessProfileId systemVersion"),
    timestamp: readOnly(integer),
    ...of(readOnly(dateTime), "systemCreatedAt systemModifiedAt"),
  },
};

const rowsOf = ({ companies, tenantId }: Environment): Values[] =>
  companies.map(({ id, name, createdAt }) => ({
    id,
    systemVersion: "29.0.0.0",
    timestamp: 1,
    name,
    displayName: name,
    businessProfileId: "",
    systemCreatedAt: createdAt,
    systemCreatedBy: tenantId,
    systemModifiedAt: createdAt,
    systemModifiedBy: tenantId,
  }));

/** Lists the companies, or shows one. */
export function companies(environment: Environment, key: string | undefined, { method, url }: Incoming): Outgoing {
  if (method !== "GET") throw notAllowed(`${method} companies`);
  const query = queryOf(url.searchParams, set, new Map());
  const context = `${url.origin}/v2.0/${environment.name}/api/v2.0/$metadata#companies`;
  const shown = (values: Values) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !query.select || query.select.includes(name)));
  const rows = rowsOf(environment);
  if (key === undefined)
    return { status: 200, body: { "@odata.context": context, value: rows.filter(query.passes).map(shown) } };
  const { id } = companyOf(environment, key);
  const found = rows.filter((row) => row.id === id).map(shown)[0];
  return { status: 200, body: { "@odata.context": `${context}/$entity`, ...found } };
}
