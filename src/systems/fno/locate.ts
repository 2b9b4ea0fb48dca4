import type { Shipment } from "../../core/model.ts";
import type { KnownOrder, Located } from "../../core/ports.ts";
import { type OrderName, ordersFromKey, ordersFromNumber } from "../../mappings/fno/keys.ts";
import { orderId } from "../../mappings/fno/orders.ts";
import { grouped } from "../in-groups.ts";

/** Which shipments a pair claims although mlc did not deliver their orders. */
export interface Claims {
  legalEntities: readonly string[];
  keyTemplate: string;
  /** Matches an order's key or number; absent: what `keyTemplate` could have made. */
  numberPattern?: string | undefined;
}

/** Which of these numbers a company has. */
export type ExistingNumbers = (legalEntity: string, numbers: readonly string[]) => Promise<Set<string>>;

/** The names an order may have in F&O, in groups, the most certain first; none when the pair does not claim it. */
function candidatesOf(shipment: Shipment, { legalEntities, keyTemplate, numberPattern }: Claims): OrderName[][] {
  const { orderKey = "", orderNumber = "" } = shipment;
  const byKey = ordersFromKey(orderKey, keyTemplate, legalEntities);
  const byNumber = ordersFromNumber(orderNumber, legalEntities);
  if (numberPattern === undefined) return byKey.length === 0 ? [] : [byKey];
  const pattern = new RegExp(numberPattern);
  const isClaimed = pattern.test(orderNumber) || pattern.test(orderKey);
  return isClaimed ? [byKey, byNumber].filter((group) => group.length > 0) : [];
}

const nameOf = ({ legalEntity, number }: OrderName) => orderId(legalEntity, number);

/** Places shipments at the sales orders they belong to: first those mlc delivered, then what F&O has. */
export async function locateOrders(
  shipments: readonly Shipment[],
  known: KnownOrder,
  claims: Claims,
  existing: ExistingNumbers,
): Promise<Map<Shipment, Located>> {
  const located = new Map<Shipment, Located>();
  const open = new Map<Shipment, OrderName[][]>();
  for (const shipment of shipments) {
    const order = await known({ naturalKey: shipment.orderKey, id: shipment.orderId });
    if (order) located.set(shipment, { at: "found", key: order.key, ref: order.key });
    else open.set(shipment, candidatesOf(shipment, claims));
  }
  const there = await existingOrders([...open.values()].flat(2), existing);
  for (const [shipment, groups] of open) located.set(shipment, placeOf(shipment, groups, there));
  return located;
}

async function existingOrders(names: readonly OrderName[], existing: ExistingNumbers): Promise<Set<string>> {
  const there = new Set<string>();
  for (const [legalEntity, group] of grouped(names, (name) => name.legalEntity)) {
    const numbers = await existing(
      legalEntity,
      group.map((name) => name.number),
    );
    for (const number of numbers) there.add(orderId(legalEntity, number));
  }
  return there;
}

function placeOf(shipment: Shipment, groups: readonly OrderName[][], there: ReadonlySet<string>): Located {
  for (const group of groups) {
    const found = [...new Set(group.map(nameOf).filter((id) => there.has(id)))];
    if (found.length > 1) return { at: "ambiguous", candidates: found };
    if (found[0] !== undefined) return { at: "found", key: found[0], ref: found[0] };
  }
  // Nothing was written for it, so there is nothing to wait for.
  if (groups.length === 0 || shipment.isVoided || shipment.isReturn) return { at: "notOurs" };
  return { at: "notYet", message: `order ${shipment.orderNumber ?? shipment.orderKey} is not in F&O yet` };
}
