import { describe, expect, it } from "vitest";
import { externalNumberOf } from "../../src/mappings/bc/keys.ts";
import { type Fault, faultMix } from "../../src/sandbox/kit.ts";
import { openPairWorld, type PairWorld } from "./bc-pair-world.ts";
import { Shop } from "./bc-shop.ts";

const faults: Fault[] = ["throttled", "serverError", "unavailable", "resetBefore", "resetAfter", "truncated", "html"];

const sum = (amounts: readonly number[]) => Math.round(amounts.reduce((one, other) => one + other, 0) * 100) / 100;

/** Runs until nothing is left to do, as cron would go on. */
async function untilCalm(world: PairWorld): Promise<void> {
  let calm = 0;
  for (let run = 0; run < 12; run += 1) {
    const flows = await world.sync(["sales", "shipments"], 31, { ignoreSchedule: true });
    const isCalm = flows.every(
      ({ error, created, updated, cancelled, waiting }) => !error && created + updated + cancelled + waiting === 0,
    );
    calm = isCalm ? calm + 1 : 0;
    if (calm === 2) return;
  }
  throw new Error("never became calm");
}

/** Every document that stands for a sale: what it comes to and all text on it that could tell of a parcel. */
function documentsOf({ desk }: PairWorld) {
  const files = (id: unknown) =>
    desk.attachments
      .filter(({ values }) => values.parentId === id)
      .map(({ content }) => new TextDecoder().decode(content));
  const all = [
    ...desk.orders.map((one) => ({ ...one, set: "order" as const })),
    ...desk.invoices.map((one) => ({ ...one, set: "invoice" as const })),
  ];
  return all.map(({ header, lines, set }) => ({
    set,
    external: String(header.externalDocumentNumber),
    status: String(header.status),
    /** What is posted of one order has its comments each time. */
    origin: String(header.orderNumber || header.number),
    total: Number(header.totalAmountIncludingTax),
    comments: lines.filter(({ lineType }) => lineType === "Comment").map(({ description }) => String(description)),
    files: files(header.id),
  }));
}

/** How often documents tell that a parcel travels, and that it does not; the nth comment of one order is one, however often it is posted. */
function tellings(documents: ReturnType<typeof documentsOf>, number: string) {
  const comments = documents.flatMap(({ comments, origin }) =>
    comments.filter((text) => text.endsWith(`: ${number}`)).map((text, index) => `${text} (${index} of ${origin})`),
  );
  const files = documents.flatMap((one) => one.files.filter((text) => text.includes(`Tracking number: ${number}\n`)));
  const all = [...new Set(comments), ...files];
  const voids = all.filter((text) => text.startsWith("VOID")).length;
  return { live: all.length - voids, voids };
}

type Booking = "invoice" | "order" | "orderPosted";

/** What must be true of the two sides in the end. */
function expectBooked(world: PairWorld, shop: Shop, booking: Booking): void {
  const documents = documentsOf(world);
  const rows = new Map(world.shipstation.orders.filter(({ active }) => active).map((row) => [row.orderId, row]));
  const problems: string[] = [];
  const known = new Set<string>();
  const families = new Map<number, number[]>();
  for (const { orderId, family } of shop.orders.values())
    families.set(family, [...(families.get(family) ?? []), orderId]);
  const ofOrder = new Map<number, typeof documents>();
  for (const one of shop.orders.values()) {
    const row = rows.get(one.orderId);
    if (!row) continue;
    const natural = one.family === one.orderId ? row.orderKey : `${row.orderKey}-${one.orderId}`;
    const suffixes = ["", "-2", "-3", "-4", "-5", "-6"].flatMap((part) =>
      ["", "-g2", "-g3", "-g4", "-g5"].map((generation) => part + generation),
    );
    const numbers = new Set(suffixes.map((suffix) => externalNumberOf(natural + suffix)));
    for (const number of numbers) known.add(number);
    ofOrder.set(
      one.orderId,
      documents.filter(({ external }) => numbers.has(external)),
    );
  }
  for (const [family, members] of families) {
    const shipped = members.filter((id) => rows.get(id)?.orderStatus === "shipped");
    const booked = members.flatMap((id) => ofOrder.get(id) ?? []);
    const posted = booked.filter(({ set, status }) => set === "invoice" && status === "Open");
    const drafts = booked.filter(({ set, status }) => (set === "invoice" ? status === "Draft" : true));
    const name = `${rows.get(family)?.orderNumber ?? family} (${members.map((id) => rows.get(id)?.orderStatus)})`;
    if (shipped.length === members.length) {
      const counted = booking === "order" ? drafts : posted;
      const other = booking === "order" ? posted : drafts;
      const total = sum(counted.map((one) => one.total));
      const totals = shop.orders.get(family)?.totals ?? [];
      if (!totals.includes(total)) problems.push(`${name}: worth ${totals}, booked ${total}`);
      if (other.length > 0) problems.push(`${name}: ${other.length} that should not stand there`);
    } else if (members.every((id) => rows.get(id)?.orderStatus === "cancelled")) {
      if (booked.length > 0) problems.push(`${name}: ${booked.length} documents of a cancelled order`);
    }
  }
  for (const { external } of documents) if (!known.has(external)) problems.push(`${external} belongs to no order`);
  for (const [orderId, docs] of ofOrder) {
    const labels = world.shipstation.shipments.filter((one) => one.orderId === orderId);
    const marked = world.shipstation.fulfillments.filter(
      (one) => one.orderId === orderId && one.trackingNumber !== null,
    );
    for (const { numbers, isVoid } of [
      ...labels.map((one) => ({ numbers: one.trackingNumbers, isVoid: one.voided })),
      ...marked.map((one) => ({ numbers: [one.trackingNumber ?? ""], isVoid: one.voided })),
    ]) {
      for (const number of numbers) {
        const { live, voids } = tellings(docs, number);
        const name = `${rows.get(orderId)?.orderNumber} ${number}`;
        if (!isVoid && (live !== 1 || voids !== 0)) problems.push(`${name}: stands ${live} times, void ${voids} times`);
        if (isVoid && live > 0 && voids !== 1) problems.push(`${name} is void: stands ${live} times, void ${voids}`);
      }
    }
  }
  expect(problems).toEqual([]);
}

const bookings: Booking[] = ["invoice", "order", "orderPosted"];
const cases = bookings.flatMap((booking) =>
  (["shipped", "new"] as const).flatMap((bookOn) =>
    (["erp", "included", "account"] as const).map((tax) => ({ booking, bookOn, tax })),
  ),
);

async function day({ booking, bookOn, tax }: (typeof cases)[number], seed: number): Promise<void> {
  const world = await openPairWorld({
    booking,
    bookOn,
    lines: { shippingAccount: "40200", tax, ...(tax === "account" ? { taxAccount: "22700" } : {}) },
  });
  try {
    const shop = new Shop(world, seed, tax !== "erp");
    for (let count = 0; count < 6; count += 1) shop.sell();
    world.bc.faults = faultMix(seed + 1, 0.06, faults);
    world.shipstation.faults = faultMix(seed + 2, 0.06, faults);
    for (let step = 0; step < 9; step += 1) {
      for (let deed = shop.any(5); deed > 0; deed -= 1) {
        shop.act();
        world.clock.advance(1_000 * (1 + shop.any(90)));
      }
      await world.sync([["sales"], ["shipments"], ["sales", "shipments"]][shop.any(3)] ?? [], 5 + shop.any(40));
    }
    shop.packAll();
    world.bc.faults = undefined;
    world.shipstation.faults = undefined;
    await untilCalm(world);
    expectBooked(world, shop, booking);
    const status = await (await world.open()).status();
    expect(
      status.flows.map(({ deadLetters, unknown, waiting, drift }) => ({ deadLetters, unknown, waiting, drift })),
    ).toEqual(status.flows.map(() => ({ deadLetters: 0, unknown: 0, waiting: 0, drift: 0 })));
  } finally {
    world.close();
  }
}

describe("a shop between ShipStation and Business Central, whatever happens", () => {
  it.each(cases)("has each order booked once and each parcel told once: $booking on $bookOn, tax $tax", (one) =>
    day(one, 11 + cases.indexOf(one)),
  );
});
