import { describe, expect, it } from "vitest";
import { type Fault, faultMix, seededRandom } from "../../src/sandbox/kit.ts";
import { type NavPairOptions, type NavPairWorld, navPairKeys, navPairWorld } from "./nav-pair-world.ts";
import { NavShop, type ShopOrder } from "./nav-shop.ts";

const faults: Fault[] = ["throttled", "serverError", "unavailable", "resetBefore", "resetAfter", "truncated", "html"];
const fieldLength = 30;
const day = 24 * 60 * 60_000;

/** Runs until nothing is left to do, as cron would go on. */
async function untilCalm({ sync, nav }: NavPairWorld): Promise<void> {
  let calm = 0;
  for (let run = 0; run < 14; run += 1) {
    const before = nav.ledger.length;
    const { error, counts } = await sync(run < 2 ? day : 31 * 60_000, { ignoreSchedule: true });
    calm = error === undefined && nav.ledger.length === before && counts.created + counts.updated === 0 ? calm + 1 : 0;
    if (calm === 2) return;
  }
  throw new Error("never became calm");
}

interface Label {
  rank: string;
  numbers: string[];
  carrier: string;
  isVoid: boolean;
  items: { sku: string | null; quantity: number }[];
}

/** What ShipStation has of an order: labels, and marks without one where they can be read. */
function labelsOf({ shop }: NavPairWorld, { orderId }: ShopOrder): Label[] {
  return [
    ...shop.shipments
      .filter((one) => one.orderId === orderId && !one.isReturnLabel)
      .map((one) => ({
        rank: `${one.shipDate} se-${one.shipmentId}`,
        numbers: one.trackingNumbers,
        carrier: one.carrierCode,
        isVoid: one.voided,
        items: one.shipmentItems,
      })),
    ...shop.fulfillments
      .filter((one) => one.orderId === orderId)
      .map((one) => ({
        rank: `${one.shipDate} f-${one.fulfillmentId}`,
        numbers: [one.trackingNumber ?? ""],
        carrier: "ups",
        isVoid: one.voided,
        items: [],
      })),
  ];
}

/** What was told of an order where NAV keeps no comment: as a text line, or in the audit alone. */
function textsOf({ nav, store }: NavPairWorld, order: string): string[] {
  const lines = nav.ledger.flatMap(({ key, body }) => {
    const text = typeof body === "object" && body !== null && "Description" in body ? String(body.Description) : "";
    return text !== "" && key.includes(order) ? [text] : [];
  });
  const remarks = store.lines.flatMap((line) => (line.kind === "result" ? [String(line.remark ?? "")] : []));
  return [...lines, ...remarks.flatMap((text) => /told here alone: (.*)/.exec(text)?.[1] ?? [])];
}

/** What is wrong between the two sides. */
function problemsOf(world: NavPairWorld, people: NavShop, hasPackages: boolean): string[] {
  const problems: string[] = [];
  const { desk } = world;
  for (const order of people.orders) {
    const { nav = "" } = order;
    const view = desk.orderOf(nav);
    const labels = labelsOf(world, order).map((one) =>
      hasPackages ? one : { ...one, numbers: one.numbers.slice(0, 1) },
    );
    const live = labels.filter(({ isVoid }) => !isVoid).flatMap(({ numbers }) => numbers);
    const dead = labels.flatMap(({ numbers }) => numbers).filter((number) => !live.includes(number));
    const isHere = people.isOpen(nav);
    const heads = [
      ...view.shipments.map(({ number, tracking }) => ({ number, tracking })),
      ...(isHere ? [{ number: nav, tracking: view.tracking }] : []),
    ];
    const comments = [...view.comments, ...view.shipments.flatMap((one) => one.comments), ...textsOf(world, nav)];
    const name = `${order.number} (${nav}, ${view.status}, ${view.shipments.length} posted; ${labels.map((one) => `${one.isVoid ? "void " : ""}${one.numbers}`).join(" | ")}; fields ${heads.map((one) => `${one.number}=${one.tracking}`).join(" ")}; comments ${comments.join(" / ")})`;
    const holds = (text: string, number: string) => text.split(/[,\s]+/).includes(number);
    for (const number of dead) {
      if (heads.some(({ tracking }) => holds(tracking, number))) problems.push(`${name}: void ${number} still stands`);
      if (view.lines.some(({ tracking }) => holds(tracking, number)))
        problems.push(`${name}: void ${number} on a line`);
      const told = comments.filter((text) => holds(text, number));
      const voids = told.filter((text) => text.startsWith("VOID"));
      if (told.length > 0 && voids.length === 0) problems.push(`${name}: a comment tells void ${number} as live`);
    }
    for (const number of live) {
      const on = heads.filter(({ tracking }) => holds(tracking, number));
      const told = comments.filter((text) => holds(text, number) && !text.startsWith("VOID"));
      if (on.length + told.length === 0) problems.push(`${name}: live ${number} stands nowhere`);
      const posted = on.filter((one) => one.number !== nav);
      const isThrough = view.shipments.length > 0 && view.lines.every((line) => line.shipped === line.quantity);
      if (isThrough && posted.length + told.length === 0)
        problems.push(`${name}: ${number} stands on no posted shipment`);
      if (posted.length > 1) problems.push(`${name}: ${number} stands on several posted shipments`);
      if (comments.some((text) => text.startsWith("VOID") && holds(text, number)))
        problems.push(`${name}: live ${number} is told as void`);
    }
    for (const { number, tracking } of heads) {
      if (tracking.length > fieldLength) problems.push(`${name}: ${number} is too long`);
      for (const one of tracking.split(",").filter((text) => text !== ""))
        if (!live.includes(one)) problems.push(`${name}: ${number} has ${one}, which is none of the order's`);
    }
    const [only, ...others] = heads;
    if (only && others.length === 0 && live.join(",").length <= fieldLength) {
      if ([...live].sort().join() !== only.tracking.split(",").filter(Boolean).sort().join())
        problems.push(`${name}: not all of its numbers stand in the field`);
    }
    const last = labels
      .filter(({ isVoid }) => !isVoid)
      .sort((one, other) => (one.rank < other.rank ? -1 : 1))
      .at(-1);
    const [posted, ...more] = view.shipments;
    if (last && posted && more.length === 0 && !isHere && last.carrier.toUpperCase() !== posted.agent)
      problems.push(`${name}: ${posted.number} says ${posted.agent}, the last label ${last.carrier}`);
    for (const row of desk.rows("postedSalesShipment").filter(({ Order_No }) => Order_No === nav)) {
      const travels = live.some((number) => holds(String(row.Package_Tracking_No), number));
      if (row.Has_Left !== undefined && row.Has_Left !== travels && live.length < 2)
        problems.push(`${name}: ${row.No} says ${row.Has_Left}`);
    }
    const known = labels.filter(({ isVoid }) => !isVoid);
    if (
      view.shipments.length === 0 &&
      hasPackages &&
      known.every(({ items }) => items.length > 0) &&
      known.length > 0
    ) {
      for (const line of view.lines) {
        const left = known.flatMap(({ items }) => items).filter(({ sku }) => sku === line.item);
        const sum = left.reduce((all, { quantity }) => all + quantity, 0);
        if (line.toShip !== sum) problems.push(`${name}: ${line.item} is to ship ${line.toShip}, left ${sum}`);
      }
    }
  }
  return problems;
}

/** What waits or is set aside, but for what a person is to post. */
function asides({ store }: NavPairWorld): string[] {
  return Object.values(store.state.asides)
    .map((one) => `${one.outcome}: ${one.error.message}`)
    .filter((text) => !text.includes("waits for its posted shipment"));
}

const ways: [string, NavPairOptions][] = [
  ["as the sheet has it", {}],
  ["as in North America", { switches: { localisation: "northAmerica", staleTagStatus: 409, patchStatus: 204 } }],
  ["with text lines for comments", { settings: { comments: { route: "line" } }, switches: { errorBody: "bare" } }],
  [
    "with options in Danish",
    {
      switches: {
        captions: { Order: "Ordre", Shipment: "Leverance", Open: "Åben", Released: "Frigivet", Item: "Vare" },
      },
      nav: { options: { open: "Åben", released: "Frigivet" } },
      settings: { comments: { types: { order: "Ordre", shipment: "Leverance" } } },
    },
  ],
  ["in small pages", { switches: { maxPageSize: 3, headerShipmentDate: "alone" } }],
];
/** Ways in which mlc, or a partner's code, does more than write. */
const further: [string, NavPairOptions][] = [
  [
    "posted by a partner's function",
    {
      settings: { posting: { action: "PostShipment", parameters: { externalId: "externalId" } } },
      switches: { codeunit: "actions" },
    },
  ],
  [
    "with a partner's own field",
    {
      settings: { shippedField: { name: "Has_Left" } },
      customFields: { postedSalesShipment: { Has_Left: { kind: "boolean" } } },
    },
  ],
];
const agents = { "ups/ups_ground": "UPS/GROUND", ups: "UPS/GROUND", fedex: "FEDEX/GROUND" };
/** Each way with two of the three kinds of keys, in turn. */
const cases = [...ways, ...further].flatMap(([way, options], index) =>
  navPairKeys.flatMap(([keys, secrets], key) =>
    key === index % navPairKeys.length ? [] : [{ way, options, keys, secrets, seed: 50 + index + key }],
  ),
);

async function live({ options, secrets, seed }: (typeof cases)[number]): Promise<void> {
  const hasV1 = secrets.apiKey !== undefined;
  const settings = { shippingAgents: agents, ...options.settings };
  const world = navPairWorld(secrets, { ...options, settings });
  const people = new NavShop(world, seed, hasV1);
  for (let count = 0; count < 6; count += 1) people.sell();
  world.nav.faults = faultMix(seed + 1, 0.05, faults);
  world.shop.faults = faultMix(seed + 2, 0.05, faults);
  const late = seededRandom(seed + 3);
  world.hooks.isLate = () => {
    const chance = late();
    return chance < 0.02 ? "taken" : chance < 0.03 ? "lost" : undefined;
  };
  world.hooks.onRequest = ({ method }) => {
    if (method !== "GET" && people.any(12) === 0) people.act();
  };
  for (let step = 0; step < 10; step += 1) {
    for (let deed = people.any(6); deed > 0; deed -= 1) {
      people.act();
      world.clock.advance(1_000 * (1 + people.any(90)));
    }
    await world.sync((5 + people.any(40)) * 60_000);
  }
  delete world.hooks.onRequest;
  delete world.hooks.isLate;
  people.finish();
  world.nav.faults = undefined;
  world.shop.faults = undefined;
  for (const { nav = "" } of people.orders) world.desk.unlock(nav);
  await untilCalm(world);
  expect(problemsOf(world, people, "apiKeyV2" in secrets)).toEqual([]);
  expect(asides(world)).toEqual([]);
  for (const order of people.orders) people.post(order, true);
  await untilCalm(world);
  expect(problemsOf(world, people, "apiKeyV2" in secrets)).toEqual([]);
  expect(Object.values(world.store.state.asides).map((one) => `${one.outcome}: ${one.error.message}`)).toEqual([]);
  const [writes, calls] = [world.nav.ledger.length, world.nav.requests.length];
  await world.sync();
  await world.sync();
  expect(world.nav.ledger).toHaveLength(writes);
  expect(world.nav.requests.length - calls).toBeLessThan(20);
}

describe("a shop between ShipStation and Dynamics NAV, whatever happens", () => {
  it.each(cases)("has each parcel where it belongs: $way, $keys, $seed", live);
});
