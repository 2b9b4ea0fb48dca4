import { describe, expect, it } from "vitest";
import { type Fault, faultMix } from "../../src/sandbox/kit.ts";
import type { ShipBobSwitches } from "../../src/sandbox/shipbob/switches.ts";
import { madeOf, ShipBobShop, type ShipBobWorld, type Sold } from "./shipbob-shop.ts";
import { openShipBobWorld } from "./shipbob-world.ts";

const faults: Fault[] = ["serverError", "unavailable", "resetBefore", "resetAfter", "truncated", "html"];
const map = { trackingNumber: "CustTracking", shippingCost: "CustCost", deliveryStatus: "CustDelivery" };
const writeBack = { headerFields: { map }, packingSlipTracking: false };
const day = 24 * 3_600_000;
const left = ["LabeledCreated", "Completed"];

const isLive = ({ shipments }: { shipments: readonly { status: string }[] }) =>
  shipments.some(({ status }) => status !== "Cancelled");

/** Orders, then shipments, as cron would run them; returns whether all went well. */
async function runBoth({ sync }: ShipBobWorld, afterMs: number): Promise<boolean> {
  const orders = await sync({ afterMs: 1_000, ignoreSchedule: true });
  const shipments = await sync({ flows: ["shipments"], afterMs, ignoreSchedule: true });
  return orders.error === undefined && shipments.error === undefined;
}

const writesOf = ({ fno, shipbob }: ShipBobWorld) => fno.ledger.length + shipbob.ledger.length;

async function untilCalm(world: ShipBobWorld): Promise<void> {
  for (let run = 0, calm = 0; run < 20; run += 1) {
    const before = writesOf(world);
    const isWell = await runBoth(world, run < 3 ? day : 31 * 60_000);
    calm = isWell && writesOf(world) === before ? calm + 1 : 0;
    if (calm === 2) return;
  }
  throw new Error("never became calm");
}

/** What is wrong between the two sides. */
async function problemsOf(world: ShipBobWorld, people: ShipBobShop): Promise<string[]> {
  const entries = await entriesOf(world);
  return people.orders.flatMap((order) => [
    ...goodsProblems(world, order, entries),
    ...numberProblems(world, order, people),
  ]);
}

interface Entry {
  document: string;
  text: string;
}

async function entriesOf({ told }: ShipBobWorld): Promise<Entry[]> {
  const texts = [...(await told("orders", true)), ...(await told("shipments", true))];
  return texts.map((text) => ({ document: text.split(" ")[0] ?? "", text }));
}

/** Each released order once live at ShipBob with its goods, cancelled ones cancelled; else told. */
function goodsProblems(world: ShipBobWorld, order: Sold, entries: readonly Entry[]): string[] {
  const made = madeOf(world, order);
  const live = made.filter(isLive);
  const keys = made.map(({ reference_id }) => reference_id);
  const about = entries.filter(({ document }) => keys.includes(document)).map(({ text }) => text);
  const name = `${order.number}${order.isCancelled ? " cancelled" : ""}: ${made.map((one) => `${one.reference_id}${isLive(one) ? "" : " dead"}[${one.shipments.map(({ status }) => status)}]`).join(" ")}; ${about.join(" | ")}`;
  const tells = (pattern: RegExp) => about.some((text) => pattern.test(text));
  if (order.isCancelled)
    return live.length === 0 || tells(/ShipBob's order stays/) ? [] : [`live although cancelled: ${name}`];
  const lines = (world.fno.order("usmf", order.number)?.lines ?? []).map(({ values }) => values);
  const problems: string[] = [];
  const warehouses = [...new Set(lines.map((line) => String(line.ShippingWarehouseId)))];
  if (live.length > warehouses.length && !tells(/ShipBob's order stays/))
    problems.push(`more live orders than parts: ${name}`);
  const wanted = totals(lines.map((line) => [String(line.ItemNumber), Number(line.OrderedSalesQuantity)]));
  const there = totals(live.flatMap((one) => one.lines.map((line) => [line.referenceId, line.quantity] as const)));
  const isTold = tells(/changed there: .*cancelled|changed in the ERP|it is cancelled at ShipBob/);
  if (JSON.stringify(wanted) !== JSON.stringify(there) && !isTold)
    problems.push(`wants ${JSON.stringify(wanted)}, there ${JSON.stringify(there)}: ${name}`);
  return problems;
}

function totals(lines: readonly (readonly [string, number])[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const [sku, quantity] of lines) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  return [...sums].sort();
}

/** Every number that travels stands in F&O, and no other; costs are those of what left. */
function numberProblems(world: ShipBobWorld, order: Sold, people: ShipBobShop): string[] {
  const shipments = madeOf(world, order).flatMap((one) => one.shipments);
  const gone = shipments.filter(({ status, tracking }) => left.includes(status) && tracking !== null);
  const wanted = gone.flatMap(({ tracking }) => tracking?.number ?? []).sort();
  const [text, cost] = world.fields(order.number);
  const there = String(text ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean)
    .sort();
  const name = `${order.number} (${shipments.map((one) => `${one.id} ${one.status} ${one.tracking?.number ?? "-"} of ${[...(people.numbers.get(one.id) ?? [])].join("/")} ${one.invoiceAmount ?? ""}`).join(" | ")})`;
  const sum = Math.round(gone.reduce((all, { invoiceAmount }) => all + Math.round((invoiceAmount ?? 0) * 100), 0));
  return [
    ...(wanted.join() === there.join() ? [] : [`${name}: F&O has ${there.join(" ") || "none"}`]),
    ...(Math.round(Number(cost ?? 0) * 100) === sum ? [] : [`${name}: F&O has the cost ${cost}, not ${sum / 100}`]),
  ];
}

const cases: [string, Record<string, unknown>, Partial<ShipBobSwitches>][] = [
  ["as the sheet has it", {}, {}],
  [
    "with changes that replace, and references that are freed",
    { onChange: "replace" },
    { cancelledReference: "freed", repeatedCancel: "Success", defaultSortOrder: "Oldest" },
  ],
  [
    "with late orders and unknown goods",
    {},
    { unknownSku: "importReview", visibleAfterMs: 45_000, referenceScope: "account", pageHeaders: "missing" },
  ],
  [
    "with changes that replace, and late orders",
    { onChange: "replace" },
    { visibleAfterMs: 45_000, timeline: "absent", heldOrder: "Processing", duplicateField: "reference_id" },
  ],
  [
    "with centres for the warehouses",
    { fulfillmentCenters: { "8": "24", "20": "51" }, onChange: "replace" },
    { hasTracking: "works", deliveryMovesUpdate: true, remainingHeader: "none", zone: "shown" },
  ],
];
const all = cases.map(([way, pair, switches], index) => ({ way, pair, switches, seed: 1 + index }));

/** Counts what ShipBob answers where it is asked too often. */
function countRefusals({ shipbob }: ShipBobWorld): { count: number } {
  const refusals = { count: 0 };
  const fetch = shipbob.fetch.bind(shipbob);
  shipbob.fetch = async (request, env) => {
    const answer = await fetch(request, env);
    if (answer.status === 429) refusals.count += 1;
    return answer;
  };
  return refusals;
}

async function live({ pair, switches, seed }: (typeof all)[number]): Promise<void> {
  const world = await openShipBobWorld({ pair: { writeBack, ...pair }, sandbox: { switches } });
  try {
    const people = new ShipBobShop(world, seed);
    const refusals = countRefusals(world);
    for (let count = 0; count < 6; count += 1) people.sell();
    const mix = faultMix(seed + 2, 0.05, faults);
    world.fno.faults = faultMix(seed + 1, 0.03, faults);
    world.shipbob.faults = (request) => {
      if (request.method !== "GET" && people.any(12) === 0) people.act();
      return mix(request);
    };
    for (let step = 0; step < 10; step += 1) {
      for (let deed = 4 + people.any(12); deed > 0; deed -= 1) {
        people.act();
        world.clock.advance(1_000 * (1 + people.any(90)));
      }
      await runBoth(world, (1 + people.any(40)) * 60_000);
    }
    world.fno.faults = undefined;
    world.shipbob.faults = undefined;
    people.finish();
    await untilCalm(world);
    expect(await problemsOf(world, people)).toEqual([]);
    const writes = writesOf(world);
    const calls = world.shipbob.requests.length;
    await runBoth(world, 1_000);
    expect(writesOf(world)).toBe(writes);
    expect(world.shipbob.requests.length - calls).toBeLessThan(40);
    expect(refusals.count).toBe(0);
    expect(
      (await (await world.open()).status()).flows.filter(({ flow }) => ["orders", "shipments"].includes(flow)),
    ).toMatchObject([
      { deadLetters: 0, unknown: 0 },
      { deadLetters: 0, unknown: 0 },
    ]);
  } finally {
    world.close();
  }
}

describe("a shop between F&O and ShipBob, whatever happens", () => {
  it.each(all)("has each order once and each number where it belongs: $way, $seed", live, 120_000);
});

it.each<Partial<ShipBobSwitches>>([{}, { remainingHeader: "none" }])(
  "never asks ShipBob more often than it may, over flows and runs (%j)",
  async (switches) => {
    const world = await openShipBobWorld({ pair: { writeBack }, sandbox: { switches } });
    try {
      const refusals = countRefusals(world);
      for (let count = 1; count <= 155; count += 1) world.addOrder(`SO-${count}`);
      const begin = world.clock.now().getTime();
      expect(await world.sync({ afterMs: 0 })).toMatchObject({ created: 155 });
      for (const { id } of world.shipbob.shipments.slice(0, 3)) world.desk.ship(id);
      for (let run = 0; run < 12; run += 1) await world.sync({ flows: ["shipments"], afterMs: 0 });
      expect(world.clock.now().getTime() - begin).toBeGreaterThanOrEqual(60_000);
      expect(refusals.count).toBe(0);
    } finally {
      world.close();
    }
  },
  120_000,
);
