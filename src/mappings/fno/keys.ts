/** The names an order may have in F&O. */
export interface OrderName {
  legalEntity: string;
  number: string;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The number as it stands, then without mlc's generation and without its part number: `SO-1-2-g2`, `SO-1-2`, `SO-1`. */
function numbersOf(number: string): string[] {
  const withoutGeneration = number.replace(/-g([2-9]|[1-9]\d)$/, "");
  const withoutPart = withoutGeneration.replace(/-([2-9]|[1-9]\d)$/, "");
  return [...new Set([number, withoutGeneration, withoutPart])].filter((text) => text !== "");
}

/** The orders of which a key template could have made a key, closest first; empty when it could not. Pure. */
export function ordersFromKey(key: string, template: string, legalEntities: readonly string[]): OrderName[] {
  const groups: Readonly<Record<string, string>> = {
    legalEntity: `(?<legalEntity>${legalEntities.map(escaped).join("|")})`,
    orderNumber: "(?<orderNumber>.+)",
  };
  const seen = new Set<string>();
  const pattern = template
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1] ?? "";
      const group = groups[name];
      if (group === undefined) return escaped(part);
      if (seen.has(name)) return `\\k<${name}>`;
      seen.add(name);
      return group;
    })
    .join("");
  // Part and generation follow the whole key, so a template that ends in more than the number is matched without them.
  return numbersOf(key).flatMap((text) => {
    const found = new RegExp(`^${pattern}$`, "is").exec(text)?.groups;
    const number = found?.orderNumber;
    if (number === undefined) return [];
    const entities = found?.legalEntity === undefined ? legalEntities : [found.legalEntity.toLowerCase()];
    return entities.map((legalEntity) => ({ legalEntity, number }));
  });
}

/** The orders that a shipper's order number may mean, closest first. Pure. */
export function ordersFromNumber(number: string, legalEntities: readonly string[]): OrderName[] {
  return numbersOf(number).flatMap((text) => legalEntities.map((legalEntity) => ({ legalEntity, number: text })));
}
