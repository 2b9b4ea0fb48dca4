import { LockedError, UsageError } from "../../core/errors.ts";
import { type FlowReport, reportedError, type SyncReport } from "../../core/report.ts";
import { timeSpan } from "../../core/settings.ts";
import { type ToldAside, zeroCounts } from "../../core/sync/run.ts";
import type { FlowName } from "../../flows/names.ts";
import { type ChosenFlow, cadenceOf, chosenFlows } from "../../flows/open.ts";
import { type Watched, watchFlows } from "../../flows/watch.ts";
import type { Mlc } from "../../mlc.ts";
import { stampOf } from "./access-print.ts";
import { canAsk, firstRunAsked } from "./first-run.ts";
import { LiveProfile } from "./live-profile.ts";
import { plainLine, printError, spanText, unheard } from "./print.ts";
import { asidesText, flowErrorText, flowLine } from "./report-text.ts";
import { alertAfter, nothingRun, renewAfter } from "./sync-run.ts";
import { errorColumns, errorText, hanging } from "./wrap.ts";

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
  /** When others in this process last began a whole run of a flow. */
  ranAt?(name: string): number | undefined;
}

/** Runs flows at their cadences until the signal, and prints a line for each run. */
export async function runWatch(open: () => Promise<Mlc>, given: WatchGiven): Promise<void> {
  await new Watch(new LiveProfile(await open(), open), given).run();
}

/** The loop over the flows of a profile. */
export class Watch {
  readonly #live: LiveProfile;
  readonly #given: WatchGiven;
  /** What is wrong with the config was said. */
  #isTold = false;
  #tidying: Promise<void> = Promise.resolve();

  constructor(live: LiveProfile, given: WatchGiven) {
    this.#live = live;
    this.#given = given;
  }

  /** Runs flows until the signal. Throws UsageError and ConfigError where there are none. */
  async run(signal: AbortSignal = this.#live.mlc.surroundings.signal): Promise<void> {
    const { clock } = this.#live.mlc;
    const { ranAt } = this.#given;
    const flows = this.#flows();
    this.#say(`Watching ${flows.map(({ name, everyMs }) => `${name} every ${spanText(everyMs)}`).join(", ")}.`);
    await watchFlows({
      flows: (isStill) => this.#current(isStill),
      run: (flow) => this.#runOnce(flow),
      ...{ clock, signal, random: Math.random },
      ...(ranAt ? { ranAt } : {}),
    });
    await this.#tidying;
  }

  #flows(): WatchedFlow[] {
    const { config } = this.#live.mlc;
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
      if (!(await this.#live.refresh())) return undefined;
      this.#isTold = false;
      return this.#flows();
    } catch (error) {
      const { message, hint } = reportedError(error);
      if (!this.#isTold) process.stderr.write(errorText(message, hint, errorColumns(process.stderr)));
      this.#isTold = true;
      this.#live.doubt();
      return undefined;
    }
  }

  /** A replay need not wait for the end of a long run. */
  #serve(): void {
    this.#live.mlc.serve().catch(printError);
  }

  async #runOnce({ chosen }: WatchedFlow): Promise<boolean> {
    try {
      return await this.#live.use((mlc) => this.#runOn(mlc, chosen));
    } catch (error) {
      printError(error);
      return false;
    }
  }

  async #runOn(mlc: Mlc, { pair, flow }: ChosenFlow): Promise<boolean> {
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
      if (report) this.tell(mlc, report, asides);
      return true;
    } catch (error) {
      if (mlc.surroundings.signal.aborted) return true;
      if (error instanceof LockedError) {
        printError(error);
        return false;
      }
      // No flow began, so nothing but this tells of it.
      const stopped = { pair, flow, ...zeroCounts(), durationMs: 0, error: reportedError(error) };
      this.tell(mlc, { ...nothingRun(mlc), flows: [stopped], exitCode: stopped.error.exitCode }, []);
      return true;
    }
  }

  /** Prints what a run came to, and does what is due after one. */
  tell(mlc: Mlc, report: SyncReport, asides: readonly ToldAside[]): void {
    const { flags, isJson } = this.#given;
    const { log, signal } = mlc.surroundings;
    const [flow] = report.flows;
    if (!flow) return;
    if (isRefusal(flow)) this.#live.doubt();
    if (isJson) process.stdout.write(`${JSON.stringify(report)}\n`);
    else if (!flags.quiet) this.#print(flowLine(stampOf("accessText", report.startedAt), flow));
    const columns = errorColumns(process.stderr);
    if (!isJson) unheard(log, () => process.stderr.write(asidesText(asides, false, columns)));
    if (signal.aborted) return;
    process.stderr.write(flowErrorText(flow, columns));
    const tidied = this.#tidying.then(() => this.#live.use((now) => this.#tidy(now, report)));
    this.#tidying = tidied.catch(printError);
  }

  async #tidy(mlc: Mlc, report: SyncReport): Promise<void> {
    if (!mlc.surroundings.signal.aborted) await renewAfter(mlc, report);
    await alertAfter(mlc, report);
  }

  #print(line: string): void {
    process.stdout.write(`${hanging("", line, errorColumns(process.stdout))}\n`);
  }

  #say(text: string): void {
    if (!this.#given.flags.quiet)
      process.stderr.write(`${hanging("", plainLine(text), errorColumns(process.stderr))}\n`);
  }
}

/** The cadence that a person typed. Throws UsageError. */
function every(typed: string | undefined): string | undefined {
  if (typed === undefined || timeSpan.safeParse(typed).success) return typed;
  throw new UsageError(`--every ${typed} is not a time span`, { hint: "Write it like 90s, 15m or 2h." });
}

/** Whether a credential or setting was refused, which somebody may mend elsewhere. Pure. */
export function isRefusal({ error }: FlowReport): boolean {
  return [4, 6].includes(error?.exitCode ?? 0);
}
