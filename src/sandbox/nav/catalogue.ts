/** What an installation publishes: pages under its names, with the columns it has (Dynamics NAV, 3). */

import { northAmerican } from "./order-pages.ts";
import { pages } from "./other-pages.ts";
import type { NavSwitches } from "./switches.ts";
import type { EntitySet, Page, Property } from "./types.ts";

/** Columns that a partner added, by page: `{ salesOrder: { Parcel_Status: { kind: "text", maxLength: 20 } } }`. */
export type CustomFields = Readonly<Record<string, Readonly<Record<string, Property>>>>;

/** The entity sets by name, as the switches have them now. */
export function entitySets(switches: NavSwitches, custom: CustomFields): ReadonlyMap<string, EntitySet> {
  const sets = new Map<string, EntitySet>();
  for (const page of Object.values(pages)) {
    const service = switches.services[page.name];
    if (service === undefined) continue;
    const lines = page.part && {
      name: `${service}${page.part.name}`,
      page: installed(page.part.page, switches, custom),
    };
    sets.set(service, { name: service, page: installed(page, switches, custom), ...(lines ? { lines } : {}) });
    if (lines) sets.set(lines.name, lines);
  }
  return sets;
}

function installed(page: Page, { localisation, absentFields }: NavSwitches, custom: CustomFields): Page {
  const added = localisation === "northAmerica" ? northAmerican[page.name] : undefined;
  const properties = { ...page.properties, ...added, ...custom[page.name] };
  const kept = Object.entries(properties).filter(([name]) => !absentFields.includes(`${page.name}.${name}`));
  return { ...page, properties: Object.fromEntries(kept) };
}
