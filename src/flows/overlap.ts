import { type Settings, valueAt } from "../core/config.ts";
import { ConfigError } from "../core/errors.ts";
import { narrower } from "../core/warehouse.ts";
import type { PairKind } from "../systems/kinds.ts";

/** Where any pair says which orders it takes. */
export const filterPath = ["flows", "orders", "filter"] as const;

/** The pairs of a profile, with what is set for them. */
export interface ConnectedPairs {
  pairKinds: Readonly<Record<string, Pick<PairKind, "erp" | "settings" | "warehousesOf">>>;
  settingsOf(name: string): Settings | undefined;
}

/** The other connected pairs that may take the orders which a pair with these settings takes. Pure. */
export function overlapping({ pairKinds, settingsOf }: ConnectedPairs, pair: string, settings: Settings): string[] {
  const own = filterOf(pairKinds[pair], settings);
  return Object.keys(pairKinds).filter((other) => {
    if (other === pair || pairKinds[other]?.erp !== pairKinds[pair]?.erp) return false;
    const theirs = filterOf(pairKinds[other], settingsOf(other));
    return own !== undefined && theirs !== undefined && !isApart(own, theirs);
  });
}

/** What two pairs do that may take the same orders, in one sentence. Pure. */
export function overlapText(pair: string, other: string): string {
  return `${pair} and ${other} may take the same orders, since their filters do not exclude each other: each goes to the pair that meets it first`;
}

/** What mends that. Pure. */
export function overlapFix(pair: string, other: string): string {
  const path = filterPath.join(".");
  return `Give both a ${path} with nothing in common, like \`mlc config set ${pair}.${path}.warehouses=51\` and \`mlc config set ${other}.${path}.warehouses=24\`.`;
}

/** Of the values of one kind (`deliveryModes`) those that a pair's filter lets through: all where it names none. Pure. */
export function letThrough<T extends { value: string }>(settings: unknown, by: string, values: readonly T[]): T[] {
  const named = [valueAt(settings, [...filterPath, by]) ?? []].flat();
  return values.filter(({ value }) => named.length === 0 || named.includes(value));
}

type Filter = Readonly<Record<string, readonly string[]>>;

/** What a connected pair takes, by what; undefined when it takes nothing, or its settings cannot be read. */
function filterOf(
  kind: Pick<PairKind, "settings" | "warehousesOf"> | undefined,
  settings: Settings | undefined,
): Filter | undefined {
  const read = settings === undefined ? undefined : kind?.settings.safeParse(settings).data;
  if (valueAt(read, ["flows", "orders", "enabled"]) === false) return undefined;
  const filter = valueAt(read, filterPath);
  if (typeof filter !== "object" || filter === null) return undefined;
  try {
    const warehouses = kind?.warehousesOf?.(settings);
    return { ...(filter as Filter), ...(warehouses ? { warehouses } : {}) };
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** Whether no order can pass both: in one of what they filter by, both name values and none of them in common. */
function isApart(left: Filter, right: Filter): boolean {
  return Object.entries(left).some(([by, values]) => {
    const others = right[by] ?? [];
    return (
      values.length > 0 &&
      others.length > 0 &&
      !values.some((value) => others.some((other) => isShared(by, value, other)))
    );
  });
}

/** A warehouse may be named with its company. */
function isShared(by: string, one: string, other: string): boolean {
  return by === "warehouses" ? narrower(one, other) !== undefined : one === other;
}
