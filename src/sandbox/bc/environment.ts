/** What one environment is made of. */

import type { SandboxClock } from "../kit.ts";
import type { Place } from "./address.ts";
import type { Ids } from "./books.ts";
import type { Company } from "./company.ts";
import { type CustomApi, customSets, page42, standardSets } from "./entities.ts";
import { Refusal } from "./refusals.ts";
import type { BcSwitches } from "./switches.ts";
import type { EntitySet } from "./types.ts";
import type { Writes } from "./writes.ts";

/** An environment: companies and what they share. */
export interface Environment {
  clock: SandboxClock;
  switches: BcSwitches;
  tenantId: string;
  name: string;
  companies: Company[];
  ids: Ids;
  writes: Writes;
  customApi: CustomApi;
}

/** What an address of this environment must name. */
export const placeOf = ({ tenantId, name, switches }: Environment): Place => ({
  tenantId,
  environment: name,
  environmentCase: switches.environmentCase,
});

/** The company of an id or name; throws when there is none. */
export function companyOf({ companies, switches }: Environment, named: string): Company {
  const found = companies.find(({ id, name }) => id === named.toLowerCase() || name === named);
  if (found) return found;
  throw new Refusal(404, switches.companyNotFoundCode, `The company "${named}" does not exist.`);
}

/** The sets of an API by its route; none when it is not published. */
export function setsOf({ switches, customApi }: Environment, api: string): ReadonlyMap<string, EntitySet> {
  const isCustom = api.toLowerCase() === customApi.route.toLowerCase() && switches.customApi === "published";
  const hasPage42 = api === "ODataV4" && switches.page42 === "published";
  const found =
    api === "v2.0"
      ? standardSets.filter(
          ({ name }) => name !== "documentAttachments" || switches.documentAttachments === "published",
        )
      : isCustom
        ? customSets(customApi, switches.trackingLength)
        : hasPage42
          ? [page42(switches.trackingLength)]
          : [];
  return new Map(found.map((set) => [set.name, without(set, switches.missingFields)]));
}

function without(set: EntitySet, missing: readonly string[]): EntitySet {
  if (missing.length === 0) return set;
  const kept = Object.entries(set.properties).filter(([name]) => !missing.includes(`${set.name}.${name}`));
  return { ...set, properties: Object.fromEntries(kept) };
}

/** Refuses what the permission sets do not cover (Business Central, 1.3). */
export function checkPermission({ switches }: Environment, set: string): void {
  if (switches.permissionSets !== "none" && !switches.forbiddenSets.includes(set)) return;
  const { status, code } = switches.forbidden;
  throw new Refusal(status, code, `You do not have the following permissions on TableData ${set}: Read.`);
}
