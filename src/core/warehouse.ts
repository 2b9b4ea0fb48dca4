/** A warehouse of a company. */
export interface WarehouseIn {
  legalEntity: string;
  warehouse: string;
}

/** Whether settings mean a warehouse by a name, which is its id, or with its company: `usmf/24`. Pure. */
export function isNamed(name: string, { legalEntity, warehouse }: WarehouseIn): boolean {
  return name === warehouse || isWithCompany(name, warehouse, legalEntity);
}

/** The narrower of two names of settings; undefined where they mean no warehouse in common. Pure. */
export function narrower(one: string, other: string): string | undefined {
  if (folded(one) === folded(other) || isWithCompany(one, other)) return one;
  return isWithCompany(other, one) ? other : undefined;
}

function isWithCompany(name: string, warehouse: string, legalEntity?: string): boolean {
  const at = name.indexOf("/");
  if (at <= 0 || name.slice(at + 1) !== warehouse) return false;
  return legalEntity === undefined || name.slice(0, at).toLowerCase() === legalEntity.toLowerCase();
}

/** Companies have no case. */
function folded(name: string): string {
  const at = Math.max(0, name.indexOf("/"));
  return name.slice(0, at).toLowerCase() + name.slice(at);
}
