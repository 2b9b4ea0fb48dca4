import type { StatusReport } from "../../src/core/report.ts";
import type { Mlc } from "../../src/mlc.ts";
import { type Fault, faultMix, seededRandom } from "../../src/sandbox/kit.ts";
import { productValues, seedCustomers, seedProducts } from "../../src/sandbox/seed/master-data.ts";
import { type Books, disagreements } from "./week/books.ts";
import { Diary } from "./week/diary.ts";
import { Machine, openHandles } from "./week/machine.ts";
import { People } from "./week/people.ts";
import { Timeline } from "./week/timeline.ts";
import { type Outside, type RunTold, untilCalm, watchThrough } from "./week/watch.ts";
import { openWorld } from "./world.ts";

const hour = 3_600_000;
const day = 24 * hour;

/** What is simulated. */
export interface WeekPlan {
  seed: number;
  days: number;
  ordersADay: number;
  /** Of all calls to either vendor. */
  faultShare: number;
  /** How often the machine's power fails, at times by the seed. */
  powerCuts: number;
  /** The machine is asleep for half of each night. */
  sleepsAtNight?: boolean;
}

/** What came of it. */
export interface WeekResult {
  books: Books;
  /** In sentences; none when the books agree. */
  disagreements: string[];
  status: StatusReport;
  /** Open file handles after each run that ended while no other was at work. */
  handles: number[];
}

const everyFault: Fault[] = [
  "throttled",
  "throttledBare",
  "serverError",
  "unavailable",
  "resetBefore",
  "resetAfter",
  "truncated",
  "html",
];

/** Both vendors with the people who work in them, on the evening before the month ends. */
export async function openWeek({ seed, days, ordersADay, faultShare }: WeekPlan) {
  const world = await openWorld({ seeded: false });
  const { fno, shipstation, clock } = world;
  const time = new Timeline(clock);
  for (const legalEntity of ["usmf", "demf"] as const) {
    for (const product of seedProducts) fno.addProduct(legalEntity, productValues(product));
    for (const { account, shipTo, phone, email } of seedCustomers[legalEntity])
      fno.addCustomer(legalEntity, {
        CustomerAccount: account,
        OrganizationName: shipTo.name ?? "",
        PrimaryContactPhone: phone,
        PrimaryContactEmail: email,
      });
  }
  const start = Date.parse("2026-11-29T14:00:00Z");
  time.moveTo(start);
  const people = new People({ fno, shipstation }, new Diary(time, seededRandom(seed)));
  for (let index = 0; index < days; index += 1) people.planDay(start + index * day + hour, ordersADay);
  const setFaults = (share: number) => {
    fno.faults = share > 0 ? faultMix(seed + 100, share, everyFault) : undefined;
    shipstation.faults = share > 0 ? faultMix(seed + 200, share, everyFault) : undefined;
  };
  setFaults(faultShare);
  return { world, time, people, start, end: start + days * day, stopFaults: () => setFaults(0) };
}

/** Simulates days of work with mlc under watch in this process, then compares the books. */
export async function simulate(plan: WeekPlan): Promise<WeekResult> {
  const { world, time, people, start, end, stopFaults } = await openWeek(plan);
  const random = seededRandom(plan.seed + 300);
  const runs: RunTold[] = [];
  const handles: number[] = [];
  const ran = (run: RunTold, isStill: boolean) => {
    runs.push(run);
    if (isStill) handles.push(openHandles());
  };
  const outside: Outside = { now: () => time.now(), moveTo: async (instant) => time.moveTo(instant) };
  const machine = new Machine();
  for (let cut = 0; cut < plan.powerCuts; cut += 1)
    time.at(start + (cut % plan.days) * day + (1 + 9 * random()) * hour, () => {
      if (cut % 2 === 0) machine.failAtWrite();
      else machine.failAfter(1 + random() * 40);
    });
  if (plan.sleepsAtNight)
    for (let night = 0; night < plan.days; night += 1)
      time.at(start + night * day + 11 * hour, () => world.clock.advance(12 * hour));
  const profile = (await world.open()).dir;
  let mlc: Mlc;
  for (;;) {
    mlc = machine.boot(await world.open(), outside, () => 50 + random() * 300);
    const stop = new AbortController();
    time.at(end, () => stop.abort());
    const signal = AbortSignal.any([stop.signal, machine.signal]);
    await watchThrough({ mlc, outside, signal, random, isInTurn: true, ran });
    if (!machine.signal.aborted) break;
    machine.restart(profile);
  }
  stopFaults();
  people.closeUp();
  await untilCalm(mlc, outside, (run) => ran(run, true));
  const books: Books = { ...world, people, runs };
  const status = await mlc.status();
  world.close();
  return { books, disagreements: disagreements(books), status, handles };
}
