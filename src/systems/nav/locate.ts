import type { NavClient } from "../../connectors/nav/client.ts";
import type { NavPairSettings } from "../../connectors/nav/config.ts";
import type { Shipment } from "../../core/model.ts";
import type { Located, OwnDeliveries } from "../../core/ports.ts";
import { type Candidate, type Match, matchOrder, type Wanted } from "../../mappings/nav/match.ts";
import { externalNumbersOf, orderKey } from "../../mappings/nav.ts";
import { byExternalNumber, byOrderDate } from "./candidates.ts";
import { numberIn, orderNamesOf, ownerStepName, ownersIn, placeOf } from "./order-names.ts";
import { memoNameOf } from "./places.ts";

/** What a search for orders stands on. */
export interface Search {
  client: NavClient;
  pair: NavPairSettings;
  own: OwnDeliveries;
  now: Date;
}

/** The shipments of one order at the shipper. */
interface Asked {
  shipments: Shipment[];
  wanted: Wanted;
  names: string[];
}

/**
 * Places shipments at the sales orders they belong to, many in few calls: where mlc wrote to before, then by the shipper's
 * number, then by customer and order date. What was voided before it was written belongs nowhere.
 */
export async function locateShipments(shipments: readonly Shipment[], search: Search): Promise<Map<Shipment, Located>> {
  const places = new Map<Shipment, Located>();
  const open: Shipment[] = [];
  const before = new Map<Shipment, Before>();
  for (const shipment of shipments) {
    const known = await placeBefore(shipment, search.own);
    if (known) {
      before.set(shipment, known);
      places.set(shipment, { at: "found", key: known.key, ref: placeOf(known.key) });
    } else if (shipment.isVoided || shipment.isReturn) places.set(shipment, { at: "notOurs" });
    else open.push(shipment);
  }
  for (const [{ shipments: ofOrder }, place] of await matched(askedOf(open, search.pair), search))
    for (const shipment of ofOrder) places.set(shipment, place);
  for (const [shipment, place] of await enteredAnew(before, search)) places.set(shipment, place);
  return places;
}

/** An order in NAV that an order of the shipper's was written to, the nth of it there. */
interface Before {
  key: string;
  nth: number;
}

/**
 * People delete an order and enter it anew: further parcels, and what is replayed, then
 * go to the new one, if its number says that it is that.
 */
async function enteredAnew(before: ReadonlyMap<Shipment, Before>, search: Search): Promise<Map<Shipment, Located>> {
  const { client, own } = search;
  const deliveries = await own.load([...new Set([...before.values()].map(({ key }) => key))]);
  const further = [...before].filter(
    ([{ id, isVoided, isReturn }, { key }]) =>
      !isVoided && !isReturn && (own.isAsked || deliveries.get(key)?.memo[memoNameOf(id)] === undefined),
  );
  const there = await standing([...new Set(further.map(([, { key }]) => numberIn(key, client.company)))], search);
  const homeless = new Map(further.filter(([, { key }]) => !there.has(numberIn(key, client.company))));
  const places = new Map<Shipment, Located>();
  for (const one of askedOf([...homeless.keys()], search.pair)) {
    const match = matchOrder({ ...one.wanted, names: [] }, await byExternalNumber(one.wanted.externalNumbers, search), {
      days: 0,
    });
    if (match.kind === "none") continue;
    for (const shipment of one.shipments) {
      places.set(shipment, placeBy(match, search, (homeless.get(shipment)?.nth ?? 1) + 1));
    }
  }
  return places;
}

/** Those of some orders that are there, or posted. */
async function standing(numbers: readonly string[], { client }: Search): Promise<Set<string>> {
  if (numbers.length === 0) return new Set();
  const there = new Set((await client.orders.byNumber(numbers)).value.map(({ No }) => No));
  const missing = numbers.filter((number) => !there.has(number));
  const posted = missing.length === 0 ? [] : (await client.shipments.ofOrders(missing)).value;
  for (const { Order_No } of posted) there.add(Order_No);
  return there;
}

/** The order that a shipment's order at the shipper was written to before: it is not looked for again. */
async function placeBefore(shipment: Shipment, own: OwnDeliveries): Promise<Before | undefined> {
  for (const name of orderNamesOf(shipment)) {
    let found: Before | undefined;
    for (let nth = 1; ; nth += 1) {
      const key = await own.holder(ownerStepName(name, nth));
      if (key === undefined) break;
      found = { key, nth };
    }
    if (found) return found;
  }
  return undefined;
}

function askedOf(shipments: readonly Shipment[], { match }: NavPairSettings): Asked[] {
  const asked = new Map<string, Asked>();
  for (const shipment of shipments) {
    const names = orderNamesOf(shipment);
    const name = names.join(" ");
    const before = asked.get(name);
    if (before) before.shipments.push(shipment);
    else {
      const { customerNames = [], orderDate } = shipment.order ?? {};
      const externalNumbers = externalNumbersOf(shipment, match.externalField);
      const wanted = { externalNumbers, names: customerNames, ...(orderDate === undefined ? {} : { orderDate }) };
      asked.set(name, { shipments: [shipment], wanted, names });
    }
  }
  return [...asked.values()];
}

async function matched(asked: readonly Asked[], search: Search): Promise<Map<Asked, Located>> {
  const places = new Map<Asked, Located>();
  if (asked.length === 0) return places;
  const numbered = await byExternalNumber(
    asked.flatMap(({ wanted }) => wanted.externalNumbers),
    search,
  );
  const left: Asked[] = [];
  const taken = new Set<string>();
  for (const one of asked) {
    const match = matchOrder({ ...one.wanted, names: [] }, numbered, { days: 0 });
    if (match.kind === "none") left.push(one);
    else places.set(one, placeBy(match, search));
    if (match.kind === "one") taken.add(match.number);
  }
  for (const [one, place] of await matchedByCustomer(left, taken, search)) places.set(one, place);
  return places;
}

async function matchedByCustomer(
  asked: readonly Asked[],
  taken: ReadonlySet<string>,
  search: Search,
): Promise<Map<Asked, Located>> {
  const dated = asked.filter(({ wanted }) => wanted.orderDate !== undefined && wanted.names.length > 0);
  const candidates = await byOrderDate(
    dated.flatMap(({ wanted }) => wanted.orderDate ?? []),
    search,
  );
  const matches = new Map<Asked, Match>();
  const owners = await ownersOf(candidates, search);
  for (const one of asked) {
    const isOther = (names: readonly string[]) => !names.some((name) => one.names.includes(name));
    const others = new Set([...taken, ...[...owners].flatMap(([number, names]) => (isOther(names) ? [number] : []))]);
    matches.set(one, matchOrder(one.wanted, candidates, { days: search.pair.match.days, others }));
  }
  const claims = new Map<string, number>();
  for (const match of matches.values())
    if (match.kind === "one") claims.set(match.number, (claims.get(match.number) ?? 0) + 1);
  const isDated = await search.client.shipments.hasOrderDate();
  return new Map([...matches].map(([one, match]) => [one, placeOnce(one, match, { claims, search, isDated })]));
}

/** What mlc knows the candidates to be at the shipper, by number, where it wrote to them. */
async function ownersOf(candidates: readonly Candidate[], { client, own }: Search): Promise<Map<string, string[]>> {
  const numbers = new Map(candidates.map(({ number }) => [orderKey(client.company, number), number]));
  const owners = new Map<string, string[]>();
  for (const [key, delivery] of await own.load([...numbers.keys()])) {
    const [number, names] = [numbers.get(key), ownersIn(delivery)];
    if (number !== undefined && names.length > 0) owners.set(number, names);
  }
  return owners;
}

/** Customer and date are all that several orders of the shipper's have in common with it, and it is the order of one of them. */
function placeOnce(
  one: Asked,
  match: Match,
  { claims, search, isDated }: { claims: ReadonlyMap<string, number>; search: Search; isDated: boolean },
): Located {
  if (match.kind === "one" && (claims.get(match.number) ?? 0) > 1) {
    const message = "several orders of the shipper's fit the same one by customer and order date";
    return { at: "ambiguous", candidates: [orderKey(search.client.company, match.number)], message };
  }
  if (match.kind !== "none") return placeBy(match, search);
  // A person knows the number; the key may be the shop's own.
  const number = one.wanted.externalNumbers.at(-1) ?? one.shipments[0]?.number;
  const field = search.pair.match.externalField;
  const posted = isDated ? "" : `; one that was posted in full without it is found once page 130 shows Order_Date`;
  return {
    at: "notYet",
    message: `no sales order in Dynamics NAV has ${number} in ${field} yet`,
    hint: `Enter the order, or fill in ${field} of the one that it is; the next run writes to it${posted}.`,
  };
}

const sayings = {
  externalNumber: (field: string) => `by its number in ${field}`,
  customerAndDate: () => "by customer and order date",
} as const;

function placeBy(match: Match & { kind: "one" | "several" }, { client, pair }: Search, nth?: number): Located {
  const remark = sayings[match.by](pair.match.externalField);
  if (match.kind === "one") {
    const key = orderKey(client.company, match.number);
    return { at: "found", key, ref: placeOf(key, remark, nth), remark };
  }
  const candidates = match.numbers.map((number) => orderKey(client.company, number));
  return { at: "ambiguous", candidates, message: `more than one order fits ${remark}` };
}
