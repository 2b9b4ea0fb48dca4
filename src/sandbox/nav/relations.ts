/** What a field of one record must find in another table (Dynamics NAV, 9). */

import type { Company } from "./company.ts";
import { doesNotExist } from "./refusals.ts";
import type { Row } from "./tables.ts";
import type { Value, Values } from "./types.ts";

/** The record that a code leads to; undefined for a blank, a Refusal when there is none. */
export function related(
  { tables }: Company,
  { table, title, caption }: { table: string; title: string; caption: string },
  value: Value,
): Row | undefined {
  if (value === "") return undefined;
  const found = tables.find(table, value);
  if (!found) throw doesNotExist(title, { [caption]: value });
  return found;
}

/** Looks whether an agent, or a service of an agent, exists. */
export function checkShipping(company: Company, name: string, value: Value, record: Values): void {
  if (name === "Shipping_Agent_Code")
    related(company, { table: "agents", title: "Shipping Agent", caption: "Code" }, value);
  if (name !== "Shipping_Agent_Service_Code" || value === "") return;
  const agent = record.Shipping_Agent_Code ?? "";
  if (!company.tables.find("agentServices", agent, value))
    throw doesNotExist("Shipping Agent Services", { "Shipping Agent Code": agent, Code: value });
}
