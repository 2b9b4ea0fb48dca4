import { readConfig } from "../../core/config.ts";
import { LockedError, UsageError } from "../../core/errors.ts";
import { canonicalJson } from "../../core/json.ts";
import { type FlowReport, reportedError, type SyncReport } from "../../core/report.ts";
import { timeSpan } from "../../core/settings.ts";
import { type ToldAside, zeroCounts } from "../../core/sync/run.ts";
import type { FlowName } from "../../flows/names.ts";
import { type ChosenFlow, cadenceOf, chosenFlows } from "../../flows/open.ts";
import { type Watched, watchFlows } from "../../flows/watch.ts";
import type { Mlc } from "../../mlc.ts";
import { canAsk, firstRunAsked } from "./first-run.ts";
import { plainLine, spanText, unheard } from "./print.ts";
import { asidesText, countsText, flowErrorText } from "./report-text.ts";
import { alertAfter, nothingRun, renewAfter } from "./sync-run.ts";
import { errorColumns, errorText } from "./wrap.ts";

interface WatchedFlow extends Watched {
  chosen: ChosenFlow;
}

/** What a watch is asked for. */
export interface WatchGiven {
  flags: {
    pair?: string | undefined;
    every?: string | undefined;
    quiet: boolean;
    "no-input": boolean;
    "ignore-schedule": boolean;
  };
  flows?: readonly FlowName[];
  command: string;
  isJson: boolean;
}

/** Runs flows at their cadences until the signal, and prints a line for each run. */
export async function runWatch(open: () => Promise<Mlc>, given: WatchGiven): Promise<void> {
  const watch = new Watch(await open(), open, given);
  await watch.run();
}

class Watch {
  #mlc: Mlc;
  readonly #open: () => Promise<Mlc>;
  readonly #given: WatchGiven;
  /** A credential or setting was refused: it may have been mended elsewhere since. */
  #isDoubtful = false;
  #tidying: Promise<void> = Promise.resolve();

  constructor(mlc: Mlc, open: () => Promise<Mlc>, given: WatchGiven) {
    this.#mlc = mlc;
    this.#open = open;
    this.#given = given;
  }

  async run(): Promise<void> {
    const { clock, surroundings } = this.#mlc;
    const flows = this.#flows();
    this.#say(`Watching ${flows.map(({ name, everyMs }) => `${name} every ${spanText(everyMs)}`).join(", ")}.`);
    await watchFlows({
      flows: (isStill) => this.#current(isStill),
      run: (flow) => this.#runOnce(flow),
      clock,
      signal: surroundings.signal,
      random: Math.random,
    });
    await this.#tidying;
  }

  #flows(): WatchedFlow[] {
    const { config } = this.#mlc;
    const { flags, flows } = this.#given;
    return chosenFlows(config, { pair: flags.pair, ...(flows ? { flows } : {}) }).flatMap((chosen) => {
      const { enabled, everyMs } = cadenceOf(config, chosen, every(flags.every));
      return enabled ? [{ name: `${chosen.pair} ${chosen.flow}`, everyMs, chosen }] : [];
    });
  }

  /** The flows by the config as it is now: when somebody changed it, what runs is finished before the profile is opened anew. */
  async #current(isStill: boolean): Promise<WatchedFlow[] | undefined> {
    try {
      if (!isStill) this.#serve();
      const { disk, file, config } = this.#mlc;
      const isChanged = canonicalJson(await readConfig(disk, file)) !== canonicalJson(config);
      if (isChanged && !isStill) return undefined;
      if (isStill && (isChanged || this.#isDoubtful)) this.#mlc = await this.#open();
      this.#isDoubtful = false;
      return this.#flows();
    } catch (error) {
      const { message, hint } = reportedError(error);
      if (!this.#isDoubtful) process.stderr.write(errorText(message, hint, errorColumns(process.stderr)));
      this.#isDoubtful = true;
      return undefined;
    }
  }

  /** A replay need not wait for the end of a long run. */
  #serve(): void {
    this.#mlc.serve().catch((error: unknown) => this.#warn(error));
  }

  async #runOnce({ chosen: { pair, flow } }: WatchedFlow): Promise<boolean> {
    const mlc = this.#mlc;
    const asides: ToldAside[] = [];
    try {
      const { flags, command, isJson } = this.#given;
      const request = { command, pair, flows: [flow], ignoreSchedule: flags["ignore-schedule"] };
      const firstRun = firstRunAsked({
        name: () => `${pair} ${flow}`,
        say: (text) => this.#say(text),
        isAsked: canAsk(mlc, { flags: { ...flags, yes: false }, isJson }),
      });
      const report = await mlc.sync(request, { aside: (one) => asides.push(one), firstRun });
      if (report) this.#tell(report, asides);
      return true;
    } catch (error) {
      if (mlc.surroundings.signal.aborted) return true;
      if (error instanceof LockedError) {
        this.#warn(error);
        return false;
      }
      // No flow began, so nothing but this tells of it.
      const stopped = { pair, flow, ...zeroCounts(), durationMs: 0, error: reportedError(error) };
      this.#tell({ ...nothingRun(mlc), flows: [stopped], exitCode: stopped.error.exitCode }, []);
      return true;
    }
  }

  #tell(report: SyncReport, asides: readonly ToldAside[]): void {
    const { flags, isJson } = this.#given;
    const [flow] = report.flows;
    if (!flow) return;
    if ([4, 6].includes(flow.error?.exitCode ?? 0)) this.#isDoubtful = true;
    if (isJson) process.stdout.write(`${JSON.stringify(report)}\n`);
    else if (!flags.quiet) process.stdout.write(`${lineOf(report.startedAt, flow)}\n`);
    const columns = errorColumns(process.stderr);
    if (!isJson) unheard(this.#mlc.surroundings.log, () => process.stderr.write(asidesText(asides, false, columns)));
    if (this.#mlc.surroundings.signal.aborted) return;
    process.stderr.write(flowErrorText(flow, columns));
    this.#tidying = this.#tidying.then(() => this.#tidy(report));
  }

  async #tidy(report: SyncReport): Promise<void> {
    if (!this.#mlc.surroundings.signal.aborted) await renewAfter(this.#mlc, report);
    await alertAfter(this.#mlc, report);
  }

  #say(text: string): void {
    if (!this.#given.flags.quiet) process.stderr.write(`${plainLine(text)}\n`);
  }

  #warn(error: unknown): void {
    process.stderr.write(`Error: ${plainLine(reportedError(error).message)}\n`);
  }
}

/** The cadence that a person typed. Throws UsageError. */
function every(typed: string | undefined): string | undefined {
  if (typed === undefined || timeSpan.safeParse(typed).success) return typed;
  throw new UsageError(`--every ${typed} is not a time span`, { hint: "Write it like 90s, 15m or 2h." });
}

function lineOf(startedAt: string, flow: FlowReport): string {
  const at = `${startedAt.slice(0, 19).replace("T", " ")}Z`;
  const stopped = flow.error ? "; stopped" : "";
  return `${at}  ${flow.pair} ${flow.flow}: ${countsText(flow)}${stopped} (${flow.calls} calls, ${spanText(flow.durationMs)})`;
}
