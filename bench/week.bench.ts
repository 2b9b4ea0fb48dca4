import { type ChildProcess, fork } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { auditEntries } from "../src/core/audit.ts";
import type { SimulatedVendor } from "../src/sandbox/kit.ts";
import { type Books, disagreements, hopeless, withoutSlip } from "../test/e2e/week/books.ts";
import { type DiskUse, isWrite } from "../test/e2e/week/machine.ts";
import type { RunTold } from "../test/e2e/week/watch.ts";
import { openWeek } from "../test/e2e/week.ts";
import { type Bench, comparison, type Figure } from "./kit.ts";
import type { MachineUse, WeekAnswer, WeekQuestion, WeekStart, WeekTold } from "./week-process.ts";

const days = 7;
const ordersADay = 800;
const day = 24 * 3_600_000;
const plan = { seed: 1, days, ordersADay, faultShare: 0.015, powerCuts: 0 };

type Week = Awaited<ReturnType<typeof openWeek>>;

/** What one process of mlc came to. */
interface Told {
  runs: RunTold[];
  days: MachineUse[];
  use: DiskUse;
}

/** A week under watch, against vendors that count; two times on the first day mlc is killed when a vendor took a write. */
export const bench: Bench = {
  name: "week",
  run: async () => {
    const week = await openWeek(plan);
    const began = performance.now();
    try {
      const told: Told[] = [];
      const kills = [3, 8].map((hours) => week.start + hours * 3_600_000);
      for (const killAt of [...kills, undefined]) told.push(await runProcess(week, killAt));
      return await figures(week, told, performance.now() - began);
    } finally {
      week.world.close();
    }
  },
};

/** Runs mlc until the week is over, or until it is killed at the first write after an instant. */
function runProcess(week: Week, killAt: number | undefined): Promise<Told> {
  const { world, time, start, end } = week;
  const measureAt = Array.from({ length: days }, (_, index) => start + (index + 1) * day);
  const given: WeekStart = { home: world.home, now: time.now(), end, measureAt, seed: plan.seed };
  const child = fork(join(import.meta.dirname, "week-process.js"), [JSON.stringify(given)], {
    execArgv: ["--expose-gc"],
  });
  const told: Told = { runs: [], days: [], use: { bytes: 0, syncs: 0 } };
  child.on("message", (message: { told: WeekTold } | { id: number; question: WeekQuestion }) => {
    if ("told" in message) take(told, message.told);
    else void answerTo(week, message, child, killAt);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("exit", (code, signal) => {
      if (code === 0 || (killAt !== undefined && signal === "SIGKILL")) resolve(told);
      else reject(new Error(`mlc ended with ${code ?? signal}`));
    });
  });
}

function take(told: Told, message: WeekTold): void {
  if ("ran" in message) told.runs.push(message.ran);
  else told.days.push(message.day);
  if ("use" in message) told.use = message.use;
}

async function answerTo(
  week: Week,
  { id, question }: { id: number; question: WeekQuestion },
  child: ChildProcess,
  killAt: number | undefined,
): Promise<void> {
  const { time } = week;
  time.moveTo(question.now);
  const said = question.ask === "fetch" ? await answerOf(week, question) : {};
  if (question.ask === "closeUp") {
    week.stopFaults();
    week.people.closeUp();
  }
  const isKilled = killAt !== undefined && time.now() > killAt && question.ask === "fetch" && isWrite(question);
  if (isKilled) child.kill("SIGKILL");
  else child.send({ id, answer: { now: time.now(), ...said } satisfies WeekAnswer });
}

async function answerOf(
  { world, time }: Week,
  { url, method, headers, body }: Extract<WeekQuestion, { ask: "fetch" }>,
): Promise<Omit<WeekAnswer, "now">> {
  time.moveTo(time.now() + 200);
  try {
    const response = await world.route(url, { method, headers, ...(body === undefined ? {} : { body }) });
    return { response: { status: response.status, headers: [...response.headers], body: await response.text() } };
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { code?: string } };
    return { error: { message, code: cause?.code ?? "ECONNRESET" } };
  }
}

async function figures({ world, people }: Week, told: readonly Told[], ms: number): Promise<Figure[]> {
  const runs = told.flatMap((one) => one.runs);
  const books: Books = { ...world, people, runs };
  const orders = people.sales.size;
  const uses = told.flatMap((one) => one.days);
  const sum = (part: keyof DiskUse) => told.reduce((total, { use }) => total + use[part], 0);
  const wrong = [...disagreements(books), ...(await asideFaults(books, world))];
  const { disk, stateDir } = await world.open();
  for (const text of wrong) {
    process.stderr.write(`${text}\n`);
    // What was done about it, since nobody can simulate the same week once more.
    const about = /\bW-\d+/.exec(text)?.[0];
    if (about === undefined) continue;
    for await (const entry of auditEntries(disk, stateDir, { about }))
      process.stderr.write(`  ${JSON.stringify(entry)}\n`);
  }
  const files = filesIn(stateDir);
  const calls = ({ requests }: SimulatedVendor) => requests.length;
  const about = `week of ${ordersADay} orders a day, one run`;
  const plain = (what: string, value: number, unit: string): Figure => ({ what: `${about}: ${what}`, value, unit });
  return [
    { ...plain("disagreements of the books", wrong.length, ""), target: "0", isMet: wrong.length === 0 },
    plain("orders and shipments runs", runs.length, "runs"),
    plain(`calls to F&O, ${calls(world.fno).toLocaleString("en-US")} in all`, calls(world.fno) / orders, "an order"),
    plain(
      `calls to ShipStation, ${calls(world.shipstation).toLocaleString("en-US")} in all`,
      calls(world.shipstation) / orders,
      "an order",
    ),
    plain("files of state at the end", files.length, "files"),
    plain("state on disk at the end", sumOf(files) / 1e6, "MB"),
    plain(`written to disk, ${sum("syncs").toLocaleString("en-US")} syncs`, sum("bytes") / 1e6, "MB"),
    grown(`${about}: heap after day 7`, "MB", uses, ({ heapBytes }) => heapBytes / 1e6),
    grown(`${about}: resident after day 7`, "MB", uses, ({ residentBytes }) => residentBytes / 1e6),
    grown(`${about}: open handles after day 7`, "", uses, ({ handles }) => handles),
    plain("real time", ms / 1_000, "s"),
  ];
}

function grown(what: string, unit: string, uses: readonly MachineUse[], of: (use: MachineUse) => number): Figure {
  const [, second, last] = [undefined, uses[1], uses.at(-1)].map((use) => (use ? of(use) : Number.NaN));
  return comparison({
    what,
    unit,
    values: [last ?? Number.NaN],
    baseline: { what: "after day 2", values: [second ?? Number.NaN] },
    most: 1.15,
  });
}

async function asideFaults(books: Books, world: Week["world"]): Promise<string[]> {
  const { flows } = await (await world.open()).status();
  const wanted = [
    { flow: "orders", backlog: 0, unknown: 0, waiting: 0, deadLetters: hopeless(books) },
    { flow: "shipments", backlog: 0, unknown: 0, waiting: withoutSlip(books), deadLetters: 0 },
  ];
  return wanted.flatMap((want, index) => {
    const { flow, backlog, unknown, waiting, deadLetters } = flows[index] ?? {};
    const is = JSON.stringify({ flow, backlog, unknown, waiting, deadLetters });
    return is === JSON.stringify(want) ? [] : [`${is}, but ${JSON.stringify(want)} was expected`];
  });
}

const sumOf = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);

/** The sizes of all files in a directory and below. */
function filesIn(directory: string): number[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => statSync(join(directory, name)))
    .flatMap((stat) => (stat.isFile() ? [stat.size] : []));
}
