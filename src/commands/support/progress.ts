import type { NamedBudget } from "../../core/report.ts";
import type { Counts, Observer } from "../../core/sync/run.ts";
import { firstRunAsked } from "./first-run.ts";
import { countsText } from "./report-text.ts";

/** Tells a person how a run goes, on stderr; a line that moves only where there is a terminal. */
export interface Progress extends Required<Pick<Observer, "firstRun" | "progress">> {
  flow(pair: string, flow: string): void;
  /** Takes the moving line away while something else is printed. */
  aside(print: () => void): void;
  stop(): void;
}

/** How long a first call may take before a person is told why. */
const quietMs = 5_000;

/** Whether a line can move on a stream; in a terminal that says it has no columns the spinner would never end drawing. */
export function canMove({ isTTY, columns }: { isTTY?: boolean; columns?: number }): boolean {
  return isTTY === true && columns !== undefined && columns > 0;
}

/** Opens the progress line. */
export async function openProgress(given: {
  isTty: boolean;
  isQuiet: boolean;
  /** Somebody is there to say whether a first run buys what it would. */
  isAsked: boolean;
  budgets(): NamedBudget[];
}): Promise<Progress> {
  const { isTty, isQuiet, isAsked, budgets } = given;
  const line = isTty && !isQuiet ? await movingLine() : undefined;
  let name = "";
  let timer: NodeJS.Timeout | undefined;
  const show = (text: string) => line?.show(text);
  const say = (text: string) => {
    if (!isQuiet) aside(() => process.stderr.write(`${text}\n`));
  };
  const aside = (print: () => void) => (line ? line.aside(print) : print());
  const firstRun = firstRunAsked({ name: () => name, say, isAsked });
  return {
    flow: (pair, flow) => {
      name = `${pair} ${flow}`;
      clearTimeout(timer);
      show(`${name}: reading`);
      const slow = pair.startsWith("fno-")
        ? "the first call after a restart of F&O may take a minute"
        : "still waiting";
      if (line) timer = setTimeout(() => show(`${name}: reading; ${slow}`), quietMs).unref();
    },
    progress: (counts) => {
      clearTimeout(timer);
      show(progressText(name, counts, budgets()));
    },
    firstRun: async (about) => {
      clearTimeout(timer);
      // A line that moves would draw over the question.
      if (isAsked) line?.stop();
      return firstRun(about);
    },
    aside,
    stop: () => {
      clearTimeout(timer);
      line?.stop();
    },
  };
}

/** The progress line: counts so far and the calls left. Pure. */
export function progressText(name: string, counts: Counts, budgets: readonly NamedBudget[]): string {
  const left = budgets
    .filter(({ remaining, limit }) => remaining < limit)
    .map((budget) => `${budget.name} ${budget.remaining}/${budget.limit} calls left`);
  return [`${name}: ${countsText(counts)}`, ...left].join(" · ");
}

async function movingLine(): Promise<{ show(text: string): void; aside(print: () => void): void; stop(): void }> {
  const { default: ora } = await import("ora");
  const spinner = ora({ stream: process.stderr, discardStdin: false, color: process.env.NO_COLOR ? false : "cyan" });
  return {
    show: (text) => {
      spinner.text = text;
      if (!spinner.isSpinning) spinner.start();
    },
    aside: (print) => {
      const wasSpinning = spinner.isSpinning;
      spinner.stop();
      print();
      if (wasSpinning) spinner.start();
    },
    stop: () => {
      spinner.stop();
    },
  };
}
